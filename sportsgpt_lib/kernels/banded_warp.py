"""Trace the warping path of a whole reference inside a band, both ends open.

The step pattern is that of ``subsequence_warp.py``. Fine and small, where that module
is coarse and long. Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]

_FAST, _EVEN, _SLOW = 0, 1, 2
_NO_PATH = 1e30
_THIRDS = 3


@njit(**COMPILE)
def trace_banded_path(
    query_features: RowArray,
    reference_rows: RowArray,
    first_columns: IntArray,
    width: int,
) -> tuple[FloatArray, float]:
    """Trace the cheapest path; the column (M,) of every reference row, and its cost.

    ``query_features`` (K, N) and ``reference_rows`` (M, K) are finite. Row i may use
    ``width`` columns from ``first_columns[i]`` on, all of them within the query. A row
    that spans two columns lies half way between them. The cost is the mean squared
    distance of a row; where no path fits it is inf and the columns are NaN.
    """
    row_count = reference_rows.shape[0]
    costs = _compute_costs(query_features, reference_rows, first_columns, width)
    totals = np.full((row_count, width), _NO_PATH)
    steps = np.full((row_count, width), _EVEN, dtype=np.uint8)
    for b in range(width):
        totals[0, b] = costs[0, b]
    for i in range(1, row_count):
        _advance_row(i, costs, totals, steps, first_columns)
    last = int(np.argmin(totals[row_count - 1]))
    total = totals[row_count - 1, last]
    if total >= _NO_PATH:
        return np.full(row_count, np.nan), np.inf
    return _walk_back(steps, first_columns, last), total / row_count


@njit(**COMPILE)
def compute_worst_third(
    query_features: RowArray, reference_rows: RowArray, first: int, last: int
) -> float:
    """Compute the mean cost of the third of the reference that fits worst.

    Along the cheapest path through the columns ``first`` to ``last``, both included, of
    ``query_features`` (K, N); NaN where no path fits.
    """
    row_count = reference_rows.shape[0]
    part = np.ascontiguousarray(query_features[:, first : last + 1])
    origin = np.zeros(row_count, dtype=np.int64)
    columns, _ = trace_banded_path(part, reference_rows, origin, part.shape[1])
    worst = np.nan
    for third in range(_THIRDS):
        begin, end = third * row_count // _THIRDS, (third + 1) * row_count // _THIRDS
        total = 0.0
        for i in range(begin, end):
            if np.isnan(columns[i]):
                return np.nan
            column = int(columns[i])
            for k in range(part.shape[0]):
                total += (part[k, column] - reference_rows[i, k]) ** 2
        mean = total / max(end - begin, 1)
        worst = mean if third == 0 else max(worst, mean)
    return worst


@njit(**COMPILE)
def _compute_costs(
    query_features: RowArray,
    reference_rows: RowArray,
    first_columns: IntArray,
    width: int,
) -> RowArray:
    """Compute the squared distances (M, W) of every reference row to its band."""
    row_count = reference_rows.shape[0]
    costs = np.zeros((row_count, width), dtype=np.float32)
    for i in range(row_count):
        cost = costs[i]
        for k in range(query_features.shape[0]):
            value = reference_rows[i, k]
            feature = query_features[k, first_columns[i] : first_columns[i] + width]
            for b in range(width):
                difference = feature[b] - value
                cost[b] += difference * difference
    return costs


@njit(**COMPILE)
def _advance_row(
    i: int,
    costs: RowArray,
    totals: FloatArray,
    steps: ByteArray,
    first_columns: IntArray,
) -> None:
    """Fill row i of totals and steps from the two rows before it."""
    width = costs.shape[1]
    shift = first_columns[i] - first_columns[i - 1]
    earlier_shift = first_columns[i] - first_columns[max(i - 2, 0)]
    for b in range(width):
        cost = costs[i, b]
        even = b + shift - 1
        slow = b + earlier_shift - 1
        best = _NO_PATH
        if 0 <= even < width:
            best = min(best, totals[i - 1, even] + cost)
        if b >= 1 and 0 <= even - 1 < width:
            fast = totals[i - 1, even - 1] + 0.5 * (costs[i, b - 1] + cost)
            if fast < best:
                best = fast
                steps[i, b] = _FAST
        if i > 1 and 0 <= slow < width and even + 1 < width:
            held = totals[i - 2, slow] + costs[i - 1, even + 1] + cost
            if held < best:
                best = held
                steps[i, b] = _SLOW
        totals[i, b] = best


@njit(**COMPILE)
def _walk_back(steps: ByteArray, first_columns: IntArray, last: int) -> FloatArray:
    """Follow the steps back from column ``last`` of the band's last row."""
    row_count = steps.shape[0]
    columns = np.empty(row_count)
    i = row_count - 1
    j = first_columns[i] + last
    while i > 0:
        step = steps[i, j - first_columns[i]]
        columns[i] = j
        if step == _EVEN:
            i -= 1
            j -= 1
        elif step == _FAST:
            columns[i] = j - 0.5
            i -= 1
            j -= 2
        else:
            columns[i - 1] = j
            i -= 2
            j -= 1
    columns[0] = j
    return columns
