import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.contract import StageInput
from sportsgpt_lib.stages.joint_kinematics import JointKinematicsStage
from sportsgpt_lib.stages.keyframes import KeyframesStage
from sportsgpt_lib.storage.tables import KEYFRAMES
from tests.oracles.landing import build_drop
from tests.oracles.subjects import (
    build_camera_rows,
    build_pose_rows,
    build_subject,
)
from tests.oracles.walking import build_walk

ADDED_BY_RUNNER = {"team_id", "session_day", "code_version"}


def _kinematics(sequence, subject):
    tables = {
        "athlete_poses": build_pose_rows(sequence),
        "camera_geometry": build_camera_rows(),
    }
    return JointKinematicsStage().compute(StageInput(subject, None, tables)).rows


def _run(sequence, **subject_facts):
    subject = build_subject(**subject_facts)
    rows = _kinematics(sequence, subject)
    return KeyframesStage().compute(
        StageInput(subject, None, {"joint_kinematics": rows})
    )


def _within_contract(rows):
    for column in KEYFRAMES.columns:
        if column.name in ADDED_BY_RUNNER:
            continue
        values = rows[column.name]
        assert column.nullable or values.null_count() == 0, column.name
        if column.allowed:
            assert set(values.drop_nulls()) <= set(column.allowed), column.name
        if column.minimum is not None:
            assert (values.drop_nulls() >= column.minimum).all(), column.name


def test_a_walk_gives_the_strides_of_both_legs_inside_the_contract():
    output = _run(build_walk(noise_px=2.0, duration_s=5.0).sequence)
    assert output.verdict.word == "PASS"
    rows = output.rows
    assert set(rows.columns) == set(KEYFRAMES.column_names) - ADDED_BY_RUNNER
    _within_contract(rows)
    keys = rows.select("recording_id", "repetition_idx", "keyframe", "side")
    assert keys.is_unique().all()
    assert rows["movement_sha256"].unique().to_list() == [
        load_movement("walking_stride").sha256
    ]
    starts = (
        rows.group_by("repetition_idx")
        .agg(pl.col("time_s").min())
        .sort("repetition_idx")
    )
    assert starts["time_s"].is_sorted()
    assert set(rows.filter(pl.col("keyframe") == "foot_strike")["side"]) == {
        "left",
        "right",
    }


def test_every_keyframe_is_one_that_the_movement_names():
    rows = _run(build_walk(noise_px=2.0).sequence).rows
    named = {keyframe.name for keyframe in load_movement("walking_stride").keyframes}
    assert set(rows["keyframe"]) == named


def test_a_landing_has_its_events_and_no_alignment():
    drop = build_drop(noise_px=1.0)
    output = _run(drop.sequence, movement="drop_landing")
    assert output.verdict.word == "PASS"
    _within_contract(output.rows)
    times_s = dict(zip(output.rows["keyframe"], output.rows["time_s"], strict=True))
    assert times_s["initial_contact"] == pytest.approx(drop.contact_s, abs=0.034)
    assert times_s["take_off"] < times_s["initial_contact"] < times_s["deepest_flexion"]
    assert output.rows["alignment_cost"].null_count() == output.rows.height
    assert output.rows["reference_id"].null_count() == output.rows.height


def test_slow_motion_keyframes_are_in_clip_time():
    walk = build_walk(rate_hz=120.0, duration_s=4.0)
    sequence = walk.sequence
    slowed = type(sequence)(
        times_s=sequence.times_s * 4.0,
        positions_px=sequence.positions_px,
        confidence=sequence.confidence,
        positions_m=None,
        width_px=4000,
        height_px=1000,
    )
    rows = _run(slowed, capture_rate_hz=120.0).rows
    strikes = rows.filter(
        (pl.col("keyframe") == "foot_strike") & (pl.col("side") == "left")
    )["time_s"].to_numpy()
    distances_s = np.abs(strikes[:, np.newaxis] - 4.0 * walk.left_strikes_s).min(axis=1)
    assert distances_s.max() < 4.0 * 0.05


def test_another_movement_is_set_aside_with_reason_and_fix():
    for sequence, movement in (
        (build_drop(noise_px=1.0).sequence, "walking_stride"),
        (build_walk(noise_px=1.0).sequence, "drop_landing"),
    ):
        output = _run(sequence, movement=movement)
        assert output.rows is None
        assert output.verdict.word == "QUARANTINE"
        assert output.verdict.reason_code == "no_repetition_found"
        assert "window" in output.verdict.fix


def test_a_landing_whose_take_off_was_not_filmed_says_so():
    drop = build_drop(box_body_heights=0.6)
    late = drop.sequence.times_s > drop.take_off_s + 0.1
    sequence = type(drop.sequence)(
        times_s=drop.sequence.times_s[late],
        positions_px=drop.sequence.positions_px[late],
        confidence=drop.sequence.confidence[late],
        positions_m=None,
        width_px=2000,
        height_px=1000,
    )
    output = _run(sequence, movement="drop_landing")
    assert output.verdict.word == "WARN"
    assert "take_off" in output.verdict.reason


def test_methods_that_disagree_are_reported_in_words():
    subject = build_subject()
    rows = _kinematics(build_walk(noise_px=1.0, duration_s=5.0).sequence, subject)
    toes = pl.col("quantity") == "left_toe_forward"
    first = rows.filter(toes).sort("frame_idx")
    late = first.with_columns(pl.col("value").shift(5).fill_null(0.0))
    torn = pl.concat([rows.filter(~toes), late])
    output = KeyframesStage().compute(
        StageInput(subject, None, {"joint_kinematics": torn})
    )
    assert output.verdict.word == "WARN"
    assert output.verdict.reason_code == "alignment_and_events_disagree"
    assert "toe_off" in output.verdict.reason


def test_missing_quantities_give_no_repetition_instead_of_a_guess():
    subject = build_subject()
    rows = _kinematics(build_walk().sequence, subject)
    blank = rows.with_columns(pl.lit(None, dtype=pl.Float64).alias("value"))
    output = KeyframesStage().compute(
        StageInput(subject, None, {"joint_kinematics": blank})
    )
    assert output.verdict.word == "QUARANTINE"


def test_the_fingerprint_changes_with_the_movement_definition():
    stage = KeyframesStage()
    walking = stage.fingerprint(build_subject())
    assert load_movement("walking_stride").sha256 in walking
    assert stage.fingerprint(build_subject(movement="drop_landing")) != walking
