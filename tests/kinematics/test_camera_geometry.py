import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.kinematics.camera_geometry import (
    FilmingFacts,
    estimate_camera_geometry,
)
from sportsgpt_lib.kinematics.camera_roll import turn_upright
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.session.calibration import Calibration
from sportsgpt_lib.storage.tables import CAMERA_GEOMETRY
from tests.oracles.walking import (
    FLOOR_PX,
    HEIGHT_PX,
    STATURE_PX,
    WIDTH_PX,
    build_walk,
    mirror_picture,
)

FACTS = FilmingFacts(WIDTH_PX, HEIGHT_PX, "sagittal")
TALL = dataclasses.replace(FACTS, athlete_height_m=1.80)
ADDED_BY_STAGE_OR_RUNNER = {
    *("recording_id", "clip_sha256"),
    *("team_id", "session_day", "code_version"),
}


def _estimate(facts, sequence=None):
    sequence = sequence or build_walk(noise_px=1.0).sequence
    return estimate_camera_geometry(sequence.times_s, sequence.positions_px, facts)


def _shift(sequence, *, along_px_s=0.0):
    positions_px = sequence.positions_px.copy()
    positions_px[..., 0] += along_px_s * sequence.times_s[:, np.newaxis]
    return dataclasses.replace(sequence, positions_px=positions_px)


def _mark(kind, start_px, end_px, length_m, **more):
    size = (WIDTH_PX, HEIGHT_PX)
    ends = [
        tuple(c / s for c, s in zip(p, size, strict=True)) for p in (start_px, end_px)
    ]
    return Calibration(kind=kind, start=ends[0], end=ends[1], length_m=length_m, **more)


def test_every_column_of_the_table_can_be_read_off():
    geometry = _estimate(TALL)
    columns = set(CAMERA_GEOMETRY.column_names) - ADDED_BY_STAGE_OR_RUNNER
    assert all(hasattr(geometry, name) for name in columns)


def test_the_stated_height_gives_metres_with_an_error_of_the_bodys_proportions():
    geometry = _estimate(TALL)
    assert geometry.scale_method == "athlete_height"
    assert geometry.scale_m_per_px == pytest.approx(1.80 / STATURE_PX, rel=0.01)
    assert 0.04 < geometry.scale_error_ratio < 0.06
    assert geometry.scale_reason is None


def test_metres_go_right_and_up_from_the_floor():
    sequence = build_walk(noise_px=1.0).sequence
    positions_m = _estimate(TALL, sequence).to_metres(sequence.positions_px)
    head = KEYPOINT_INDEX["head"]
    expected_m = (FLOOR_PX - sequence.positions_px[:, head, 1]) * 1.80 / STATURE_PX
    np.testing.assert_allclose(positions_m[:, head, 1], expected_m, atol=0.06)
    hip_px = sequence.positions_px[:, KEYPOINT_INDEX["hip"], 0]
    hip_m = positions_m[:, KEYPOINT_INDEX["hip"], 0]
    np.testing.assert_allclose(hip_m, hip_px * 1.80 / STATURE_PX, rtol=0.02)


def test_nothing_stated_gives_no_metres_and_says_so():
    sequence = build_walk().sequence
    geometry = _estimate(FACTS, sequence)
    assert geometry.scale_method == "none"
    assert (geometry.scale_m_per_px, geometry.scale_error_ratio) == (None, None)
    assert "neither a calibration nor the athlete's height" in geometry.scale_reason
    assert geometry.to_metres(sequence.positions_px) is None
    assert geometry.stature_px == pytest.approx(STATURE_PX, rel=0.01)


def test_without_legs_a_stated_height_is_of_no_use():
    sequence = build_walk().sequence
    positions_px = sequence.positions_px.copy()
    positions_px[:, [KEYPOINT_INDEX[f"{side}_knee"] for side in ("left", "right")]] = (
        np.nan
    )
    geometry = _estimate(TALL, dataclasses.replace(sequence, positions_px=positions_px))
    assert geometry.scale_method == "none"
    assert "neither leg was seen whole" in geometry.scale_reason
    assert geometry.stature_px is None
    assert geometry.floor_level_px is None


@pytest.mark.parametrize("roll_deg", [-15.0, -8.0, -4.0, -1.5, 2.5, 7.0, 12.0])
def test_a_rolled_camera_is_found_and_taken_out_of_metres(roll_deg):
    sequence = build_walk(noise_px=1.0).sequence
    size_px = (WIDTH_PX, HEIGHT_PX)
    rolled_px = turn_upright(sequence.positions_px, -roll_deg, size_px)
    geometry = _estimate(TALL, dataclasses.replace(sequence, positions_px=rolled_px))
    assert geometry.roll_method == "floor_line"
    assert geometry.camera_roll_deg == pytest.approx(roll_deg, abs=0.5)
    assert geometry.floor_slope_deg == pytest.approx(-roll_deg, abs=0.5)
    assert geometry.camera_roll_error_deg >= 1.0
    assert geometry.roll_reason is None
    heights_m = geometry.to_metres(rolled_px)[..., 1]
    level_m = _estimate(TALL, sequence).to_metres(sequence.positions_px)[..., 1]
    np.testing.assert_allclose(heights_m, level_m, atol=0.05)


