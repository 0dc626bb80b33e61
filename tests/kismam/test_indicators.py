from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.kinematics.camera_roll import UNKNOWN_ROLL_ERROR_DEG
from sportsgpt_lib.kismam.indicators import IndicatorResult, assess_repetition
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition, find_own_side
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from tests.kismam.landing_athlete import build_landing
from tests.kismam.walking_athlete import build_stride

LANDING = load_movement("drop_landing")
WALKING = load_movement("walking_stride")


def assess(
    repetition: Repetition, view: str = "sagittal", movement: str = "drop_landing"
) -> dict[str, IndicatorResult]:
    results = assess_repetition(
        load_movement(movement), repetition, view, load_measurement_errors()
    )
    return {result.indicator.name: result for result in results}


def assess_exact(
    repetition: Repetition, movement: str = "drop_landing"
) -> dict[str, IndicatorResult]:
    """Assess as if nothing had an error, so that nothing is taken off for noise."""
    keyframes = {
        key: KeyframeTime(keyframe.time_s, 0.0)
        for key, keyframe in repetition.keyframes.items()
    }
    results = assess_repetition(
        load_movement(movement),
        replace(repetition, keyframes=keyframes),
        "sagittal",
        dict.fromkeys(load_measurement_errors(), 1e-9),
    )
    return {result.indicator.name: result for result in results}


def test_heels_that_stay_down_do_not_rise_by_less_than_nothing() -> None:
    times_s = np.arange(0.0, 3.0, 1.0 / 60.0)
    squat = load_movement("squat")
    repetition = Repetition(
        "both",
        {
            (part.name, "both"): KeyframeTime(0.2 + 0.8 * index, 0.01)
            for index, part in enumerate(squat.keyframes)
        },
        {
            f"{side}_heel_height": Signal(times_s, np.full(times_s.size, 0.03))
            for side in ("left", "right")
        },
    )
    heels = assess(repetition, movement="squat")["heel_lift"]
    assert heels.validity == "valid"
    assert heels.value == 0.0


def test_values_of_a_landing_are_those_it_was_built_with() -> None:
    found = assess_exact(build_landing(knee_difference_deg=6.0))
    assert found["knee_flexion_at_contact"].value == pytest.approx(34.0, abs=0.5)
    assert found["peak_knee_flexion"].value == pytest.approx(105.0, abs=0.5)
    assert found["knee_flexion_displacement"].value == pytest.approx(71.0, abs=0.5)
    assert found["absorption_time"].value == pytest.approx(0.24)
    assert found["fall_time"].value == pytest.approx(0.35)
    assert found["knee_flexion_asymmetry"].value == pytest.approx(6.0, abs=0.2)


@pytest.mark.parametrize("movement", ["drop_landing", "walking_stride"])
def test_turns_made_before_do_not_count_in_the_angle_of_a_segment(
    movement: str,
) -> None:
    build = build_landing if movement == "drop_landing" else build_stride
    plain: Repetition = build()
    turned = {
        name: Signal(signal.times_s, signal.values + 360.0)
        if name.endswith(("_lean", "_thigh_angle", "_shank_angle", "_foot_angle"))
        else signal
        for name, signal in plain.signals.items()
    }
    assert len(turned) > 1
    before = assess(plain, movement=movement)
    after = assess(replace(plain, signals=turned), movement=movement)
    for name, result in before.items():
        assert after[name].value == pytest.approx(result.value, nan_ok=True), name


def test_keyframe_uncertainty_adds_rate_times_uncertainty_to_the_error() -> None:
    times_s = np.arange(0.0, 2.0, 1.0 / 60.0)
    landing = build_landing(time_error_s=0.01)
    moving = {
        **landing.signals,
        "trunk_lean": Signal(times_s, 300.0 * (times_s - 1.1)),
    }
    still = assess(build_landing(time_error_s=0.0))["trunk_lean_at_deepest"]
    moved = assess(replace(landing, signals=moving))["trunk_lean_at_deepest"]
    pose_error_deg = load_measurement_errors()["trunk_lean"]
    steady_error_deg = np.hypot(pose_error_deg, UNKNOWN_ROLL_ERROR_DEG)
    assert still.error == pytest.approx(steady_error_deg)
    assert moved.error == pytest.approx(np.hypot(steady_error_deg, 300.0 * 0.01))


