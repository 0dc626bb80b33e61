import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.sports.definition import Target

TARGET = Target(low=10.0, high=20.0, tolerance=5.0, source="adr_0005", holds_for="all")
VALUES = st.floats(-100.0, 100.0)
ERRORS = st.floats(0.0, 30.0)


@pytest.mark.parametrize("value", [10.0, 15.0, 20.0])
def test_inside_the_range_nothing_deviates(value: float) -> None:
    assert compute_deviation(value, 3.0, TARGET) == 0.0


def test_without_error_one_tolerance_outside_is_one() -> None:
    assert compute_deviation(25.0, 0.0, TARGET) == 1.0
    assert compute_deviation(5.0, 0.0, TARGET) == -1.0


def test_one_error_outside_keeps_68_per_cent() -> None:
    assert compute_deviation(24.0, 4.0, TARGET) == pytest.approx(0.8 * 0.6827, abs=1e-4)


def test_an_open_end_never_deviates() -> None:
    open_end = TARGET.model_copy(update={"high": None})
    assert compute_deviation(1e6, 1.0, open_end) == 0.0


def test_missing_stays_missing() -> None:
    assert math.isnan(compute_deviation(float("nan"), 1.0, TARGET))


@given(VALUES, VALUES, ERRORS)
def test_deviation_never_falls_as_the_value_rises(
    first: float, second: float, error: float
) -> None:
    low, high = sorted((first, second))
    assert compute_deviation(low, error, TARGET) <= compute_deviation(
        high, error, TARGET
    )


@given(VALUES, ERRORS, ERRORS)
def test_a_larger_error_never_enlarges_the_deviation(
    value: float, first: float, second: float
) -> None:
    small, large = sorted((first, second))
    softened = abs(compute_deviation(value, large, TARGET))
    assert softened <= abs(compute_deviation(value, small, TARGET)) + 1e-12
