from dataclasses import replace

import numpy as np
import pytest

from benchmarks.pose.angles import compute_angles_deg
from benchmarks.pose.motions import Motion, load_motions
from benchmarks.pose.side_camera import SightRules, film_from_side, see_with_network
from sportsgpt_lib.pose.repair import RepairRules, repair_poses
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

FAULTLESS = SightRules(
    slow_ratio={},
    slow_otherwise_ratio=0.0,
    frame_ratio={},
    frame_otherwise_ratio=0.0,
    outlier_share=0.0,
    losses_per_s=0.0,
    swaps_per_s=0.0,
)


def moving_body(direction):
    """A stiff body, 1.7 m tall, that goes 2 m in 2 s; its left is on its left."""
    times_s = np.arange(61) / 30.0
    forward = np.array([direction[0], 0.0, direction[1]])
    right = np.cross(forward, [0.0, 1.0, 0.0])
    points_m = np.zeros((61, len(KEYPOINTS), 3)) + times_s[:, None, None] * forward
    for name, height_m in {"neck": 1.5, "hip": 0.9, "knee": 0.5, "ankle": 0.1}.items():
        for side, share in (("left_", -0.1), ("right_", 0.1), ("", 0.0)):
            if side + name in KEYPOINT_INDEX:
                place = KEYPOINT_INDEX[side + name]
                points_m[:, place] += share * right + [0.0, height_m, 0.0]
    return Motion("body", times_s, points_m)


@pytest.mark.parametrize("direction", [(1.0, 0.0), (0.0, 1.0), (-0.6, 0.8)])
def test_the_camera_stands_at_the_right_and_sees_the_body_go_right(direction):
    film = film_from_side(moving_body(direction), 30.0)
    hip_px = film.positions_px[:, KEYPOINT_INDEX["hip"]]
    # The hip is 6 m away, 1 m to the left at first, 0.1 m below the camera.
    assert hip_px[0] == pytest.approx([960 - 1450 / 6, 540 + 145 / 6], abs=1e-6)
    assert hip_px[-1, 0] == pytest.approx(960 + 1450 / 6, abs=1e-6)
    near, far = (
        film.positions_px[0, KEYPOINT_INDEX[f"{side}_ankle"]]
        - film.positions_px[0, KEYPOINT_INDEX[f"{side}_hip"]]
        for side in ("right", "left")
    )
    assert near[1] == pytest.approx(1450 * 0.8 / 5.9)
    assert far[1] == pytest.approx(1450 * 0.8 / 6.1)


def test_frames_in_which_a_point_is_outside_the_picture_are_left_out():
    film = film_from_side(moving_body((6.0, 0.0)), 30.0)
    assert 2 < film.frame_count < 61
    assert (film.positions_px[:, :, 0] >= 0).all()
    assert film.times_s[0] == 0.0


def test_a_network_without_faults_sees_the_truth():
    truth = film_from_side(moving_body((1.0, 0.0)), 60.0)
    seen = see_with_network(truth, seed=1, rules=FAULTLESS)
    assert np.array_equal(seen.sequence.positions_px, truth.positions_px)
    assert not seen.is_swapped.any()
    assert not seen.is_outlier.any()
    assert not seen.is_lost.any()


def test_the_same_seed_gives_the_same_faults():
    truth = film_from_side(moving_body((1.0, 0.0)), 60.0)
    first, second, other = (see_with_network(truth, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(
        first.sequence.positions_px, second.sequence.positions_px
    )
    assert not np.array_equal(
        first.sequence.positions_px, other.sequence.positions_px, equal_nan=True
    )


def test_in_a_swapped_frame_the_left_knee_carries_the_right_ones_place():
    truth = film_from_side(moving_body((1.0, 0.0)), 60.0)
    seen = see_with_network(
        truth, seed=1, rules=replace(FAULTLESS, swaps_per_s=2.0, mean_swap_s=0.2)
    )
    left, right = KEYPOINT_INDEX["left_knee"], KEYPOINT_INDEX["right_knee"]
    assert 0 < np.count_nonzero(seen.is_swapped) < truth.frame_count
    np.testing.assert_array_equal(
        seen.sequence.positions_px[seen.is_swapped, left],
        truth.positions_px[seen.is_swapped, right],
    )
    np.testing.assert_array_equal(
        seen.sequence.positions_px[~seen.is_swapped, left],
        truth.positions_px[~seen.is_swapped, left],
    )


def test_jitter_is_as_large_and_as_slow_as_stated():
    motion = moving_body((0.0, 1.0))
    still = Motion(
        "still", np.arange(2) * 50.0, np.repeat(motion.points_m[:1], 2, axis=0)
    )
    truth = film_from_side(still, 60.0)
    rules = replace(FAULTLESS, slow_otherwise_ratio=0.01, frame_otherwise_ratio=0.003)
    seen = see_with_network(truth, seed=3, rules=rules)
    error_px = seen.sequence.positions_px - truth.positions_px
    knee = error_px[:, KEYPOINT_INDEX["right_knee"], 0]
    stature_px = (
        truth.positions_px[0, KEYPOINT_INDEX["right_ankle"], 1]
        - truth.positions_px[0, KEYPOINT_INDEX["right_hip"], 1]
    ) / 0.485
    assert knee.std() / stature_px == pytest.approx(np.hypot(0.01, 0.003), rel=0.15)
    kept = np.corrcoef(knee[:-1], knee[1:])[0, 1]
    expected = np.exp(-1 / 60 / rules.slow_s) * 0.01**2 / (0.01**2 + 0.003**2)
    assert kept == pytest.approx(expected, abs=0.06)


def test_every_recording_is_a_body_with_legs_of_constant_length(shared_data):
    motions = load_motions(shared_data)
    assert len({motion.name for motion in motions}) == len(motions) > 15
    for motion in motions:
        for side in ("left", "right"):
            hip, knee, ankle = (
                motion.points_m[:, KEYPOINT_INDEX[f"{side}_{joint}"]]
                for joint in ("hip", "knee", "ankle")
            )
            for upper, lower in ((hip, knee), (knee, ankle)):
                lengths_m = np.linalg.norm(upper - lower, axis=1)
                assert 0.3 < lengths_m.mean() < 0.5, motion.name
                assert lengths_m.std() < 0.02, motion.name
        assert (motion.points_m[:, KEYPOINT_INDEX["neck"], 1] > 0.5).all()


def test_athletes_look_to_the_right_and_knees_bend_the_human_way(shared_data):
    for motion in load_motions(shared_data):
        angles_deg = compute_angles_deg(film_from_side(motion, 60.0).positions_px)
        knees_deg = angles_deg[:, [0, 2]]
        assert knees_deg.min() > -20.0, motion.name
        assert knees_deg.max() > 35.0, motion.name


@pytest.mark.parametrize("frame_rate_hz", [30.0, 120.0])
def test_repair_brings_angles_nearer_to_the_truth(shared_data, frame_rate_hz):
    motion = next(m for m in load_motions(shared_data) if m.name == "bmc_walk1")
    truth = film_from_side(motion, frame_rate_hz)
    seen = see_with_network(truth, seed=1).sequence
    repaired = repair_poses(
        seen.times_s, seen.positions_px, seen.confidence, RepairRules()
    )
    errors_deg = [
        compute_angles_deg(positions_px) - compute_angles_deg(truth.positions_px)
        for positions_px in (seen.positions_px, repaired.positions_px)
    ]
    is_common = np.isfinite(errors_deg).all(axis=0)
    before_deg, after_deg = (np.sqrt(np.mean(e[is_common] ** 2)) for e in errors_deg)
    assert after_deg < 0.7 * before_deg
