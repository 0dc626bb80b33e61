"""Slow oracle of ``kernels/subsequence_warp.py``: the whole table, cell by cell."""

from itertools import pairwise

import numpy as np


def find_warped_ends(query_rows, reference_rows):
    """Total cost of every end and where its path starts; inf and -1 where none fits."""
    off = reference_rows[:, None, :] - query_rows[None, :, :]
    return _warp((off**2).sum(axis=2))


def search_motion_rows(  # noqa: PLR0917 - as the kernel takes them
    rows, centre, spread, weights, reference_rows, bounds, charges
):
    features = compute_feature_rows(rows, centre, spread, weights).T
    every = []
    for v, (begin, end) in enumerate(pairwise(bounds)):
        totals, starts = find_warped_ends(features, reference_rows[begin:end])
        every.append((totals / (end - begin) + charges[v], starts))
    costs = np.array([totals for totals, _ in every])
    chosen = costs.argmin(axis=0)
    columns = np.arange(costs.shape[1])
    best = costs[chosen, columns]
    starts = np.array([starts for _, starts in every])[chosen, columns]
    return best, starts, np.where(np.isfinite(best), chosen, -1)


def compute_feature_rows(rows, centre, spread, weights):
    """One instant after the other; the last feature is that of what was not seen."""
    unseen_square = 0.5
    features = []
    for instant in np.asarray(rows, dtype=np.float64).T:
        scaled = (instant - centre) / spread
        saturated = weights * scaled / np.sqrt(1.0 + scaled**2)
        is_seen = np.isfinite(saturated)
        seen_share = (weights**2)[is_seen].sum() / (weights**2).sum()
        square = (saturated[is_seen] ** 2).sum()
        length = np.sqrt(square / seen_share) if seen_share > 0.0 else 0.0
        feature = np.where(is_seen, saturated, 0.0) / (length + 1.0)
        blank = np.sqrt(unseen_square * (1.0 - seen_share))
        features.append([*feature, blank])
    return np.array(features).T


def _warp(costs):
    """Warp with a row of zeros above the first, under which any path may begin."""
    row_count, column_count = costs.shape
    totals = {(-1, j): (0.0, j + 1) for j in range(column_count)}
    nothing = (np.inf, -1)
    for i in range(row_count):
        for j in range(column_count):
            steps = [(totals.get((i - 1, j - 1), nothing), costs[i, j])]
            if j > 0:
                fast = (costs[i, j - 1] + costs[i, j]) / 2.0
                steps.append((totals.get((i - 1, j - 2), nothing), fast))
            if i > 0:
                slow = costs[i - 1, j] + costs[i, j]
                steps.append((totals.get((i - 2, j - 1), nothing), slow))
            totals[i, j] = min(
                ((total + cost, start) for (total, start), cost in steps),
                key=lambda pair: pair[0],
            )
    last = [totals[row_count - 1, j] for j in range(column_count)]
    ends = np.array([total for total, _ in last])
    starts = np.array([start for _, start in last])
    return ends, np.where(np.isfinite(ends), starts, -1)
