"""Real poses whose sides were labelled by eye, for putting swaps in and finding them.

Cells that lie on the wrong side by the labels (``swap_labels.py``) are the network's
own swaps; they are exchanged before others are put in. A cell is counted nowhere where
nobody can tell, or where its reference pair is nearer than ``APART_BODY_SIZES``.
"""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from benchmarks.pose.motions import find_shared_data
from benchmarks.pose.swap_labels import INTERVALS, Interval
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.pose.people import PersonTrack, track_people
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.pose.swap_groups import GROUP_OF_PAIR, LEFT, RIGHT, SWAP_GROUPS
from sportsgpt_lib.pose.swap_motion import measure_body_size_px

BoolArray = npt.NDArray[np.bool_]

# Two standard deviations of a difference left minus right per axis: a point scatters by
# 0.9 % of stature, 1.2 times as much on the far side (side_camera.py says how that was
# measured), so their difference by 1.4 %; a body size is 0.29 statures. About 5 cm.
APART_BODY_SIZES = 0.1
# The repair drops points below it, see RepairRules.min_confidence_ratio.
_BELIEVED_RATIO = 0.2

_REFERENCE = {
    "head": "ear",
    "shoulders": "shoulder",
    "arms": "elbow",
    "hips": "hip",
    "legs": "ankle",
}


@dataclass(frozen=True)
class Take:
    """Poses ``(T, J, ...)`` of one person, right as labelled.

    ``is_counted`` ``(T, G)`` is false where nobody can tell; ``is_own_swap`` ``(T, G)``
    marks what the network had exchanged and the labels have put right.
    """

    name: str
    times_s: FloatArray
    positions_px: FloatArray
    confidence: FloatArray
    is_counted: BoolArray
    is_own_swap: BoolArray


def load_takes() -> list[Take]:
    """Estimate the poses of every interval with the shipped backend."""
    data = find_shared_data()
    takes = []
    for clip in dict.fromkeys(interval.clip for interval in INTERVALS):
        detector, estimator = MediapipeDetector(), MediapipeEstimator()
        tracks, _ = track_people(read_frames(data / clip), detector, estimator)
        takes += cut_takes(clip, tracks)
    return takes


def cut_takes(clip: str, tracks: list[PersonTrack]) -> list[Take]:
    """Cut the intervals of one clip out of its tracks, put right by the labels."""
    return [_cut(interval, tracks) for interval in INTERVALS if interval.clip == clip]


def _cut(interval: Interval, tracks: list[PersonTrack]) -> Take:
    frame, *place = interval.seen_at
    hip = KEYPOINT_INDEX["hip"]
    near = [
        (float(np.hypot(*(track.points[row, hip, :2] - place))), idx)
        for idx, track in enumerate(tracks)
        for row in np.flatnonzero(track.frame_idx == frame)
    ]
    track = tracks[min(near)[1]]
    is_inside = (track.frame_idx >= interval.first) & (track.frame_idx <= interval.last)
    frames, points = track.frame_idx[is_inside], track.points[is_inside]
    is_swapped, is_counted = _compare_sides(interval, frames, points[:, :, :2])
    as_given = Take(
        interval.name,
        track.times_s[is_inside],
        points[:, :, :2],
        points[:, :, 2],
        is_counted,
        is_swapped,
    )
    return exchange(as_given, is_swapped)


def _compare_sides(
    interval: Interval, frames: IntArray, positions_px: FloatArray
) -> tuple[BoolArray, BoolArray]:
    """Compare poses with the labels: what is exchanged, what counts, ``(T, G)``."""
    shape = (frames.size, len(SWAP_GROUPS))
    is_swapped, is_counted = np.zeros(shape, dtype=bool), np.ones(shape, dtype=bool)
    limit_px = APART_BODY_SIZES * measure_body_size_px(positions_px)
    for side in interval.sides:
        is_now = (frames >= side.first) & (frames <= side.last)
        for name in side.groups:
            left, right = (
                KEYPOINT_INDEX[f"{word}_{_REFERENCE[name]}"]
                for word in ("left", "right")
            )
            ahead_px = side.sign * (
                positions_px[:, left, 0] - positions_px[:, right, 0]
            )
            group = SWAP_GROUPS.index(name)
            is_swapped[:, group] |= is_now & (ahead_px < -limit_px)
            is_counted[:, group] &= ~is_now | (np.abs(ahead_px) > limit_px)
    for unknown in interval.undecidable:
        is_now = (frames >= unknown.first) & (frames <= unknown.last)
        for name in unknown.groups:
            is_counted[is_now, SWAP_GROUPS.index(name)] = False
    return is_swapped, is_counted


def exchange(take: Take, is_exchanged: BoolArray) -> Take:
    """Exchange left and right, places and confidence, where told, ``(T, G)``."""
    positions, confidence = take.positions_px.copy(), take.confidence.copy()
    for left, right, group in zip(LEFT, RIGHT, GROUP_OF_PAIR, strict=True):
        frames = np.flatnonzero(is_exchanged[:, group])
        for values, given in (
            (positions, take.positions_px),
            (confidence, take.confidence),
        ):
            values[frames, left] = given[frames, right]
            values[frames, right] = given[frames, left]
    return replace(take, positions_px=positions, confidence=confidence)


def draw_frames(
    chance: np.random.Generator, times_s: FloatArray, share: float
) -> IntArray:
    """Draw single frames and bursts, never side by side, up to a share of all."""
    count = times_s.size
    wanted = max(round(share * count), 1) if share else 0
    half_s = max(round(0.5 / float(np.median(np.diff(times_s)))), 15)
    is_hit = np.zeros(count, dtype=bool)
    for _ in range(100 * count):
        missing = wanted - np.count_nonzero(is_hit)
        if missing <= 0:
            break
        longest = int(chance.choice([1, 15, half_s], p=[0.3, 0.45, 0.25]))
        length = 1 if longest == 1 else int(chance.integers(3, longest + 1))
        length = min(length, int(missing))
        first = int(chance.integers(0, count - length + 1))
        if not is_hit[max(first - 1, 0) : first + length + 1].any():
            is_hit[first : first + length] = True
    return np.flatnonzero(is_hit)


def find_apart(take: Take, *, is_belief_asked: bool = False) -> BoolArray:
    """Find where an exchange of the group matters, ``(T, G)``.

    That is where a pair of it lies farther apart than the network errs. If belief is
    asked for, the network must be sure enough of both of its points.
    """
    between = take.positions_px[:, LEFT] - take.positions_px[:, RIGHT]
    limit_px = APART_BODY_SIZES * measure_body_size_px(take.positions_px)
    is_far = np.hypot(between[..., 0], between[..., 1]) > limit_px  # (T, P)
    if is_belief_asked:
        ratio = np.fmin(take.confidence[:, LEFT], take.confidence[:, RIGHT])
        is_far &= ratio >= _BELIEVED_RATIO
    return np.stack(
        [is_far[:, g == GROUP_OF_PAIR].any(axis=1) for g in range(len(SWAP_GROUPS))],
        axis=1,
    )
