"""Rates, directions, differences and delays, on motions whose truth is a formula."""

import math

import numpy as np
import pytest

from sportsgpt_lib.kismam.camera_errors import CameraErrors
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.pose_errors import compute_pose_error
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition, find_own_side
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, LimitingCondition, Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors, name_rate
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    DelayBetweenExtremes,
    DelayToKeyframe,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    HeightByFlight,
    MeanRateBetween,
    RateAtKeyframe,
    RateInPhase,
    Rule,
)

ERRORS = load_measurement_errors()
MOVEMENT = load_movement("drop_landing")
TIMES_S = np.arange(0.0, 2.0, 1.0 / 120.0)
TIMES = {"take_off": 0.5, "initial_contact": 1.0, "deepest_flexion": 1.5}


def repetition(**curves: np.ndarray) -> Repetition:
    return Repetition(
        own_side="left",
        keyframes={(name, "both"): KeyframeTime(t, 0.01) for name, t in TIMES.items()},
        signals={name: Signal(TIMES_S, values) for name, values in curves.items()},
    )


def measure(rule: Rule, **curves: np.ndarray) -> float:
    return compute_measure(rule, MOVEMENT, repetition(**curves), TIMES).value


def pose_error(rule: Rule, **curves: np.ndarray) -> float:
    return compute_pose_error(rule, MOVEMENT, repetition(**curves), TIMES, ERRORS)


def bell(middle_s: float, width_s: float = 0.1) -> np.ndarray:
    return np.exp(-0.5 * ((TIMES_S - middle_s) / width_s) ** 2)


def indicator(rule: Rule, unit: str) -> Indicator:
    return Indicator(
        name="made_up",
        title="Made up",
        meaning="Made up.",
        dimension="legs_knees",
        unit=unit,
        rule=rule,
        valid_views=("sagittal",),
    )


def assess(rule: Rule, unit: str, camera: CameraErrors, **curves: np.ndarray):
    movement = MOVEMENT.model_copy(
        update={"indicators": (indicator(rule, unit),), "limited_when": ()}
    )
    both = Repetition(
        "both", repetition(**curves).keyframes, repetition(**curves).signals
    )
    return assess_repetition(movement, both, "sagittal", ERRORS, camera)[0]


def test_the_other_side_is_read_with_its_sign():
    rule = AtKeyframe(
        measure="at_keyframe",
        quantity="{side}_thigh_angle",
        keyframe="take_off",
        sides="other",
    )
    angles = {
        "left_thigh_angle": np.full_like(TIMES_S, 20.0),
        "right_thigh_angle": np.full_like(TIMES_S, -7.0),
    }
    assert measure(rule, **angles) == -7.0
    missing = compute_measure(
        rule, MOVEMENT, repetition(left_thigh_angle=TIMES_S), TIMES
    )
    assert missing.unseen == ("right_thigh_angle",)


def test_a_keyframe_of_both_sides_serves_the_leg_of_a_start():
    start = load_movement("sprint_start")
    keyframes = {
        ("set", "both"): KeyframeTime(0.1, 0.01),
        ("block_exit", "right"): KeyframeTime(0.5, 0.01),
        ("foot_strike", "left"): KeyframeTime(0.6, 0.01),
    }
    assert find_own_side(start, keyframes) == "right"
    angles = {
        "right_knee_flexion": Signal(TIMES_S, np.full_like(TIMES_S, 88.0)),
        "left_knee_flexion": Signal(TIMES_S, np.full_like(TIMES_S, 60.0)),
    }
    results = {
        result.indicator.name: result
        for result in assess_repetition(
            start, Repetition("right", keyframes, angles), "sagittal", ERRORS
        )
    }
    assert results["front_knee_at_set"].value == 88.0
    assert results["rear_knee_at_set"].value == 60.0
    assert results["push_time"].reason == "not found in this repetition: first movement"


