"""Peaks of noisy curves, between frames, with an error bar.

Gait and landing events are built on these; what a peak means is decided there.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.rates import compute_frame_interval_s

# Chosen, see docs/angles.md: a parabola over a tenth of a second fits the turning point
# of a foot's path well, and holds enough frames at 30 Hz once two are added.
PEAK_HALF_WIDTH_S = 0.05
_PEAK_EXTRA_FRAMES = 1.5
_PARABOLA_TERMS = 3
# Standard deviation of an instant known to lie within one frame interval.
FRAME_INTERVAL_TO_ERROR = 1.0 / np.sqrt(12.0)


@dataclass(frozen=True)
class Instant:
    """A time in seconds and its standard uncertainty."""

    time_s: float
    error_s: float


def find_peaks(
    times_s: FloatArray,
    values: FloatArray,
    *,
    minimum_prominence: float,
    minimum_distance_s: float,
) -> list[Instant]:
    """Find the maxima of a curve.

    Parameters
    ----------
    times_s
        Times ``(T,)``.
    values
        Curve ``(T,)``. NaN = missing; a maximum beside a gap of a tenth of a second or
        more is not reported, for the true one may lie in the gap.
    minimum_prominence
        How far the curve must fall on both sides, in its own unit.
    minimum_distance_s
        Shortest time between two maxima.

    Returns
    -------
    The maxima in time order. Their error holds the parabola's fit and the frame rate.
    """
    from scipy.signal import find_peaks as find_peak_indices

    seen = np.isfinite(values)
    if np.count_nonzero(seen) < _PARABOLA_TERMS:
        return []
    interval_s = compute_frame_interval_s(times_s)
    filled = np.interp(times_s, times_s[seen], values[seen])
    indices, _ = find_peak_indices(
        filled,
        prominence=minimum_prominence,
        distance=max(1.0, minimum_distance_s / interval_s),
    )
    peaks = (
        refine_peak(times_s, values, int(index), interval_s=interval_s)
        for index in indices
    )
    return [peak for peak in peaks if peak is not None]


def refine_peak(
    times_s: FloatArray, values: FloatArray, index: int, *, interval_s: float
) -> Instant | None:
    """Place a maximum between frames by a parabola; None where too little was seen.

    The error follows from the parabola's residuals, and holds the frame interval as a
    uniform distribution. A parabola that opens upwards gives the frame itself.
    """
    half_width_s = PEAK_HALF_WIDTH_S + _PEAK_EXTRA_FRAMES * interval_s
    near = np.abs(times_s - times_s[index]) <= half_width_s
    near &= np.isfinite(values)
    offsets_s = times_s[near] - times_s[index]
    if (
        offsets_s.size < _PARABOLA_TERMS + 1
        or not offsets_s.min() < 0.0 < offsets_s.max()
        or np.diff(offsets_s).max() > half_width_s
    ):
        return None
    shares = offsets_s / half_width_s
    terms = np.stack([shares**2, shares, np.ones_like(shares)], axis=1)
    coefficients, *_ = np.linalg.lstsq(terms, values[near], rcond=None)
    residuals = values[near] - terms @ coefficients
    curvature, slope = coefficients[0], coefficients[1]
    if curvature >= 0.0:
        return Instant(float(times_s[index]), float(interval_s))
    place = float(np.clip(-slope / (2.0 * curvature), shares.min(), shares.max()))
    freedom = max(1, offsets_s.size - _PARABOLA_TERMS)
    covariance = np.linalg.inv(terms.T @ terms) * float(residuals @ residuals) / freedom
    gradient = np.array([-place / curvature, -1.0 / (2.0 * curvature), 0.0])
    fit_error_s = half_width_s * float(np.sqrt(gradient @ covariance @ gradient))
    frame_error_s = interval_s * FRAME_INTERVAL_TO_ERROR
    return Instant(
        time_s=float(times_s[index] + place * half_width_s),
        error_s=float(np.hypot(min(fit_error_s, half_width_s), frame_error_s)),
    )
