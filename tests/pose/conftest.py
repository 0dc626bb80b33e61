"""A small world of coloured persons, and a backend that sees them in it.

A person is a filled rectangle of one colour. The estimator sees the colour in the
middle of its crop, as a real network sees whoever stands in the middle.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

PERSON_SIZE_PX = (30, 90)  # width and height
GROUND = 12

# Places in the rectangle, as shares of its width and height.
_PLACES: Mapping[str, tuple[float, float]] = {
    "nose": (0.5, 0.08),
    "neck": (0.5, 0.2),
    "hip": (0.5, 0.5),
    **{
        f"{side}_{joint}": (x, y)
        for side, x in (("left", 0.3), ("right", 0.7))
        for joint, y in (
            ("eye", 0.06),
            ("ear", 0.07),
            ("shoulder", 0.2),
            ("elbow", 0.35),
            ("wrist", 0.5),
            ("hip", 0.5),
            ("knee", 0.75),
            ("ankle", 0.95),
            ("heel", 1.0),
            ("big_toe", 1.0),
        )
    },
}


def draw_persons(
    centres_px: Mapping[int, tuple[float, float]],
    *,
    width_px: int = 400,
    height_px: int = 200,
) -> ByteImage:
    """Draw persons by colour value; later ones hide earlier ones."""
    image = np.full((height_px, width_px, 3), GROUND, np.uint8)
    half_w, half_h = PERSON_SIZE_PX[0] // 2, PERSON_SIZE_PX[1] // 2
    for colour, (x, y) in centres_px.items():
        top, left = max(int(y) - half_h, 0), max(int(x) - half_w, 0)
        image[top : int(y) + half_h, left : int(x) + half_w] = colour
    return image


def _find_boxes(image: ByteImage) -> dict[int, FloatArray]:
    """Boxes of all colours that show at least a fifth of a person."""
    boxes = {}
    grey = image[:, :, 0].astype(int)
    for colour in (100, 150, 200, 250):
        rows, columns = np.nonzero(abs(grey - colour) < 15)
        if rows.size:
            boxes[colour] = np.array(
                [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1],
                dtype=np.float64,
            )
    return boxes


class WorldDetector:
    """A PersonDetector for the coloured world."""

    model_name = "world-detector"
    weights_sha256 = "d" * 64
    network_seconds = 0.0

    def __init__(self) -> None:
        self.call_count = 0

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        self.call_count += 1
        boxes = [
            [*box, 0.9]
            for box in _find_boxes(frame_rgb).values()
            if box[2] - box[0] > 0.8 * PERSON_SIZE_PX[0]
        ]
        return np.array(boxes).reshape(-1, 5)


class WorldEstimator:
    """A PoseEstimator for the coloured world."""

    model_name = "world-estimator"
    weights_sha256 = "e" * 64
    network_seconds = 0.0
    missing_keypoints: tuple[str, ...] = ("head", "left_small_toe", "right_small_toe")
    input_side_px = 384

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        return [
            np.array([self._look(frame, box) for box in boxes])
            for frame, boxes in zip(frames_rgb, boxes_px, strict=True)
        ]

    def _look(self, crop: ByteImage, box: FloatArray) -> FloatArray:
        points = np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
        x, y = (box[:2] + box[2:]) / 2
        middle = int(crop[int(y), int(x), 0])
        for colour, (x0, y0, x1, y1) in _find_boxes(crop).items():
            if abs(colour - middle) < 15:
                for name, (across, down) in _PLACES.items():
                    points[KEYPOINT_INDEX[name]] = (
                        x0 + across * (x1 - x0),
                        y0 + down * (y1 - y0),
                        0.9,
                    )
        return points


@pytest.fixture
def world_detector() -> WorldDetector:
    return WorldDetector()


@pytest.fixture
def world_estimator() -> WorldEstimator:
    return WorldEstimator()


@pytest.fixture
def world() -> Callable[..., ByteImage]:
    return draw_persons
