import numpy as np
import pytest

from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.repetitions.event_models import find_events
from sportsgpt_lib.repetitions.strides import (
    RUNNING_ORDER,
    WALKING_ORDER,
    build_strides,
    name_foot_events,
)
from sportsgpt_lib.sports.definition import EVENT_KEYFRAMES
from tests.oracles.full_body_run import read_run
from tests.oracles.jumping import build_jump
from tests.oracles.landing import build_drop
from tests.oracles.walking import build_walk


def instants(*times_s):
    return tuple(Instant(time_s, 0.01) for time_s in times_s)


def name(left_strikes, left_offs, right_strikes, right_offs):
    return name_foot_events(
        {
            "left": FootEvents(instants(*left_strikes), instants(*left_offs)),
            "right": FootEvents(instants(*right_strikes), instants(*right_offs)),
        }
    )


WALK = name([0.0, 1.0, 2.0], [0.6, 1.6], [0.5, 1.5], [0.1, 1.1])
RUN = name([0.0, 0.7, 1.4], [0.25, 0.95], [0.35, 1.05], [0.6, 1.3]) | {
    ("mid_stance", "left"): instants(0.12, 0.82),
    ("mid_stance", "right"): instants(0.47, 1.17),
}


def test_walking_has_a_stride_for_every_pair_of_strikes_of_a_leg():
    strides = build_strides(WALK, WALKING_ORDER)
    assert [(s.own_side, s.start_s, s.end_s) for s in strides] == [
        ("left", 0.0, 1.0),
        ("right", 0.5, 1.5),
        ("left", 1.0, 2.0),
    ]
    assert [(k.name, k.side) for k in strides[0].keyframes] == [
        ("foot_strike", "left"),
        ("toe_off", "right"),
        ("foot_strike", "right"),
        ("toe_off", "left"),
        ("next_foot_strike", "left"),
    ]


def test_running_is_no_walking_and_walking_no_running():
    assert build_strides(RUN, WALKING_ORDER) == []
    assert build_strides(WALK, RUNNING_ORDER) == []
    assert len(build_strides(RUN, RUNNING_ORDER)) == 3


@pytest.mark.parametrize("missing", ["toe_off", "foot_strike"])
def test_a_stride_with_an_event_missing_is_none(missing):
    events = WALK | {(missing, "right"): ()}
    assert all(
        stride.own_side == "right" for stride in build_strides(events, WALKING_ORDER)
    )


def test_two_strikes_far_apart_are_not_one_stride():
    events = name([0.0, 3.0], [0.6], [0.5], [0.1])
    assert build_strides(events, WALKING_ORDER) == []


@pytest.mark.parametrize(
    ("model", "sequence"),
    [
        ("gait", build_walk(noise_px=1.0).sequence),
        ("landing", build_drop(noise_px=1.0).sequence),
        ("jump", build_jump(noise_px=1.0).sequence),
        ("squat", build_jump(speed=0.0, noise_px=1.0).sequence),
    ],
)
def test_a_model_gives_the_keyframes_that_movements_may_name(model, sequence):
    quantities = compute_quantities(sequence)
    found = find_events(model, quantities.times_s, quantities.values)
    assert {key[0] for key in found.instants} == set(EVENT_KEYFRAMES[model])
    assert found.repetitions
    for repetition in found.repetitions:
        for keyframe in repetition.keyframes:
            assert keyframe.instant in found.instants[keyframe.name, keyframe.side]


def test_every_model_a_movement_may_name_can_be_asked():
    quantities = compute_quantities(build_walk(duration_s=2.0).sequence)
    blank = {name: np.full_like(v, np.nan) for name, v in quantities.values.items()}
    for model in EVENT_KEYFRAMES:
        assert find_events(model, quantities.times_s, blank).repetitions == ()


def test_midstances_of_a_run_lie_between_strike_and_toe_off_under_the_hips(shared_data):
    run = read_run(shared_data / "events_bmc_grf")
    quantities = compute_quantities(run.as_poses())
    found = find_events("running", quantities.times_s, quantities.values)
    midstances = [
        (side, instant)
        for (name, side), instants in found.instants.items()
        if name == "mid_stance"
        for instant in instants
    ]
    assert midstances
    for side, instant in midstances:
        ahead = quantities.values[f"{side}_foot_forward"]
        assert abs(np.interp(instant.time_s, quantities.times_s, ahead)) < 0.03
        assert 0.012 <= instant.error_s < 0.02
        strikes = [one.time_s for one in found.instants["foot_strike", side]]
        offs = [one.time_s for one in found.instants["toe_off", side]]
        assert not strikes or min(abs(s - instant.time_s) for s in strikes) < 0.3
        assert not offs or min(abs(o - instant.time_s) for o in offs) < 0.3