def test_a_mean_rate_is_the_change_over_its_time():
    rule = MeanRateBetween(
        measure="mean_rate_between",
        quantity="hip_forward",
        start="take_off",
        end="deepest_flexion",
    )
    assert measure(rule, hip_forward=2.3 * TIMES_S) == pytest.approx(2.3)
    expected = math.sqrt(2.0) * ERRORS["hip_forward"] / 1.0
    assert pose_error(rule, hip_forward=TIMES_S) == pytest.approx(expected)
    backwards = rule.model_copy(update={"start": "deepest_flexion", "end": "take_off"})
    found = compute_measure(backwards, MOVEMENT, repetition(hip_forward=TIMES_S), TIMES)
    assert math.isnan(found.value)
    assert found.reason == "the keyframes are out of order"


def test_rates_at_a_keyframe_and_over_a_phase_are_the_derivatives():
    wave = 30.0 * np.sin(2.0 * math.pi * TIMES_S)
    at = RateAtKeyframe(
        measure="rate_at_keyframe", quantity="trunk_lean", keyframe="initial_contact"
    )
    top = RateInPhase(
        measure="maximum_rate_in_phase", quantity="trunk_lean", phase="absorption"
    )
    low = top.model_copy(update={"measure": "minimum_rate_in_phase"})
    fastest = 60.0 * math.pi
    assert measure(at, trunk_lean=wave) == pytest.approx(fastest, rel=0.01)
    assert measure(top, trunk_lean=wave) == pytest.approx(fastest, rel=0.01)
    assert measure(low, trunk_lean=wave) == pytest.approx(-fastest, rel=0.01)
    assert pose_error(at, trunk_lean=wave) == ERRORS[name_rate("trunk_lean")]
    gone = np.full_like(TIMES_S, np.nan)
    assert math.isnan(measure(at, trunk_lean=gone))


@pytest.mark.parametrize("angle_deg", [20.0, 35.0, 56.0, 90.0])
def test_a_throw_flies_off_in_the_direction_it_was_thrown(angle_deg):
    speed = 1.8
    after_s = TIMES_S - TIMES["take_off"]
    curves = {
        "centre_of_mass_forward": speed * math.cos(math.radians(angle_deg)) * after_s,
        "centre_of_mass_height": speed * math.sin(math.radians(angle_deg)) * after_s
        - 0.5 * 5.77 * after_s**2,
    }
    rule = DirectionAtKeyframe(
        measure="direction_at_keyframe",
        up="centre_of_mass_height",
        forward="centre_of_mass_forward",
        keyframe="take_off",
    )
    assert measure(rule, **curves) == pytest.approx(angle_deg, abs=0.5)
    error = ERRORS[name_rate("centre_of_mass_height")]
    assert pose_error(rule, **curves) == pytest.approx(
        math.degrees(error / speed), rel=0.05
    )
    result = assess(rule, "deg", CameraErrors(roll_error_deg=3.0), **curves)
    assert result.error > 3.0


def test_the_stated_error_of_a_direction_covers_noise_of_that_size():
    rule = DirectionAtKeyframe(
        measure="direction_at_keyframe",
        up="centre_of_mass_height",
        forward="centre_of_mass_forward",
        keyframe="take_off",
    )
    error = ERRORS[name_rate("centre_of_mass_height")]
    rng = np.random.default_rng(0)
    off = []
    for _ in range(200):
        up, forward = np.array([1.0, 1.5]) + error * rng.standard_normal(2)
        found = measure(
            rule,
            centre_of_mass_height=up * TIMES_S,
            centre_of_mass_forward=forward * TIMES_S,
        )
        off.append(found - math.degrees(math.atan2(1.0, 1.5)))
    stated = pose_error(
        rule, centre_of_mass_height=TIMES_S, centre_of_mass_forward=1.5 * TIMES_S
    )
    assert np.std(off) == pytest.approx(stated, rel=0.15)


