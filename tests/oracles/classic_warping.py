"""Slow oracle of ``kernels/classic_warping.py``: every path, by recursion."""

import functools

import numpy as np


def trace_classic_path(
    reference_rows, query_columns, first_columns, last_columns, is_begin_open
):
    """Give the lowest sum of distances alone: several paths may have it."""

    def is_open(i, j):
        return i >= 0 and first_columns[i] <= j <= last_columns[i]

    @functools.cache
    def lowest(i, j):
        if not is_open(i, j):
            return np.inf
        before = [lowest(i - 1, j - 1), lowest(i - 1, j), lowest(i, j - 1)]
        if i == 0 and (j == 0 or is_begin_open):
            before.append(0.0)
        off = reference_rows[i] - query_columns[:, j]
        return float(np.sqrt((off**2).sum())) + min(before)

    return lowest(reference_rows.shape[0] - 1, query_columns.shape[1] - 1)


def compute_path_sum(reference_rows, query_columns, rows, columns):
    """Sum the distances of a path's pairs, and see that it is one."""
    row_steps, column_steps = np.diff(rows), np.diff(columns)
    assert set(row_steps) <= {0, 1}
    assert set(column_steps) <= {0, 1}
    assert (row_steps + column_steps > 0).all()
    off = reference_rows[rows] - query_columns[:, columns].T
    return float(np.sqrt((off**2).sum(axis=1)).sum())
