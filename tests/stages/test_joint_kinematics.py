import dataclasses

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kinematics.camera_roll import turn_upright
from sportsgpt_lib.kinematics.quantities import QUANTITY_UNITS, compute_quantities
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.stages.contract import StageInput
from sportsgpt_lib.stages.joint_kinematics import JointKinematicsStage, read_quantities
from sportsgpt_lib.storage.tables import JOINT_KINEMATICS
from tests.oracles.subjects import (
    build_camera_rows,
    build_pose_rows,
    build_subject,
)
from tests.oracles.walking import build_walk

ADDED_BY_RUNNER = {"team_id", "session_day", "code_version"}


IN_METRES = [name for name, unit in QUANTITY_UNITS.items() if unit == "m"]


def _run(sequence, camera=None, **subject):
    tables = {
        "athlete_poses": build_pose_rows(sequence),
        "camera_geometry": build_camera_rows(**(camera or {})),
    }
    stage_input = StageInput(build_subject(**subject), None, tables)
    return JointKinematicsStage().compute(stage_input)


def test_rows_hold_every_column_of_the_contract_and_nothing_else():
    output = _run(build_walk().sequence)
    assert output.verdict.word == "PASS"
    expected = set(JOINT_KINEMATICS.column_names) - ADDED_BY_RUNNER
    assert set(output.rows.columns) == expected
    keys = output.rows.select("recording_id", "frame_idx", "quantity")
    assert keys.is_unique().all()
    assert output.rows.height == 120 * (len(QUANTITY_UNITS) - len(IN_METRES))


def test_metres_are_written_where_the_scale_is_known_and_nowhere_else():
    sequence = build_walk().sequence
    plain = _run(sequence).rows
    scaled = _run(sequence, camera={"scale_m_per_px": 0.003}).rows
    assert not plain["quantity"].is_in(IN_METRES).any()
    assert set(scaled["quantity"]) - set(plain["quantity"]) == set(IN_METRES)
    assert set(scaled.filter(pl.col("quantity").is_in(IN_METRES))["unit"]) == {"m"}
    _, _, values = read_quantities(scaled)
    m_per_body_height = 0.003 * compute_quantities(sequence).stature_px
    np.testing.assert_allclose(
        values["hip_height_m"], values["hip_height"] * m_per_body_height
    )


def test_from_an_angle_only_heights_are_given_in_metres():
    rows = _run(
        build_walk().sequence, camera={"scale_m_per_px": 0.003}, camera_view="oblique"
    ).rows
    given = set(rows["quantity"]) & set(IN_METRES)
    assert given == {"hip_height_m", "centre_of_mass_height_m"}


def test_a_known_roll_is_taken_out_of_angles_against_the_vertical():
    sequence = build_walk().sequence
    rolled_px = turn_upright(sequence.positions_px, -3.0, (4000, 1000))
    rolled = dataclasses.replace(sequence, positions_px=rolled_px)
    _, _, plain = read_quantities(_run(sequence).rows)
    _, _, spoiled = read_quantities(_run(rolled).rows)
    _, _, mended = read_quantities(_run(rolled, camera={"camera_roll_deg": 3.0}).rows)
    for name in ("trunk_lean", "left_thigh_angle", "right_foot_angle", "hip_height"):
        np.testing.assert_allclose(mended[name], plain[name], atol=1e-6)
    assert np.abs(spoiled["trunk_lean"] - plain["trunk_lean"]).min() > 2.5


def test_a_camera_that_moves_is_warned_of_and_leaves_no_places_along_the_way():
    sequence = build_walk().sequence
    panned_px = sequence.positions_px.copy()
    panned_px[..., 0] -= 500.0 * sequence.times_s[:, np.newaxis]
    output = _run(dataclasses.replace(sequence, positions_px=panned_px))
    assert output.verdict.reason_code == "camera_moves"
    _, _, values = read_quantities(output.rows)
    assert np.isnan(values["hip_forward"]).all()
    assert np.isnan(values["left_ground_contact"]).all()
    assert np.isfinite(values["left_foot_forward"]).all()


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
    tables = {"athlete_poses": empty, "camera_geometry": build_camera_rows()}
    stage_input = StageInput(build_subject(), None, tables)
    with pytest.raises(PoseInputError, match="not a single row"):
        JointKinematicsStage().compute(stage_input)


def test_the_fingerprint_names_what_decides_the_result():
    stage = JointKinematicsStage()
    plain = stage.fingerprint(build_subject())
    assert stage.fingerprint(build_subject()) == plain
    assert stage.fingerprint(build_subject(camera_view="oblique")) != plain
    assert stage.fingerprint(build_subject(capture_rate_hz=240.0)) != plain
