"""Which ends of the coarse search are repetitions, and what a repetition may cost.

Decided on the recording itself: on its jitter and on the costs found in it. Searching
is in ``coarse_search.py``; placing keyframes in ``fine_warp.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sportsgpt_lib.alignment.coarse_search import CoarseGrid, ReferenceEnds
from sportsgpt_lib.alignment.end_charges import find_lowest
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kernels.interval_choice import drop_overlapping

# Chosen, see docs/alignment.md: repetitions in a row touch, and their ends are known to
# a few rows; a reference means the same one where it shares half of the time.
LARGEST_OVERLAP_SHARE = 0.3
SAME_SHARE = 0.5
# Chosen, see docs/alignment.md: what repetitions cost at most, by jitter, and the range
# around it within which the recording itself shows where to cut; that range is narrower
# where there is much jitter, for gaps between costs are chance there.
CLEAN_LIMIT = 0.4
LIMIT_PER_NOISE = 0.35
HIGHEST_LIMIT = 0.9
RANGE_BELOW, RANGE_ABOVE = 0.3, 0.2
RANGE_BELOW_PER_NOISE, RANGE_ABOVE_PER_NOISE = -0.2, -0.1


@dataclass(frozen=True)
class Candidate:
    """An interval that looks like the movement to one reference."""

    ends_idx: int
    start_s: float
    end_s: float
    cost: float


@dataclass(frozen=True)
class _Lows:
    """The cheapest ends of all references, ascending by cost, ``(C,)`` each."""

    ends_idx: IntArray
    starts_s: FloatArray
    ends_s: FloatArray
    costs: FloatArray

    def take(self, idx: int) -> Candidate:
        """Take one of them."""
        return Candidate(
            int(self.ends_idx[idx]),
            float(self.starts_s[idx]),
            float(self.ends_s[idx]),
            float(self.costs[idx]),
        )


def choose_repetitions(
    grid: CoarseGrid, all_ends: Sequence[ReferenceEnds], noise_ratio: float
) -> tuple[list[list[Candidate]], float]:
    """Choose the intervals that are repetitions, and what each reference makes of them.

    Returns
    -------
    For each repetition in time order its candidates, the cheapest first, at most one
    per reference; and what a repetition may cost in this recording.
    """
    lows = _list_lows(grid, all_ends)
    usual, lowest, highest = _compute_limits(noise_ratio)
    apart = _drop_overlapping(lows, highest)
    limit = _cut_at_widest_gap(lows.costs, apart, (usual, lowest, highest))
    chosen = [idx for idx in apart if lows.costs[idx] <= limit]
    chosen.sort(key=lambda idx: float(lows.starts_s[idx]))
    return [_gather_votes(lows, idx, all_ends) for idx in chosen], limit


def _list_lows(grid: CoarseGrid, all_ends: Sequence[ReferenceEnds]) -> _Lows:
    columns = [find_lowest(ends.costs) for ends in all_ends]
    ends_idx = np.repeat(np.arange(len(all_ends)), [len(one) for one in columns])
    starts = [
        ends.start_columns[one] for ends, one in zip(all_ends, columns, strict=True)
    ]
    costs = [ends.costs[one] for ends, one in zip(all_ends, columns, strict=True)]
    cost = np.concatenate(costs).astype(np.float64)
    order = np.argsort(cost, kind="stable")
    return _Lows(
        ends_idx[order],
        np.asarray(grid.first_s + grid.step_s * np.concatenate(starts)[order]),
        np.asarray(grid.first_s + grid.step_s * np.concatenate(columns)[order]),
        cost[order],
    )


def _compute_limits(noise_ratio: float) -> tuple[float, float, float]:
    """Compute the usual limit for a jitter, and the range around it."""
    usual = min(CLEAN_LIMIT + LIMIT_PER_NOISE * noise_ratio, HIGHEST_LIMIT)
    noise_share = min(noise_ratio, 1.0)
    below = RANGE_BELOW + RANGE_BELOW_PER_NOISE * noise_share
    above = RANGE_ABOVE + RANGE_ABOVE_PER_NOISE * noise_share
    return usual, (1.0 - below) * usual, min((1.0 + above) * usual, HIGHEST_LIMIT)


def _drop_overlapping(lows: _Lows, highest: float) -> list[int]:
    """Keep the cheapest of those that share much time, up to a cost of ``highest``."""
    count = int(np.searchsorted(lows.costs, highest, side="right"))
    kept: Any = drop_overlapping(
        lows.starts_s[:count], lows.ends_s[:count], LARGEST_OVERLAP_SHARE
    )
    return [int(idx) for idx in kept]


def _cut_at_widest_gap(
    costs: FloatArray, apart: Sequence[int], limits: tuple[float, float, float]
) -> float:
    """Put the limit in the middle of the widest gap between ascending costs.

    ``costs`` (C,) are of all ends, ``apart`` which of them share no time; ``limits``
    are the usual limit, the lowest and the highest. Never below the best one, if that
    costs what is usual. Where none is sure, the next cost above the range counts, too:
    a stranger's repetitions are dear, but stand apart.
    """
    usual, lowest, highest = limits
    kept = costs[list(apart)]
    below, inside = kept[kept < lowest], kept[kept >= lowest]
    if inside.size == 0:
        return usual
    first, last = lowest, highest
    above = costs[costs > highest]
    if below.size:
        first = below[-1]
    elif inside[0] <= usual:
        first = inside[0]
    if above.size and not below.size:
        last = above[0]
    edges = np.concatenate([[first], inside, [last]])
    widest = int(np.argmax(np.diff(edges)))
    middle = 0.5 * (edges[widest] + edges[widest + 1])
    return float(np.clip(middle, lowest, highest))


def _gather_votes(
    lows: _Lows, chosen: int, all_ends: Sequence[ReferenceEnds]
) -> list[Candidate]:
    """Gather each reference's cheapest candidate for the same repetition.

    References that see it elsewhere have no vote, so that votes never mix repetitions.
    """
    start_s, end_s = lows.starts_s[chosen], lows.ends_s[chosen]
    shared_s = np.minimum(end_s, lows.ends_s) - np.maximum(start_s, lows.starts_s)
    covered_s = np.maximum(end_s, lows.ends_s) - np.minimum(start_s, lows.starts_s)
    is_mirrored = all_ends[lows.ends_idx[chosen]].is_mirrored
    votes: dict[int, Candidate] = {}
    for idx in (chosen, *np.flatnonzero(shared_s >= SAME_SHARE * covered_s)):
        ends = all_ends[lows.ends_idx[idx]]
        if ends.is_mirrored == is_mirrored:
            votes.setdefault(ends.reference_idx, lows.take(int(idx)))
    return list(votes.values())


def compute_curve(all_ends: Sequence[ReferenceEnds]) -> FloatArray:
    """Compute the cost ``(N,)`` of the cheapest reference at each instant."""
    lowest = np.min([ends.costs for ends in all_ends], axis=0)
    return np.asarray(lowest, dtype=np.float64)
