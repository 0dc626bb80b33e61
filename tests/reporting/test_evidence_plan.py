import math

import numpy as np
import pytest

from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import Repetition, list_needed_keyframes
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.reporting.evidence_plan import _PLANNERS, plan_evidence
from sportsgpt_lib.reporting.evidence_shots import TRAVEL_DIRECTION
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.rules import (
    DelayBetweenExtremes,
    DelayToKeyframe,
    Duration,
    DurationShare,
    DurationSymmetry,
    HeightByFlight,
    RateAtKeyframe,
    RateInPhase,
    Rule,
)
from tests.reporting.evidence_case import RATE_HZ, build_repetition, find_indicator

TIMED = (
    *(DelayBetweenExtremes, DelayToKeyframe, Duration),
    *(DurationShare, DurationSymmetry, HeightByFlight),
)
EVERY = [
    (name, indicator.name)
    for name in movement_names()
    for indicator in load_movement(name).indicators
]


def plan(movement_name, indicator_name, **changes):
    movement = load_movement(movement_name)
    indicator = find_indicator(movement, indicator_name)
    if changes:
        indicator = indicator.model_copy(update=changes)
    repetition = build_repetition(movement)
    return indicator, repetition, plan_evidence(indicator, movement, repetition)


def measure(indicator, movement_name, repetition):
    movement = load_movement(movement_name)
    times = {
        text: repetition.find_keyframe(text).time_s
        for text in list_needed_keyframes(indicator.rule, movement)
    }
    return compute_measure(indicator.rule, movement, repetition, times)


def test_every_rule_that_a_movement_file_may_declare_has_a_planner():
    union, _ = Rule.__origin__, Rule.__metadata__
    assert set(_PLANNERS) == set(union.__args__)


@pytest.mark.parametrize(("movement", "name"), EVERY)
def test_every_indicator_is_shown_by_instants_of_its_own_repetition(movement, name):
    indicator, repetition, shown = plan(movement, name)
    measured = measure(indicator, movement, repetition)
    if math.isnan(measured.value) or shown is None:
        # An extreme at the end of its phase is none; nothing is shown then.
        assert isinstance(indicator.rule, TIMED)
        return
    assert shown.value == pytest.approx(measured.value)
    times = [shot.time_s for shot in shown.shots]
    known = [one.time_s for one in repetition.keyframes.values()]
    assert min(known) <= min(times) <= max(times) <= max(known)
    drawn = [name for shot in shown.shots for name in shot.quantities]
    assert drawn or shown.bars
    if indicator.target and not isinstance(indicator.rule, TIMED):
        assert shown.targets or shown.curve
    if isinstance(indicator.rule, TIMED):
        assert shown.bars
        assert not shown.targets


def test_keyframe_shows_the_target_where_it_is():
    indicator, repetition, shown = plan("walking_stride", "knee_flexion_at_foot_strike")
    (shot,), (target,) = shown.shots, shown.targets
    assert shot.time_s == repetition.find_keyframe("foot_strike").time_s
    assert shot.quantities == (target.quantity,) == ("left_knee_flexion",)
    assert (target.low, target.high) == (indicator.target.low, indicator.target.high)
    assert shot.readings == pytest.approx([shown.value])


def test_other_leg_is_drawn_where_the_rule_reads_it():
    _, _, shown = plan("sprint_start", "rear_knee_at_set")
    assert shown.shots[0].quantities == ("right_knee_flexion",)


def test_mean_of_both_sides_draws_both_and_says_so():
    _, _, shown = plan("squat", "bottom_knee_flexion")
    (shot,) = shown.shots
    assert shot.quantities == ("left_knee_flexion", "right_knee_flexion")
    assert np.mean(shot.readings) == pytest.approx(shown.value)
    assert "mean of both sides" in shown.note


def test_difference_of_sides_is_the_range_of_one_side_beside_the_other():
    indicator, _, shown = plan("squat", "knee_difference_at_bottom")
    (shot,), (target,) = shown.shots, shown.targets
    other = shot.readings[shot.quantities.index("right_knee_flexion")]
    assert target.quantity == "left_knee_flexion"  # the right one is far
    assert (target.low, target.high) == pytest.approx(
        (other - indicator.target.high, other + indicator.target.high)
    )


def test_extreme_is_shown_at_its_own_instant():
    indicator, repetition, shown = plan("walking_stride", "swing_knee_flexion")
    measured = measure(indicator, "walking_stride", repetition)
    (shot,) = shown.shots
    assert shot.time_s == measured.time_s
    assert shot.readings == pytest.approx([measured.value])
    assert shown.curve.instants == ((shot.time_s, "largest"),)
    assert (shown.curve.low, shown.curve.high) == (50.0, 70.0)


def test_spike_of_one_frame_is_told():
    movement = load_movement("walking_stride")
    repetition = build_repetition(movement)
    _, _, calm = plan("walking_stride", "swing_knee_flexion")
    signal = repetition.signals["left_knee_flexion"]
    values = signal.values.copy()
    # Of the frame before the largest and the largest, the first one counts.
    at = round(calm.shots[0].time_s * RATE_HZ)
    values[at - 1] += 20.0
    spiky = {**repetition.signals, "left_knee_flexion": Signal(signal.times_s, values)}
    shown = plan_evidence(
        find_indicator(movement, "swing_knee_flexion"),
        movement,
        Repetition("left", repetition.keyframes, spiky),
    )
    assert calm.note is None
    assert "does not count" in shown.note
    assert shown.value == pytest.approx(calm.value, abs=0.1)