def test_a_body_that_does_not_move_has_no_direction_worth_believing():
    rule = DirectionAtKeyframe(
        measure="direction_at_keyframe",
        up="centre_of_mass_height",
        forward="centre_of_mass_forward",
        keyframe="take_off",
    )
    still = np.zeros_like(TIMES_S)
    stated = pose_error(rule, centre_of_mass_height=still, centre_of_mass_forward=still)
    assert stated == 180.0


def test_segments_that_are_parallel_differ_by_nothing_whatever_the_roll():
    rule = DifferenceAtKeyframe(
        measure="difference_at_keyframe",
        first="trunk_lean",
        second="{side}_shank_angle",
        reverse_second=True,
        keyframe="take_off",
        sides="mean",
    )
    curves = {
        "trunk_lean": np.full_like(TIMES_S, 32.0),
        "left_shank_angle": np.full_like(TIMES_S, -30.0),
        "right_shank_angle": np.full_like(TIMES_S, -26.0),
    }
    result = assess(rule, "deg", CameraErrors(roll_error_deg=50.0), **curves)
    assert result.value == pytest.approx(4.0)
    pair = math.hypot(ERRORS["trunk_lean"], ERRORS["{side}_shank_angle"])
    assert result.error == pytest.approx(pair)
    same_sense = rule.model_copy(update={"reverse_second": False})
    rolled = assess(same_sense, "deg", CameraErrors(roll_error_deg=50.0), **curves)
    assert rolled.value == pytest.approx(60.0)
    assert rolled.error > 100.0


@pytest.mark.parametrize("of", ["value", "rate"])
def test_a_delay_is_the_time_between_two_peaks(of):
    rule = DelayBetweenExtremes(
        measure="delay_between_extremes",
        first="hip_forward",
        second="{side}_elbow_forward",
        of=of,
        phase="flight",
        sides="other",
    )
    curves = {"hip_forward": bell(0.7), "right_elbow_forward": bell(0.78)}
    assert measure(rule, **curves) == pytest.approx(0.08, abs=0.004)
    blurred = pose_error(rule, **curves)
    sharp = pose_error(
        rule, hip_forward=20.0 * bell(0.7), right_elbow_forward=20.0 * bell(0.78)
    )
    assert 0.0 < sharp < blurred < 0.1


def test_a_delay_to_a_keyframe_counts_from_the_peak():
    rule = DelayToKeyframe(
        measure="delay_to_keyframe",
        quantity="{side}_shoulder_flexion",
        of="value",
        extreme="minimum",
        phase="flight",
        to="initial_contact",
        sides="mean",
    )
    curves = {
        "left_shoulder_flexion": -60.0 * bell(0.70),
        "right_shoulder_flexion": -60.0 * bell(0.74),
    }
    assert measure(rule, **curves) == pytest.approx(0.28, abs=0.004)
    difference = rule.model_copy(update={"sides": "difference"})
    assert measure(difference, **curves) == pytest.approx(0.04, abs=0.004)


def test_a_peak_at_the_end_of_the_phase_is_none_and_says_so():
    rule = DelayToKeyframe(
        measure="delay_to_keyframe",
        quantity="hip_forward",
        phase="flight",
        to="initial_contact",
    )
    result = assess(rule, "s", CameraErrors(), hip_forward=TIMES_S)
    assert result.validity == "not_measurable"
    assert result.reason == "the maximum is not inside the phase"
    unseen = assess(rule, "s", CameraErrors(), trunk_lean=TIMES_S)
    assert unseen.reason == "not seen well enough: hip forward"


def test_a_height_by_flight_needs_no_scale_and_carries_the_keyframes_errors():
    rule = HeightByFlight(
        measure="height_by_flight", start="take_off", end="initial_contact"
    )
    result = assess(rule, "m", CameraErrors(), trunk_lean=TIMES_S)
    assert result.validity == "valid"
    assert result.value == pytest.approx(9.81 * 0.5**2 / 8.0)
    slope = 9.81 * 0.5 / 4.0
    assert result.error == pytest.approx(slope * 0.01 * math.sqrt(2.0), rel=0.01)


