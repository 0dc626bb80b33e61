"""Peaks of noisy curves, between frames, with an error bar.

Gait and landing events are built on these; what a peak means is decided there.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.rates import (
    STAMP_ROUNDING_S,
    compute_frame_interval_s,
)

# Chosen, see docs/events.md: a parabola over a tenth of a second fits the turning point
# of a foot's path well, and holds enough frames at 30 Hz once two are added.
PEAK_HALF_WIDTH_S = 0.05
_PEAK_EXTRA_FRAMES = 1.5
_PARABOLA_TERMS = 3
_LARGEST_CORRELATION = 0.9
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
        Times ``(T,)``, increasing.
    values
        Curve ``(T,)``. NaN = missing; a maximum beside a gap that is longer than half
        of its parabola (0.05 s and 1.5 frames) is not reported, for the true one may
        lie in the gap.
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
    times_s: FloatArray,
    values: FloatArray,
    index: int,
    *,
    interval_s: float,
    half_width_s: float | None = None,
) -> Instant | None:
    """Place a maximum between frames by a parabola; None where too little was seen.

    The parabola reaches over ``half_width_s``; None = as turning points of feet need.
    The error follows from the parabola's residuals, and holds the frame interval as a
    uniform distribution. A parabola that opens upwards gives the frame itself; one
    whose top lies beyond what was seen near by, as beside a gap, gives None.
    """
    if half_width_s is None:
        half_width_s = PEAK_HALF_WIDTH_S + _PEAK_EXTRA_FRAMES * interval_s
    reach_s = half_width_s + STAMP_ROUNDING_S
    first, last = np.searchsorted(
        times_s, [times_s[index] - reach_s, times_s[index] + reach_s]
    )
    near = slice(int(first), int(last))
    seen = np.isfinite(values[near])
    offsets_s = times_s[near][seen] - times_s[index]
    heights = values[near][seen]
    if (
        offsets_s.size < _PARABOLA_TERMS + 1
        or not offsets_s[0] < 0.0 < offsets_s[-1]
        or np.diff(offsets_s).max() > reach_s
    ):
        return None
    shares = offsets_s / half_width_s
    terms = np.stack([shares**2, shares, np.ones_like(shares)], axis=1)
    inverse = np.linalg.inv(terms.T @ terms)
    coefficients = inverse @ (terms.T @ (heights - heights[0]))
    residuals = heights - heights[0] - terms @ coefficients
    curvature, slope = coefficients[0], coefficients[1]
    if curvature >= 0.0:
        return Instant(float(times_s[index]), float(interval_s))
    place = float(-slope / (2.0 * curvature))
    if not shares[0] <= place <= shares[-1]:
        return None
    freedom = max(1, offsets_s.size - _PARABOLA_TERMS)
    variance = float(residuals @ residuals) / freedom * _count_repeats(residuals)
    gradient = np.array([-place / curvature, -1.0 / (2.0 * curvature), 0.0])
    fit_variance = float(gradient @ inverse @ gradient) * variance
    fit_error_s = half_width_s * float(np.sqrt(fit_variance))
    frame_error_s = interval_s * FRAME_INTERVAL_TO_ERROR
    return Instant(
        time_s=float(times_s[index] + place * half_width_s),
        error_s=float(np.hypot(min(fit_error_s, half_width_s), frame_error_s)),
    )


def _count_repeats(residuals: FloatArray) -> float:
    """Count how many neighboring residuals tell the same, from their correlation.

    Jitter of keypoints wanders over several frames, so that more frames of it are not
    more evidence: the integrated autocorrelation time of a first-order process.
    """
    power = float(residuals @ residuals)
    if power <= 0.0:
        return 1.0
    correlation = float(residuals[1:] @ residuals[:-1]) / power
    correlation = float(np.clip(correlation, 0.0, _LARGEST_CORRELATION))
    return (1.0 + correlation) / (1.0 - correlation)


def widen(instant: Instant, error_s: float) -> Instant:
    """Add an independent standard uncertainty to an instant's own."""
    return Instant(instant.time_s, float(np.hypot(instant.error_s, error_s)))


def join_instants(first: Instant, second: Instant) -> Instant:
    """Join two estimates of one instant, weighted by their uncertainties.

    Where they disagree by more than these explain, the joint one grows to match.
    """
    weights = np.array([first.error_s, second.error_s]) ** -2.0
    times_s = np.array([first.time_s, second.time_s])
    time_s = float(weights @ times_s / weights.sum())
    misfit = float(weights @ (times_s - time_s) ** 2)  # chi-square of one freedom
    error_s = float(weights.sum() ** -0.5) * max(1.0, np.sqrt(misfit))
    return Instant(time_s, float(error_s))
