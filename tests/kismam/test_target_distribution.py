import dataclasses
import math

import numpy as np
import pytest

from sportsgpt_lib.kismam.target_distribution import (
    TargetDistribution,
    measure_reference,
    summarise_references,
)
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.target_models.library import PACKAGED_REFERENCES
from sportsgpt_lib.target_models.reference import (
    CyclicReference,
    OnceFile,
    RecordedKeyframe,
    RecordedReference,
    RecordingFacts,
)

WALK = load_movement("walking_stride")
WALKS = {
    one.reference_id: one
    for one in PACKAGED_REFERENCES.load(WALK)
    if isinstance(one, CyclicReference)
}
MEAN_WALK = WALKS["schwartz2008_free"]
FILMED = RecordingFacts(
    clip_sha256="c" * 64,
    frame_rate_hz=60.0,
    camera_view="sagittal",
    pose_model="a network",
    pose_weights_sha256="d" * 64,
    kinematics_version="1",
)


def make_walkers(*shifts_deg: float, **said: object) -> list[CyclicReference]:
    """Make walks of people whose knees differ; ``said`` replaces what files say."""
    file = MEAN_WALK.file.model_copy(update={"recording": FILMED, **said})
    walkers = []
    for shift_deg in shifts_deg:
        curves = MEAN_WALK.curves_deg.copy()
        curves[:, MEAN_WALK.quantities.index("knee_flexion")] += shift_deg
        walkers.append(dataclasses.replace(MEAN_WALK, file=file, curves_deg=curves))
    return walkers


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


def test_people_of_one_level_give_mean_and_spread() -> None:
    single = summarise_references(WALK, [MEAN_WALK])["swing_knee_flexion"]
    knee = summarise_references(WALK, make_walkers(-4.0, 0.0, 4.0))[
        "swing_knee_flexion"
    ]
    assert knee.count == 3
    assert knee.mean == pytest.approx(single.mean)
    assert knee.spread == pytest.approx(4.0)


def test_published_means_are_no_sample_of_people() -> None:
    means = make_walkers(-4.0, 4.0, recording=None)
    knee = summarise_references(WALK, means)["swing_knee_flexion"]
    assert knee.count == 2
    assert math.isnan(knee.spread)
    mixed = [*make_walkers(-4.0, 4.0), MEAN_WALK]
    assert math.isnan(summarise_references(WALK, mixed)["swing_knee_flexion"].spread)


def test_people_of_two_levels_are_no_sample() -> None:
    mixed = [*make_walkers(-4.0), *make_walkers(4.0, level="elite")]
    assert math.isnan(summarise_references(WALK, mixed)["swing_knee_flexion"].spread)


def test_models_of_another_speed_do_not_count() -> None:
    assert set(WALKS) == {
        "schwartz2008_fast",
        "schwartz2008_free",
        "schwartz2008_slow",
    }
    free = summarise_references(WALK, [MEAN_WALK])
    assert summarise_references(WALK, list(WALKS.values())) == free
    assert summarise_references(WALK, [WALKS["schwartz2008_slow"]]) == {}


def test_a_recorded_model_is_measured_on_the_side_it_was_recorded() -> None:
    shares = np.linspace(-0.1, 1.1, 121)
    angles = MEAN_WALK.sample_deg(shares)
    names = tuple(
        f"{side}_{name}" for side in ("right", "left") for name in MEAN_WALK.quantities
    )
    duration_s = MEAN_WALK.file.cycle_duration_s
    recorded = RecordedReference(
        "coach",
        OnceFile(
            **MEAN_WALK.file.model_dump(
                exclude={
                    "kind",
                    "cycle_duration_s",
                    "other_leg_shift_pct",
                    "keyframes",
                    "quantities",
                }
            ),
            kind="once",
            own_side="right",
            start_s=0.0,
            end_s=duration_s,
            quantities=names,
            keyframes=tuple(
                RecordedKeyframe(
                    name=part.name,
                    leg=part.leg,
                    time_s=0.01 * part.cycle_pct * duration_s,
                    spread_s=0.01,
                )
                for part in MEAN_WALK.file.keyframes
            ),
        ),
        names,
        shares * duration_s,
        angles,
    )
    cyclic = measure_reference(WALK, MEAN_WALK)
    found = measure_reference(WALK, recorded)
    assert found.keys() == cyclic.keys()
    for name, value in cyclic.items():
        assert found[name] == pytest.approx(value, abs=0.3)


def test_a_deviation_is_softened_by_the_measurement_error() -> None:
    found = TargetDistribution(mean=60.0, spread=3.0, count=5)
    assert found.compute_deviation(66.0, 0.0) == pytest.approx(2.0)
    assert found.compute_deviation(66.0, 4.0) == pytest.approx(1.2)
    assert found.compute_deviation(60.0, 4.0) == 0.0


def test_equal_models_and_no_error_judge_nothing() -> None:
    equal = TargetDistribution(mean=60.0, spread=0.0, count=2)
    assert math.isnan(equal.compute_deviation(61.0, 0.0))


def test_a_movement_without_target_models_has_no_distribution() -> None:
    assert summarise_references(load_movement("drop_landing"), []) == {}


def test_no_value_stays_no_value() -> None:
    found = TargetDistribution(mean=60.0, spread=3.0, count=5)
    assert np.isnan(found.compute_deviation(math.nan, math.nan))
