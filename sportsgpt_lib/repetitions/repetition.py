"""A repetition and its keyframes, and how two estimates of one instant are joined.

Repetitions are found in ``finder.py``; rows and verdicts are made in
``sportsgpt_lib/stages``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sportsgpt_lib.alignment.motion import ReferenceMotion
from sportsgpt_lib.alignment.motion_alignment import AlignedRepetition
from sportsgpt_lib.kinematics.extrema import Instant, join_instants
from sportsgpt_lib.sports.quantities import Side

Method = Literal["alignment", "event", "both"]

# Chosen, see docs/alignment.md: two estimates whose uncertainties are stated right
# differ by more than three standard errors once in 370 keyframes.
LARGEST_OFFSET_ERRORS = 3.0


@dataclass(frozen=True)
class EventOffset:
    """Event minus alignment, and its standard uncertainty, of one keyframe."""

    offset_s: float
    error_s: float

    @property
    def errors_apart(self) -> float:
        """The offset's size in standard uncertainties."""
        return abs(self.offset_s) / self.error_s

    @property
    def is_doubtful(self) -> bool:
        """Whether the two cannot be estimates of one instant."""
        return self.errors_apart > LARGEST_OFFSET_ERRORS


@dataclass(frozen=True)
class Keyframe:
    """One named instant of a repetition, and how it was found.

    ``event_offset`` is None where only one of both methods gives it. With the method
    ``alignment`` it is too large for the two to be joined.
    """

    name: str
    side: Side
    instant: Instant
    method: Method
    event_offset: EventOffset | None = None


@dataclass(frozen=True)
class Match:
    """What a repetition was aligned with; ``reference`` has the athlete's names."""

    aligned: AlignedRepetition
    reference: ReferenceMotion


@dataclass(frozen=True)
class Repetition:
    """The keyframes of one repetition, at least one.

    ``own_side`` is the leg or hand that the repetition belongs to. ``match`` is None
    for a repetition that events alone show.
    """

    own_side: Side
    keyframes: tuple[Keyframe, ...]
    match: Match | None = None

    @property
    def start_s(self) -> float:
        """Time of the earliest keyframe."""
        return min(keyframe.instant.time_s for keyframe in self.keyframes)

    @property
    def end_s(self) -> float:
        """Time of the latest keyframe."""
        return max(keyframe.instant.time_s for keyframe in self.keyframes)


def join_keyframe(name: str, side: Side, event: Instant, aligned: Instant) -> Keyframe:
    """Join event and alignment to one keyframe, and keep their difference.

    Where they cannot be estimates of one instant, the alignment's stands: the whole
    repetition speaks for it, a single turn of one point for the event.
    """
    offset = EventOffset(
        event.time_s - aligned.time_s, float(np.hypot(event.error_s, aligned.error_s))
    )
    if offset.is_doubtful:
        return Keyframe(name, side, aligned, "alignment", offset)
    return Keyframe(name, side, join_instants(event, aligned), "both", offset)


def find_nearest(
    instants: Sequence[Instant], time_s: float, limit_s: float
) -> Instant | None:
    """Find the instant nearest to a time; None where none is within the limit."""
    near = [instant for instant in instants if abs(instant.time_s - time_s) <= limit_s]
    return min(near, key=lambda instant: abs(instant.time_s - time_s), default=None)
