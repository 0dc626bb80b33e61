"""Rates of change from noisy samples with gaps.

Only differentiation and resampling live here; which quantity is differentiated is
decided in ``quantities.py``.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kernels.local_regression import fit_local_lines

# Chosen, see docs/angles.md: wide enough for five frames at 30 Hz, narrow enough to
# keep 10 Hz of movement at high frame rates.
MINIMUM_HALF_WIDTH_S = 0.05
HALF_WIDTH_FRAMES = 2.5
_MINIMUM_SAMPLES = 3


def compute_frame_interval_s(times_s: FloatArray) -> float:
    """Compute the median time between frames; NaN for fewer than two frames."""
    return float(np.median(np.diff(times_s))) if times_s.size > 1 else float("nan")


def compute_half_width_s(times_s: FloatArray) -> float:
    """Choose the half width of the regression window for a frame rate."""
    interval_s = compute_frame_interval_s(times_s)
    return max(MINIMUM_HALF_WIDTH_S, HALF_WIDTH_FRAMES * interval_s)


def compute_rates(
    times_s: FloatArray, values: FloatArray, *, half_width_s: float | None = None
) -> FloatArray:
    """Compute the first derivative of each column by local linear regression.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in seconds, increasing; intervals may vary.
    values
        Samples ``(T, Q)``. NaN = missing; a missing sample is skipped, so a rate may
        exist where the value does not.
    half_width_s
        Of the regression window; None = as the frame rate asks for.

    Returns
    -------
    Rates ``(T, Q)`` per second, NaN where fewer than three samples are near.

    Notes
    -----
    A line has no bias at the inside of the recording for constant acceleration; a peak
    of a sine of 2 Hz loses 8 % at 30 frames per second, and 3 % at 120.
    """
    if times_s.size < _MINIMUM_SAMPLES:
        return np.full(values.shape, np.nan)
    # Copies: an array that may not be written would be compiled for once more.
    clock_s = np.array(times_s, dtype=np.float64)
    _, slopes = fit_local_lines(
        clock_s,
        np.array(values, dtype=np.float64, order="C"),
        clock_s,
        half_width_s or compute_half_width_s(times_s),
        _MINIMUM_SAMPLES,
    )
    return np.asarray(slopes)


def unwrap_deg(angles_deg: FloatArray) -> FloatArray:
    """Remove jumps of whole turns along time, skipping NaN.

    Parameters
    ----------
    angles_deg
        Angles ``(T,)``; NaN = missing and stays NaN.

    Returns
    -------
    The same angles plus multiples of 360, so that neighbouring samples differ by less
    than 180.
    """
    unwrapped = angles_deg.astype(np.float64)
    seen = ~np.isnan(unwrapped)
    unwrapped[seen] = np.unwrap(unwrapped[seen], period=360.0)
    return unwrapped
