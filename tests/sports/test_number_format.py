import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportsgpt_lib.guidance.numbers import find_numbers
from sportsgpt_lib.reporting.wording import write_quantity
from sportsgpt_lib.sports.number_format import (
    CHINESE_UNIT_WORDS,
    UNIT_WORDS,
    format_number,
    format_quantity,
    format_range,
    format_value,
)


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (22.6, "deg", "23"),
        (-22.6, "deg", "−23"),
        (0.0, "deg", "0"),
        (-0.04, "deg", "−0.04"),
        (0.236, "s", "0.24"),
        (-0.001, "s", "−0.001"),
        (61.7, "pct", "62"),
        (0.205, "body_heights", "0.20"),
        (0.5, "unheard_of", "0.50"),
    ],
)
def test_a_number_alone_has_the_decimals_of_its_unit_but_never_vanishes(
    number: float, unit: str, text: str
) -> None:
    assert format_number(number, unit) == text


@pytest.mark.parametrize(
    ("value", "error", "unit", "text"),
    [
        (83.649, 4.118, "deg", "84 ± 4"),
        (-0.2, 4.0, "deg", "0 ± 4"),
        (51.63, 11.31, "deg", "52 ± 11"),
        (412.0, 140.0, "deg", "412 ± 140"),
        (48.21, 1.37, "deg", "48.2 ± 1.4"),
        (0.8317, 0.0347, "s", "0.83 ± 0.03"),
        (0.8317, 0.0142, "s", "0.832 ± 0.014"),
        (0.2004, 0.0296, "body_heights", "0.20 ± 0.03"),
        (6.42, 2.31, "points", "6.4 ± 2.3"),
        (10.0, 0.0, "points", "10.0 ± 0.0"),
        (5.2, None, "deg", "5"),
    ],
)
def test_a_value_ends_where_its_error_ends(
    value: float, error: float | None, unit: str, text: str
) -> None:
    assert format_value(value, unit, error) == text


def test_a_measurement_has_its_error_and_unit() -> None:
    assert format_quantity(23.2, "deg", 7.1) == "23 ± 7 deg"
    assert format_quantity(9.6, "pct", 5.7) == "10 ± 6 %"
    assert format_quantity(0.5, "ratio") == "0.50"


@pytest.mark.parametrize("unit", UNIT_WORDS)
def test_a_page_writes_the_digits_of_a_sentence(unit: str) -> None:
    written = write_quantity(-7.386, unit, 4.057)
    assert written.startswith(format_value(-7.386, unit, 4.057))


@pytest.mark.parametrize("unit", set(UNIT_WORDS) - {"ratio"})
def test_a_written_unit_is_read_back_as_the_same(unit: str) -> None:
    value, error = find_numbers(format_quantity(-7.386, unit, 4.057))
    assert (value.unit, error.unit) == (unit, unit)


@given(st.floats(-500.0, 500.0), st.floats(1e-4, 200.0))
def test_a_written_value_is_the_measured_one_within_half_its_last_digit(
    value: float, error: float
) -> None:
    for number, meant in zip(
        find_numbers(format_quantity(value, "deg", error)), (value, error), strict=True
    ):
        half = 0.5 * 10.0**-number.decimals
        assert math.isclose(number.value, meant, abs_tol=half * (1 + 1e-9))
        assert number.unit == "deg"


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (None, None, "no target"),
        (30.0, None, "at least 30 deg"),
        (None, 15.0, "at most 15 deg"),
        (-4.0, 8.0, "−4 to 8 deg"),
    ],
)
def test_a_range_is_put_into_words(
    low: float | None, high: float | None, text: str
) -> None:
    assert format_range(low, high, "deg") == text


def test_quantities_and_ranges_read_in_chinese() -> None:
    assert format_quantity(23.4, "deg", 7.1, "zh") == "23 ± 7 度"
    assert format_quantity(0.2, "body_heights_s", language="zh") == "0.20 倍身高/秒"
    assert format_quantity(0.25, "ratio", language="zh") == "0.25"
    assert format_range(20.0, 30.0, "deg", "zh") == "20 至 30 度"
    assert format_range(20.0, None, "s", "zh") == "至少 20.00 秒"
    assert format_range(None, 30.0, "pct", "zh") == "至多 30 %"
    assert format_range(None, None, "deg", "zh") == "无目标值"


def test_every_unit_has_its_chinese_word() -> None:
    assert CHINESE_UNIT_WORDS.keys() == UNIT_WORDS.keys()
