import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.appearance import Appearance
from sportsgpt_lib.pose.regions import BodyCircle
from sportsgpt_lib.pose.sights import Origin, Sight
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.pose.tracking import KEEP_LOST_S, PoseTracker
from sportsgpt_lib.pose.tracks import Track, is_part_of, is_same_pose

GROUND = 12
Scene = Mapping[int, tuple[float, float]]
RATE_HZ = 30
HIP = KEYPOINT_INDEX["hip"]


@pytest.fixture
def follow(
    world_detector: Any, world_estimator: Any, world: Any
) -> Callable[..., list[dict[int, np.ndarray]]]:
    def run(scene_at: Callable[[int], Scene], frame_count: int) -> list[Any]:
        tracker = PoseTracker(world_detector, world_estimator)
        seen: list[dict[int, np.ndarray]] = [{} for _ in range(frame_count)]
        for i in range(frame_count):
            for sight in tracker.step(Frame(i, i / RATE_HZ, world(scene_at(i)))):
                assert sight.person_idx not in seen[sight.frame_idx]
                seen[sight.frame_idx][sight.person_idx] = sight.points
        return seen

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
    assert all(list(persons) == [0] for persons in seen[35:])


def test_who_comes_after_long_absence_is_somebody_new(follow: Any) -> None:
    gap = range(20, 25 + int(KEEP_LOST_S * RATE_HZ))
    seen = follow(lambda i: {} if i in gap else {200: (200, 100)}, 90)
    assert list(seen[19]) == [0]
    assert list(seen[-1]) == [1]


def test_who_enters_later_is_traced_back_to_the_first_frame(follow: Any) -> None:
    seen = follow(
        lambda i: {100: (100, 100)} | ({200: (300, 100)} if i >= 20 else {}), 40
    )
    assert all(len(persons) == 1 for persons in seen[:20])
    assert all(len(persons) == 2 for persons in seen[20:])


def test_who_walks_in_is_seen_from_the_first_frame(
    world: Any, world_detector: Any, world_estimator: Any
) -> None:
    tracker = PoseTracker(world_detector, world_estimator)
    origins = {}
    for i in range(40):
        scene = {200: (40 + 4 * i, 100)} if i >= 17 else {}
        for sight in tracker.step(Frame(i, i / RATE_HZ, world(scene))):
            assert sight.circle.x_px == pytest.approx(40 + 4 * sight.frame_idx, abs=2)
            origins[sight.frame_idx] = sight.origin
    found = min(i for i, origin in origins.items() if origin is Origin.FOUND)
    assert 17 < found <= 32
    assert [origins[i] for i in range(17, found)] == [Origin.TRACED_BACK] * (found - 17)
    assert set(range(found + 1, 40)) == {
        i for i, origin in origins.items() if origin is Origin.FOLLOWED
    }


def test_nobody_is_traced_back_over_somebody_else(follow: Any) -> None:
    # The second comes out from behind the first, who stands still.
    seen = follow(lambda i: {200: (100 + 3 * max(i - 20, 0), 100), 100: (100, 100)}, 60)
    assert all(list(persons) == [0] for persons in seen[:21])
    assert all(sorted(persons) == [0, 1] for persons in seen[40:])
    for persons in seen:
        if len(persons) > 1:
            assert not is_same_pose(*persons.values())


@pytest.fixture
def behind_a_tree(
    world_detector: Any, world_estimator: Any, world: Any
) -> Callable[[Callable[[int], Scene]], dict[int, list[int]]]:
    """Lists, by colour, who was seen left and right of a broad tree."""

    def run(scene_at: Callable[[int], Scene]) -> dict[int, list[int]]:
        tracker = PoseTracker(world_detector, world_estimator)
        names: dict[int, set[int]] = {}
        for i in range(70):
            picture = world(scene_at(i)).copy()
            picture[:, 160:240] = GROUND
            for sight in tracker.step(Frame(i, i / RATE_HZ, picture)):
                if abs(sight.circle.x_px - 200) > 60:
                    for colour, (x, _) in scene_at(sight.frame_idx).items():
                        if abs(sight.circle.x_px - x) < 5:
                            names.setdefault(colour, set()).add(sight.person_idx)
        return {colour: sorted(persons) for colour, persons in names.items()}

    return run


