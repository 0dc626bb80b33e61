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
from tests.oracles.walking import TRUNK_LEAN_DEG, build_walk

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
    assert not rows["acceleration_per_s2"].is_nan().any()
    counted = rows.filter(pl.col("unit").is_in(["ratio", "s"]))
    assert counted["acceleration_per_s2"].is_null().all()


@pytest.mark.parametrize("pan_px_s", [0.0, 600.0])
def test_slow_motion_gives_the_numbers_of_the_movement_at_the_clips_times(pan_px_s):
    sequence = build_walk(rate_hz=240.0, noise_px=2.0).sequence
    panned_px = sequence.positions_px.copy()
    panned_px[..., 0] += pan_px_s * sequence.times_s[:, np.newaxis]
    true = dataclasses.replace(sequence, positions_px=panned_px)
    slowed = dataclasses.replace(true, times_s=8.0 * true.times_s)
    plain, slow = _run(true), _run(slowed, capture_rate_hz=240.0)
    assert slow.verdict == plain.verdict
    assert plain.verdict.word == ("WARN" if pan_px_s else "PASS")
    for column in ("value", "rate_per_s", "acceleration_per_s2"):
        np.testing.assert_allclose(
            slow.rows[column].to_numpy(), plain.rows[column].to_numpy(), atol=1e-6
        )
    np.testing.assert_allclose(slow.rows["time_s"], 8.0 * plain.rows["time_s"])


def test_what_the_recordings_row_says_of_the_camera_is_not_found_anew():
    told = {"is_camera_moving": True, "camera_speed_body_heights_s": -0.7}
    output = _run(build_walk().sequence, camera=told)
    assert output.verdict.reason_code == "camera_moves"
    assert "0.7 body heights" in output.verdict.reason


def _roll(sequence, roll_deg):
    rolled_px = turn_upright(sequence.positions_px, -roll_deg, (4000, 1000))
    return dataclasses.replace(sequence, positions_px=rolled_px)


def test_a_sloping_floor_under_an_unknown_roll_is_warned_of():
    verdict = _run(_roll(build_walk().sequence, 8.0)).verdict
    assert (verdict.word, verdict.reason_code) == ("WARN", "floor_slopes")
    assert "8.0 degrees" in verdict.reason
    assert _run(_roll(build_walk().sequence, 3.0)).verdict.word == "PASS"


@pytest.mark.parametrize(
    ("method", "reason_code"), [("floor_line", "camera_rolled"), ("plumb_object", None)]
)
def test_a_large_roll_is_doubted_only_where_a_hill_would_look_the_same(
    method, reason_code
):
    camera = {"camera_roll_deg": 8.0, "roll_method": method}
    output = _run(_roll(build_walk().sequence, 8.0), camera=camera)
    assert output.verdict.reason_code == reason_code
    _, _, values = read_quantities(output.rows)
    np.testing.assert_allclose(values["trunk_lean"], TRUNK_LEAN_DEG, atol=1e-6)


def test_feet_that_climb_give_no_heights_and_a_warning():
    output = _run(_roll(build_walk().sequence, 27.0))
    assert output.verdict.reason_code == "floor_too_steep"
    _, _, values = read_quantities(output.rows)
    assert np.isnan(values["hip_height"]).all()
    assert np.isnan(values["left_ground_contact"]).all()
    assert np.isfinite(values["left_knee_flexion"]).all()


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
