from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.media.clip import Frame, read_frames
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.pose.people import PersonTrack, track_people
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

# Visible parts of the demo clip, read by eye: she comes out from behind a tree and
# leaves on the left; he stands, dives off the roof, turns over, lands and runs.
WALKER_FRAMES = range(46, 196)
STANDING_FRAMES = range(166)
LANDING_FRAMES = range(187, 223)
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
    assert seen_share(jumper, STANDING_FRAMES) >= VISIBLE_SHARE
    assert seen_share(jumper, LANDING_FRAMES) >= VISIBLE_SHARE
    # Places read by eye: she goes from right to left, he lands and runs right.
    assert hip_px(walker, 60) == pytest.approx([1400, 745], abs=25)
    assert hip_px(walker, 140) == pytest.approx([615, 720], abs=25)
    assert hip_px(jumper, 140) == pytest.approx([770, 255], abs=25)
    assert hip_px(jumper, 196) == pytest.approx([1050, 790], abs=40)