def test_who_crosses_behind_a_tree_keeps_identity(behind_a_tree: Any) -> None:
    def scene(i: int) -> Scene:
        return {100: (60 + 5 * i, 100), 250: (340 - 5 * i, 100)}

    assert behind_a_tree(scene) == {100: [0], 250: [1]} or behind_a_tree(scene) == {
        100: [1],
        250: [0],
    }


def test_who_turns_round_behind_a_tree_is_known_by_the_clothes(
    behind_a_tree: Any,
) -> None:
    def scene(i: int) -> Scene:
        walked = 5 * i if i < 28 else 5 * (56 - i)
        return {100: (60 + walked, 100), 250: (340 - walked, 100)}

    names = behind_a_tree(scene)
    first, second = names[100], names[250]
    assert not set(first) & set(second)


def test_a_shoulder_is_not_taken_for_a_small_person() -> None:
    whole = build_sight(radius_px=100)
    arm = build_sight(radius_px=20, x_px=4)
    beside = build_sight(radius_px=20, x_px=70)
    assert is_part_of(arm, whole)
    assert not is_part_of(whole, arm)
    assert not is_part_of(beside, whole)


def test_left_and_right_exchanged_is_the_same_pose() -> None:
    points = build_sight(radius_px=100).points
    exchanged = points.copy()
    for name, index in KEYPOINT_INDEX.items():
        if name.startswith("left_"):
            other = KEYPOINT_INDEX[name.replace("left", "right")]
            exchanged[[index, other]] = points[[other, index]]
    assert is_same_pose(points, exchanged)


def test_somebody_lost_is_expected_where_the_motion_leads() -> None:
    track = Track.start(build_sight(radius_px=50))
    for i in range(1, 31):
        track = track.see(build_sight(radius_px=50, x_px=4.0 * i, frame_idx=i))
    assert track.predict(1.5).x_px == pytest.approx(4 * 45, abs=5)


def test_reach_grows_with_the_time_lost() -> None:
    track = Track.start(build_sight(radius_px=50))
    soon = build_sight(radius_px=50, x_px=120, frame_idx=3)
    late = build_sight(radius_px=50, x_px=120, frame_idx=24)
    assert track.compute_refind_cost(soon) == math.inf
    assert track.compute_refind_cost(late) < 1.5


def build_sight(*, radius_px: float, x_px: float = 0.0, frame_idx: int = 0) -> Sight:
    """Somebody upright, the hips at (x, 0), as narrow as from the side."""
    points = np.full((len(KEYPOINTS), 3), [np.nan, np.nan, 0.9])
    heights = {
        "neck": -0.5,
        "hip": 0.0,
        "shoulder": -0.5,
        "elbow": -0.25,
        "wrist": 0.0,
        "knee": 0.45,
        "ankle": 0.95,
    }
    for name, index in KEYPOINT_INDEX.items():
        height = heights.get(name.split("_")[-1])
        if height is not None:
            aside = {"left": 0.1, "right": -0.1}.get(name.split("_")[0], 0.0)
            points[index, :2] = x_px + aside * radius_px, height * radius_px
    unseen = np.full(3, np.nan)
    return Sight(
        frame_idx=frame_idx,
        time_s=frame_idx / RATE_HZ,
        person_idx=0,
        origin=Origin.FOUND,
        points=points,
        circle=BodyCircle(x_px, 0.0, radius_px),
        appearance=Appearance(unseen, unseen, 0.5, 0.0, 0.5),
    )


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
