"""Finds points far from where their neighbours in time say they are (Hampel's rule).

Nothing is dropped here.
"""

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.pose.trunk_length import compute_median_trunk_px
from sportsgpt_lib.robust_spread import MEDIAN_TO_SD

BoolArray = npt.NDArray[np.bool_]

# Three standard deviations as the limit. Source: Hampel (1974), as in robust_spread.py.
_LIMIT_SD = 3.0
_MIN_HALF_COUNT = 2  # fewer neighbours on each side tell no direction


def find_outliers(
    times_s: FloatArray,
    positions_px: FloatArray,
    *,
    half_window_s: float,
    trunk_ratio: float,
) -> FloatArray:
    """Find points far from where their neighbours in time say they are.

    Parameters
    ----------
    times_s
        Times ``(T,)``, about evenly spaced.
    positions_px
        Positions ``(T, J, 2)``. NaN = not seen, and left out of the medians.
    half_window_s
        Half the width of the window, at least two frames.
    trunk_ratio
        A point this near to its place, in trunk lengths, is never an outlier.

    Returns
    -------
    Excess ``(T, J)``: the distance along the worse axis as a multiple of the limit,
    where it is over 1; else 0. The limit is three standard deviations of the window, as
    told by the median absolute deviation, and at least the share of the trunk.

    Notes
    -----
    The window's median is taken about a straight line through it, or a limb in full
    swing would hide its outliers in the spread of its own movement. Where neighbours
    are seen on one side only, the plain median must agree.

    Source
    ------
    Hampel (1974), as above; as a moving window: Pearson et al. (2016), Generalized
    Hampel Filters, EURASIP Journal on Advances in Signal Processing 2016:87. The line:
    Theil (1950), A rank-invariant method of linear and polynomial regression analysis,
    Indagationes Mathematicae 12, 85-91, with pairs half a window apart.
    """
    excess = np.zeros(positions_px.shape[:2])
    tolerance_px = trunk_ratio * compute_median_trunk_px(positions_px)
    if not np.isfinite(tolerance_px) or times_s.size <= _MIN_HALF_COUNT:
        return excess
    interval_s = float(np.median(np.diff(times_s)))
    half_count = max(round(half_window_s / interval_s), _MIN_HALF_COUNT)
    edge = np.full((half_count, *positions_px.shape[1:]), np.nan)
    padded = np.concatenate([edge, positions_px, edge])  # (T + 2 * half_count, J, 2)
    frames, joints, axes = np.nonzero(
        _is_beside_most_middles(padded, positions_px, half_count, tolerance_px)
    )
    windows = padded[
        frames[:, None] + np.arange(2 * half_count + 1), joints[:, None], axes[:, None]
    ]  # (N, W)
    ratio = _measure_excess(windows, tolerance_px)
    is_far = ratio > 1.0
    np.maximum.at(excess, (frames[is_far], joints[is_far]), ratio[is_far])
    return excess


def _is_beside_most_middles(
    padded: FloatArray, positions_px: FloatArray, half_count: int, tolerance_px: float
) -> BoolArray:
    """Mark ``(T, J, 2)`` where most pairs around a point have their middle elsewhere.

    Only there is the rule worked out, which takes much longer than counting.
    """
    frame_count = positions_px.shape[0]
    beside = np.zeros(positions_px.shape, dtype=np.int16)
    near = np.zeros(positions_px.shape, dtype=np.int16)
    for offset in range(1, half_count + 1):
        first, last = half_count - offset, half_count + offset
        distance_px = np.abs(
            positions_px
            - (padded[first : first + frame_count] + padded[last : last + frame_count])
            / 2
        )
        beside += distance_px > tolerance_px
        near += distance_px <= tolerance_px
    return np.isfinite(positions_px) & (beside >= near)


def _measure_excess(windows: FloatArray, tolerance_px: float) -> FloatArray:
    """Distance of each window's middle from its place, in limits ``(N,)``."""
    half_count = windows.shape[1] // 2
    others = windows.copy()
    others[:, half_count] = np.nan
    is_known = np.isfinite(others)
    fewer = np.minimum(
        is_known[:, :half_count].sum(axis=1), is_known[:, half_count:].sum(axis=1)
    )
    ratio = _compare_with_limit(windows, _estimate_slope(others), tolerance_px)
    plain = _compare_with_limit(windows, np.zeros(len(windows)), tolerance_px)
    return np.where(2 * fewer < half_count, np.minimum(ratio, plain), ratio)


def _estimate_slope(others: FloatArray) -> FloatArray:
    """Slope ``(N,)`` of a line through each window, per frame; 0 if none is known."""
    half_count = others.shape[1] // 2
    wide, narrow = (
        (others[:, lag:] - others[:, :-lag]) / lag
        for lag in (half_count + 1, max(half_count // 2, 1))
    )
    is_wide = 2 * np.isfinite(wide).sum(axis=1) >= half_count
    slope = np.where(is_wide, _median_skipping_nan(wide), _median_skipping_nan(narrow))
    return np.where(np.isfinite(slope), slope, 0.0)


def _compare_with_limit(
    windows: FloatArray, slope: FloatArray, tolerance_px: float
) -> FloatArray:
    half_count = windows.shape[1] // 2
    level = windows - slope[:, None] * np.arange(-half_count, half_count + 1)
    others = level.copy()
    others[:, half_count] = np.nan
    median = _median_skipping_nan(others)
    spread = _median_skipping_nan(np.abs(level - median[:, None]))
    limit = np.maximum(_LIMIT_SD * MEDIAN_TO_SD * spread, tolerance_px)
    return np.asarray(np.abs(level[:, half_count] - median) / limit)


def _median_skipping_nan(windows: FloatArray) -> FloatArray:
    """Take the median along the last axis; NaN where all values are NaN."""
    ordered = np.sort(windows, axis=-1)  # NaN come last
    count: IntArray = np.isfinite(windows).sum(axis=-1, keepdims=True)
    lower = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    upper = np.take_along_axis(ordered, count // 2, axis=-1)
    return np.asarray((lower + upper)[..., 0] / 2)
