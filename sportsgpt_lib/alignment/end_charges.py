"""What the coarse costs do not see: movements done small, or broken off.

Costs compare directions of motion averaged over the movement. Here ends are charged for
size and for a part that does not fit. The search itself is in ``coarse_search.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.alignment.motion import ReferenceMotion
from sportsgpt_lib.alignment.motion_features import (
    FeatureScaling,
    RowArray,
    compute_median,
    compute_spreads,
)
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kernels.banded_warp import compute_worst_thirds
from sportsgpt_lib.kernels.interval_choice import drop_overlapping
from sportsgpt_lib.kernels.swing_ratios import compute_swing_ratios

# Chosen, see docs/alignment.md. A movement smaller than this share of the reference
# costs more, by so much for each halving.
SMALLEST_SWING_SHARE = 0.8
COST_PER_HALVING = 0.4
MOST_HALVINGS = 3.0
# A repetition costs no less than this share of its worst third, and less of it where
# noise alone makes thirds differ.
WORST_THIRD_SHARE = 0.75
WORST_THIRD_SHARE_PER_NOISE = -0.8
# Ends that cost more are nowhere near a repetition and are not looked at.
HIGHEST_CHARGED_COST = 0.6
_LARGEST_OVERLAP_SHARE = 0.3


@dataclass(frozen=True)
class RawEnds:
    """What the search gave for one reference, ``(N,)`` each.

    ``rows`` (2 F, N) are the recording's; ``costs`` as in ``ReferenceEnds``, before any
    charge; ``starts`` the columns where paths start and ``variants`` which speed.
    """

    rows: RowArray
    costs: RowArray
    starts: npt.NDArray[np.int32]
    variants: npt.NDArray[np.int32]


@dataclass(frozen=True)
class ReferenceShape:
    """A reference as it is searched: its features at each speed, and their scaling.

    ``unrelated_cost`` is the squared distance of two rows at a right angle.
    """

    reference: ReferenceMotion
    targets: Sequence[RowArray]
    scaling: FeatureScaling
    unrelated_cost: float


def charge_ends(raw: RawEnds, shape: ReferenceShape, noise_ratio: float) -> RowArray:
    """Charge ends for movements that are small or broken off.

    Returns
    -------
    The costs ``(N,)`` with charges.
    """
    lows = find_lowest(raw.costs)
    near = lows[raw.costs[lows] <= HIGHEST_CHARGED_COST]
    if near.size == 0:
        return raw.costs
    costs = raw.costs + _spread_charges(
        raw.costs.size, lows, near, _compute_swing_charges(raw, near, shape.reference)
    )
    kept = _drop_overlapping(costs, raw.starts, near)
    share = max(WORST_THIRD_SHARE + WORST_THIRD_SHARE_PER_NOISE * noise_ratio, 0.0)
    worst = _compute_worst_thirds(raw, kept, shape)
    least = share * np.nan_to_num(worst) / shape.unrelated_cost
    charges = np.maximum(least - costs[kept], 0.0)
    borders = (kept[1:] + kept[:-1]) // 2 + 1
    nearest = np.searchsorted(borders, np.arange(costs.size), side="right")
    return np.asarray(costs + charges[nearest], dtype=np.float32)


def find_lowest(costs: RowArray) -> IntArray:
    """Find the columns that are cheaper than both neighbours."""
    padded = np.concatenate([[np.inf], costs, [np.inf]])
    is_lowest = (padded[1:-1] <= padded[:-2]) & (padded[1:-1] < padded[2:])
    return np.flatnonzero(is_lowest & np.isfinite(costs))


def _compute_swing_charges(
    raw: RawEnds, near: IntArray, reference: ReferenceMotion
) -> FloatArray:
    swings_deg = _compute_swings_deg(reference)
    ratios: Any = compute_swing_ratios(
        raw.rows[: swings_deg.size],
        raw.starts[near].astype(np.int64),
        near,
        swings_deg,
    )
    with np.errstate(divide="ignore"):
        halvings = np.nan_to_num(np.log2(SMALLEST_SWING_SHARE / ratios))
    return np.asarray(COST_PER_HALVING * np.clip(halvings, 0.0, MOST_HALVINGS))


def _compute_swings_deg(reference: ReferenceMotion) -> FloatArray:
    """Compute the spread ``(F,)`` of each angle over the repetition; 0 = left out."""
    times_s = reference.motion.times_s
    is_inside = (times_s >= reference.start_s) & (times_s <= reference.end_s)
    spreads_deg = compute_spreads(reference.motion.angles_deg[is_inside])
    is_used = spreads_deg >= 0.5 * compute_median(spreads_deg)
    return np.where(is_used, spreads_deg, 0.0)


def _spread_charges(
    column_count: int, lows: IntArray, near: IntArray, charges: FloatArray
) -> FloatArray:
    """Run charges on between the lowest ends; those that are not near have none."""
    at_lows = np.zeros(lows.size)
    at_lows[np.searchsorted(lows, near)] = charges
    return np.asarray(np.interp(np.arange(column_count), lows, at_lows))


def _drop_overlapping(
    costs: FloatArray, starts: npt.NDArray[np.int32], ends: IntArray
) -> IntArray:
    """Keep the cheapest of ends whose intervals share much time, ascending."""
    cheapest = ends[np.argsort(costs[ends], kind="stable")]
    kept: Any = drop_overlapping(
        starts[cheapest].astype(np.float64),
        cheapest.astype(np.float64),
        _LARGEST_OVERLAP_SHARE,
    )
    return np.sort(cheapest[kept])


def _compute_worst_thirds(
    raw: RawEnds, ends: IntArray, shape: ReferenceShape
) -> FloatArray:
    """Compute the worst third's mean cost of each end, all in one call."""
    starts = raw.starts[ends].astype(np.int64)
    lengths = ends + 1 - starts
    lasts = np.cumsum(lengths)
    firsts = lasts - lengths
    columns = np.arange(lasts[-1]) + np.repeat(starts - firsts, lengths)
    worst: Any = compute_worst_thirds(
        shape.scaling.compute_features(raw.rows[:, columns]),
        firsts,
        lasts - 1,
        np.concatenate(shape.targets),
        np.cumsum([0, *(target.shape[0] for target in shape.targets)]),
        raw.variants[ends].astype(np.int64),
    )
    return np.asarray(worst)
