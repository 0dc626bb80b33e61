"""Slow oracle of ``kernels/local_regression.py``: numpy's weighted polynomial fit."""

import numpy as np


def fit_local_polynomials(times_s, values, at_times_s, half_width_s, most_degree):
    found = np.full((3, len(at_times_s), values.shape[1]), np.nan)
    for n, centre_s in enumerate(at_times_s):
        shares = (times_s - centre_s) / half_width_s
        for q in range(values.shape[1]):
            used = (np.abs(shares) < 1.0) & ~np.isnan(values[:, q])
            nearest = {1: 0.5, 3: 0.25}[most_degree]
            if used.sum() < 3 or np.abs(shares[used]).min() > nearest:
                continue
            weights = 1.0 - shares[used] ** 2
            degree = min(int(used.sum()) - 2, most_degree)
            if abs(np.average(shares[used], weights=weights)) > 0.15:
                degree = min(degree, 2)
            found[:, n, q] = _fit(shares[used], values[used, q], weights, degree)
    scale = np.array([1.0, half_width_s, half_width_s**2])
    return found / scale[:, np.newaxis, np.newaxis]


def _fit(shares, samples, weights, degree):
    columns = np.vander(shares, degree + 1, increasing=True)
    roots = np.sqrt(weights)
    factors, *_ = np.linalg.lstsq(columns * roots[:, None], samples * roots, rcond=None)
    bend = 2.0 * factors[2] if degree == 3 else np.nan
    return factors[0], factors[1], bend
