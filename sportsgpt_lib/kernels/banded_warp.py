"""Trace the warping path of a whole reference inside a band, both ends open.

The step pattern is that of ``subsequence_warp.py``. Fine and small, where that module
is coarse and long. Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE, COMPILE_FUSED

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]

_FAST, _EVEN, _SLOW = 0, 1, 2
_NO_PATH = 1e30
_THIRDS = 3
# Whole vectors: no column is left over to be done one by one.
_STRETCH = 32
_BLOCK = 4


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
    costs = _compute_costs(query_features, reference_rows, first_columns, width)
    columns, total = _trace_costs(costs, first_columns, width)
    return columns, total / reference_rows.shape[0]


@njit(**COMPILE)
def _trace_costs(
    costs: RowArray, first_columns: IntArray, width: int
) -> tuple[FloatArray, float]:
    """Trace the cheapest path through the costs of a band; its columns and total."""
    row_count = costs.shape[0]
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
    return _walk_back(steps, first_columns, last), total


@njit(**COMPILE)
def compute_worst_thirds(  # noqa: PLR0917 - kernels take no keywords
    query_features: RowArray,
    firsts: IntArray,
    lasts: IntArray,
    reference_rows: RowArray,
    bounds: IntArray,
    variants: IntArray,
) -> FloatArray:
    """Compute the mean cost of the third of a reference that fits worst, (C,).

    Interval c goes from column ``firsts[c]`` to ``lasts[c]``, both included, of
    ``query_features`` (K, N); its reference v = ``variants[c]`` lies in the rows
    ``bounds[v]`` to ``bounds[v + 1]``. Costs are those along the cheapest path; NaN
    where none fits.
    """
    worst = np.full(firsts.size, np.nan)
    for c in range(firsts.size):
        wanted = reference_rows[bounds[variants[c]] : bounds[variants[c] + 1]]
        seen = query_features[:, firsts[c] : lasts[c] + 1]
        origin = np.zeros(wanted.shape[0], dtype=np.int64)
        costs = _compute_costs(seen, wanted, origin, seen.shape[1])
        columns, total = _trace_costs(costs, origin, seen.shape[1])
        if total < np.inf:
            worst[c] = _find_worst_third(costs, columns)
    return worst


@njit(**COMPILE)
def _find_worst_third(costs: RowArray, columns: FloatArray) -> float:
    """Find the largest mean of costs (M, W) along a path (M,) among thirds."""
    row_count = columns.size
    worst = 0.0
    for third in range(_THIRDS):
        begin, end = third * row_count // _THIRDS, (third + 1) * row_count // _THIRDS
        total = 0.0
        for i in range(begin, end):
            total += costs[i, int(columns[i])]
        worst = max(worst, total / max(end - begin, 1))
    return worst


@njit(**COMPILE_FUSED)
def _compute_costs(
    query_features: RowArray,
    reference_rows: RowArray,
    first_columns: IntArray,
    width: int,
) -> RowArray:
    """Compute the squared distances of every reference row (M,) to its band.

    Columns beyond ``width`` fill up whole stretches and mean nothing.
    """
    row_count, quantity_count = reference_rows.shape
    stretched = (width + _STRETCH - 1) // _STRETCH * _STRETCH
    block_count = (quantity_count + _BLOCK - 1) // _BLOCK
    column_count = query_features.shape[1]
    features = np.zeros(
        (block_count * _BLOCK, column_count + stretched), dtype=np.float32
    )
    features[:quantity_count, :column_count] = query_features
    wanted = np.zeros((row_count, block_count * _BLOCK), dtype=np.float32)
    wanted[:, :quantity_count] = reference_rows
    costs = np.zeros((row_count, stretched), dtype=np.float32)
    for i in range(row_count):
        cost = costs[i]
        band = features[:, first_columns[i] : first_columns[i] + stretched]
        for k in range(0, block_count * _BLOCK, _BLOCK):
            q0, q1, q2, q3 = band[k], band[k + 1], band[k + 2], band[k + 3]
            w0, w1 = wanted[i, k], wanted[i, k + 1]
            w2, w3 = wanted[i, k + 2], wanted[i, k + 3]
            for b in range(stretched):
                d0, d1, d2, d3 = q0[b] - w0, q1[b] - w1, q2[b] - w2, q3[b] - w3
                cost[b] += d0 * d0 + d1 * d1 + d2 * d2 + d3 * d3
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
    width = totals.shape[1]
    shift = first_columns[i] - first_columns[i - 1]
    earlier_shift = first_columns[i] - first_columns[max(i - 2, 0)]
    # Between these columns every step stays inside the band.
    begin = min(2, width)
    end = max(width - max(shift + 1, earlier_shift), begin) if i > 1 else begin
    for b in range(begin):
        _advance_cell(i, b, costs, totals, steps, (shift, earlier_shift))
    for b in range(end, width):
        _advance_cell(i, b, costs, totals, steps, (shift, earlier_shift))
    if end == begin:
        return
    here, left = costs[i, begin:end], costs[i, begin - 1 : end - 1]
    above = costs[i - 1, begin + shift : end + shift]
    even_total = totals[i - 1, begin + shift - 1 : end + shift - 1]
    fast_total = totals[i - 1, begin + shift - 2 : end + shift - 2]
    slow_total = totals[i - 2, begin + earlier_shift - 1 : end + earlier_shift - 1]
    total, step = totals[i, begin:end], steps[i, begin:end]
    for b in range(end - begin):
        even = even_total[b] + here[b]
        fast = fast_total[b] + 0.5 * (left[b] + here[b])
        slow = slow_total[b] + above[b] + here[b]
        best = fast if fast < even else even
        best_step = _FAST if fast < even else _EVEN
        total[b] = slow if slow < best else best
        step[b] = _SLOW if slow < best else best_step


@njit(**COMPILE)
def _advance_cell(  # noqa: PLR0917 - kernels take no keywords
    i: int,
    b: int,
    costs: RowArray,
    totals: FloatArray,
    steps: ByteArray,
    shifts: tuple[int, int],
) -> None:
    """Fill one cell near an edge of the band, where some steps come from outside."""
    width = totals.shape[1]
    cost = costs[i, b]
    even, slow = b + shifts[0] - 1, b + shifts[1] - 1
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
