"""How well everybody is found and followed, on the clip of a front flip.

Two persons, labelled by looking (flip_labels.py), and one of them crossing paths with
her own twin (crossing.py); the mediapipe backend looks. The
tracker's own cost is its time outside the two networks' adapters, as a share of the
time inside them, in the middle picture of a piece of the clip held in memory.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from benchmarks.pose.crossing import (
    CROSSINGS,
    Crossing,
    compute_found_shares,
    count_identity_changes,
    read_crossing,
)
from benchmarks.pose.flip_labels import FLIP, JUMPER, WALKER, LabelledPerson
from benchmarks.pose.motions import find_shared_data
from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.clip import Frame, read_frames
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.pose.people import PersonTrack, track_people
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.pose.tracking import PoseTracker

MUST_SHARE_RATIO = 0.95
# The limit of the whole pipeline, and what tracking alone aims at.
MUST_OWN_COST_PCT = 15.0
AIM_OWN_COST_PCT = 5.0
# Labels are to within 20 px; a hip joint's width more.
_MAX_HIP_DISTANCE_PX = 80.0
# Both persons are in these pictures.
_COST_FRAMES = range(60, 120)
_HIP = KEYPOINT_INDEX["hip"]
_PEOPLE = (JUMPER, WALKER)


def measure() -> list[Figure]:
    """Measure on the whole clip, then the cost on a piece of it."""
    clip = find_shared_data() / "video_sports2d_flip" / "demo.mp4"
    tracks, frame_count = track_people(
        read_frames(clip), MediapipeDetector(), MediapipeEstimator()
    )
    figures = [Figure("pictures", frame_count, "pictures")]
    owners = [_name_owners(track) for track in tracks]
    for person in _PEOPLE:
        figures += _measure_person(person, tracks, owners)
    strangers = sum(_is_stranger(names) for names in owners)
    figures.append(Figure("tracks that are nobody", strangers, "tracks", must=0))
    for crossing in CROSSINGS:
        figures += _measure_crossing(clip, crossing)
    pieces = itertools.islice(read_frames(clip), _COST_FRAMES.start, _COST_FRAMES.stop)
    figures.append(_measure_own_cost(list(pieces)))
    return figures


def _measure_crossing(clip: Path, crossing: Crossing) -> Iterator[Figure]:
    tracks, _ = track_people(
        read_crossing(clip, crossing), MediapipeDetector(), MediapipeEstimator()
    )
    yield Figure(
        f"crossing, {crossing.name}: identity changes",
        count_identity_changes(tracks),
        "changes",
        must=0,
    )
    for name, share in compute_found_shares(tracks).items():
        yield Figure(
            f"crossing, {crossing.name}: {name} found",
            share,
            "ratio",
            must=MUST_SHARE_RATIO,
            is_at_least=True,
        )


def _measure_person(
    person: LabelledPerson,
    tracks: Sequence[PersonTrack],
    owners: Sequence[Sequence[str | None]],
) -> Iterator[Figure]:
    """Compare one person's labels with the sights that lie on the person."""
    track_of: dict[int, int] = {}
    for idx, (track, names) in enumerate(zip(tracks, owners, strict=True)):
        for frame, name in zip(track.frame_idx, names, strict=True):
            if name == person.name:
                track_of[int(frame)] = idx
    yield Figure(
        f"{person.name}: found in visible pictures",
        _share(track_of, person.visible),
        "ratio",
        must=MUST_SHARE_RATIO,
        is_at_least=True,
    )
    yield Figure(
        f"{person.name}: found in pictures with any part in sight",
        _share(track_of, person.in_sight),
        "ratio",
    )
    if person is JUMPER:
        yield Figure("jumper: found in the flip", _share(track_of, FLIP), "ratio")
    numbers = [track_of[frame] for frame in sorted(track_of)]
    changes = sum(one != other for one, other in itertools.pairwise(numbers))
    yield Figure(f"{person.name}: identity changes", changes, "changes", must=0)


def _share(found: dict[int, int], frames: range) -> float:
    return len(set(frames) & set(found)) / len(frames)


def _name_owners(track: PersonTrack) -> list[str | None]:
    """Name the labelled person on whose hips each sight lies; None = on nobody's."""
    names = []
    for frame, points in zip(track.frame_idx, track.points, strict=True):
        name = None
        for person in _PEOPLE:
            apart = np.hypot(*(points[_HIP, :2] - person.find_hips_px(int(frame))))
            if apart <= _MAX_HIP_DISTANCE_PX:
                name = person.name
        names.append(name)
    return names


def _is_stranger(names: Sequence[str | None]) -> bool:
    return 2 * sum(name is None for name in names) > len(names)


class _Stopwatch:
    """Both networks, with the time spent inside their adapters."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.network_seconds = 0.0
        self.model_name = "both"
        self.weights_sha256 = ""
        self.missing_keypoints: tuple[str, ...] = ()
        self._detector = MediapipeDetector()
        self._estimator = MediapipeEstimator()
        self.input_side_px = self._estimator.input_side_px

    def detect(self, frame_rgb: ByteImage) -> FloatArray:
        started = time.perf_counter()
        boxes = self._detector.detect(frame_rgb)
        self.seconds += time.perf_counter() - started
        return boxes

    def estimate(
        self, frames_rgb: Sequence[ByteImage], boxes_px: Sequence[FloatArray]
    ) -> list[FloatArray]:
        started = time.perf_counter()
        points = self._estimator.estimate(frames_rgb, boxes_px)
        self.seconds += time.perf_counter() - started
        return points


def _measure_own_cost(frames: Sequence[Frame]) -> Figure:
    """Compare medians over the pictures; one in which others ran tells nothing."""
    networks = _Stopwatch()
    PoseTracker(networks, networks).step(frames[0])
    tracker = PoseTracker(networks, networks)
    own_s, network_s = [], []
    for frame in frames:
        networks.seconds = 0.0
        started = time.perf_counter()
        tracker.step(frame)
        own_s.append(time.perf_counter() - started - networks.seconds)
        network_s.append(networks.seconds)
    return Figure(
        "tracker's own time beside the networks",
        100 * float(np.median(own_s) / np.median(network_s)),
        "%",
        must=MUST_OWN_COST_PCT,
        aim=AIM_OWN_COST_PCT,
    )
