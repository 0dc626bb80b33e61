"""What the alignment gives back: repetitions, their keyframes, and the search's curve.

Data only; ``motion_dtw.py`` fills it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sportsgpt_lib.alignment.motion import Leg
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import Instant

AbsenceReason = Literal[
    "not_in_recording", "recording_too_short", "too_little_seen", "nothing_moves"
]


@dataclass(frozen=True)
class WarpPath:
    """Where each instant ``(M,)`` of the reference falls in the recording, seconds."""

    reference_times_s: FloatArray
    times_s: FloatArray


@dataclass(frozen=True)
class AlignedRepetition:
    """One repetition of the movement in the recording.

    ``cost`` is 0 for an identical motion and 1 for an unrelated one. ``reference_id``
    names the reference that fits best among the ``vote_count`` that took part in the
    vote on the keyframes; ``is_mirrored``, ``speed_ratio`` (athlete by reference, 1 =
    the same, 2 = twice as fast) and ``path`` are that reference's. The error of a
    keyframe is its standard uncertainty: 1.96 of it on both sides hold 95 %.
    """

    start_s: float
    end_s: float
    cost: float
    reference_id: str
    vote_count: int
    is_mirrored: bool
    speed_ratio: float
    keyframes: Mapping[tuple[str, Leg], Instant]
    path: WarpPath


@dataclass(frozen=True)
class SearchCurve:
    """Cost of the best repetition that ends at each instant ``(N,)``, and the limit.

    ``costs`` are inf where no repetition can end. ``highest_cost`` is what a repetition
    may cost in this recording.
    """

    times_s: FloatArray
    costs: FloatArray
    highest_cost: float


@dataclass(frozen=True)
class Absence:
    """Why nothing was found: a stable word, and the cost of what came nearest."""

    reason: AbsenceReason
    best_cost: float


@dataclass(frozen=True)
class Alignment:
    """Every repetition of a recording in time order, or why there is none."""

    repetitions: tuple[AlignedRepetition, ...]
    search: SearchCurve
    absence: Absence | None
