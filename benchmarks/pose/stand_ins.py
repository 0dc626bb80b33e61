"""Stand-ins for networks, where a clip is too long for real ones.

They are quick and give what a good network would of two persons who stand still: the
stages have as many tracks, rows and repairs to handle as on real footage. A real
network is loaded beside them and looks at a picture now and then, so that its memory
counts.
"""

from collections.abc import Sequence

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, keypoint_indices

_REAL_LOOK_EVERY = 50
_CONFIDENCE = 0.9
# Only points that do not decide where the next crop lies are shaken: else the crops
# would drift from picture to picture.
_SHAKEN = keypoint_indices(
    [f"{side}_{part}" for side in ("left", "right") for part in ("elbow", "wrist")]
)
_NOISE_BOX_HEIGHTS = 0.004

# Where the keypoints of a standing person lie in the box around the body, as shares of
# its width and height; left and right apart by the small shift below. The big toes lie
# half a height from the hips, so that the circle around the body is the crop's own.
_HEIGHTS = {
    "head": 0.0,
    "nose": 0.07,
    "eye": 0.06,
    "ear": 0.065,
    "neck": 0.22,
    "shoulder": 0.23,
    "elbow": 0.35,
    "wrist": 0.48,
    "hip": 0.5,
    "knee": 0.74,
    "ankle": 0.95,
    "heel": 0.98,
    "big_toe": 1.0,
    "small_toe": 0.99,
}
_SIDE_SHIFTS = {"left": 0.06, "right": -0.06}


class StandInDetector:
    """A PersonDetector that finds the same two persons in every picture."""

    model_name = "stand-in-detector"
    weights_sha256 = "0" * 64
    network_seconds = 0.0

    def __init__(self) -> None:
        self._real = MediapipeDetector()
        self._looks = 0

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        """Give the two boxes; see PersonDetector.detect."""
        if self._looks % _REAL_LOOK_EVERY == 0:
            self._real.detect(frame_rgb)
        self._looks += 1
        height_px, width_px = frame_rgb.shape[:2]
        shares = np.array([[0.2, 0.2, 0.4, 0.8], [0.6, 0.2, 0.8, 0.8]])
        boxes_px = shares * [width_px, height_px, width_px, height_px]
        return np.column_stack([boxes_px, [0.95, 0.9]])


class StandInEstimator:
    """A PoseEstimator that sees a standing person in every box."""

    model_name = "stand-in-estimator"
    weights_sha256 = "0" * 64
    missing_keypoints: tuple[str, ...] = ()
    input_side_px = MediapipeEstimator.input_side_px
    network_seconds = 0.0

    def __init__(self) -> None:
        self._real = MediapipeEstimator()
        self._looks = 0
        self._random = np.random.default_rng(0)

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        """Give a person for every box; see PoseEstimator.estimate."""
        if self._looks % _REAL_LOOK_EVERY == 0:
            self._real.estimate(frames_rgb, boxes_px)
        self._looks += 1
        return [
            np.array([self._stand(box) for box in boxes]).reshape(-1, len(KEYPOINTS), 3)
            for boxes in boxes_px
        ]

    def _stand(self, box_px: FloatArray) -> FloatArray:
        x0, y0, x1, y1 = box_px
        points = np.full((len(KEYPOINTS), 3), _CONFIDENCE)
        for name, index in KEYPOINT_INDEX.items():
            side, _, part = name.partition("_")
            shift = _SIDE_SHIFTS.get(side, 0.0)
            height = _HEIGHTS[part if side in _SIDE_SHIFTS else name]
            if part == "big_toe":
                shift = 0.0
            points[index, :2] = (
                x0 + (0.5 + shift) * (x1 - x0),
                y0 + height * (y1 - y0),
            )
        noise_px = _NOISE_BOX_HEIGHTS * (y1 - y0)
        points[_SHAKEN, :2] += self._random.normal(0.0, noise_px, (len(_SHAKEN), 2))
        return points
