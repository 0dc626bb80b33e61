import polars as pl
import pytest

from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.stages.session_media import _drawn_quantity, _flashes, _readout
from tests.stages.walking_session import BLUE

ROW = {"recording_id": "r1"}


def build_keyframes(*events: tuple[int, str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "recording_id": "r1",
                "repetition_idx": repetition_idx,
                "keyframe": keyframe,
                "side": side,
                "time_s": time_s,
                "time_error_s": 0.01,
            }
            for repetition_idx, keyframe, side, time_s in events
        ]
    )


def test_instant_that_two_repetitions_share_is_announced_once():
    keyframes = build_keyframes(
        (0, "foot_strike", "left", 1.0),
        (0, "toe_off", "left", 1.6),
        (0, "next_foot_strike", "left", 2.0),
        (1, "foot_strike", "left", 2.02),
        (1, "next_foot_strike", "left", 3.0),
    )
    shown = [(flash.time_s, flash.words) for flash in _flashes(keyframes, ROW)]
    assert shown == [
        (1.0, "left foot strike"),
        (1.6, "left toe off"),
        (2.0, "left foot strike"),
        (3.0, "left foot strike"),
    ]


def test_both_sides_are_announced_each_and_both_feet_without_a_side():
    keyframes = build_keyframes(
        (0, "foot_strike", "left", 1.0),
        (1, "foot_strike", "right", 1.05),
        (2, "initial_contact", "both", 1.06),
    )
    shown = [flash.words for flash in _flashes(keyframes, ROW)]
    assert shown == ["left foot strike", "right foot strike", "initial contact"]


def build_knees(left: list[float | None], right: list[float | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "recording_id": "r1",
                "quantity": f"{side}_knee_flexion",
                "time_s": float(frame_idx),
                "value": value,
            }
            for side, values in (("left", left), ("right", right))
            for frame_idx, value in enumerate(values)
        ],
        schema_overrides={"value": pl.Float64},
    )


def test_knee_that_was_seen_more_often_is_read_out():
    readout = _readout(build_knees([1.0, None, None], [4.0, None, 6.0]), ROW)
    assert readout is not None
    assert readout.words == "right knee flexion"
    assert readout.times_s.tolist() == [0.0, 1.0, 2.0]
    assert readout.values[[0, 2]].tolist() == [4.0, 6.0]


def test_nothing_is_read_out_where_no_knee_was_seen():
    assert _readout(build_knees([None], [None]), ROW) is None


@pytest.mark.parametrize("movement", movement_names())
@pytest.mark.parametrize("side", ["left", "right", "both"])
def test_drawn_angle_is_always_one_that_is_computed(movement, side, workshop):
    definition = load_movement(movement)
    first = definition.keyframes[0].name
    keyframes = build_keyframes((0, first, side, 1.0))
    known = set(workshop.lake.read("joint_kinematics", BLUE)["quantity"])
    drawn = {
        indicator.name: _drawn_quantity(
            {
                "movement": movement,
                "indicator": indicator.name,
                "recording_id": "r1",
                "repetition_idx": 0,
            },
            keyframes,
        )
        for indicator in definition.indicators
    }
    shown = {quantity for quantity in drawn.values() if quantity}
    assert shown
    assert shown <= known
    assert any(quantity is None for quantity in drawn.values())
