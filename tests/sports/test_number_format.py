import pytest

from sportsgpt_lib.sports.number_format import (
    format_measurement,
    format_number,
    format_range,
)


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (22.6, "deg", "23"),
        (-0.2, "deg", "0"),
        (0.236, "s", "0.24"),
        (61.7, "pct", "62"),
        (0.205, "body_heights", "0.20"),
    ],
)
def test_numbers_are_no_finer_than_their_unit_can_carry(
    number: float, unit: str, text: str
) -> None:
    assert format_number(number, unit) == text


def test_a_measurement_has_its_error_and_unit() -> None:
    assert format_measurement(23.2, 7.1, "deg") == "23 ± 7 deg"
    assert format_measurement(9.6, 5.7, "pct") == "10 ± 6 %"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, "no target"),
        (30.0, None, "at least 30 deg"),
        (None, 15.0, "at most 15 deg"),
        (-4.0, 8.0, "-4 to 8 deg"),
    ],
)
def test_a_range_is_put_into_words(
    low: float | None, high: float | None, text: str
) -> None:
    assert format_range(low, high, "deg") == text
