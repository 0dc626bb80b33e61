from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.pose.crossing import (
    CROSSINGS,
    Crossing,
    compute_found_shares,
    count_identity_changes,
    read_crossing,
)
from sportsgpt_lib.media.clip import Frame, read_frames
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.pose.people import PersonTrack, track_people
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

# At least half of the body visible, read by eye, by the rule in
# benchmarks/pose/flip_labels.py. She comes out from behind a tree and leaves on the
# left; he stands, dives off the roof, turns over, lands and runs.
WALKER_FRAMES = range(40, 198)
JUMPER_FRAMES = range(226)
FLIP_FRAMES = range(168, 185)
VISIBLE_SHARE = 0.95


def build_frames(world: Any, scenes: list[dict[int, tuple[float, float]]]):
    return (Frame(i, i / 30, world(scene)) for i, scene in enumerate(scenes))


def test_tracks_hold_frames_times_and_points(
    world: Any, world_detector: Any, world_estimator: Any
) -> None:
    scenes = [{200: (60.0 + 4 * i, 100.0)} for i in range(20)]
    done: list[int] = []
    tracks, frame_count = track_people(
        build_frames(world, scenes), world_detector, world_estimator, done.append
    )
    assert frame_count == 20
    assert done == list(range(1, 21))
    assert len(tracks) == 1
    assert tracks[0].frame_idx.tolist() == list(range(20))
    assert tracks[0].times_s[-1] == pytest.approx(19 / 30)
    assert tracks[0].points.shape == (20, 26, 3)
    assert tracks[0].mean_confidence_ratio == pytest.approx(0.9)


def test_a_track_tells_the_colours_of_the_clothes(
    world: Any, world_detector: Any, world_estimator: Any
) -> None:
    scenes = [{200: (60.0 + 4 * i, 100.0)} for i in range(20)]
    tracks, _ = track_people(
        build_frames(world, scenes), world_detector, world_estimator
    )
    # CIELAB of sRGB grey 200, by IEC 61966-2-1 and CIE 15.
    assert tracks[0].torso_lab == pytest.approx(
        np.tile([80.6, 0.0, 0.0], (20, 1)), abs=0.5
    )
    assert tracks[0].thigh_lab.shape == (20, 3)


def test_a_track_without_colours_says_so() -> None:
    track = PersonTrack(np.arange(4), np.arange(4) / 30, np.zeros((4, 26, 3)))
    assert track.torso_lab.shape == (4, 3)
    assert np.isnan(track.torso_lab).all()
    assert np.isnan(track.thigh_lab).all()


def test_a_flicker_is_not_a_person(
    world: Any, world_detector: Any, world_estimator: Any
) -> None:
    scenes = [
        {200: (100.0, 100.0)} | ({100: (300.0, 100.0)} if i in (15, 16) else {})
        for i in range(40)
    ]
    tracks, _ = track_people(
        build_frames(world, scenes), world_detector, world_estimator
    )
    assert len(tracks) == 1


def test_frames_are_looked_at_one_at_a_time(
    world: Any, world_detector: Any, world_estimator: Any
) -> None:
    alive: list[int] = []

    def frames() -> Iterator[Frame]:
        for i in range(10):
            alive.append(i)
            yield Frame(i, i / 30, world({200: (100.0, 100.0)}))

    reached: list[tuple[int, int]] = []
    track_people(
        frames(),
        world_detector,
        world_estimator,
        lambda done: reached.append((done, len(alive))),
    )
    assert all(done == read for done, read in reached)


def hip_px(track: PersonTrack, frame: int) -> np.ndarray:
    return track.points[track.frame_idx == frame][0, KEYPOINT_INDEX["hip"], :2]


def seen_share(track: PersonTrack, frames: range) -> float:
    return len(set(frames) & set(track.frame_idx.tolist())) / len(frames)


@pytest.mark.slow
def test_both_persons_of_the_demo_clip_keep_one_track_each(shared_data: Path) -> None:
    tracks, frame_count = track_people(
        read_frames(shared_data / "video_sports2d_flip" / "demo.mp4"),
        MediapipeDetector(),
        MediapipeEstimator(),
    )
    assert frame_count == 230
    assert len(tracks) == 2
    jumper, walker = tracks
    assert seen_share(walker, WALKER_FRAMES) >= VISIBLE_SHARE
    assert seen_share(jumper, JUMPER_FRAMES) >= VISIBLE_SHARE
    assert seen_share(jumper, FLIP_FRAMES) >= 0.9
    # Places read by eye: she goes from right to left, he lands and runs right.
    assert hip_px(walker, 60) == pytest.approx([1400, 745], abs=25)
    assert hip_px(walker, 140) == pytest.approx([615, 720], abs=25)
    assert hip_px(jumper, 140) == pytest.approx([770, 255], abs=25)
    assert hip_px(jumper, 176) == pytest.approx([1000, 260], abs=40)
    assert hip_px(jumper, 184) == pytest.approx([1000, 470], abs=40)
    assert hip_px(jumper, 196) == pytest.approx([1050, 790], abs=40)


@pytest.mark.slow
@pytest.mark.parametrize("crossing", CROSSINGS, ids=lambda crossing: crossing.name)
def test_real_persons_who_cross_keep_one_track_each(
    shared_data: Path, crossing: Crossing
) -> None:
    clip = shared_data / "video_sports2d_flip" / "demo.mp4"
    tracks, frame_count = track_people(
        read_crossing(clip, crossing), MediapipeDetector(), MediapipeEstimator()
    )
    assert frame_count == 121
    assert len(tracks) == 2
    assert count_identity_changes(tracks) == 0
    assert all(seen_share(track, range(121)) > 0.85 for track in tracks)


def test_an_exchange_of_identities_is_counted() -> None:
    frames = np.arange(121)
    # By the labels of the clip she walks from 1410 to 210 in these pictures.
    walker, twin = np.full((2, 121, 26, 3), 0.9)
    walker[:, KEYPOINT_INDEX["hip"], 0] = np.linspace(1410, 210, 121)
    twin[:, KEYPOINT_INDEX["hip"], 0] = np.linspace(210, 1410, 121)
    kept = [PersonTrack(frames, frames / 30, points) for points in (walker, twin)]
    assert count_identity_changes(kept) == 0
    assert compute_found_shares(kept) == {"walker": 1.0, "twin": 1.0}
    later = frames[:, None, None] >= 60
    exchanged = [
        PersonTrack(frames, frames / 30, np.where(later, one, other))
        for one, other in ((twin, walker), (walker, twin))
    ]
    assert count_identity_changes(exchanged) == 4


def test_persons_who_are_not_found_are_told_beside_no_changes() -> None:
    assert count_identity_changes([]) == 0
    assert compute_found_shares([]) == {"walker": 0.0, "twin": 0.0}