def test_duration_error_joins_both_keyframes() -> None:
    found = assess(build_landing(time_error_s=0.01))["absorption_time"]
    assert found.error == pytest.approx(0.01 * np.sqrt(2.0))


def test_a_view_that_cannot_support_an_angle_gives_no_number() -> None:
    found = assess(build_landing(), view="frontal")
    knee = found["peak_knee_flexion"]
    assert knee.validity == "not_measurable"
    assert np.isnan([knee.value, knee.error, knee.deviation, knee.time_s]).all()
    assert "frontal" in (knee.reason or "")
    assert found["absorption_time"].validity == "valid"


def test_an_unstated_view_gives_no_angle() -> None:
    found = assess(build_landing(), view="unknown")
    assert found["peak_knee_flexion"].validity == "not_measurable"
    assert found["absorption_time"].validity == "limited"


def test_an_unseen_take_off_leaves_only_the_fall_out() -> None:
    landing = build_landing()
    keyframes = {
        key: time for key, time in landing.keyframes.items() if key[0] != "take_off"
    }
    found = assess(replace(landing, keyframes=keyframes))
    assert found["fall_time"].validity == "not_measurable"
    assert found["fall_time"].reason == "not found in this repetition: take-off"
    fall = ("fall_time", "drop_height")
    others = [result for name, result in found.items() if name not in fall]
    assert all(result.validity != "not_measurable" for result in others)


def test_a_missing_keyframe_is_named_as_a_coach_would() -> None:
    stride = build_stride()
    keyframes = {
        key: time
        for key, time in stride.keyframes.items()
        if key[0] != "mid_stance" and key != ("toe_off", "right")
    }
    found = assess(replace(stride, keyframes=keyframes), movement="walking_stride")
    loading, support = found["loading_knee_flexion"], found["double_support_share"]
    assert loading.reason == "not found in this repetition: mid-stance"
    assert support.reason == "not found in this repetition: toe-off of the other leg"


HEIGHT_BOUND = (
    "knee_flexion_at_contact",
    "peak_knee_flexion",
    "knee_flexion_displacement",
    "absorption_time",
    "hip_flexion_at_contact",
)


@pytest.mark.parametrize("fall", [{"drop_body_heights": 0.6}, {"fall_s": 0.83}])
def test_a_drop_above_the_sources_range_limits_what_depends_on_it(
    fall: dict[str, Any],
) -> None:
    found = assess(build_landing(**fall))
    for name in HEIGHT_BOUND:
        assert found[name].validity == "limited"
        assert found[name].reason == (
            "the drop was higher than the 30 to 60 cm that the target is known for"
        )
    for name in ("foot_angle_at_contact", "trunk_lean_at_deepest", "fall_time"):
        assert found[name].validity == "valid"


def test_both_signs_of_a_high_drop_give_one_reason() -> None:
    found = assess(build_landing(fall_s=0.83, drop_body_heights=1.06), view="oblique")
    reasons = (found["hip_flexion_at_contact"].reason or "").split("; ")
    assert reasons[0] == "an oblique camera distorts the angle"
    assert len(reasons) == 2


def test_a_drop_inside_the_range_or_of_unknown_height_limits_nothing() -> None:
    landing = build_landing(fall_s=0.5, drop_body_heights=0.4)
    started_in_the_air = {
        key: time for key, time in landing.keyframes.items() if key[0] != "take_off"
    }
    for repetition in (landing, replace(landing, keyframes=started_in_the_air)):
        found = assess(repetition)
        assert {found[name].validity for name in HEIGHT_BOUND} == {"valid"}


def test_a_limit_never_gives_a_number_to_what_was_not_measured() -> None:
    found = assess(build_landing(fall_s=0.83), view="frontal")
    assert found["peak_knee_flexion"].validity == "not_measurable"
    assert "frontal" in (found["peak_knee_flexion"].reason or "")


def test_one_hidden_knee_limits_the_mean_and_forbids_the_difference() -> None:
    landing = build_landing()
    hidden = Signal(
        landing.signals["trunk_lean"].times_s,
        np.full(landing.signals["trunk_lean"].times_s.size, np.nan),
    )
    found = assess(
        replace(landing, signals={**landing.signals, "right_knee_flexion": hidden})
    )
    assert found["peak_knee_flexion"].validity == "limited"
    assert "right knee flexion" in (found["peak_knee_flexion"].reason or "")
    assert found["knee_flexion_asymmetry"].validity == "not_measurable"


