import re
from dataclasses import replace

import numpy as np
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.distance_marks import PictureScale, find_mark
from sportsgpt_lib.reporting.panel_labels import (
    LINE_HEIGHT,
    PANEL_HEIGHT,
    PANEL_WIDTH,
    Label,
    part_labels,
)
from sportsgpt_lib.reporting.reference_panel import (
    ReferenceFigure,
    WantedRange,
    draw_reference_panel,
)
from tests.reporting.walking_figure import build_poses

POSE = build_poses().positions_px[0]
SCALE = PictureScale(1, 190.0, 0.0, (206.0, 0.0))


def draw(*ranges, lines=()):
    figure = ReferenceFigure(POSE, SCALE.stature_px, tuple(ranges), lines)
    return str(draw_reference_panel(figure, "in words"))


def want(quantity, low, high, value="41°"):
    unit = "deg" if "flexion" in quantity or "lean" in quantity else "body_heights"
    return WantedRange(find_mark(quantity, POSE, SCALE), low, high, unit, value)


def list_paths(svg, style):
    found = re.findall(rf'<path class="{style}[^"]*" d="([^"]+)"', svg)
    return [
        np.array([step.split() for step in re.split("[MLZ]", path) if step], float)
        for path in found
    ]


def list_texts(svg, style):
    return re.findall(rf'<text class="{style}"[^>]*>([^<]*)<', svg)


@pytest.mark.parametrize(("low", "high"), [(50.0, 70.0), (-10.0, 15.0)])
def test_wedge_spans_the_target_from_the_line_that_the_angle_is_measured_from(
    low, high
):
    svg = draw(want("left_knee_flexion", low, high))
    (wedge,), (zero,) = list_paths(svg, "wedge"), list_paths(svg, "zero")
    vertex, first, last = wedge[0], wedge[1], wedge[-1]
    np.testing.assert_allclose(zero[0], vertex, atol=0.1)

    def angle_to(point):
        a, b = zero[1] - vertex, point - vertex
        # Somebody who faces right bends the knee clockwise.
        return np.degrees(np.arctan2(a[0] * b[1] - a[1] * b[0], a @ b))

    assert angle_to(first) == pytest.approx(low, abs=0.5)
    assert angle_to(last) == pytest.approx(high, abs=0.5)
    assert list_texts(svg, "limit-words") == [
        f"{end:.0f}°".replace("-", "−") for end in sorted((low, high), reverse=True)
    ] or set(list_texts(svg, "limit-words")) == {
        f"{end:.0f}°".replace("-", "−") for end in (low, high)
    }


def test_own_limb_is_drawn_where_the_figure_has_it():
    svg = draw(want("left_knee_flexion", 50.0, 70.0))
    (own,) = list_paths(svg, "own")
    knee, ankle = (POSE[KEYPOINT_INDEX[f"left_{name}"]] for name in ("knee", "ankle"))
    way, drawn = ankle - knee, own[1] - own[0]
    cosine = way @ drawn / (np.linalg.norm(way) * np.linalg.norm(drawn))
    assert cosine == pytest.approx(1.0, abs=1e-3)
    assert list_texts(svg, "own-words") == ["41°"]


def test_distance_range_lies_at_its_distance_from_the_start():
    svg = draw(want("left_foot_forward", 0.14, 0.26))
    own, (band,) = list_paths(svg, "own"), list_paths(svg, "wedge")
    start, end = own[0][:2]
    per_unit = (end[0] - start[0]) / find_mark("left_foot_forward", POSE, SCALE).drawn
    low, high = (band[:, 0].min(), band[:, 0].max())
    assert (low - start[0]) / per_unit == pytest.approx(0.14, abs=0.01)
    assert (high - start[0]) / per_unit == pytest.approx(0.26, abs=0.01)


def test_range_with_one_end_has_one_limit_and_one_number():
    svg = draw(want("left_knee_flexion", None, 30.0))
    assert len(list_paths(svg, "limit")) == 1
    assert list_texts(svg, "limit-words") == ["30°"]


def test_without_a_target_nothing_is_shaded():
    svg = draw(want("left_knee_flexion", None, None))
    assert list_paths(svg, "wedge") == []
    assert list_paths(svg, "limit") == []
    assert len(list_paths(svg, "own")) == 1


def test_labels_lie_inside_and_on_no_other():
    svg = draw(
        want("left_knee_flexion", 40.0, 41.0, "L 41°"),
        want("right_knee_flexion", 40.0, 41.0, "R 40°"),
    )
    places = re.findall(
        r'<text class="(?:own|limit)-words" x="([\d.]+)" y="([\d.]+)"', svg
    )
    ys = sorted(float(y) for _, y in places)
    assert all(0.0 <= float(x) <= PANEL_WIDTH for x, _ in places)
    assert ys[-1] <= PANEL_HEIGHT
    assert len(ys) == len(set(ys))


def test_sides_differ_in_more_than_colour_and_words_are_wrapped_above():
    svg = draw(want("trunk_lean", 0.0, 10.0), lines=("word " * 20, "Target 0 to 10°"))
    assert {"bone left", "bone right"} <= set(re.findall(r'class="(bone \w+)"', svg))
    heading = list_texts(svg, "heading")
    assert len(heading) > 2
    assert max(map(len, heading)) * 7.0 < PANEL_WIDTH
    assert 'aria-label="in words"' in svg


def test_a_number_keeps_off_the_head():
    head = (100.0, 100.0, 15.0)
    label = Label("91°", 95.0, 102.0, "start", "own-words")
    (kept,) = part_labels([label])
    (moved,) = part_labels([label], head)
    assert kept.y == 102.0
    assert moved.y < 100.0 - 15.0 or moved.y - LINE_HEIGHT > 100.0 + 15.0
    beside = replace(label, x=120.0)
    assert part_labels([beside], head) == [beside]
