"""How events that were found compare with true ones, and what a set of them is worth.

The recordings are in ``event_recordings.py``, the figures in ``events.py``.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.alignment.event_recordings import (
    FOOT_STRIKE,
    TrueEvent,
    film,
    see,
)
from benchmarks.pose.motions import Motion
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents
from sportsgpt_lib.kinematics.quantities import compute_quantities
from sportsgpt_lib.kinematics.step_events import StepEvents, find_step_events
from sportsgpt_lib.pose.sequence import PoseSequence

_MATCH_S = 0.15
_SURE = 1.96
# True events nearer than this to the recording's begin or end are not asked for.
_MARGIN_S = 0.1

Recording = tuple[Motion, list[TrueEvent]]


@dataclass(frozen=True)
class Deviation:
    """How far one true event was missed, and what was stated; NaN = not found."""

    event: TrueEvent
    off_s: float
    stated_s: float


def list_views(
    motion: Motion, frame_rate_hz: float, seeds: Sequence[int]
) -> list[PoseSequence]:
    """List views of a motion: one for each seed of noise, or the clean one."""
    truth = film(motion, frame_rate_hz)
    return [see(truth, seed) for seed in seeds] or [truth]


def find_steps(sequence: PoseSequence) -> StepEvents:
    """Find the steps of a view."""
    quantities = compute_quantities(sequence)
    return find_step_events(quantities.times_s, quantities.values)


def list_instants(foot: FootEvents, name: str) -> tuple[Instant, ...]:
    """List the instants of one kind."""
    return foot.foot_strikes if name == FOOT_STRIKE else foot.toe_offs


def compare_steps(
    recordings: Sequence[Recording],
    frame_rate_hz: float,
    *,
    seeds: Sequence[int] = (),
    find: Callable[[PoseSequence], StepEvents] = find_steps,
) -> list[Deviation]:
    """Compare the nearest event of the foot with every true one that is asked for."""
    deviations = []
    for motion, events in recordings:
        asked = [one for one in events if one.time_s < motion.times_s[-1] - _MARGIN_S]
        for view in list_views(motion, frame_rate_hz, seeds):
            found = find(view)
            feet = {"left": found.left, "right": found.right}
            deviations += [
                _compare(event, list_instants(feet[event.side], event.name))
                for event in asked
            ]
    return deviations


def _compare(event: TrueEvent, instants: Sequence[Instant]) -> Deviation:
    near = [one for one in instants if abs(one.time_s - event.time_s) < _MATCH_S]
    if not near:
        return Deviation(event, np.nan, np.nan)
    nearest = min(near, key=lambda one: abs(one.time_s - event.time_s))
    return Deviation(event, nearest.time_s - event.time_s, nearest.error_s)


def pick_found_s(deviations: Sequence[Deviation], name: str) -> FloatArray:
    """Pick the deviations of one kind of event that was found ``(N,)``."""
    off_s = np.array([one.off_s for one in deviations if one.event.name == name])
    return np.asarray(off_s[np.isfinite(off_s)])


def compute_found_share(deviations: Sequence[Deviation], name: str) -> float:
    """Compute the share of true events of one kind that were found."""
    off_s = [one.off_s for one in deviations if one.event.name == name]
    return float(np.mean(np.isfinite(off_s)))


def compute_covered_share(deviations: Sequence[Deviation]) -> float:
    """Compute the share of found events inside 1.96 stated errors of the true ones."""
    found = [one for one in deviations if np.isfinite(one.off_s)]
    return float(np.mean([abs(one.off_s) < _SURE * one.stated_s for one in found]))


def compute_rms_ms(off_s: FloatArray) -> float:
    """Compute the root mean square in milliseconds; NaN of none."""
    return 1000.0 * float(np.sqrt(np.mean(off_s**2))) if off_s.size else float("nan")
