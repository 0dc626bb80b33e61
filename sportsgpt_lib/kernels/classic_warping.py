"""Trace a path of classic time warping, everywhere or inside a window.

Classic steps (both one on, or one alone: Sakoe and Chiba 1978, IEEE Trans. ASSP
26(1):43-49, doi:10.1109/TASSP.1978.1163055, P = 0). Back pointers are kept for the
window alone, so that a narrow one takes memory and time in proportion to the path. The
search without a path is in ``classic_search.py``; the caller is
``alignment/multiresolution_warping.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
ByteArray = npt.NDArray[np.uint8]

_BOTH, _ROW, _COLUMN, _BEGIN = 0, 1, 2, 3


@njit(**COMPILE)
def trace_classic_path(
    reference_rows: FloatArray,
    query_columns: FloatArray,
    first_columns: IntArray,
    last_columns: IntArray,
    is_begin_open: bool,  # noqa: FBT001 - kernels take no keywords
) -> tuple[IntArray, IntArray, float]:
    """Trace the path of the lowest sum of distances inside a window.

    ``reference_rows`` (M, K) and ``query_columns`` (K, N) are finite. Row i may use the
    columns ``first_columns[i]`` to ``last_columns[i]``, inclusive; neither bound ever
    falls. The path ends at the last row and column; it begins at the first of both, or
    at any column of the first row where ``is_begin_open``. Returns rows and columns of
    the path (P,) and the sum; where no path fits, they are empty and the sum is inf.
    Among equals the step of both comes first, then the row's.
    """
    row_count = reference_rows.shape[0]
    column_count = query_columns.shape[1]
    offsets = np.zeros(row_count + 1, dtype=np.int64)
    for i in range(row_count):
        offsets[i + 1] = offsets[i] + last_columns[i] - first_columns[i] + 1
    steps = np.empty(offsets[row_count], dtype=np.uint8)
    # One place more in front: what lies left of the first column.
    above = np.full(column_count + 1, np.inf)
    current = np.full(column_count + 1, np.inf)
    for i in range(row_count):
        first, last = first_columns[i], last_columns[i]
        row_steps = steps[offsets[i] : offsets[i + 1]]
        costs = _compute_distances(
            reference_rows[i], query_columns[:, first : last + 1]
        )
        if i == 0:
            reach = last + 1 if is_begin_open else 1
            for j in range(first, min(reach, last + 1)):
                above[j] = 0.0
        _warp_row(costs, above[first : last + 2], current[first : last + 2], row_steps)
        if i == 0:
            for j in range(first, last + 1):
                if row_steps[j - first] != _COLUMN:
                    row_steps[j - first] = _BEGIN
        above, current = current, above
    total = above[column_count]
    if not total < np.inf:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.inf
    rows, columns = _walk_back(steps, offsets, first_columns, column_count - 1)
    return rows, columns, float(total)


@njit(**COMPILE)
def _compute_distances(row: FloatArray, columns: FloatArray) -> FloatArray:
    """Compute the Euclidean distances (N,) of a row to columns (K, N)."""
    squares = np.zeros(columns.shape[1])
    for k in range(columns.shape[0]):
        values = columns[k]
        for j in range(squares.size):
            off = values[j] - row[k]
            squares[j] += off * off
    for j in range(squares.size):
        squares[j] = np.sqrt(squares[j])
    return squares


@njit(**COMPILE)
def _warp_row(
    costs: FloatArray, above: FloatArray, current: FloatArray, steps: ByteArray
) -> None:
    """Fill a row's totals and steps.

    ``above`` and ``current`` (N + 1,) have one place more in front.
    """
    current[0] = np.inf
    beside = np.inf
    for j in range(costs.size):
        diagonal, straight = above[j], above[j + 1]
        best = straight if straight < diagonal else diagonal
        step = _ROW if straight < diagonal else _BOTH
        if beside < best:
            best = beside
            step = _COLUMN
        beside = best + costs[j]
        current[j + 1] = beside
        steps[j] = step


@njit(**COMPILE)
def _walk_back(
    steps: ByteArray, offsets: IntArray, first_columns: IntArray, column: int
) -> tuple[IntArray, IntArray]:
    """Follow the steps from the last row and a column back to where they begin."""
    i, j = offsets.size - 2, column
    most = offsets.size - 1 + column + 1
    rows = np.empty(most, dtype=np.int64)
    columns = np.empty(most, dtype=np.int64)
    place = most
    step = _BOTH
    while step != _BEGIN:
        place -= 1
        rows[place] = i
        columns[place] = j
        step = steps[offsets[i] + j - first_columns[i]]
        if step != _COLUMN:
            i -= 1
        if step != _ROW:
            j -= 1
    return rows[place:], columns[place:]