def test_a_quantity_that_was_never_computed_is_named_in_the_reason() -> None:
    landing = build_landing()
    signals = {k: v for k, v in landing.signals.items() if k != "trunk_lean"}
    found = assess(replace(landing, signals=signals))["trunk_lean_at_deepest"]
    assert found.reason == "not seen well enough: trunk lean"


def test_an_error_above_the_tolerance_limits_the_number() -> None:
    found = assess(build_landing(time_error_s=0.05))["absorption_time"]
    assert found.validity == "limited"
    assert "larger than the tolerance" in (found.reason or "")


def test_a_peak_carried_by_one_frame_is_not_believed() -> None:
    landing = build_landing()
    spiked = landing.signals["left_knee_flexion"].values.copy()
    spiked[np.searchsorted(landing.signals["trunk_lean"].times_s, 1.1)] = 170.0
    signal = Signal(landing.signals["trunk_lean"].times_s, spiked)
    found = assess(
        replace(landing, signals={**landing.signals, "left_knee_flexion": signal})
    )
    assert found["peak_knee_flexion"].value == pytest.approx(105.0, abs=1.0)


def test_stride_times_and_shares_follow_from_the_keyframes() -> None:
    found = assess_exact(build_stride(), "walking_stride")
    assert found["stride_time"].value == pytest.approx(1.0)
    assert found["stance_share"].value == pytest.approx(62.0)
    assert found["double_support_share"].value == pytest.approx(20.0)
    assert found["step_time_asymmetry"].value == pytest.approx(100.0 * 0.04 / 0.5)


@pytest.mark.parametrize("own", ["left", "right"])
def test_a_stride_is_measured_on_its_own_leg(own: str) -> None:
    found = assess(build_stride(own), movement="walking_stride")
    assert found["knee_flexion_at_foot_strike"].value == pytest.approx(20.0)


def test_the_own_leg_is_known_even_when_its_foot_strike_is_missing() -> None:
    keyframes = {
        ("toe_off", "right"): KeyframeTime(1.1, 0.01),
        ("mid_stance", "left"): KeyframeTime(1.3, 0.01),
    }
    assert find_own_side(WALKING, keyframes) == "left"
    assert find_own_side(LANDING, {("take_off", "both"): KeyframeTime(0, 0)}) == "both"


def test_keyframes_out_of_order_give_no_duration() -> None:
    stride = build_stride()
    wrong = {**stride.keyframes, ("toe_off", "left"): KeyframeTime(0.5, 0.01)}
    found = assess(replace(stride, keyframes=wrong), movement="walking_stride")
    assert found["stance_share"].validity == "not_measurable"
    assert found["stance_share"].reason == "the keyframes are out of order"


def test_extremes_ranges_and_means_are_taken_over_their_phase() -> None:
    stride = build_stride()
    times_s = stride.signals["left_knee_flexion"].times_s
    share = times_s - 1.0  # the stride lasts from 1 s to 2 s
    wave = np.cos(2.0 * np.pi * share)
    outside = np.where((share < 0.0) | (share > 1.0), 500.0, 0.0)
    signals = {
        **stride.signals,
        "left_thigh_angle": Signal(times_s, 3.0 + 22.0 * wave + outside),
        "left_shoulder_flexion": Signal(times_s, 15.0 * wave + outside),
        "right_shoulder_flexion": Signal(times_s, 25.0 * wave + outside),
        "trunk_lean": Signal(times_s, 4.0 + 10.0 * share + outside),
    }
    found = assess_exact(replace(stride, signals=signals), "walking_stride")
    assert found["trailing_thigh_angle"].value == pytest.approx(-19.0, abs=0.2)
    assert found["trailing_thigh_angle"].time_s == pytest.approx(1.5, abs=0.02)
    assert found["arm_swing_range"].value == pytest.approx(40.0, abs=0.5)
    assert found["trunk_lean_mean"].value == pytest.approx(9.0, abs=0.1)


def test_what_noise_adds_to_peaks_and_sizes_is_taken_off() -> None:
    landing = build_landing(knee_difference_deg=6.0)
    exact, noisy = assess_exact(landing), assess(landing)
    assert 104.0 < noisy["peak_knee_flexion"].value < exact["peak_knee_flexion"].value
    # A difference of 6 deg is less than what passes of two errors of 7 deg.
    assert noisy["knee_flexion_asymmetry"].value == 0.0