def test_a_speed_in_metres_needs_a_scale_and_carries_its_error():
    rule = MeanRateBetween(
        measure="mean_rate_between",
        quantity="hip_forward_m",
        start="take_off",
        end="deepest_flexion",
    )
    refused = assess(rule, "mps", CameraErrors(), hip_forward_m=4.0 * TIMES_S)
    assert refused.validity == "not_measurable"
    assert "no metres" in str(refused.reason)
    scaled = CameraErrors(scale_error_ratio=0.1)
    result = assess(rule, "mps", scaled, hip_forward_m=4.0 * TIMES_S)
    assert result.value == pytest.approx(4.0)
    assert result.error > 0.4


@pytest.mark.parametrize(
    ("condition", "is_limited"),
    [
        ({"frame_rate_below_hz": 200.0}, True),
        ({"frame_rate_below_hz": 100.0}, False),
        ({"groups": ("child",)}, True),
        ({"groups": ("trained",)}, False),
    ],
)
def test_frame_rate_and_athlete_limit_what_a_movement_says(condition, is_limited):
    rule = AtKeyframe(measure="at_keyframe", quantity="trunk_lean", keyframe="take_off")
    movement: Movement = MOVEMENT.model_copy(
        update={
            "indicators": (indicator(rule, "deg"),),
            "limited_when": (
                LimitingCondition(
                    **condition,
                    limits=("made_up",),
                    reason="not known there",
                    source="adr_0014",
                ),
            ),
        }
    )
    plain = repetition(trunk_lean=TIMES_S)
    known = Repetition(
        "both",
        plain.keyframes,
        plain.signals,
        athlete_groups=frozenset({"child"}),
    )
    (result,) = assess_repetition(movement, known, "sagittal", ERRORS)
    assert (result.reason == "not known there") is is_limited
    assert result.validity == ("limited" if is_limited else "valid")


def test_a_jog_that_is_called_a_sprint_is_set_aside_with_the_reason():
    sprint = load_movement("sprint_max_velocity")
    keyframes = {
        (name, "left"): KeyframeTime(time_s, 0.005)
        for name, time_s in (("foot_strike", 0.3), ("next_foot_strike", 1.0))
    }
    for speed, is_sprint in ((2.0, False), (5.0, True)):
        signals = {"hip_forward": Signal(TIMES_S, speed * TIMES_S)}
        results = {
            result.indicator.name: result
            for result in assess_repetition(
                sprint, Repetition("left", keyframes, signals), "sagittal", ERRORS
            )
        }
        assert results["running_speed"].value == pytest.approx(speed)
        assert (results["stride_time"].validity == "valid") is is_sprint
        assert ("no sprint" in str(results["stride_time"].reason)) is not is_sprint


@pytest.mark.parametrize("height_deg", [40.0, 120.0])
def test_the_stated_error_of_a_delay_covers_noise_of_that_size(height_deg):
    rule = DelayToKeyframe(
        measure="delay_to_keyframe",
        quantity="{side}_shoulder_flexion",
        phase="flight",
        to="initial_contact",
    )
    rng = np.random.default_rng(1)
    noise_deg = 0.3 * ERRORS["{side}_shoulder_flexion"]
    off, stated = [], []
    for _ in range(100):
        wander = (
            np.convolve(rng.standard_normal(TIMES_S.size), np.ones(9), "same") / 3.0
        )
        curve = height_deg * bell(0.75) + noise_deg * wander
        delay_s = measure(rule, left_shoulder_flexion=curve)
        if math.isfinite(delay_s):
            off.append(delay_s - 0.25)
            stated.append(pose_error(rule, left_shoulder_flexion=curve))
    assert len(off) > 90
    within = np.abs(off) < 1.96 * np.asarray(stated)
    assert within.mean() > 0.93
    assert np.median(stated) < 0.08
