import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.kismam.score import (
    MetricFacts,
    compute_measured_share,
    compute_score,
)
from sportsgpt_lib.sports.definition import Indicator
from sportsgpt_lib.sports.loader import load_movement

INDICATORS = {item.name: item for item in load_movement("drop_landing").indicators}
NAN = float("nan")


def metric(
    indicator: Indicator, value: float, error: float = 0.0, *, is_limited: bool = False
) -> MetricFacts:
    deviation = (
        0.0
        if indicator.target is None
        else compute_deviation(value, error, indicator.target)
    )
    return MetricFacts(indicator, value, error, deviation, is_limited, None)


KNEE = INDICATORS["peak_knee_flexion"]
TIME = INDICATORS["absorption_time"]
FALL = INDICATORS["fall_time"]


def test_all_inside_is_ten_and_exact() -> None:
    score = compute_score([metric(KNEE, 110.0), metric(TIME, 0.25)])
    assert (score.points, score.error_points) == (10.0, 0.0)


def test_one_tolerance_outside_halves_an_indicators_points() -> None:
    assert KNEE.target is not None
    outside = (KNEE.target.low or 0.0) - KNEE.target.tolerance
    score = compute_score([metric(KNEE, outside), metric(TIME, 0.25)])
    assert score.points == pytest.approx(7.5)


def test_a_limited_indicator_counts_half() -> None:
    assert KNEE.target is not None
    outside = (KNEE.target.low or 0.0) - KNEE.target.tolerance
    score = compute_score([metric(KNEE, outside, is_limited=True), metric(TIME, 0.25)])
    assert score.points == pytest.approx((0.5 * 5.0 + 10.0) / 1.5)


def test_too_little_measured_gives_no_score() -> None:
    one_of_three = [
        metric(KNEE, 110.0),
        metric(TIME, NAN),
        metric(INDICATORS["trunk_lean_at_deepest"], NAN),
    ]
    score = compute_score(one_of_three)
    assert math.isnan(score.points)
    assert math.isnan(score.error_points)
    assert compute_measured_share(one_of_three) == pytest.approx(1.0 / 3.0)


def test_what_was_not_measured_widens_the_error() -> None:
    whole = compute_score([metric(KNEE, 110.0), metric(TIME, 0.25)])
    half = compute_score([metric(KNEE, 110.0), metric(TIME, NAN)])
    assert half.points == 10.0
    assert half.error_points == pytest.approx(10.0 / math.sqrt(12.0) / 2.0)
    assert half.error_points > whole.error_points


def test_context_without_target_is_not_scored() -> None:
    assert compute_score([metric(FALL, 0.3), metric(KNEE, NAN)]).points != 10.0


@pytest.mark.parametrize(
    ("value", "is_outside"), [(NAN, False), (89.0, False), (87.0, True)]
)
def test_a_value_is_clearly_outside_where_it_costs_a_point(
    value: float, *, is_outside: bool
) -> None:
    assert metric(KNEE, value).is_clearly_outside is is_outside


@given(st.floats(0.0, 180.0), st.floats(0.0, 20.0))
def test_score_stays_between_zero_and_ten(value: float, error: float) -> None:
    score = compute_score([metric(KNEE, value, error)])
    assert 0.0 <= score.points <= 10.0
    assert score.error_points >= 0.0
