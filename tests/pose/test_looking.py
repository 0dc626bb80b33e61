"""Somebody who turns over, in front of a network that knows upright bodies only."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS, MIDPOINTS
from sportsgpt_lib.pose.tracking import PoseTracker

SIZE_PX = 400
LENGTH_PX = 120.0
HEAD, FEET = 0, 1  # colour channels
MAX_LEAN_RAD = math.radians(35.0)
# Height along the body, from the feet, as a share of its length.
HEIGHTS = {
    "shoulder": 0.82,
    "elbow": 0.65,
    "wrist": 0.5,
    "hip": 0.5,
    "knee": 0.25,
    "ankle": 0.0,
}


def draw_body(turn_rad: float, x_px: float = 200.0) -> ByteImage:
    """Draw a red head and green feet, the hips between them at (x, 200)."""
    image = np.zeros((SIZE_PX, SIZE_PX, 3), np.uint8)
    up = np.array([math.sin(turn_rad), -math.cos(turn_rad)])
    for channel, share in ((HEAD, 0.5), (FEET, -0.5)):
        x, y = np.array([x_px, 200.0]) + share * LENGTH_PX * up
        image[int(y) - 5 : int(y) + 6, int(x) - 5 : int(x) + 6, channel] = 255
    return image


class UprightNetwork:
    """A detector and an estimator that see a body only if it stands upright."""

    model_name = "upright"
    weights_sha256 = "0" * 64
    missing_keypoints: tuple[str, ...] = ()
    network_seconds = 0.0
    input_side_px = 256

    def __init__(self) -> None:
        self.look_count = 0

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        ends = self._find_upright(frame_rgb)
        if ends is None:
            return np.empty((0, 5))
        x, y = ends.mean(axis=0)
        half = LENGTH_PX / 2
        return np.array([[x - half, y - half, x + half, y + half, 0.9]])

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        self.look_count += len(frames_rgb)
        return [self._look(crop)[None] for crop in frames_rgb]

    def _find_upright(self, image: ByteImage) -> FloatArray | None:
        ends = []
        for channel in (HEAD, FEET):
            rows, columns = np.nonzero(image[:, :, channel] > 127)
            if not rows.size:
                return None
            ends.append((columns.mean() + 0.5, rows.mean() + 0.5))
        (head_x, head_y), (feet_x, feet_y) = ends
        lean = math.atan2(head_x - feet_x, feet_y - head_y)
        return np.array(ends) if abs(lean) <= MAX_LEAN_RAD else None

    def _look(self, crop: ByteImage) -> FloatArray:
        points = np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
        ends = self._find_upright(crop)
        if ends is None:
            return points
        head, feet = ends
        for name, index in KEYPOINT_INDEX.items():
            height = HEIGHTS.get(name.split("_")[-1])
            if height is not None and "_" in name:
                points[index] = (*(feet + height * (head - feet)), 0.9)
        for name, (first, second) in MIDPOINTS.items():
            pair = points[[KEYPOINT_INDEX[first], KEYPOINT_INDEX[second]]]
            points[KEYPOINT_INDEX[name]] = pair.mean(axis=0)
        return points


@pytest.fixture
def follow() -> Callable[[Sequence[float]], tuple[list[float | None], UprightNetwork]]:
    """Give the turn seen in each frame, in degrees, None where nobody was seen."""

    def run(turns_deg: Sequence[float]) -> tuple[list[float | None], UprightNetwork]:
        network = UprightNetwork()
        tracker = PoseTracker(network, network)
        seen: list[float | None] = [None] * len(turns_deg)
        for i, turn_deg in enumerate(turns_deg):
            image = draw_body(math.radians(turn_deg))
            for sight in tracker.step(Frame(i, i / 30, image)):
                assert sight.person_idx == 0
                seen[sight.frame_idx] = math.degrees(sight.circle.turn_rad)
        return seen, network

    return run


def assert_seen(seen: Sequence[float | None], turns_deg: Sequence[float]) -> None:
    for was, turn_deg in zip(seen, turns_deg, strict=True):
        assert was is not None
        assert math.remainder(was - turn_deg, 360) == pytest.approx(0, abs=8)


def test_a_somersault_is_followed_all_round(follow: Callable) -> None:
    turns = [0.0] * 10 + [25.0 * i for i in range(1, 15)] + [360.0] * 6
    seen, _ = follow(turns)
    assert_seen(seen, turns)


def test_who_leans_and_turns_with_a_jerk_is_looked_for_all_round(
    follow: Callable,
) -> None:
    turns = [0.0] * 5 + [20.0, 40.0, 60.0, 60.0, 60.0] + [180.0] * 8
    seen, _ = follow(turns)
    assert_seen(seen, turns)


def test_who_is_found_after_a_turn_is_traced_back_into_it(follow: Callable) -> None:
    # Nobody upright until picture 10: found there, then followed backwards.
    turns = [150.0 - 15.0 * min(i, 10) for i in range(30)]
    seen, _ = follow(turns)
    assert_seen(seen, turns)


def test_who_stood_upright_is_not_looked_for_all_round(follow: Callable) -> None:
    _, network = follow([0.0] * 10)
    before = network.look_count
    seen, network = follow([0.0] * 10 + [180.0] * 10)
    assert seen[10:] == [None] * 10
    # Four crops beside the expected one, in each picture until the person is lost.
    assert network.look_count - before <= 4 * 5