def test_a_mirrored_recording_has_the_opposite_roll_and_the_same_heights():
    sequence = build_walk(noise_px=1.0).sequence
    rolled_px = turn_upright(sequence.positions_px, 3.0, (WIDTH_PX, HEIGHT_PX))
    rolled = dataclasses.replace(sequence, positions_px=rolled_px)
    mirrored = mirror_picture(rolled)
    plain, turned = _estimate(TALL, rolled), _estimate(TALL, mirrored)
    assert turned.camera_roll_deg == pytest.approx(-plain.camera_roll_deg, abs=0.01)
    hip = KEYPOINT_INDEX["hip"]
    np.testing.assert_allclose(
        turned.to_metres(mirrored.positions_px)[:, hip, 1],
        plain.to_metres(rolled_px)[:, hip, 1],
        atol=1e-3,
    )


def test_feet_that_kept_to_one_place_give_no_roll():
    sequence = build_walk(duration_s=0.6).sequence
    geometry = _estimate(TALL, sequence)
    assert geometry.roll_method == "none"
    assert geometry.camera_roll_deg is None
    assert geometry.floor_level_px is not None
    assert geometry.floor_slope_deg is None
    assert geometry.roll_reason == (
        "the feet kept to one place, so the floor has no slope"
    )


def test_feet_that_climb_have_no_floor_to_give_roll_or_heights():
    sequence = build_walk(noise_px=1.0).sequence
    climbing_px = turn_upright(sequence.positions_px, 27.0, (WIDTH_PX, HEIGHT_PX))
    geometry = _estimate(TALL, dataclasses.replace(sequence, positions_px=climbing_px))
    assert geometry.floor_slope_deg == pytest.approx(27.0, abs=0.5)
    assert geometry.camera_roll_deg is None
    assert "allowed: at most 20" in geometry.roll_reason
    assert "line of 27 degrees" in geometry.scale_reason
    assert geometry.to_metres(climbing_px) is None


def test_a_roll_less_sure_than_aim_by_eye_is_not_taken_out():
    pole = _mark("object", (3900, 900), (3900, 400), 1.5, is_plumb=True)
    sequence = build_walk(duration_s=0.6).sequence
    geometry = _estimate(dataclasses.replace(FACTS, calibration=pole), sequence)
    assert geometry.camera_roll_deg is None
    assert "by the plumb object it would err by 3.22 degrees" in geometry.roll_reason


def test_a_plumb_object_gives_the_roll_before_any_floor_does():
    pole = _mark("object", (2000, 900), (2035, 400), 1.5, is_plumb=True)
    geometry = _estimate(dataclasses.replace(FACTS, calibration=pole))
    assert geometry.roll_method == "plumb_object"
    assert geometry.camera_roll_deg == pytest.approx(-4.0, abs=0.05)
    assert 0.5 < geometry.camera_roll_error_deg < 1.0


def test_a_plumb_object_at_the_side_is_worth_less():
    errors = []
    for x_px in (2000, 3000):
        pole = _mark("object", (x_px, 900), (x_px, 400), 1.5, is_plumb=True)
        facts = dataclasses.replace(FACTS, calibration=pole)
        errors.append(_estimate(facts).camera_roll_error_deg)
    assert errors[1] > 2.0 * errors[0]


@pytest.mark.parametrize("view", ["sagittal", "oblique", "unknown", "frontal"])
def test_places_across_the_picture_are_given_only_where_they_mean_something(view):
    sequence = build_walk().sequence
    pole = _mark("object", (2000, 900), (2000, 300), 1.8)
    facts = FilmingFacts(WIDTH_PX, HEIGHT_PX, view, None, pole)
    geometry = _estimate(facts, sequence)
    positions_m = geometry.to_metres(sequence.positions_px)
    is_given = bool(np.isfinite(positions_m[..., 0]).all())
    assert is_given == (view in ("sagittal", "frontal"))
    assert np.isfinite(positions_m[..., 1]).all()
    assert ("heights only" in (geometry.scale_reason or "")) == (not is_given)


def test_a_camera_that_moves_leaves_heights_and_takes_the_way():
    sequence = _shift(build_walk(noise_px=1.0).sequence, along_px_s=-400.0)
    geometry = _estimate(TALL, sequence)
    positions_m = geometry.to_metres(sequence.positions_px)
    assert np.isnan(positions_m[..., 0]).all()
    assert np.isfinite(positions_m[..., 1]).all()
    assert "the camera moved" in geometry.scale_reason
    assert geometry.roll_method == "none"
    assert geometry.is_camera_moving is True


def test_never_a_foot_on_the_ground_gives_a_scale_but_no_positions():
    sequence = build_walk().sequence
    flying_px = sequence.positions_px.copy()
    flying_px[..., 0] += 3000.0 * sequence.times_s[:, np.newaxis]
    flying_px[..., 1] -= 900.0 * sequence.times_s[:, np.newaxis]
    geometry = _estimate(TALL, dataclasses.replace(sequence, positions_px=flying_px))
    assert geometry.scale_m_per_px is not None
    assert geometry.floor_level_px is None
    assert geometry.to_metres(flying_px) is None
    assert "no foot was seen standing" in geometry.scale_reason


def test_a_camera_that_stands_is_told_from_one_of_which_nothing_is_known():
    assert _estimate(FACTS).is_camera_moving is False
    hidden = _estimate(FACTS, _hide_feet(build_walk().sequence))
    assert hidden.is_camera_moving is None
    assert hidden.camera_speed_body_heights_s is None


def _hide_feet(sequence):
    positions_px = sequence.positions_px.copy()
    feet = [name for name in KEYPOINT_INDEX if name.endswith(("heel", "toe"))]
    positions_px[:, [KEYPOINT_INDEX[name] for name in feet]] = np.nan
    return dataclasses.replace(sequence, positions_px=positions_px)
