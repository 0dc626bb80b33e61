"""Slow oracle of ``kernels/banded_warp.py``: every path inside the band."""

import functools
import itertools

import numpy as np


def trace_banded_path(query_features, reference_rows, first_columns, width):
    """Return the mean cost of the cheapest path, inf where none fits."""
    costs = compute_costs(query_features, reference_rows)

    def is_inside(i, j):
        return first_columns[i] <= j < first_columns[i] + width

    @functools.cache
    def total(i, j):
        if i < 0 or not is_inside(i, j):
            return np.inf
        if i == 0:
            return costs[0, j]
        ways = [total(i - 1, j - 1) + costs[i, j]]
        if is_inside(i, j - 1):
            half = 0.5 * (costs[i, j - 1] + costs[i, j])
            ways.append(total(i - 1, j - 2) + half)
        if i > 1 and is_inside(i - 1, j):
            ways.append(total(i - 2, j - 1) + costs[i - 1, j] + costs[i, j])
        return min(ways)

    last = reference_rows.shape[0] - 1
    ends = range(first_columns[last], first_columns[last] + width)
    return min(total(last, j) for j in ends) / reference_rows.shape[0]


def compute_costs(query_features, reference_rows):
    apart = reference_rows[:, :, np.newaxis] - query_features[np.newaxis]
    return (apart**2).sum(axis=1)


def compute_path_cost(costs, columns):
    """Charge the rows of a path by the step pattern, and check its steps."""
    total, i = costs[0, int(columns[0])], 1
    while i < len(columns):
        here = int(np.ceil(columns[i]))
        stride = here - int(np.ceil(columns[i - 1]))
        if columns[i] != here:
            assert stride == 2
            total += 0.5 * (costs[i, here - 1] + costs[i, here])
        elif i + 1 < len(columns) and columns[i + 1] == here:
            assert stride == 1
            total += costs[i, here] + costs[i + 1, here]
            i += 1
        else:
            assert stride == 1
            total += costs[i, here]
        i += 1
    return total


def compute_worst_thirds(  # noqa: PLR0917 - as the kernel takes them
    query_features, firsts, lasts, reference_rows, bounds, variants
):
    return [
        compute_worst_third(
            query_features, reference_rows[bounds[v] : bounds[v + 1]], first, last
        )
        for first, last, v in zip(firsts, lasts, variants, strict=True)
    ]


def compute_worst_third(query_features, reference_rows, first, last):
    """Return the worst mean cost of a third, of any cheapest path (NaN = none)."""
    costs = compute_costs(query_features[:, first : last + 1], reference_rows)
    found = []

    def walk(i, j, total, charged):
        if i == len(costs):
            found.append((total, charged))
            return
        for stride in (1, 2):
            nxt = j + stride
            if nxt < costs.shape[1]:
                half = 0.5 * (costs[i, nxt - 1] + costs[i, nxt])
                step = costs[i, nxt] if stride == 1 else half
                place = nxt if stride == 1 else nxt - 1
                walk(i + 1, nxt, total + step, [*charged, costs[i, place]])
        if i + 1 < len(costs) and j + 1 < costs.shape[1]:
            held = costs[i : i + 2, j + 1]
            walk(i + 2, j + 1, total + held.sum(), [*charged, *held])

    for j in range(costs.shape[1]):
        walk(1, j, costs[0, j], [costs[0, j]])
    if not found:
        return np.nan
    _, charged = min(found, key=lambda path: path[0])
    count = len(costs)
    bounds = [third * count // 3 for third in range(4)]
    return max(
        np.mean(charged[begin:end]) if end > begin else 0.0
        for begin, end in itertools.pairwise(bounds)
    )
