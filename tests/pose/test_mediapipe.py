import pickle
from pathlib import Path

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError, SettingError
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator, map_to_halpe
from sportsgpt_lib.pose.mediapipe_graphs import compute_weights_sha256
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, keypoint_indices

# Read off frame 60 of the demo clip by eye, in pixels.
WALKER_BOX_PX = np.array([1285.0, 530.0, 1490.0, 950.0])
WALKER_PX = {
    "nose": (1378, 575),
    "left_shoulder": (1412, 620),
    "left_knee": (1466, 840),
    "left_ankle": (1497, 915),
    "right_ankle": (1320, 905),
}


@pytest.fixture(scope="module")
def demo_frame(shared_data: Path) -> np.ndarray:
    frames = read_frames(shared_data / "video_sports2d_flip" / "demo.mp4")
    return next(frame.image_rgb for frame in frames if frame.index == 60)


@pytest.fixture(scope="module")
def estimator() -> MediapipeEstimator:
    return MediapipeEstimator()


def test_the_detector_finds_both_persons_on_a_wide_frame(
    demo_frame: np.ndarray,
) -> None:
    boxes = MediapipeDetector().detect(demo_frame)
    centres = sorted(((boxes[:, :2] + boxes[:, 2:4]) / 2).tolist())
    assert len(centres) == 2
    assert centres[0] == pytest.approx([632, 290], abs=40)
    assert centres[1] == pytest.approx([1410, 745], abs=40)


def test_nobody_is_found_where_nobody_is() -> None:
    noise = np.random.default_rng(3).integers(0, 255, (300, 500, 3), dtype=np.uint8)
    assert MediapipeDetector().detect(noise).shape == (0, 5)


def test_keypoints_lie_on_the_body(
    demo_frame: np.ndarray, estimator: MediapipeEstimator
) -> None:
    points = estimator.estimate([demo_frame], [WALKER_BOX_PX[None]])[0][0]
    for name, place in WALKER_PX.items():
        found = points[KEYPOINT_INDEX[name], :2]
        assert found == pytest.approx(place, abs=25), name


def test_the_same_picture_gives_the_same_answer_whatever_came_before(
    demo_frame: np.ndarray, estimator: MediapipeEstimator
) -> None:
    boxes = WALKER_BOX_PX[None]
    first = estimator.estimate([demo_frame], [boxes])[0]
    estimator.estimate([demo_frame[:, ::-1]], [boxes])
    again = estimator.estimate([demo_frame, demo_frame], [boxes, boxes])
    assert np.array_equal(first, again[0], equal_nan=True)
    assert np.array_equal(first, again[1], equal_nan=True)


def test_missing_keypoints_are_nan_without_confidence(
    demo_frame: np.ndarray, estimator: MediapipeEstimator
) -> None:
    points = estimator.estimate([demo_frame], [WALKER_BOX_PX[None]])[0][0]
    missing = keypoint_indices(estimator.missing_keypoints)
    assert np.isnan(points[missing, :2]).all()
    assert (points[missing, 2] == 0).all()
    known = [i for i in range(len(KEYPOINTS)) if i not in missing]
    assert np.isfinite(points[known]).all()


def test_a_crop_without_a_person_is_not_seen(estimator: MediapipeEstimator) -> None:
    empty = np.full((200, 200, 3), 90, np.uint8)
    points = estimator.estimate([empty], [np.array([[10.0, 10, 190, 190]])])[0]
    assert points.shape == (1, 26, 3)
    assert np.isnan(points[0, :, 0]).all()


def test_a_crop_of_the_networks_own_size_is_shown_as_it_is(
    estimator: MediapipeEstimator, demo_frame: np.ndarray
) -> None:
    import cv2

    walker = demo_frame[500:980, 1147:1627]
    crop = np.asarray(cv2.resize(walker, (256, 256)), np.uint8)
    wider = np.zeros((300, 300, 3), np.uint8)
    wider[:256, :256] = crop
    inner = np.array([[51.2, 25.6, 204.8, 230.4]])  # 256 px once it is a quarter larger
    as_it_is = estimator.estimate([crop], [inner])[0]
    cut_out = estimator.estimate([wider], [inner])[0]
    assert np.isfinite(as_it_is[0, 0, 0])
    np.testing.assert_allclose(as_it_is, cut_out, atol=1e-4)


def test_no_boxes_give_no_persons(estimator: MediapipeEstimator) -> None:
    frame = np.zeros((50, 50, 3), np.uint8)
    assert estimator.estimate([frame], [np.empty((0, 4))])[0].shape == (0, 26, 3)


def test_boxes_that_do_not_fit_are_named_before_the_network_runs(
    estimator: MediapipeEstimator,
) -> None:
    frame = np.zeros((50, 50, 3), np.uint8)
    turned_round = np.array([[40.0, 0, 10, 40]])
    before = estimator.network_seconds
    with pytest.raises(PoseInputError, match="1 frames came with boxes for 2"):
        estimator.estimate([frame], [turned_round, turned_round])
    with pytest.raises(PoseInputError) as caught:
        estimator.estimate([frame, frame[:, :, 0]], [turned_round, np.ones((1, 3))])
    assert len(caught.value.problems) == 3
    assert estimator.network_seconds == before


def test_network_time_is_counted(estimator: MediapipeEstimator) -> None:
    before = estimator.network_seconds
    empty = np.zeros((100, 100, 3), np.uint8)
    estimator.estimate([empty], [np.array([[0.0, 0, 100, 100]])])
    assert estimator.network_seconds > before + 0.001


def test_adapters_survive_the_way_to_another_process(
    demo_frame: np.ndarray, estimator: MediapipeEstimator
) -> None:
    estimator.estimate([demo_frame], [WALKER_BOX_PX[None]])
    copy = pickle.loads(pickle.dumps(estimator))  # noqa: S301 - our own bytes
    first = estimator.estimate([demo_frame], [WALKER_BOX_PX[None]])[0]
    again = copy.estimate([demo_frame], [WALKER_BOX_PX[None]])[0]
    assert np.array_equal(first, again, equal_nan=True)


def test_midpoints_and_sides_are_mapped() -> None:
    landmarks = np.zeros((33, 3))
    landmarks[11], landmarks[12] = (0.4, 0.2, 0.9), (0.6, 0.3, 0.5)
    landmarks[31] = (0.1, 0.95, 0.7)
    points = map_to_halpe(landmarks)
    assert points[KEYPOINT_INDEX["neck"]] == pytest.approx([0.5, 0.25, 0.5])
    assert points[KEYPOINT_INDEX["left_big_toe"]] == pytest.approx([0.1, 0.95, 0.7])


def test_weights_are_named_by_their_bytes() -> None:
    detector, estimator = MediapipeDetector(), MediapipeEstimator()
    assert len(detector.weights_sha256) == len(estimator.weights_sha256) == 64
    assert detector.weights_sha256 != estimator.weights_sha256
    with pytest.raises(SettingError, match=r"mediapipe==0\.10\.14"):
        compute_weights_sha256("modules/pose_landmark/pose_landmark_heavy.tflite")
