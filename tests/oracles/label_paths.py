"""Slow oracle of ``kernels/label_paths.py``: matrices, whole paths, enumeration."""

import itertools

import numpy as np


def measure_bends(differences, lag, half_window):
    frame_count, pair_count, _ = differences.shape
    bends = np.full((frame_count, pair_count), np.nan)
    for t in range(lag, frame_count - lag):
        before, now, after = differences[[t - lag, t, t + lag]]
        options = [
            0.5 * np.sum((a * before + b * after - 2 * now) ** 2, axis=1)
            for a in (-1, 1)
            for b in (-1, 1)
        ]
        bends[t] = np.min(options, axis=0)
    means = np.zeros_like(bends)
    for t, p in np.ndindex(bends.shape):
        window = bends[max(t - half_window, 0) : t + half_window + 1, p]
        known = window[np.isfinite(window)]
        means[t, p] = known.mean() if known.size else 0.0
    return means


def compute_gains(times_s, noise_variance, acceleration_variance, first_speed_variance):
    spread = np.full(noise_variance.shape, np.nan)
    gains = np.zeros((*noise_variance.shape, 2))
    covariance = np.zeros((*noise_variance.shape, 3))
    for p in range(noise_variance.shape[1]):
        matrix = None
        for t, noise in enumerate(noise_variance[:, p]):
            if matrix is not None:
                step_s = times_s[t] - times_s[t - 1]
                move = np.array([[1.0, step_s], [0.0, 1.0]])
                push = np.array([0.5 * step_s**2, step_s])
                matrix = move @ matrix @ move.T
                matrix = matrix + acceleration_variance[t, p] * np.outer(push, push)
            if not np.isnan(noise) and matrix is None:
                spread[t, p], gains[t, p] = np.inf, (1.0, 0.0)
                matrix = np.diag([noise, first_speed_variance])
            elif not np.isnan(noise):
                spread[t, p] = matrix[0, 0] + noise
                gains[t, p] = matrix[:, 0] / spread[t, p]
                matrix = matrix - np.outer(gains[t, p], matrix[0])
            covariance[t, p] = (
                (np.inf, 0.0, first_speed_variance)
                if matrix is None
                else matrix[[0, 0, 1], [0, 1, 1]]
            )
    return spread, gains, covariance


def _pull(mean, place, gain, reach, *, may_turn):
    if may_turn and np.sum((place - mean[:2]) ** 2) > reach:
        mean = min(mean, -mean, key=lambda m: np.sum((place - m[:2]) ** 2))
    miss = place - mean[:2]
    if miss @ miss > reach:
        miss = miss * np.sqrt(reach / (miss @ miss))
    return mean + np.concatenate([gain[0] * miss, gain[1] * miss])


def _step(mean, step_s):
    return mean + step_s * np.array([mean[2], mean[3], 0.0, 0.0])


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
            means[p] = _step(means[p], times_s[t] - times_s[t - 1] if t else 0.0)
            if np.isnan(reach[t, p]):
                continue
            place = signs[p, pattern] * differences[t, p]
            if np.isfinite(reach[t, p]):
                miss = np.sum((place - means[p, :2]) ** 2)
                cost += weights[p] * min(miss / reach[t, p], 1.0)
            means[p] = _pull(
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


def follow_path(times_s, differences, reach, gains):
    states = np.zeros((*reach.shape, 4))
    for p in range(reach.shape[1]):
        mean = np.zeros(4)
        for t in range(len(times_s)):
            mean = _step(mean, times_s[t] - times_s[t - 1] if t else 0.0)
            if not np.isnan(reach[t, p]):
                mean = _pull(
                    mean, differences[t, p], gains[t, p], reach[t, p], may_turn=True
                )
            states[t, p] = mean
    return states


def score_turns(  # noqa: PLR0917 - the kernel's own
    times_s, before, before_covariance, after, after_covariance, cap, apart, glance_s
):
    scores = np.zeros(before.shape[:2])
    for t, p in itertools.product(range(1, len(times_s)), range(before.shape[1])):
        if np.isinf([before_covariance[t - 1, p, 0], after_covariance[t, p, 0]]).any():
            continue
        half_s = 0.5 * (times_s[t] - times_s[t - 1])
        total = np.zeros((2, 2))
        for values, step_s in (
            (before_covariance[t - 1, p], half_s),
            (after_covariance[t, p], -half_s),
        ):
            move = np.array([[1.0, step_s], [0.0, 1.0]])
            total += move @ values[[0, 1, 1, 2]].reshape(2, 2) @ move.T
        first = _step(before[t - 1, p], half_s).reshape(2, 2)  # place, speed by axis
        last = _step(after[t, p], -half_s).reshape(2, 2)
        inverse = np.linalg.inv(total)
        plus, minus = (
            np.trace((first - sign * last).T @ inverse @ (first - sign * last))
            for sign in (1, -1)
        )
        sizes = [
            np.sum(state[0] ** 2) + glance_s**2 * np.sum(state[1] ** 2)
            for state in (first, last)
        ]
        trust = cap / (cap + min(plus, minus))
        trust *= min(np.sqrt(sizes[0] * sizes[1]) / apart**2, 1.0)
        scores[t, p] = np.clip(trust * (minus - plus) / cap, -1.0, 1.0)
    return scores


def weigh_labels(  # noqa: PLR0917 - the kernel's own
    codes, toggles, turn_costs, toggle_cost, step_weights, code_costs, switch_costs
):
    frame_count, group_count = turn_costs.shape
    best = np.full((frame_count, group_count, 2), np.inf)
    for path in itertools.product(toggles, repeat=frame_count):
        labels = codes ^ np.array(path)
        cost = toggle_cost * (int(path[0] != 0) + int(path[-1] != 0))
        cost += switch_costs[0, labels[0]] + switch_costs[labels[-1], 0]
        cost += np.sum(step_weights * code_costs[labels])
        for t in range(1, frame_count):
            cost += switch_costs[labels[t - 1], labels[t]]
            turned = path[t - 1] ^ path[t]
            cost += toggle_cost * (turned != 0)
            cost += sum(turn_costs[t, g] for g in range(group_count) if turned >> g & 1)
        for t, g in np.ndindex(frame_count, group_count):
            label = labels[t] >> g & 1
            best[t, g, label] = min(best[t, g, label], cost)
    return best[..., 1] - best[..., 0]
