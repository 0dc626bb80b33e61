"""Slow oracle of ``kernels/turn_scores.py``: matrices, one pair at a time."""

import itertools

import numpy as np

from tests.oracles.pair_filters import step


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
        first = step(before[t - 1, p], half_s).reshape(2, 2)  # place, speed by axis
        last = step(after[t, p], -half_s).reshape(2, 2)
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
