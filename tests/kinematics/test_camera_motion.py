import numpy as np
import pytest

from sportsgpt_lib.kinematics.camera_motion import find_camera_motion
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.landing import build_drop
from tests.oracles.walking import STATURE_PX, build_walk


def _find(sequence, along_px_s=0.0):
    positions_px = sequence.positions_px.copy()
    positions_px[..., 0] += along_px_s * sequence.times_s[:, np.newaxis]
    return find_camera_motion(sequence.times_s, positions_px, STATURE_PX)


@pytest.mark.parametrize("rate_hz", [30.0, 120.0])
def test_a_still_camera_raises_no_alarm_over_a_walk(rate_hz):
    motion = _find(build_walk(rate_hz=rate_hz, noise_px=4.0).sequence)
    assert motion.is_moving is False
    assert abs(motion.speed_body_heights_s) < 0.2


def test_a_still_camera_raises_no_alarm_over_a_drop():
    assert _find(build_drop(noise_px=2.0).sequence).is_moving is False


@pytest.mark.parametrize("speed", [-1.2, -0.6, 0.5, 1.5])
def test_a_pan_over_a_walk_is_found_with_its_speed(speed):
    motion = _find(build_walk(noise_px=4.0).sequence, speed * STATURE_PX)
    assert motion.is_moving
    assert motion.speed_body_heights_s == pytest.approx(speed, abs=0.15)


def test_a_camera_that_follows_the_walker_is_found():
    sequence = build_walk(stride_s=0.6, noise_px=4.0).sequence
    hip_px = sequence.positions_px[:, KEYPOINT_INDEX["hip"], 0]
    mean_px_s = np.polyfit(sequence.times_s, hip_px, 1)[0]
    assert _find(sequence, -mean_px_s).is_moving


def test_a_pan_past_somebody_who_stands_is_found():
    standing = np.repeat(build_walk().sequence.positions_px[:1], 90, axis=0)
    times_s = np.arange(90) / 30.0
    standing[..., 0] += 0.5 * STATURE_PX * times_s[:, np.newaxis]
    assert find_camera_motion(times_s, standing, STATURE_PX).is_moving


def test_a_flight_is_no_pan():
    flying = np.repeat(build_walk().sequence.positions_px[:1], 24, axis=0)
    times_s = np.arange(24) / 30.0
    flying[..., 0] += 4.0 * STATURE_PX * times_s[:, np.newaxis]
    motion = find_camera_motion(times_s, flying, STATURE_PX)
    assert motion.is_moving is None
    assert np.isnan(motion.speed_body_heights_s)


def test_feet_hardly_ever_seen_tell_nothing():
    sequence = build_walk(duration_s=0.3).sequence
    positions_px = np.full_like(sequence.positions_px, np.nan)
    motion = find_camera_motion(sequence.times_s, positions_px, STATURE_PX)
    assert np.isnan(motion.speed_body_heights_s)
    assert motion.is_moving is None
