import dataclasses

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS, compute_quantities
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.stages.contract import StageInput
from sportsgpt_lib.stages.joint_kinematics import JointKinematicsStage, read_quantities
from sportsgpt_lib.storage.tables import JOINT_KINEMATICS
from tests.oracles.subjects import build_pose_rows, build_subject
from tests.oracles.walking import build_walk

ADDED_BY_RUNNER = {"team_id", "session_day", "code_version"}


def _run(sequence, **subject):
    stage_input = StageInput(
        build_subject(**subject), None, {"athlete_poses": build_pose_rows(sequence)}
    )
    return JointKinematicsStage().compute(stage_input)


def test_rows_hold_every_column_of_the_contract_and_nothing_else():
    output = _run(build_walk().sequence)
    assert output.verdict.word == "PASS"
    expected = set(JOINT_KINEMATICS.column_names) - ADDED_BY_RUNNER
    assert set(output.rows.columns) == expected
    keys = output.rows.select("recording_id", "frame_idx", "quantity")
    assert keys.is_unique().all()
    assert output.rows.height == 120 * len(QUANTITY_UNITS)


def test_values_survive_the_way_through_rows():
    sequence = build_walk(noise_px=2.0).sequence
    direct = compute_quantities(sequence)
    frame_idx, times_s, values = read_quantities(_run(sequence).rows)
    assert frame_idx[0] == 7
    np.testing.assert_allclose(times_s, sequence.times_s)
    for name in QUANTITY_UNITS:
        np.testing.assert_allclose(values[name], direct.values[name], err_msg=name)


def test_missing_is_null_at_rest_never_nan():
    sequence = build_walk().sequence
    positions_px = sequence.positions_px.copy()
    positions_px[5:9, KEYPOINT_INDEX["right_ankle"]] = np.nan
    rows = _run(dataclasses.replace(sequence, positions_px=positions_px)).rows
    values = rows.filter(pl.col("quantity") == "right_knee_flexion")["value"]
    assert values.null_count() == 4
    assert not rows["value"].is_nan().any()
    assert not rows["rate_per_s"].is_nan().any()


def test_slow_motion_is_turned_back_into_real_rates():
    plain = _run(build_walk().sequence).rows
    slowed = _run(build_walk().sequence, capture_rate_hz=120.0).rows
    ratio = (slowed["rate_per_s"] / plain["rate_per_s"]).drop_nulls().drop_nans()
    assert ratio.median() == pytest.approx(4.0)


def test_a_frontal_view_is_set_aside_with_reason_and_fix():
    output = _run(build_walk().sequence, camera_view="frontal")
    assert output.rows is None
    assert output.verdict.word == "QUARANTINE"
    assert "side" in output.verdict.reason
    assert "camera" in output.verdict.fix


@pytest.mark.parametrize("camera_view", ["oblique", "unknown"])
def test_a_doubtful_view_goes_on_with_a_warning(camera_view):
    output = _run(build_walk().sequence, camera_view=camera_view)
    assert output.rows is not None
    assert output.verdict.word == "WARN"
    assert output.verdict.reason_code == "view_not_sagittal"


def test_an_unstated_view_without_a_side_is_set_aside():
    sequence = build_walk(duration_s=0.4).sequence
    positions_px = sequence.positions_px.copy()
    for side in ("left", "right"):
        heel = positions_px[:, KEYPOINT_INDEX[f"{side}_heel"]]
        positions_px[:, KEYPOINT_INDEX[f"{side}_big_toe"]] = heel
    spoiled = dataclasses.replace(sequence, positions_px=positions_px)
    output = _run(spoiled, camera_view="unknown")
    assert output.verdict.word == "QUARANTINE"


def test_no_poses_at_all_are_rejected_in_words():
    empty = build_pose_rows(build_walk().sequence).head(0)
    stage_input = StageInput(build_subject(), None, {"athlete_poses": empty})
    with pytest.raises(PoseInputError, match="not a single row"):
        JointKinematicsStage().compute(stage_input)


def test_the_fingerprint_names_what_decides_the_result():
    stage = JointKinematicsStage()
    plain = stage.fingerprint(build_subject())
    assert stage.fingerprint(build_subject()) == plain
    assert stage.fingerprint(build_subject(camera_view="oblique")) != plain
    assert stage.fingerprint(build_subject(capture_rate_hz=240.0)) != plain
