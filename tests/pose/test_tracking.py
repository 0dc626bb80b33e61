from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.pose.tracking import KEEP_LOST_S, PoseTracker

Scene = Mapping[int, tuple[float, float]]
RATE_HZ = 30
HIP = KEYPOINT_INDEX["hip"]


@pytest.fixture
def follow(
    world_detector: Any, world_estimator: Any, world: Any
) -> Callable[..., list[dict[int, np.ndarray]]]:
    def run(scene_at: Callable[[int], Scene], frame_count: int) -> list[Any]:
        tracker = PoseTracker(world_detector, world_estimator)
        return [
            tracker.step(Frame(i, i / RATE_HZ, world(scene_at(i))))
            for i in range(frame_count)
        ]

    return run


def test_a_walker_is_one_track_at_the_right_place(follow: Any) -> None:
    seen = follow(lambda i: {200: (60 + 4 * i, 100)}, 60)
    assert [list(persons) for persons in seen] == [[0]] * 60
    hip_x_px = [persons[0][HIP, 0] for persons in seen]
    assert hip_x_px == pytest.approx([60 + 4 * i for i in range(60)], abs=1.5)


def test_paths_that_cross_keep_their_identity(follow: Any) -> None:
    seen = follow(lambda i: {100: (60 + 5 * i, 100), 200: (340 - 5 * i, 110)}, 57)
    last = seen[-1]
    assert sorted(last) == [0, 1]
    first_of_100 = min(seen[0], key=lambda idx: seen[0][idx][HIP, 0])
    assert last[first_of_100][HIP, 0] == pytest.approx(60 + 5 * 56, abs=3)
    assert last[1 - first_of_100][HIP, 0] == pytest.approx(340 - 5 * 56, abs=3)


def test_one_person_never_carries_two_tracks(follow: Any) -> None:
    seen = follow(lambda i: {100: (60 + 5 * i, 100), 200: (340 - 5 * i, 110)}, 57)
    for persons in seen:
        if len(persons) > 1:
            apart_px = abs(persons[0][HIP, 0] - persons[1][HIP, 0])
            assert apart_px > 5


def test_who_is_hidden_for_a_while_is_refound(follow: Any) -> None:
    hidden = range(20, 35)
    seen = follow(lambda i: {} if i in hidden else {200: (60 + 3 * i, 100)}, 60)
    assert all(not seen[i] for i in hidden)
    assert all(list(persons) == [0] for persons in seen[40:])


def test_who_comes_after_long_absence_is_somebody_new(follow: Any) -> None:
    gap = range(20, 25 + int(KEEP_LOST_S * RATE_HZ))
    seen = follow(lambda i: {} if i in gap else {200: (200, 100)}, 90)
    assert list(seen[19]) == [0]
    assert list(seen[-1]) == [1]


def test_who_enters_later_is_found_within_half_a_second(follow: Any) -> None:
    seen = follow(
        lambda i: {100: (100, 100)} | ({200: (300, 100)} if i >= 20 else {}), 40
    )
    assert all(len(persons) == 1 for persons in seen[:20])
    assert all(len(persons) == 2 for persons in seen[35:])


def test_an_empty_scene_has_nobody_and_costs_few_searches(
    follow: Any, world_detector: Any
) -> None:
    seen = follow(lambda _: {}, 60)
    assert not any(seen)
    assert world_detector.call_count <= 5


def test_a_walker_out_of_the_picture_ends(follow: Any, world_detector: Any) -> None:
    seen = follow(lambda i: {200: (300 + 6 * i, 100)}, 60)
    assert list(seen[10]) == [0]
    assert not seen[-1]
    calls_while_gone = world_detector.call_count
    assert calls_while_gone <= 8
