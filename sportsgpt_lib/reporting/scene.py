"""What is to be drawn on the pictures of one clip: who is in it, and what is known.

Data and look-up by time only; ``overlay.py``, ``pictures.py`` and ``contact_sheet.py``
draw it.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.pose_trail import PoseTrail

# Times are stored with the precision of float32 in older files.
_ROUNDING_S = 1e-6


@dataclass(frozen=True)
class KeyframeFlash:
    """A keyframe to announce: when, and in which words."""

    time_s: float
    words: str


@dataclass(frozen=True)
class Readout:
    """A quantity beside the athlete: values ``(T,)`` at ``times_s``, NaN = none."""

    words: str
    unit: str
    times_s: FloatArray
    values: FloatArray


@dataclass(frozen=True)
class FloorMark:
    """The floor line in the clip: ``y_px = level_px + slope * x_px``, y down.

    It is drawn from ``start_px`` to ``end_px``, along the way of its athlete.
    """

    level_px: float
    slope: float
    start_px: float
    end_px: float
    label: str = "floor"


@dataclass(frozen=True)
class SceneAthlete:
    """One athlete under study, as pictures show them.

    ``trail`` holds what was repaired, frame by frame as ``poses``; None = not known.
    """

    label: str
    poses: PoseSequence
    keyframes: tuple[KeyframeFlash, ...] = ()
    readout: Readout | None = None
    trail: PoseTrail | None = None
    floor: FloorMark | None = None


@dataclass(frozen=True)
class ScenePerson:
    """Somebody who was tracked, in the frames in which nobody took them for an athlete.

    ``label`` carries the number of the track, as verdicts name it.
    """

    label: str
    poses: PoseSequence


@dataclass(frozen=True)
class Scene:
    """Everybody in a clip; ``playback`` says how slow it plays, None = not slow."""

    athletes: tuple[SceneAthlete, ...] = ()
    others: tuple[ScenePerson, ...] = ()
    playback: str | None = None


@dataclass(frozen=True)
class View:
    """Which part of the clip's picture is shown: its upper left corner, and the scale.

    Positions in the picture are ``(position in the clip - corner) * scale``.
    """

    left_px: float = 0.0
    top_px: float = 0.0
    scale: float = 1.0

    def place(self, positions_px: FloatArray) -> FloatArray:
        """Bring positions ``(..., 2)`` of the clip into the picture."""
        placed: FloatArray = (
            positions_px - np.array([self.left_px, self.top_px])
        ) * self.scale
        return placed


def group_keyframes(athlete: SceneAthlete) -> list[tuple[float, tuple[str, ...]]]:
    """Group keyframes that show the same frame, in order of time.

    Returns
    -------
    For each frame the time of its first keyframe, and the words of all.
    """
    groups: list[tuple[float, tuple[str, ...]]] = []
    last_idx = None
    for flash in sorted(athlete.keyframes, key=lambda flash: flash.time_s):
        idx = find_frame_at(athlete.poses, flash.time_s)
        if idx is not None and idx == last_idx:
            time_s, words = groups.pop()
            groups.append((time_s, (*words, flash.words)))
        else:
            groups.append((flash.time_s, (flash.words,)))
        last_idx = idx
    return groups


def find_frame_at(poses: PoseSequence, time_s: float) -> int | None:
    """Find the frame of a sequence that is shown at a time.

    Returns None where no frame of the sequence lies within half a frame of the time.
    """
    times_s = poses.times_s
    if not times_s.size:
        return None
    after = int(np.searchsorted(times_s, time_s))
    near = range(max(after - 1, 0), min(after + 1, times_s.size))
    idx = min(near, key=lambda place: abs(float(times_s[place]) - time_s))
    # The shorter of the intervals beside it, since the other may be a gap.
    around = times_s[max(idx - 1, 0) : idx + 2].tolist()
    reach_s = min((b - a for a, b in pairwise(around)), default=0.0) / 2
    if abs(float(times_s[idx]) - time_s) > reach_s + _ROUNDING_S:
        return None
    return idx


def find_pose_at(poses: PoseSequence, time_s: float) -> FloatArray | None:
    """Find the keypoints ``(J, 2)`` of the frame shown at a time; None as above."""
    idx = find_frame_at(poses, time_s)
    if idx is None:
        return None
    pose: FloatArray = poses.positions_px[idx]
    return pose
