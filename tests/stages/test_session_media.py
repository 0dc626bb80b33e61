import polars as pl

from sportsgpt_lib.stages.session_media import _flashes, _readout

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
