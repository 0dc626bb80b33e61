"""Slow oracle of ``kernels/warping.py``: every path, by recursion."""

import functools

import numpy as np


def list_paths_to(costs, i, j, *, is_allowed):
    """All ways to charge rows 0..i ending at (i, j): (total, column of each row)."""

    @functools.cache
    def paths(i, j):
        if i < 0 or j < 0 or not is_allowed(i, j):
            return ()
        if i == 0:
            return ((costs[0, j], (j,)),)
        found = [
            (total + costs[i, j], (*columns, j))
            for total, columns in paths(i - 1, j - 1)
        ]
        if j >= 2:
            found += [
                (total + 0.5 * (costs[i, j - 1] + costs[i, j]), (*columns, j))
                for total, columns in paths(i - 1, j - 2)
            ]
        if i >= 2:
            found += [
                (total + costs[i - 1, j] + costs[i, j], (*columns, j, j))
                for total, columns in paths(i - 2, j - 1)
            ]
        return tuple(found)

    return paths(i, j)


def find_warped_ends(costs):
    row_count, column_count = costs.shape
    totals = np.full(column_count, np.inf)
    for j in range(column_count):
        paths = list_paths_to(costs, row_count - 1, j, is_allowed=lambda *_: True)
        totals[j] = min((total for total, _ in paths), default=np.inf)
    return totals


def trace_warped_path(costs, first_columns, last_columns):
    row_count, column_count = costs.shape
    paths = [
        path
        for j in range(column_count)
        for path in list_paths_to(
            costs,
            row_count - 1,
            j,
            is_allowed=lambda i, j: first_columns[i] <= j <= last_columns[i],
        )
    ]
    return min((total for total, _ in paths), default=np.inf)


def compute_path_cost(costs, columns):
    """Charge the rows of a path by the step pattern."""
    total = costs[0, columns[0]]
    i = 1
    while i < len(columns):
        stride = columns[i] - columns[i - 1]
        if i + 1 < len(columns) and columns[i + 1] == columns[i]:
            assert stride == 1
            total += costs[i, columns[i]] + costs[i + 1, columns[i]]
            i += 2
            continue
        assert stride in (1, 2)
        total += (
            costs[i, columns[i]]
            if stride == 1
            else 0.5 * (costs[i, columns[i] - 1] + costs[i, columns[i]])
        )
        i += 1
    return total
