"""Classic time warping with a path: exact, or from coarse to fine within a radius.

Works on rows of numbers; what the rows mean is decided in ``paper_variant.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kernels.classic_warping import trace_classic_path


@dataclass(frozen=True)
class ClassicPath:
    """Pairs of a reference row and a query row, ``(P,)`` each, and their distances.

    Neither index falls or leaps over a row.
    """

    reference_indices: IntArray
    query_indices: IntArray
    distance_sum: float


def trace_exact_path(
    reference_rows: FloatArray, query_rows: FloatArray, *, is_begin_open: bool = False
) -> ClassicPath:
    """Trace the path of the lowest sum of Euclidean distances over everything.

    Parameters
    ----------
    reference_rows, query_rows
        Rows ``(M, K)`` and ``(N, K)``, finite, at least one each.
    is_begin_open
        Whether the first reference row may meet any query row; else the path begins at
        the first of both. It ends at the last of both.

    Returns
    -------
    The path.
    """
    row_count, column_count = len(reference_rows), len(query_rows)
    return _trace(
        reference_rows,
        query_rows,
        np.zeros(row_count, dtype=np.int64),
        np.full(row_count, column_count - 1, dtype=np.int64),
        is_begin_open=is_begin_open,
    )


def trace_path_within_radius(
    reference_rows: FloatArray, query_rows: FloatArray, radius: int
) -> ClassicPath:
    """Trace a path from coarse to fine, which need not be the best one.

    Parameters
    ----------
    reference_rows, query_rows
        Rows ``(M, K)`` and ``(N, K)``, finite, at least one each.
    radius
        How many rows and columns of the coarser level around its path are open to the
        finer one; 0 or more.

    Returns
    -------
    The path; from ``radius`` + 2 = the shorter side on, the exact one.

    Notes
    -----
    Both sides are halved, by means of neighbors, until the shorter one has no more than
    ``radius`` + 2 rows. Time and memory grow with M + N times the radius.

    Source
    ------
    FastDTW: Salvador and Chan 2007, Intelligent Data Analysis 11(5):561-580,
    doi:10.3233/IDA-2007-11508.
    """
    levels = [(reference_rows, query_rows)]
    while min(len(levels[-1][0]), len(levels[-1][1])) > radius + 2:
        reference, query = levels[-1]
        levels.append((_halve(reference), _halve(query)))
    path = trace_exact_path(*levels.pop())
    while levels:
        reference, query = levels.pop()
        first, last = _open_window(path, radius, len(reference), len(query))
        path = _trace(reference, query, first, last)
    return path


def _trace(
    reference_rows: FloatArray,
    query_rows: FloatArray,
    first: IntArray,
    last: IntArray,
    *,
    is_begin_open: bool = False,
) -> ClassicPath:
    rows, columns, distance_sum = trace_classic_path(
        np.array(reference_rows, dtype=np.float64, order="C"),
        np.array(np.transpose(query_rows), dtype=np.float64, order="C"),
        first,
        last,
        is_begin_open,
    )
    return ClassicPath(rows, columns, float(distance_sum))


def _halve(rows: FloatArray) -> FloatArray:
    """Take the means of pairs of rows; an odd last row stays as it is."""
    return np.asarray((rows[0::2] + rows[_choose_partners(len(rows))]) / 2.0)


def _choose_partners(count: int) -> IntArray:
    return np.minimum(np.arange(0, count, 2) + 1, count - 1)


def _open_window(
    path: ClassicPath, radius: int, row_count: int, column_count: int
) -> tuple[IntArray, IntArray]:
    """Open what lies around a path of half the resolution; both bounds ``(M,)``."""
    coarse_count = int(path.reference_indices[-1]) + 1
    rows = np.arange(coarse_count)
    begins = np.searchsorted(path.reference_indices, np.maximum(rows - radius, 0))
    ends = np.searchsorted(
        path.reference_indices, np.minimum(rows + radius, coarse_count - 1), "right"
    )
    first = 2 * (path.query_indices[begins] - radius)
    last = 2 * (path.query_indices[ends - 1] + radius) + 1
    of_row = np.arange(row_count) // 2
    return (
        np.clip(first[of_row], 0, column_count - 1).astype(np.int64),
        np.clip(last[of_row], 0, column_count - 1).astype(np.int64),
    )
