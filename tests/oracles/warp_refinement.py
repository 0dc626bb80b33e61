"""Slow oracle of ``kernels/warp_refinement.py``: dense matrices and library calls."""

import numpy as np


def sample_columns(rows, columns):
    samples = np.full((columns.size, rows.shape[0]), np.nan)
    for i, column in enumerate(columns):
        if 0.0 <= column <= rows.shape[1] - 1:
            left = min(int(column), max(rows.shape[1] - 2, 0))
            right = min(left + 1, rows.shape[1] - 1)
            share = column - left
            samples[i] = (1.0 - share) * rows[:, left] + share * rows[:, right]
    return samples


def fit_style(reference_rows, seen_rows, spread, gain_stiffness, offset_stiffness):
    row_count, angle_count = reference_rows.shape
    gains, offsets = np.ones(angle_count), np.zeros(angle_count)
    for f in range(angle_count):
        seen = np.isfinite(seen_rows[:, f])
        if not seen.any():
            continue
        part = reference_rows[seen, f] - reference_rows[seen, f].mean()
        miss = seen_rows[seen, f] - reference_rows[seen, f]
        stiffness = gain_stiffness * row_count * spread[f] ** 2
        change = part @ (miss - miss.mean()) / (part @ part + stiffness + 1e-12)
        count = seen.sum()
        shift = miss.mean() * count / (count + offset_stiffness * row_count)
        gains[f] = 1.0 + change
        offsets[f] = shift - change * reference_rows[seen, f].mean()
    return gains, offsets


def weigh_bends(columns):
    holds = np.ones(columns.size)
    mean_step = (columns[-1] - columns[0]) / max(columns.size - 1, 1)
    limit = max(6.0 * mean_step / columns.size, 1e-12)
    shares = np.diff(columns, 2) / limit
    holds[1:-1] = np.maximum(1.0 / (1.0 + shares**2), 0.05)
    return holds


def step_warp(columns, misses, slopes, stiffness):
    row_count = columns.size
    seen = np.isfinite(misses) & np.isfinite(slopes)
    miss, slope = np.where(seen, misses, 0.0), np.where(seen, slopes, 0.0)
    bends = np.zeros((max(row_count - 2, 0), row_count))
    for i in range(row_count - 2):
        bends[i, i : i + 3] = 1.0, -2.0, 1.0
    held = stiffness[1:-1, None]
    matrix = np.diag((slope**2).sum(axis=1)) + bends.T @ (held * bends)
    matrix += np.diag(1e-12 * (1.0 + stiffness))
    right = -(slope * miss).sum(axis=1) - bends.T @ (held * bends @ columns)
    inverse = np.linalg.inv(matrix)
    return inverse @ right, np.diag(inverse)


def refine_warp(values, rates, reference, path, weights, settings, iterations):  # noqa: PLR0917
    spread = np.std(reference, axis=0)
    spread = np.maximum(spread, 0.35 * np.median(spread) + 1e-12)
    columns, stretch = path.copy(), 1.0
    errors = np.zeros(path.size)
    for iteration in range(iterations):
        seen = sample_columns(values, columns)
        slopes = sample_columns(rates, columns)
        gains, offsets = fit_style(reference, seen, spread, settings[2], settings[3])
        misses = seen - (gains * reference + offsets)
        known = np.isfinite(misses) & np.isfinite(slopes)
        squares = np.where(known, misses**2, 0.0).sum(axis=0)
        floors = settings[1] * spread
        noise = np.sqrt(squares / np.maximum(known.sum(axis=0), 1) + floors**2)
        noise[~known.any(axis=0)] = np.nan
        if known.any():
            noise = np.hypot(noise, np.nanmedian(noise))
        trust = weights / noise * spread
        if known.any():
            trust *= np.nanmedian(noise / spread)
        shares = misses / noise
        weight = trust / (1.0 + (shares / 2.5) ** 2)
        misses, slopes = shares * weight, slopes * weight / noise
        if iteration in (0, 2, iterations - 1):
            stretch = compute_shared_rows(misses, slopes)
        stiffness = settings[0] * path.size**2 * stretch * weigh_bends(columns)
        step, variance = step_warp(columns, misses, slopes, stiffness)
        columns = columns + np.clip(step, -2.0, 2.0)
        errors = np.sqrt(variance * stretch)
    return columns, errors


def compute_shared_rows(misses, slopes):
    power = np.nansum(slopes**2, axis=0)
    times = np.array([compute_correlation_rows(column) for column in misses.T])
    return (power @ times) / power.sum() if power.sum() > 0.0 else 1.0


def compute_correlation_rows(misses):
    seen = np.isfinite(misses)
    if not seen.any() or not np.any(misses[seen]):
        return 1.0
    mean_square = np.mean(misses[seen] ** 2)
    total = 1.0
    for lag in range(1, misses.size // 2):
        products = misses[:-lag] * misses[lag:]
        share = np.nansum(products) / max(np.isfinite(products).sum(), 1) / mean_square
        if share <= 0.0:
            break
        total += 2.0 * share
    return total
