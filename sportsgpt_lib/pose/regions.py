"""Where in a picture one person is, and the upright crop that a network looks at.

A person is held by a circle around the hips, turned by the lean of the trunk, so that
the crop shows a body upright even while it dives, squats or turns over. That is
BlazePose's region, built here from any network's keypoints.
Source: Bazarevsky et al. (2020), BlazePose, arXiv:2006.10204, section 2.2.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.estimator import PoseEstimator
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, keypoint_indices

# Crops are a quarter larger than the circle, as BlazePose's and RTMPose's are.
_CROP_SCALE_RATIO = 1.25
# Chosen, see docs/adr/0006-pose.md: width of the box inside the circle, as a share of
# its height; the shape of RTMPose's inputs, so that they show the body full size.
_BOX_WIDTH_RATIO = 0.75
# Chosen, see docs/adr/0006-pose.md: the circle reaches at least this many trunk
# lengths, so that a tucked body keeps a crop in which it can stretch again.
_MIN_RADIUS_TRUNKS = 1.6

_NECK, _HIP = KEYPOINT_INDEX["neck"], KEYPOINT_INDEX["hip"]
_BODY = keypoint_indices(
    [
        "nose",
        *(
            f"{side}_{joint}"
            for side in ("left", "right")
            for joint in (
                "shoulder",
                "elbow",
                "wrist",
                "hip",
                "knee",
                "ankle",
                "heel",
                "big_toe",
            )
        ),
    ]
)


@dataclass(frozen=True)
class BodyCircle:
    """Circle around the hips that holds the body.

    ``turn_rad`` is the lean of the trunk, 0 upright, positive with the head to the
    right.
    """

    x_px: float
    y_px: float
    radius_px: float
    turn_rad: float = 0.0

    def distance_px(self, other: "BodyCircle") -> float:
        """Distance between the two centres."""
        return math.hypot(self.x_px - other.x_px, self.y_px - other.y_px)


def compute_box_circle(box_px: FloatArray) -> BodyCircle:
    """Compute the upright circle of a detected box ``(4,)`` or ``(5,)``."""
    x0, y0, x1, y1 = (float(edge) for edge in box_px[:4])
    return BodyCircle((x0 + x1) / 2, (y0 + y1) / 2, max(x1 - x0, y1 - y0) / 2)


def compute_body_circle(points: FloatArray) -> BodyCircle | None:
    """Compute the circle of estimated keypoints.

    Parameters
    ----------
    points
        Keypoints ``(J, 3)``: x and y in pixels, confidence.

    Returns
    -------
    The circle, or None where neck or hip were not seen.
    """
    hip, neck = points[_HIP, :2], points[_NECK, :2]
    trunk = neck - hip
    if not np.all(np.isfinite(trunk)):
        return None
    distances_px = np.nan_to_num(np.hypot(*(points[_BODY, :2] - hip).T))
    trunk_px = math.hypot(*trunk)
    return BodyCircle(
        x_px=float(hip[0]),
        y_px=float(hip[1]),
        radius_px=float(max(distances_px.max(), _MIN_RADIUS_TRUNKS * trunk_px)),
        turn_rad=math.atan2(float(trunk[0]), -float(trunk[1])),
    )


def estimate_in_circles(
    estimator: PoseEstimator, frame_rgb: ByteImage, circles: Sequence[BodyCircle]
) -> list[FloatArray]:
    """Estimate the keypoints of persons from upright crops of their circles.

    Parameters
    ----------
    estimator
        Any backend; it sees crops with one box each.
    frame_rgb
        Picture ``(H, W, 3)``.
    circles
        Where the persons are.

    Returns
    -------
    For each circle ``(J, 3)``: x and y in pixels of the whole picture, confidence.
    """
    crops, boxes, to_frame = [], [], []
    for circle in circles:
        side_px = math.ceil(
            min(2 * _CROP_SCALE_RATIO * circle.radius_px, estimator.input_side_px)
        )
        matrix = _compute_crop_to_frame(circle, side_px)
        crops.append(_cut_out(frame_rgb, matrix, side_px))
        boxes.append(_inner_box(side_px))
        to_frame.append(matrix)
    results = estimator.estimate(crops, boxes)
    return [
        _move_points(persons[0], matrix)
        for persons, matrix in zip(results, to_frame, strict=True)
    ]


def _compute_crop_to_frame(circle: BodyCircle, side_px: int) -> FloatArray:
    """Compute the matrix ``(2, 3)`` from crop to picture, corner-based pixels."""
    scale = 2 * _CROP_SCALE_RATIO * circle.radius_px / side_px
    cosine, sine = scale * math.cos(circle.turn_rad), scale * math.sin(circle.turn_rad)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    centre = np.array([circle.x_px, circle.y_px])
    middle = np.array([side_px / 2, side_px / 2])
    return np.column_stack([turn, centre - turn @ middle])


def _cut_out(frame_rgb: ByteImage, to_frame: FloatArray, side_px: int) -> ByteImage:
    import cv2

    # cv2 counts from pixel centres, the matrix from the pictures' corners.
    centred = to_frame.copy()
    centred[:, 2] += to_frame[:, :2] @ np.array([0.5, 0.5]) - 0.5
    crop: ByteImage = cv2.warpAffine(
        frame_rgb,
        centred,
        (side_px, side_px),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
    )
    return crop


def _inner_box(side_px: int) -> FloatArray:
    height = side_px / _CROP_SCALE_RATIO
    half = np.array([_BOX_WIDTH_RATIO * height, height]) / 2
    return np.concatenate([side_px / 2 - half, side_px / 2 + half])[None]  # (1, 4)


def _move_points(points: FloatArray, to_frame: FloatArray) -> FloatArray:
    moved = points.copy()
    moved[:, :2] = points[:, :2] @ to_frame[:, :2].T + to_frame[:, 2]
    return moved
