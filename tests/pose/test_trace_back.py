import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.looking import Looker
from sportsgpt_lib.pose.regions import BodyCircle
from sportsgpt_lib.pose.sights import Origin, Sight
from sportsgpt_lib.pose.trace_back import PictureRing, trace_back


def build_frame(index: int, rate_hz: float, width_px: int, height_px: int) -> Frame:
    # One row repeated without being copied: it weighs what it would, but needs nothing.
    row = np.zeros((1, width_px, 3), np.uint8)
    image = np.broadcast_to(row, (height_px, width_px, 3))
    return Frame(index, index / rate_hz, image)


def fill(rate_hz: float, size_px: tuple[int, int], seconds: float = 2.0) -> PictureRing:
    ring = PictureRing()
    for index in range(math.ceil(seconds * rate_hz)):
        ring.add(build_frame(index, rate_hz, *size_px), [])
    return ring


@pytest.mark.parametrize(
    ("rate_hz", "size_px", "reach_s"),
    [
        (30, (1920, 1080), 0.5),
        (60, (1920, 1080), 0.5),
        (240, (1920, 1080), 31 / 240),
        (30, (3840, 2160), 7 / 30),
        (240, (3840, 2160), 7 / 240),
    ],
)
def test_pictures_are_kept_for_half_a_second_or_200_mb(
    rate_hz: float, size_px: tuple[int, int], reach_s: float
) -> None:
    ring = fill(rate_hz, size_px)
    kept = [frame for frame, _ in ring.backwards()]
    assert sum(frame.image_rgb.nbytes for frame in kept) <= 200_000_000
    assert kept[0].time_s - kept[-1].time_s == pytest.approx(reach_s)
    assert ring.reach_s == pytest.approx(reach_s)


def test_a_young_ring_promises_its_full_span() -> None:
    ring = PictureRing()
    assert ring.reach_s == 0.5
    ring.add(build_frame(0, 30, 640, 480), [])
    assert ring.reach_s == 0.5
    assert ring.first_index == 0


def test_a_picture_larger_than_the_budget_is_kept_alone() -> None:
    ring = PictureRing(max_bytes=1000)
    for index in range(3):
        ring.add(build_frame(index, 30, 640, 480), [])
    assert [frame.index for frame, _ in ring.backwards()] == [2]
    assert ring.reach_s == 0


@pytest.fixture
def walk(world: Any, world_estimator: Any) -> tuple[PictureRing, Looker, Sight]:
    """A walk of six pictures; person 7 was followed in the first three of them."""
    looker = Looker(world_estimator)
    ring = PictureRing()
    for i in range(7):
        frame = Frame(i, i / 30, world({200: (60 + 4 * i, 100)}))
        place = BodyCircle(60.0 + 4 * i, 100.0, 45.0)
        sight = looker.settle(frame, place)
        assert sight is not None
        if i == 6:
            break
        ring.add(frame, [replace(sight, person_idx=7)] if i < 3 else [])
    return ring, looker, sight


def test_a_trail_that_ends_on_a_lost_person_has_met_that_person(walk: Any) -> None:
    ring, looker, find = walk
    trail = trace_back(ring, looker, find, {7: 2}, 0.1)
    assert trail.met == 7
    assert [sight.frame_idx for sight in trail.sights] == [3, 4, 5, 6]
    assert trail.sights[-1] is find
    assert {sight.origin for sight in trail.sights[:-1]} == {Origin.TRACED_BACK}


@pytest.mark.parametrize("lost_since", [{}, {7: 5}, {8: 2}])
def test_a_trail_that_runs_into_somebody_else_ends_there(
    walk: Any, lost_since: dict[int, int]
) -> None:
    ring, looker, find = walk
    trail = trace_back(ring, looker, find, lost_since, 0.1)
    assert trail.met is None
    assert [sight.frame_idx for sight in trail.sights] == [3, 4, 5, 6]


def test_a_trail_ends_where_nobody_was_for_a_tenth_of_a_second(
    world: Any, world_estimator: Any
) -> None:
    looker = Looker(world_estimator)
    ring = PictureRing()
    for i in range(10):
        scene = {} if 3 <= i < 7 else {200: (60 + 4 * i, 100)}
        ring.add(Frame(i, i / 30, world(scene)), [])
    frame = Frame(10, 1 / 3, world({200: (100, 100)}))
    find = looker.settle(frame, BodyCircle(100.0, 100.0, 45.0))
    assert find is not None
    trail = trace_back(ring, looker, find, {}, 0.1)
    assert [sight.frame_idx for sight in trail.sights] == [7, 8, 9, 10]
