"""Slow oracle of ``kernels/classic_search.py``: the whole table, cell by cell."""

import numpy as np


def find_classic_ends(reference_rows, query_rows, is_rooted):
    squares = ((reference_rows[:, None, :] - query_rows[None, :, :]) ** 2).sum(axis=2)
    costs = np.sqrt(squares) if is_rooted else squares
    totals = np.full(costs.shape, np.inf)
    for i in range(costs.shape[0]):
        for j in range(costs.shape[1]):
            before = [0.0] if i == 0 else [totals[i - 1, j]]
            if j > 0:
                before.append(totals[i, j - 1])
                if i > 0:
                    before.append(totals[i - 1, j - 1])
            totals[i, j] = costs[i, j] + min(before)
    return totals[-1]
