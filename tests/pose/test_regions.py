import math
from collections.abc import Sequence

import numpy as np
import pytest

from sportsgpt_lib.pose.regions import (
    BodyCircle,
    compute_body_circle,
    compute_box_circle,
    estimate_in_circles,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

NOSE, NECK, HIP = (KEYPOINT_INDEX[name] for name in ("nose", "neck", "hip"))


class BrightSpots:
    """A backend that reports the brightest pixel of a crop as the nose."""

    model_name = "bright-spots"
    weights_sha256 = "0" * 64
    missing_keypoints: tuple[str, ...] = ()
    input_side_px = 384
    network_seconds = 0.0

    def __init__(self) -> None:
        self.crops: list[np.ndarray] = []
        self.boxes: list[np.ndarray] = []

    def estimate(
        self, frames_rgb: Sequence[np.ndarray], boxes_px: Sequence[np.ndarray]
    ) -> list[np.ndarray]:
        self.crops += frames_rgb
        self.boxes += boxes_px
        return [self._look(crop) for crop in frames_rgb]

    def _look(self, crop: np.ndarray) -> np.ndarray:
        points = np.full((1, len(KEYPOINTS), 3), np.nan)
        weights = crop[:, :, 0].astype(float)
        rows, columns = np.indices(weights.shape)
        points[0, NOSE] = (
            (columns * weights).sum() / weights.sum() + 0.5,
            (rows * weights).sum() / weights.sum() + 0.5,
            1.0,
        )
        return points


def points_with_trunk(neck: tuple[float, float], hip: tuple[float, float]):
    points = np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
    points[NECK, :2], points[HIP, :2] = neck, hip
    return points


@pytest.mark.parametrize("turn_deg", [0.0, 90.0, 180.0, -35.0])
@pytest.mark.parametrize("radius_px", [60.0, 400.0])
def test_points_of_a_turned_crop_return_to_their_place(
    turn_deg: float, radius_px: float
) -> None:
    frame = np.zeros((900, 900, 3), np.uint8)
    frame[410:416, 470:476] = 255  # the middle of the spot is (473, 413)
    backend = BrightSpots()
    circle = BodyCircle(450.0, 430.0, radius_px, math.radians(turn_deg))
    points = estimate_in_circles(backend, frame, [circle])[0]
    assert points[NOSE, :2] == pytest.approx([473.0, 413.0], abs=0.6)
    assert max(backend.crops[0].shape) <= 384


def test_a_leaning_body_stands_upright_in_its_crop() -> None:
    frame = np.zeros((600, 600, 3), np.uint8)
    frame[295:305, 395:405] = 255  # the head, to the right of the hips
    circle = compute_body_circle(points_with_trunk(neck=(400, 300), hip=(300, 300)))
    assert circle is not None
    assert math.degrees(circle.turn_rad) == pytest.approx(90)
    backend = BrightSpots()
    estimate_in_circles(backend, frame, [circle])
    rows, columns = np.nonzero(backend.crops[0][:, :, 0] > 100)
    side = backend.crops[0].shape[0]
    assert columns.mean() == pytest.approx(side / 2, abs=2)
    assert rows.mean() < 0.3 * side


def test_the_circle_reaches_the_farthest_joint() -> None:
    points = points_with_trunk(neck=(100, 50), hip=(100, 100))
    points[KEYPOINT_INDEX["left_ankle"], :2] = (100, 220)
    circle = compute_body_circle(points)
    assert circle == BodyCircle(100.0, 100.0, 120.0, 0.0)


def test_without_hip_or_neck_there_is_no_circle() -> None:
    assert compute_body_circle(np.full((26, 3), np.nan)) is None


def test_a_box_gives_an_upright_circle_of_its_longer_side() -> None:
    circle = compute_box_circle(np.array([10.0, 20.0, 50.0, 120.0, 0.9]))
    assert circle == BodyCircle(30.0, 70.0, 50.0, 0.0)


def test_nobody_to_estimate_is_no_call_with_empty_pictures() -> None:
    assert estimate_in_circles(BrightSpots(), np.zeros((9, 9, 3), np.uint8), []) == []
