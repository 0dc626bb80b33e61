"""Who of several is who: the globally best pairing, and how sure it is.

Only costs come in and only numbers go out.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray

# Larger than any sum of real costs; what must not be paired costs this.
_FORBIDDEN = 1e6


def assign_globally(costs: FloatArray) -> dict[int, int]:
    """Pair rows with columns so that the sum of costs is least.

    Parameters
    ----------
    costs
        Cost ``(N, M)`` of each pair; infinite where the two must not be paired.

    Returns
    -------
    Column of each row that got one.
    """
    from scipy.optimize import linear_sum_assignment

    finite = np.where(np.isfinite(costs), costs, _FORBIDDEN)
    rows, columns = linear_sum_assignment(finite)
    return {
        int(row): int(column)
        for row, column in zip(rows, columns, strict=True)
        if np.isfinite(costs[row, column])
    }


def assign_surely(
    costs: FloatArray, stranger_cost: float, min_margin: float
) -> dict[int, int]:
    """Pair rows with columns, but only where no other pairing is about as good.

    Parameters
    ----------
    costs
        Cost ``(N, M)`` of each pair; infinite where the two must not be paired.
    stranger_cost
        Cost of leaving a row without a column.
    min_margin
        A pair counts only if the best pairing without it costs this much more.

    Returns
    -------
    Column of each row that surely got one.
    """
    count, column_count = costs.shape
    alone = np.where(np.eye(count, dtype=bool), stranger_cost, np.inf)
    wide = np.hstack([costs, alone])  # (N, M + N)
    best = assign_globally(wide)
    total = _sum_costs(wide, best)
    sure = {}
    for row, column in best.items():
        if column >= column_count:
            continue
        without = wide.copy()
        without[row, column] = np.inf
        if _sum_costs(without, assign_globally(without)) - total >= min_margin:
            sure[row] = column
    return sure


def _sum_costs(costs: FloatArray, pairs: dict[int, int]) -> float:
    return float(sum(costs[row, column] for row, column in pairs.items()))
