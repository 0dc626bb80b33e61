"""Slow oracle of ``kernels/local_regression.py``: numpy's weighted polynomial fit."""

import numpy as np


def fit_local_lines(times_s, values, at_times_s, half_width_s, min_count):
    fitted = np.full((len(at_times_s), values.shape[1]), np.nan)
    slopes = np.full_like(fitted, np.nan)
    for n, centre_s in enumerate(at_times_s):
        offsets_s = times_s - centre_s
        for q in range(values.shape[1]):
            used = (np.abs(offsets_s) < half_width_s) & ~np.isnan(values[:, q])
            if used.sum() < min_count:
                continue
            if np.abs(offsets_s[used]).min() > half_width_s / 2:
                continue
            weights = 1.0 - (offsets_s[used] / half_width_s) ** 2
            slope, value = np.polyfit(
                offsets_s[used], values[used, q], 1, w=np.sqrt(weights)
            )
            fitted[n, q], slopes[n, q] = value, slope
    return fitted, slopes
