"""Motions and reference motions: what goes into the alignment, checked at the door.

Only the data and its checks live here; aligning is in ``motion_dtw.py``, target models
as files in ``sportsgpt_lib/target_models``.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import AlignmentInputError

Leg = Literal["own", "other"]

_SERIES_AXES = 1
_TABLE_AXES = 2


@dataclass(frozen=True)
class Motion:
    """Angles over time.

    Parameters
    ----------
    names
        What each column is, ``F`` unique names; any words, but the same ones in the
        recording and in its references.
    times_s
        Times ``(T,)`` in seconds, finite and strictly ascending; any frame rate, even
        or uneven.
    angles_deg
        Angles ``(T, F)`` in degrees, free of wraps. NaN = not seen.

    Raises
    ------
    AlignmentInputError
        The shapes do not fit, a name stands twice, times do not ascend or are not
        finite, or an angle is infinite.
    """

    names: tuple[str, ...]
    times_s: FloatArray
    angles_deg: FloatArray

    def __post_init__(self) -> None:
        times_s = np.asarray(self.times_s, dtype=np.float64)
        angles_deg = np.ascontiguousarray(self.angles_deg, dtype=np.float64)
        object.__setattr__(self, "names", tuple(self.names))
        object.__setattr__(self, "times_s", times_s)
        object.__setattr__(self, "angles_deg", angles_deg)
        _validate_shapes(self.names, times_s, angles_deg)
        _validate_names(self.names)
        _validate_times(times_s)
        _validate_angles(self.names, angles_deg)

    @property
    def frame_count(self) -> int:
        """Number of frames ``T``."""
        return int(self.times_s.size)


@dataclass(frozen=True)
class KeyframeMark:
    """A named instant of a reference; ``leg`` is the repetition's own or the other.

    ``spread_s`` is the standard deviation of the instant between people, in seconds of
    the reference: the same angles are not passed by everybody at the same event. NaN =
    not known; the error of the keyframe then assumes a usual spread.
    """

    name: str
    leg: Leg
    time_s: float
    spread_s: float


@dataclass(frozen=True)
class ReferenceMotion:
    """One repetition of a movement as a target, with its annotated keyframes.

    Parameters
    ----------
    reference_id
        What the results call it.
    motion
        The angles; may hold context before ``start_s`` and after ``end_s``, which holds
        keyframes near the ends in place.
    start_s, end_s
        The repetition within the motion's times.
    keyframes
        The annotated instants; each (name, leg) once.
    weights
        Weight ``(F,)`` of each angle in the comparison, 1 = as any other, 0 = ignored.

    Raises
    ------
    AlignmentInputError
        The repetition does not lie within the motion, an angle was never seen in it,
        nothing moves in it, weights do not fit, or a keyframe lies outside.
    """

    reference_id: str
    motion: Motion
    start_s: float
    end_s: float
    keyframes: tuple[KeyframeMark, ...]
    weights: FloatArray

    def __post_init__(self) -> None:
        weights = np.asarray(self.weights, dtype=np.float64)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "keyframes", tuple(self.keyframes))
        problems = [
            *_list_interval_problems(self),
            *_list_weight_problems(self),
            *_list_keyframe_problems(self),
        ]
        if not problems:
            problems = _list_content_problems(self)
        if problems:
            raise AlignmentInputError(
                f"reference {self.reference_id}",
                "it cannot serve as a target",
                "mend the reference's file; docs/references.md says what it must hold",
                problems=problems,
            )

    @property
    def duration_s(self) -> float:
        """Length of the repetition."""
        return self.end_s - self.start_s


def _validate_shapes(
    names: tuple[str, ...],
    times_s: FloatArray,
    angles_deg: FloatArray,
) -> None:
    fits = (
        times_s.ndim == _SERIES_AXES
        and angles_deg.ndim == _TABLE_AXES
        and angles_deg.shape == (times_s.size, len(names))
    )
    if not fits:
        raise AlignmentInputError(
            "motion",
            f"{len(names)} names, times {times_s.shape} and angles {angles_deg.shape}",
            "give times (T,) and angles (T, F) with one name per column",
        )
    if angles_deg.size == 0:
        raise AlignmentInputError(
            "motion",
            f"it holds no angle: {times_s.size} frames of {len(names)} names",
            "give at least one frame and one angle",
        )


def _validate_names(names: tuple[str, ...]) -> None:
    twice = _list_repeated(names)
    if twice:
        raise AlignmentInputError(
            "motion",
            f"names stand twice: {', '.join(twice)}",
            "give every column a name of its own",
        )


def _list_repeated(names: Iterable[str]) -> list[str]:
    return [name for name, count in Counter(names).items() if count > 1]


def _validate_times(times_s: FloatArray) -> None:
    if not np.isfinite(times_s).all():
        raise AlignmentInputError(
            "motion",
            f"the time of frame {_find_first(~np.isfinite(times_s))} is not finite",
            "give every frame its time in seconds, or leave the frame out",
        )
    is_stuck = times_s[1:] <= times_s[:-1]
    if is_stuck.any():
        frame = _find_first(is_stuck) + 1
        word = "equals" if times_s[frame] == times_s[frame - 1] else "is before"
        raise AlignmentInputError(
            "motion",
            f"the time of frame {frame} {word} that of the frame before it",
            "sort the frames by time and keep one of each instant",
        )


def _validate_angles(names: tuple[str, ...], angles_deg: FloatArray) -> None:
    is_infinite = np.isinf(angles_deg)
    if is_infinite.any():
        frame, column = (int(place[0]) for place in np.nonzero(is_infinite))
        raise AlignmentInputError(
            "motion",
            f"{names[column]} is infinite at frame {frame}",
            "write NaN where an angle was not seen",
        )


def _find_first(is_bad: npt.NDArray[np.bool_]) -> int:
    return int(np.argmax(is_bad))


def _list_interval_problems(reference: ReferenceMotion) -> list[str]:
    first_s = float(reference.motion.times_s[0])
    last_s = float(reference.motion.times_s[-1])
    if first_s <= reference.start_s < reference.end_s <= last_s:
        return []
    return [
        f"the repetition {reference.start_s:g} to {reference.end_s:g} s does not lie "
        f"within the motion, {first_s:g} to {last_s:g} s"
    ]


def _list_weight_problems(reference: ReferenceMotion) -> list[str]:
    weights = reference.weights
    wanted = (len(reference.motion.names),)
    if weights.shape != wanted:
        return [f"weights are {weights.shape}, angles want {wanted}"]
    if not (np.isfinite(weights).all() and (weights >= 0.0).all() and weights.any()):
        return ["weights must be finite, not negative, and not all 0"]
    return []


def _list_keyframe_problems(reference: ReferenceMotion) -> list[str]:
    problems = []
    for mark in reference.keyframes:
        label = f"keyframe {mark.name} ({mark.leg})"
        if not reference.start_s <= mark.time_s <= reference.end_s:
            problems.append(f"{label} lies outside the repetition")
        if not (0.0 <= mark.spread_s < np.inf or np.isnan(mark.spread_s)):
            problems.append(f"{label} has a spread of {mark.spread_s:g} s")
    marks = [f"{mark.name} ({mark.leg})" for mark in reference.keyframes]
    problems += [f"keyframe {mark} stands twice" for mark in _list_repeated(marks)]
    return problems


def _list_content_problems(reference: ReferenceMotion) -> list[str]:
    """Name weighted angles that were never seen, and a repetition that stands still."""
    motion = reference.motion
    is_inside = (motion.times_s >= reference.start_s) & (
        motion.times_s <= reference.end_s
    )
    inside = motion.angles_deg[is_inside][:, reference.weights > 0.0]
    names = [
        name
        for name, weight in zip(motion.names, reference.weights, strict=True)
        if weight > 0.0
    ]
    is_seen = np.isfinite(inside)
    problems = [
        f"{name} is seen in fewer than two frames of the repetition"
        for name, count in zip(names, is_seen.sum(axis=0), strict=True)
        if count < 2  # noqa: PLR2004 - a movement takes two
    ]
    if not problems and not (np.nanmax(inside, 0) > np.nanmin(inside, 0)).any():
        problems = ["nothing moves in the repetition"]
    return problems
