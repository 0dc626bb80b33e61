"""Estimates keypoints with BlazePose, whose weights lie in mediapipe's wheel.

The network sees one person at a time, in a square region that we give it. Its 33
points are mapped onto Halpe-26; the top of the head and the small toes it does not
know. The confidence is BlazePose's "visibility": how likely the point is in the
picture and not hidden, so it is lower for limbs behind the body even where their
position is good.
"""

from collections.abc import Sequence
from types import MappingProxyType

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.mediapipe_graphs import (
    LANDMARK_GRAPH,
    LANDMARK_THRESHOLD,
    LANDMARK_WEIGHTS,
    NetworkGraph,
    compute_weights_sha256,
)
from sportsgpt_lib.pose.person_batches import validate_persons
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, MIDPOINTS

# Input side of the network, from its graph.
_INPUT_SIDE_PX = 256
_INPUT_SIZE = (_INPUT_SIDE_PX, _INPUT_SIDE_PX)
# BlazePose regions are a quarter larger than the body.
# Source: mediapipe/modules/pose_landmark/pose_detection_to_roi.pbtxt, scale_x: 1.25.
_REGION_SCALE_RATIO = 1.25
# Source: mediapipe's default of min_tracking_confidence, the same threshold.
MIN_PRESENCE_RATIO = 0.5

# Source: mediapipe/python/solutions/pose.py, PoseLandmark.
_BLAZEPOSE_INDEX = MappingProxyType(
    {
        "nose": 0,
        "left_eye": 2,
        "right_eye": 5,
        "left_ear": 7,
        "right_ear": 8,
        "left_shoulder": 11,
        "right_shoulder": 12,
        "left_elbow": 13,
        "right_elbow": 14,
        "left_wrist": 15,
        "right_wrist": 16,
        "left_hip": 23,
        "right_hip": 24,
        "left_knee": 25,
        "right_knee": 26,
        "left_ankle": 27,
        "right_ankle": 28,
        "left_heel": 29,
        "right_heel": 30,
        "left_big_toe": 31,
        "right_big_toe": 32,
    }
)


class MediapipeEstimator:
    """A PoseEstimator on BlazePose "full". It keeps nothing from picture to picture."""

    model_name = "mediapipe-blazepose-full"
    missing_keypoints: tuple[str, ...] = ("head", "left_small_toe", "right_small_toe")
    input_side_px = _INPUT_SIDE_PX

    def __init__(self) -> None:
        self.weights_sha256 = compute_weights_sha256(LANDMARK_WEIGHTS)
        self._graph = NetworkGraph(
            LANDMARK_GRAPH, {LANDMARK_THRESHOLD: MIN_PRESENCE_RATIO}
        )

    @property
    def network_seconds(self) -> float:
        """Time spent inside the network so far, in seconds."""
        return self._graph.seconds

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        """Estimate the keypoints of all boxes; see PoseEstimator.estimate.

        Raises
        ------
        PoseInputError
            Frames and boxes do not fit each other; every problem is listed.
        """
        validate_persons(frames_rgb, boxes_px)
        return [
            np.array([self._estimate_person(frame, box) for box in boxes]).reshape(
                -1, len(KEYPOINTS), 3
            )
            for frame, boxes in zip(frames_rgb, boxes_px, strict=True)
        ]

    def _estimate_person(self, frame_rgb: ByteImage, box_px: FloatArray) -> FloatArray:
        side_px = _REGION_SCALE_RATIO * float(np.max(box_px[2:4] - box_px[:2]))
        corner_px = (box_px[:2] + box_px[2:4] - side_px) / 2.0
        points = self._run(_cut_out(frame_rgb, corner_px, side_px))
        points[:, :2] = points[:, :2] * side_px + corner_px
        return points

    def _run(self, crop_rgb: ByteImage) -> FloatArray:
        """Run the network; positions are shares of the crop's side."""
        from mediapipe.framework.formats import rect_pb2

        whole_crop = rect_pb2.NormalizedRect(
            x_center=0.5, y_center=0.5, width=1.0, height=1.0
        )
        result = self._graph.run({"image": crop_rgb, "roi": whole_crop})
        if result.landmarks is None:
            return np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
        return map_to_halpe(
            np.array([[p.x, p.y, p.visibility] for p in result.landmarks.landmark])
        )


def _cut_out(frame_rgb: ByteImage, corner_px: FloatArray, side_px: float) -> ByteImage:
    """Cut out a square and scale it to the network's input."""
    import cv2

    scale = side_px / _INPUT_SIDE_PX
    # A whole frame of the right size, as the stages give them, needs no second scaling.
    place = [*corner_px, scale]
    if frame_rgb.shape[:2] == _INPUT_SIZE and np.allclose(place, [0.0, 0.0, 1.0]):
        return np.ascontiguousarray(frame_rgb)
    # cv2 counts from pixel centres, the ports from the picture's corner.
    shift_px = corner_px + 0.5 * scale - 0.5
    crop: ByteImage = cv2.warpAffine(
        frame_rgb,
        np.array([[scale, 0.0, shift_px[0]], [0.0, scale, shift_px[1]]]),
        _INPUT_SIZE,
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    return crop


def map_to_halpe(landmarks: FloatArray) -> FloatArray:
    """Map BlazePose's landmarks onto the skeleton.

    Parameters
    ----------
    landmarks
        Landmarks ``(33, 3)``: x, y, visibility.

    Returns
    -------
    Keypoints ``(J, 3)``; NaN with confidence 0 for those BlazePose does not know.
    """
    points = np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
    for name, index in _BLAZEPOSE_INDEX.items():
        points[KEYPOINT_INDEX[name]] = landmarks[index]
    for name, (first, second) in MIDPOINTS.items():
        pair = points[[KEYPOINT_INDEX[first], KEYPOINT_INDEX[second]]]
        points[KEYPOINT_INDEX[name], :2] = pair[:, :2].mean(axis=0)
        points[KEYPOINT_INDEX[name], 2] = pair[:, 2].min()
    return points
