import re
import xml.etree.ElementTree as ET

import pytest

from sportsgpt_lib.reporting.target_bar import (
    WIDTH,
    Measurement,
    Target,
    draw_change,
    draw_score_bar,
    draw_target_bar,
)

KNEE = Target(55.0, 70.0, "deg")


def parse(markup: str) -> ET.Element:
    return ET.fromstring(markup)  # noqa: S314  our own markup


def values_of(markup: str) -> list[ET.Element]:
    return [part for part in parse(markup) if "value" in part.get("class", "").split()]


@pytest.mark.parametrize(
    ("value", "tag", "style"),
    [
        (60.0, "circle", "inside"),
        (55.0, "circle", "inside"),
        (46.0, "path", "below"),
        (71.0, "path", "above"),
    ],
)
def test_shape_and_class_tell_where_a_value_lies(value, tag, style):
    (mark,) = values_of(draw_target_bar([Measurement(value, 2.0)], KNEE))
    assert mark.tag == tag
    assert style in mark.get("class", "").split()


def test_limited_value_is_marked_as_hollow():
    (mark,) = values_of(
        draw_target_bar([Measurement(60.0, 2.0, is_limited=True)], KNEE)
    )
    assert "limited" in mark.get("class", "").split()


def test_band_lies_between_the_ends_of_the_target():
    svg = parse(draw_target_bar([Measurement(40.0, 2.0), Measurement(80.0, 2.0)], KNEE))
    band = next(part for part in svg if part.get("class") == "band")
    left = float(band.get("x", "nan"))
    right = left + float(band.get("width", "nan"))
    (first, second) = (part for part in svg if "value" in part.get("class", ""))
    places = [
        float(re.findall(r"[\d.]+", part.get("d", ""))[0]) for part in (first, second)
    ]
    assert places[0] < left < right < places[1]


def test_open_end_of_a_target_reaches_the_axis_end():
    svg = parse(draw_target_bar([Measurement(5.0, 1.0)], Target(None, 10.0, "deg")))
    band = next(part for part in svg if part.get("class") == "band")
    assert float(band.get("x", "nan")) == pytest.approx(10.0)


def test_no_target_gives_no_band():
    svg = parse(draw_target_bar([Measurement(5.0, 1.0)], Target(None, None, "s")))
    assert not [part for part in svg if part.get("class") == "band"]
    assert svg.get("aria-label") == "Measured 5.0 ± 1.0 s; no target"


def test_words_for_screen_readers_hold_target_and_values():
    svg = parse(draw_target_bar([Measurement(46.1, 3.0)], KNEE))
    assert svg.get("aria-label") == ("Target 55 to 70°. Measured 46 ± 3°, below")


@pytest.mark.parametrize("values", [[0.0], [1e-9, 1e9], [-500.0, 500.0]])
def test_everything_lies_inside_the_picture(values):
    svg = parse(draw_target_bar([Measurement(value, 0.0) for value in values], KNEE))
    for part in svg.iter("circle"):
        assert 0 <= float(part.get("cx", "nan")) <= WIDTH


def test_unit_is_escaped():
    markup = draw_target_bar([Measurement(1.0, 0.1)], Target(0.0, 2.0, '"><script>'))
    assert parse(markup).tag.endswith("svg")
    assert "<script>" not in markup


def test_score_band_stays_inside_zero_to_ten():
    svg = parse(draw_score_bar(9.8, 0.9))
    track, unsure = (
        next(part for part in svg if part.get("class") == name)
        for name in ("track", "unsure")
    )

    def end(part: ET.Element) -> float:
        return float(part.get("x", "nan")) + float(part.get("width", "nan"))

    assert end(unsure) == pytest.approx(end(track), abs=0.2)


def test_change_points_from_first_to_latest():
    def start_and_end(markup: str) -> list[float]:
        arrow = next(part for part in parse(markup) if part.get("class") == "arrow")
        return [
            float(number) for number in re.findall(r"[MH]([\d.]+)", arrow.get("d", ""))
        ]

    up, down = draw_change(40.0, 50.0, "deg"), draw_change(50.0, 40.0, "deg")
    assert start_and_end(up)[0] < start_and_end(up)[1]
    assert start_and_end(down)[0] > start_and_end(down)[1]


@pytest.mark.parametrize(
    ("value", "error", "expected"),
    [
        (54.0, 2.0, True),
        (52.0, 2.0, False),
        (71.0, 1.0, True),
        (60.0, 9.0, False),
        (55.0, 9.0, False),
    ],
)
def test_value_outside_by_no_more_than_its_error_is_told_apart(value, error, expected):
    assert KNEE.is_within_error(value, error) is expected
    (mark,) = values_of(draw_target_bar([Measurement(value, error)], KNEE))
    assert ("unsure-mark" in mark.get("class", "").split()) is expected
