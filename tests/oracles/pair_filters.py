"""Slow oracle of ``kernels/pair_filters.py``: matrices, one pair at a time."""

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


def follow(mean, place, gain, reach, *, may_turn):
    if may_turn and np.sum((place - mean[:2]) ** 2) > reach:
        mean = min(mean, -mean, key=lambda m: np.sum((place - m[:2]) ** 2))
    miss = place - mean[:2]
    if miss @ miss > reach:
        miss = miss * np.sqrt(reach / (miss @ miss))
    return mean + np.concatenate([gain[0] * miss, gain[1] * miss])


def step(mean, step_s):
    return mean + step_s * np.array([mean[2], mean[3], 0.0, 0.0])


def follow_path(times_s, differences, reach, gains):
    states = np.zeros((*reach.shape, 4))
    for p in range(reach.shape[1]):
        mean = np.zeros(4)
        for t in range(len(times_s)):
            mean = step(mean, times_s[t] - times_s[t - 1] if t else 0.0)
            if not np.isnan(reach[t, p]):
                mean = follow(
                    mean, differences[t, p], gains[t, p], reach[t, p], may_turn=True
                )
            states[t, p] = mean
    return states


def measure_excess(
    times_s, places, noise, push, first_speed_variance, *, miss_sd, reach_sd
):
    found = []
    for order in (slice(None), slice(None, None, -1)):
        spread, gains, _ = compute_gains(
            times_s[order], noise[order], push[order], first_speed_variance
        )
        excess = np.zeros(noise.shape)
        for p in range(noise.shape[1]):
            mean = np.zeros(4)
            for t, place in enumerate(places[order][:, p]):
                mean = step(mean, times_s[order][t] - times_s[order][t - 1] if t else 0)
                if np.isnan(spread[t, p]):
                    continue
                if np.isfinite(spread[t, p]):
                    miss = np.sum((place - mean[:2]) ** 2) - miss_sd**2 * spread[t, p]
                    excess[t, p] = max(miss, 0.0) / 2
                reach = reach_sd**2 * spread[t, p]
                mean = follow(mean, place, gains[t, p], reach, may_turn=False)
        found.append(excess[order])
    return np.minimum(*found)
