"""Slope-limited time warping with open ends: search for an end, trace a path.

Both kernels use one step pattern, asymmetric with slopes between 1/2 and 2 (Sakoe and
Chiba 1978, IEEE Trans. ASSP 26(1):43-49, doi:10.1109/TASSP.1978.1163055, P = 1). Every
reference row is charged exactly once, so costs of different ends compare without
dividing by a path length. Their callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]

_FAST, _EVEN, _SLOW, _NONE = 0, 1, 2, 3


@njit(**COMPILE)
def find_warped_ends(costs: FloatArray) -> tuple[FloatArray, IntArray]:
    """Score every query column as the end of the whole reference.

    ``costs`` (M, N) are finite, M reference rows by N query columns. Returns the total
    cost (N,), inf where the reference does not fit before the column, and the column
    (N,) where that best path starts, -1 there. Memory is three rows.
    """
    row_count, column_count = costs.shape
    before_last = np.full(column_count, np.inf)
    last = costs[0].copy()
    before_last_start = np.full(column_count, -1, dtype=np.int64)
    last_start = np.arange(column_count)
    for i in range(1, row_count):
        current = np.full(column_count, np.inf)
        current_start = np.full(column_count, -1, dtype=np.int64)
        for j in range(1, column_count):
            cost = costs[i, j]
            best = last[j - 1] + cost
            start = last_start[j - 1]
            slow = before_last[j - 1] + costs[i - 1, j] + cost
            if slow < best:
                best = slow
                start = before_last_start[j - 1]
            if j >= 2:  # noqa: PLR2004 - the pattern's longest step
                fast = last[j - 2] + 0.5 * (costs[i, j - 1] + cost)
                if fast < best:
                    best = fast
                    start = last_start[j - 2]
            if best < np.inf:
                current[j] = best
                current_start[j] = start
        before_last = last
        before_last_start = last_start
        last = current
        last_start = current_start
    return last, last_start


@njit(**COMPILE)
def trace_warped_path(
    costs: FloatArray, first_columns: IntArray, last_columns: IntArray
) -> tuple[IntArray, float]:
    """Trace the cheapest path of the whole reference inside a band.

    Row i may use the columns ``first_columns[i]`` to ``last_columns[i]``, inclusive;
    both ends are free within them. Returns the column (M,) of every reference row and
    the mean cost of a row. Where no path fits, columns are -1 and the cost is inf.
    """
    row_count, column_count = costs.shape
    total = np.full((row_count, column_count), np.inf)
    step = np.full((row_count, column_count), _NONE, dtype=np.uint8)
    for j in range(first_columns[0], last_columns[0] + 1):
        total[0, j] = costs[0, j]
    for i in range(1, row_count):
        for j in range(max(1, first_columns[i]), last_columns[i] + 1):
            cost = costs[i, j]
            best = total[i - 1, j - 1] + cost
            kind = _EVEN
            if i >= 2:  # noqa: PLR2004 - the pattern's longest step
                slow = total[i - 2, j - 1] + costs[i - 1, j] + cost
                if slow < best:
                    best = slow
                    kind = _SLOW
            if j >= 2:  # noqa: PLR2004 - the pattern's longest step
                fast = total[i - 1, j - 2] + 0.5 * (costs[i, j - 1] + cost)
                if fast < best:
                    best = fast
                    kind = _FAST
            if best < np.inf:
                total[i, j] = best
                step[i, j] = kind
    best_total = np.min(total[row_count - 1])
    return _walk_back(step, total), best_total / row_count


@njit(**COMPILE)
def _walk_back(step: ByteArray, total: FloatArray) -> IntArray:
    """Follow the steps from the cheapest end; all -1 where no end was reached."""
    row_count = step.shape[0]
    columns = np.full(row_count, -1, dtype=np.int64)
    i = row_count - 1
    j = int(np.argmin(total[i]))
    if not total[i, j] < np.inf:
        return columns
    columns[i] = j
    while i > 0:
        kind = step[i, j]
        if kind == _EVEN:
            i -= 1
            j -= 1
        elif kind == _FAST:
            i -= 1
            j -= 2
        else:
            columns[i - 1] = j
            i -= 2
            j -= 1
        columns[i] = j
    return columns
