"""Slow oracle of ``kernels/motion_rows.py``: weighted least squares, one by one."""

from itertools import pairwise

import numpy as np


def fit_motion_rows(times_s, angles_deg, first_s, step_s, row_count, half_width_s):  # noqa: PLR0917
    rows = np.full((2 * angles_deg.shape[1], row_count), np.nan)
    for n in range(row_count):
        offsets_s = times_s - (first_s + n * step_s)
        for f in range(angles_deg.shape[1]):
            near = np.isfinite(angles_deg[:, f]) & (np.abs(offsets_s) < half_width_s)
            if near.sum() < 3 or np.abs(offsets_s[near]).min() > half_width_s / 2:
                continue
            weights = np.sqrt(1.0 - (offsets_s[near] / half_width_s) ** 2)
            terms = np.stack([np.ones(near.sum()), offsets_s[near]], axis=1)
            line, *_ = np.linalg.lstsq(
                weights[:, None] * terms, weights * angles_deg[near, f], rcond=None
            )
            rows[f, n], rows[angles_deg.shape[1] + f, n] = line
    return rows


def fill_gaps(times_s, angles_deg, half_width_s, longest_s):
    filled = angles_deg.copy()
    for f, samples in enumerate(angles_deg.T):
        seen = np.flatnonzero(np.isfinite(samples))
        for first, last in pairwise(seen):
            gap = slice(first + 1, last)
            until = seen[
                (seen <= first) & (times_s[first] - times_s[seen] <= half_width_s)
            ]
            since = seen[
                (seen >= last) & (times_s[seen] - times_s[last] <= half_width_s)
            ]
            is_short = times_s[last] - times_s[first] <= longest_s
            if is_short and min(until.size, since.size) >= 3:
                ends_s = [times_s[until].mean(), times_s[since].mean()]
                ends_deg = [samples[until].mean(), samples[since].mean()]
                filled[gap, f] = np.interp(times_s[gap], ends_s, ends_deg)
    return filled


def bridge_gaps(rows, longest):
    """Return the bridged rows (the kernel writes into its argument)."""
    bridged = rows.copy()
    columns = np.arange(rows.shape[1])
    for k, row in enumerate(rows):
        seen = np.flatnonzero(np.isfinite(row))
        for first, last in pairwise(seen):
            if last - first - 1 <= longest:
                between = slice(first, last + 1)
                bridged[k, between] = np.interp(columns[between], seen, row[seen])
    return bridged


def count_seen_and_moving(rows, least_rate):
    rates = rows[rows.shape[0] // 2 :]
    return np.isfinite(rows).sum(), (np.abs(rates) > least_rate).sum()
