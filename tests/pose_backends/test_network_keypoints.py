import numpy as np
import pytest

from sportsgpt_lib.errors import SettingError
from sportsgpt_lib.pose.network_keypoints import COCO_KEYPOINTS, KeypointMapping
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

# Written out, so that a slip in the skeleton's order shows.
_COCO_17 = [
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
]
_HEAD_AND_FEET = [
    "head",
    "left_big_toe",
    "right_big_toe",
    "left_small_toe",
    "right_small_toe",
    "left_heel",
    "right_heel",
]


def test_coco_names_are_cocos() -> None:
    assert list(COCO_KEYPOINTS) == _COCO_17


def test_coco_lacks_head_and_feet() -> None:
    assert list(KeypointMapping(_COCO_17, "test").missing) == _HEAD_AND_FEET


def test_halpe_lacks_nothing() -> None:
    assert KeypointMapping(KEYPOINTS, "test").missing == ()


def test_points_go_where_their_names_say() -> None:
    random = np.random.default_rng(3)
    names = [*_COCO_17, "left_heel", "chin"]
    random.shuffle(names)
    positions = random.uniform(0, 500, (2, len(names), 2))
    scores = random.uniform(0.1, 0.9, (2, len(names)))
    points = KeypointMapping(names, "test").to_skeleton(positions, scores)
    assert points.shape == (2, 26, 3)
    for idx, name in enumerate(names):
        if name in KEYPOINT_INDEX:
            target = points[:, KEYPOINT_INDEX[name]]
            np.testing.assert_array_equal(target[:, :2], positions[:, idx] + 0.5)
            np.testing.assert_array_equal(target[:, 2], scores[:, idx])


def test_missing_keypoints_are_nan_with_confidence_zero() -> None:
    mapping = KeypointMapping(_COCO_17, "test")
    points = mapping.to_skeleton(np.ones((1, 17, 2)), np.ones((1, 17)))
    missing = [KEYPOINT_INDEX[name] for name in _HEAD_AND_FEET]
    assert np.all(np.isnan(points[0, missing, :2]))
    assert np.all(points[0, missing, 2] == 0)
    assert np.all(np.isfinite(np.delete(points[0], missing, axis=0)))


def test_an_unseen_keypoint_is_nan_and_confidence_stays_between_0_and_1() -> None:
    scores = np.full((1, 17), 0.5)
    scores[0, :3] = (-0.2, 0.0, 1.3)
    points = KeypointMapping(_COCO_17, "test").to_skeleton(np.ones((1, 17, 2)), scores)
    assert np.all(np.isnan(points[0, :2, :2]))
    assert points[0, :4, 2].tolist() == [0.0, 0.0, 1.0, 0.5]


def test_a_hand_network_is_refused_with_every_reason() -> None:
    with pytest.raises(SettingError, match="do not fit the skeleton") as caught:
        KeypointMapping([f"finger_{idx}" for idx in range(21)], "X")
    assert "it has no left_knee" in caught.value.problems
    assert len(caught.value.problems) == 8


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(SettingError, match="names left_knee 2 times"):
        KeypointMapping([*_COCO_17, "left_knee"], "X")


def test_neck_and_hip_are_the_middles_where_the_network_lacks_them() -> None:
    positions = np.zeros((1, 17, 2))
    scores = np.full((1, 17), 0.9)
    left, right = _COCO_17.index("left_hip"), _COCO_17.index("right_hip")
    positions[0, left], positions[0, right] = (10.0, 20.0), (30.0, 60.0)
    scores[0, right] = 0.25
    points = KeypointMapping(_COCO_17, "test").to_skeleton(positions, scores)
    assert points[0, KEYPOINT_INDEX["hip"]].tolist() == [20.5, 40.5, 0.25]
    assert points[0, KEYPOINT_INDEX["neck"]].tolist() == [0.5, 0.5, 0.9]


def test_a_middle_without_one_of_its_ends_is_not_seen() -> None:
    scores = np.full((1, 17), 0.9)
    scores[0, _COCO_17.index("left_shoulder")] = 0.0
    points = KeypointMapping(_COCO_17, "test").to_skeleton(np.ones((1, 17, 2)), scores)
    neck = points[0, KEYPOINT_INDEX["neck"]]
    assert np.isnan(neck[:2]).all()
    assert neck[2] == 0


def test_a_networks_own_neck_is_kept() -> None:
    names = [*_COCO_17, "neck"]
    positions = np.ones((1, 18, 2))
    positions[0, 17] = (7.0, 8.0)
    points = KeypointMapping(names, "test").to_skeleton(positions, np.ones((1, 18)))
    assert points[0, KEYPOINT_INDEX["neck"]].tolist() == [7.5, 8.5, 1.0]