def test_mean_is_shown_by_a_frame_that_looks_like_it():
    _, _, shown = plan("walking_stride", "trunk_lean_mean")
    (shot,) = shown.shots
    assert shot.readings[0] == pytest.approx(shown.value, abs=3.0)
    assert "mean over time" in shown.note


@pytest.mark.parametrize(
    ("movement", "name"),
    [("drop_landing", "knee_flexion_displacement"), ("squat", "heel_lift")],
)
def test_range_of_a_change_begins_at_the_first_value(movement, name):
    indicator, _, shown = plan(movement, name)
    (first, last), (target,) = shown.shots, shown.targets
    assert target.shot == 1
    for end, wanted in (
        (target.low, indicator.target.low),
        (target.high, indicator.target.high),
    ):
        assert (end is None) == (wanted is None)
        assert end is None or end == pytest.approx(first.readings[0] + wanted)
    assert last.quantities == first.quantities


def test_difference_of_segments_says_where_the_first_should_lie():
    indicator, _, shown = plan("squat", "trunk_against_shin")
    (shot,), (target,) = shown.shots, shown.targets
    assert target.quantity == "trunk_lean"
    assert target.high == pytest.approx(indicator.target.high - shot.readings[1])


def test_direction_is_drawn_with_the_measured_value():
    _, _, shown = plan("standing_long_jump", "take_off_angle")
    (shot,), (target,) = shown.shots, shown.targets
    assert shot.quantities == (TRAVEL_DIRECTION,) == (target.quantity,)
    assert shot.readings == pytest.approx([shown.value])


def test_duration_is_a_bar_between_its_two_frames():
    indicator, _, shown = plan("walking_stride", "stride_time")
    ((_, ((start_s, end_s),)),) = shown.bars.rows
    assert [shot.time_s for shot in shown.shots] == [start_s, end_s]
    assert end_s - start_s == pytest.approx(shown.value)
    assert shown.bars.wanted_s == pytest.approx(
        (start_s + indicator.target.low, start_s + indicator.target.high)
    )


@pytest.mark.parametrize("share_pct", [14.0, 28.0])
def test_share_ends_in_the_range_exactly_where_it_would_be_that_share(share_pct):
    _, _, shown = plan("walking_stride", "double_support_share")
    (_, ((start_s, end_s),)), (_, parts) = shown.bars.rows
    wanted_s = shown.bars.wanted_s[0 if share_pct < 20.0 else 1]
    counted_s = sum(b - a for a, b in parts[:-1]) + wanted_s - parts[-1][0]
    assert 100.0 * counted_s / (end_s - start_s) == pytest.approx(share_pct)


def test_symmetry_allows_just_the_index_of_the_target():
    indicator, _, shown = plan("walking_stride", "step_time_asymmetry")
    first_s = shown.bars.rows[0][1][0][1]
    for second_s in shown.bars.wanted_s:
        index = 100.0 * abs(first_s - second_s) / (0.5 * (first_s + second_s))
        assert index == pytest.approx(indicator.target.high)


def test_height_by_flight_asks_for_the_time_of_that_height():
    movement = load_movement("countermovement_jump")
    indicator = find_indicator(movement, "jump_height")
    target = find_indicator(movement, "dip_depth").target.model_copy(
        update={"low": 0.3, "high": None}
    )
    _, _, shown = plan("countermovement_jump", "jump_height", target=target)
    start_s = shown.shots[0].time_s
    wait_s = shown.bars.wanted_s[0] - start_s
    assert 9.81 * wait_s**2 / 8.0 == pytest.approx(0.3)
    assert indicator.unit == "m"


@pytest.mark.parametrize(
    "rule",
    [
        RateAtKeyframe(
            measure="rate_at_keyframe",
            quantity="{side}_knee_flexion",
            keyframe="foot_strike",
        ),
        RateInPhase(
            measure="maximum_rate_in_phase",
            quantity="{side}_knee_flexion",
            phase="swing",
        ),
    ],
)
def test_rate_shows_the_curve_of_the_rate(rule):
    _, repetition, shown = plan("walking_stride", "swing_knee_flexion", rule=rule)
    (shot,) = shown.shots
    assert shown.targets == ()
    curve = shown.curve.signals[0]
    assert curve.value_at(shot.time_s) == pytest.approx(shown.value, rel=0.05)
    assert shot.time_s <= repetition.find_keyframe("next_foot_strike").time_s


def test_nothing_is_planned_without_a_keyframe_or_a_value():
    movement = load_movement("walking_stride")
    indicator = find_indicator(movement, "knee_flexion_at_foot_strike")
    whole = build_repetition(movement)
    blind = Repetition("left", whole.keyframes, {})
    assert plan_evidence(indicator, movement, blind) is None
    lost = Repetition("left", {}, whole.signals)
    assert plan_evidence(indicator, movement, lost) is None
