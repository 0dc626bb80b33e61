"""First stage: where in a recording a movement happens, coarsely.

Finds every repetition, or none. The second stage, which places keyframes, is in
``warping.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.alignment.features import (
    FeatureScaling,
    compute_costs,
    compute_features,
    sample_query,
    sample_reference,
)
from sportsgpt_lib.alignment.reference import Reference
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kernels.warping import find_warped_ends

# Chosen by the measurements of docs/alignment.md.
COARSE_RATE_HZ = 15.0
COARSE_HALF_WIDTH_S = 0.12
HIGHEST_COST = 0.40
LARGEST_COST_RATIO = 2.5
COST_ALLOWANCE = 0.05
LARGEST_OVERLAP_SHARE = 0.3
_SLOWEST_STEP_SHARE = 0.5


@dataclass(frozen=True)
class Candidate:
    """An interval that looks like the movement; cost per frame, 0 = identical."""

    start_s: float
    end_s: float
    cost: float

    @property
    def duration_s(self) -> float:
        """Length of the interval."""
        return self.end_s - self.start_s


def find_candidates(
    times_s: FloatArray,
    angles_deg: FloatArray,
    reference: Reference,
    scaling: FeatureScaling,
) -> list[Candidate]:
    """Find all intervals that match the whole reference.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds.
    angles_deg
        Angles ``(T, F)`` in the reference's order, own leg first. NaN = not seen.
    reference, scaling
        The target model and its features.

    Returns
    -------
    Intervals in time order that do not overlap by more than a third; empty where the
    movement is not in the recording. From half to twice the reference's speed is found.
    """
    duration_s = reference.file.cycle_duration_s
    row_count = max(4, round(duration_s * COARSE_RATE_HZ) + 1)
    step_s = duration_s / (row_count - 1)
    grid_s = np.arange(times_s[0], times_s[-1] + 0.5 * step_s, step_s)
    if grid_s.size < _SLOWEST_STEP_SHARE * row_count:
        return []
    query = sample_query(times_s, angles_deg, grid_s, COARSE_HALF_WIDTH_S)
    target = sample_reference(reference, np.linspace(0.0, 1.0, row_count))
    costs = compute_costs(
        compute_features(target, scaling), compute_features(query, scaling)
    )
    end_costs, starts = find_warped_ends(costs)
    order = np.argsort(end_costs, kind="stable")
    found: list[Candidate] = []
    for end in order:
        cost = float(end_costs[end]) / row_count
        if not cost <= _compute_highest_cost(found):
            break
        candidate = Candidate(float(grid_s[starts[end]]), float(grid_s[end]), cost)
        if all(
            _overlap_share(candidate, other) <= LARGEST_OVERLAP_SHARE for other in found
        ):
            found.append(candidate)
    return sorted(found, key=lambda candidate: candidate.start_s)


def _compute_highest_cost(found: list[Candidate]) -> float:
    """Bound the cost of further repetitions by the best one of the same recording."""
    if not found:
        return HIGHEST_COST
    best = min(candidate.cost for candidate in found)
    return min(HIGHEST_COST, LARGEST_COST_RATIO * best + COST_ALLOWANCE)


def _overlap_share(first: Candidate, second: Candidate) -> float:
    shared_s = min(first.end_s, second.end_s) - max(first.start_s, second.start_s)
    shorter_s = min(first.duration_s, second.duration_s)
    return max(0.0, shared_s) / shorter_s if shorter_s > 0.0 else 1.0
