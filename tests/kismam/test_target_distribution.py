import dataclasses
import math

import numpy as np
import pytest

from sportsgpt_lib.alignment.reference import load_reference
from sportsgpt_lib.kismam.target_distribution import (
    TargetDistribution,
    find_target_distributions,
    measure_reference,
    summarise_references,
)
from sportsgpt_lib.sports.loader import load_movement

WALK = load_movement("walking_stride")
MEAN_WALK = load_reference("walking_stride", "schwartz2008_free")


def test_a_target_model_is_measured_by_the_movements_own_rules() -> None:
    found = measure_reference(WALK, MEAN_WALK)
    curve = MEAN_WALK.curves_deg[:, MEAN_WALK.quantities.index("knee_flexion")]
    assert found["swing_knee_flexion"] == pytest.approx(curve.max(), abs=0.5)
    assert found["stance_share"] == pytest.approx(59.0)
    assert found["stride_time"] == pytest.approx(1.026)
    assert found["step_time_asymmetry"] == pytest.approx(0.0)


def test_what_the_model_does_not_carry_is_left_out() -> None:
    found = measure_reference(WALK, MEAN_WALK)
    for name in ("trunk_lean_mean", "arm_swing_range", "foot_ahead_at_foot_strike"):
        assert name not in found


def test_the_model_lies_inside_the_targets() -> None:
    found = measure_reference(WALK, MEAN_WALK)
    for indicator in WALK.indicators:
        if indicator.target is not None and indicator.name in found:
            low, high = indicator.target.low, indicator.target.high
            value = found[indicator.name]
            assert low is None or value >= low
            assert high is None or value <= high


def test_a_single_model_has_no_spread_and_judges_nothing() -> None:
    knee = summarise_references(WALK, [MEAN_WALK])["swing_knee_flexion"]
    assert knee.count == 1
    assert math.isnan(knee.spread)
    assert math.isnan(knee.compute_deviation(20.0, 5.0))
    assert knee.compute_difference(knee.mean + 3.0) == pytest.approx(3.0)


def test_several_models_give_mean_and_spread() -> None:
    models = []
    for shift in (-4.0, 0.0, 4.0):
        curves = MEAN_WALK.curves_deg.copy()
        curves[:, MEAN_WALK.quantities.index("knee_flexion")] += shift
        models.append(dataclasses.replace(MEAN_WALK, curves_deg=curves))
    single = summarise_references(WALK, [MEAN_WALK])["swing_knee_flexion"]
    knee = summarise_references(WALK, models)["swing_knee_flexion"]
    assert knee.count == 3
    assert knee.mean == pytest.approx(single.mean)
    assert knee.spread == pytest.approx(4.0)


def test_a_deviation_is_softened_by_the_measurement_error() -> None:
    found = TargetDistribution(mean=60.0, spread=3.0, count=5)
    assert found.compute_deviation(66.0, 0.0) == pytest.approx(2.0)
    assert found.compute_deviation(66.0, 4.0) == pytest.approx(1.2)
    assert found.compute_deviation(60.0, 4.0) == 0.0


def test_equal_models_and_no_error_judge_nothing() -> None:
    equal = TargetDistribution(mean=60.0, spread=0.0, count=2)
    assert math.isnan(equal.compute_deviation(61.0, 0.0))


def test_a_movement_without_target_models_has_no_distribution() -> None:
    assert find_target_distributions(load_movement("drop_landing")) == {}


def test_no_value_stays_no_value() -> None:
    found = TargetDistribution(mean=60.0, spread=3.0, count=5)
    assert np.isnan(found.compute_deviation(math.nan, math.nan))
