"""Slow oracle of ``kernels/label_paths.py``: whole paths, enumeration."""

import itertools

import numpy as np

from tests.oracles.pair_filters import follow, step


def compute_path_cost(  # noqa: PLR0917 - the kernel's own
    path,
    times_s,
    differences,
    reach,
    gains,
    signs,
    weights,
    pattern_costs,
    switch_costs,
):
    """Cost of a path of patterns up to its last frame, without the way back to 0."""
    means = np.zeros((reach.shape[1], 4))
    cost = switch_costs[0, path[0]]
    for t, pattern in enumerate(path):
        old = path[t - 1] if t else pattern
        cost += pattern_costs[t, pattern] + switch_costs[old, pattern]
        for p in range(reach.shape[1]):
            means[p] = step(means[p], times_s[t] - times_s[t - 1] if t else 0.0)
            if np.isnan(reach[t, p]):
                continue
            place = signs[p, pattern] * differences[t, p]
            if np.isfinite(reach[t, p]):
                miss = np.sum((place - means[p, :2]) ** 2)
                cost += weights[p] * min(miss / reach[t, p], 1.0)
            means[p] = follow(
                means[p],
                place,
                gains[t, p],
                reach[t, p],
                may_turn=signs[p, pattern] != signs[p, old],
            )
    return cost


def trace_patterns(times_s, differences, reach, gains, *rest):
    """Return the costs of the paths kept, one per last pattern, and the paths."""
    arguments = (times_s, differences, reach, gains, *rest)
    signs, *_, switch_costs = rest
    patterns = range(signs.shape[1])
    kept = [[pattern] for pattern in patterns]
    for _ in range(1, len(times_s)):
        kept = [
            min(
                ([*path, new] for path in kept),
                key=lambda path: compute_path_cost(path, *arguments),
            )
            for new in patterns
        ]
    totals = [
        compute_path_cost(path, *arguments) + switch_costs[path[-1], 0] for path in kept
    ]
    return totals, kept


def weigh_labels(  # noqa: PLR0917 - the kernel's own
    codes, toggles, turn_costs, toggle_cost, code_costs, switch_costs
):
    frame_count, group_count = turn_costs.shape
    best = np.full((frame_count, group_count, 2), np.inf)
    for path in itertools.product(toggles, repeat=frame_count):
        labels = codes ^ np.array(path)
        cost = toggle_cost * (int(path[0] != 0) + int(path[-1] != 0))
        cost += switch_costs[0, labels[0]] + switch_costs[labels[-1], 0]
        cost += np.sum(code_costs[np.arange(frame_count), labels])
        for t in range(1, frame_count):
            cost += switch_costs[labels[t - 1], labels[t]]
            turned = path[t - 1] ^ path[t]
            cost += toggle_cost * (turned != 0)
            cost += sum(turn_costs[t, g] for g in range(group_count) if turned >> g & 1)
        for t, g in np.ndindex(frame_count, group_count):
            label = labels[t] >> g & 1
            best[t, g, label] = min(best[t, g, label], cost)
    return best[..., 1] - best[..., 0]
