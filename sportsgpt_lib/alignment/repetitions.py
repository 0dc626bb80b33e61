"""A repetition and its keyframes, and how two estimates of one instant are joined.

Strides are found in ``strides.py``, landings in ``landings.py``; rows and verdicts are
made in ``sportsgpt_lib/stages/keyframes.py``.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sportsgpt_lib.kinematics.extrema import Instant

Method = Literal["alignment", "event", "both"]


@dataclass(frozen=True)
class Keyframe:
    """One named instant of a repetition, and how it was found.

    ``event_offset_s`` is event minus alignment, None where only one exists.
    """

    name: str
    side: str
    instant: Instant
    method: Method
    event_offset_s: float | None


@dataclass(frozen=True)
class Repetition:
    """The keyframes of one repetition; cost and reference are None for events only."""

    keyframes: tuple[Keyframe, ...]
    alignment_cost: float | None
    reference_id: str | None

    @property
    def start_s(self) -> float:
        """Time of the earliest keyframe."""
        return min(keyframe.instant.time_s for keyframe in self.keyframes)


def join_instants(event: Instant, aligned: Instant) -> Instant:
    """Join two estimates of one instant by their errors.

    The mean weighs each by its inverse variance. Where they disagree by more than their
    errors allow, the error grows with the disagreement (the Birge ratio).
    """
    event_weight = event.error_s**-2
    aligned_weight = aligned.error_s**-2
    total = event_weight + aligned_weight
    time_s = (event.time_s * event_weight + aligned.time_s * aligned_weight) / total
    spread = abs(event.time_s - aligned.time_s) / float(
        np.hypot(event.error_s, aligned.error_s)
    )
    return Instant(float(time_s), float(max(1.0, spread) * total**-0.5))
