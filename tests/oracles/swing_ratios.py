"""Slow oracle of ``kernels/swing_ratios.py``."""

import numpy as np


def compute_swing_ratios(values, starts, ends, spreads):
    ratios = []
    for start, end in zip(starts, ends, strict=True):
        inside = values[:, start : end + 1]
        found = [
            np.nanstd(row) / spread
            for row, spread in zip(inside, spreads, strict=True)
            if np.isfinite(row).sum() > 1 and spread > 0.0
        ]
        ratios.append(np.median(found) if found else np.nan)
    return np.array(ratios)
