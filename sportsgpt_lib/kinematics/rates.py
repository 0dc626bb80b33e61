"""Rates of change from noisy samples with gaps, and angles without jumps.

Only differentiation along time lives here; which quantity is differentiated is decided
in ``quantities.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kernels.local_regression import fit_local_polynomials

# Chosen, see docs/angles.md: nine frames of a cubic have the noise of five frames of a
# line, and a tenth of its loss at 2 Hz.
MINIMUM_HALF_WIDTH_S = 0.085
HALF_WIDTH_FRAMES = 4.5
# Chosen, see docs/angles.md: a line does not overshoot beside an impact.
_LINE_MINIMUM_HALF_WIDTH_S = 0.05
_LINE_HALF_WIDTH_FRAMES = 2.5
_LINE, _CUBIC = 1, 3
# Matroska stamps frames to the millisecond (RFC 9559, TimestampScale), and sums of
# seconds round: a span of frames that is as long as a limit must not be told by that.
STAMP_ROUNDING_S = 0.001


@dataclass(frozen=True)
class Derivatives:
    """Samples smoothed, their rates and accelerations ``(T, Q)``, from one fit."""

    smoothed: FloatArray
    rates_per_s: FloatArray
    accelerations_per_s2: FloatArray


def validate_times(times_s: FloatArray) -> None:
    """Refuse times ``(T,)`` that do not increase from frame to frame, or are NaN.

    Raises
    ------
    PoseInputError
        They do not.
    """
    if not np.all(np.diff(times_s) > 0.0):
        raise PoseInputError(
            "times of frames",
            "they do not increase from frame to frame",
            "drop frames that are repeated and sort the others by time",
        )


def compute_frame_interval_s(times_s: FloatArray) -> float:
    """Compute the median time between frames; NaN for fewer than two frames."""
    return float(np.median(np.diff(times_s))) if times_s.size > 1 else float("nan")


def compute_half_width_s(times_s: FloatArray) -> float:
    """Choose the half width of a local line's window for a frame rate."""
    interval_s = compute_frame_interval_s(times_s)
    return max(_LINE_MINIMUM_HALF_WIDTH_S, _LINE_HALF_WIDTH_FRAMES * interval_s)


def compute_cubic_half_width_s(times_s: FloatArray) -> float:
    """Choose how far a local cubic reaches to either side for a frame rate."""
    interval_s = compute_frame_interval_s(times_s)
    return max(MINIMUM_HALF_WIDTH_S, HALF_WIDTH_FRAMES * interval_s)


def compute_derivatives(times_s: FloatArray, values: FloatArray) -> Derivatives:
    """Compute rates and accelerations of each column by local cubic regression.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in seconds, increasing; intervals may vary.
    values
        Samples ``(T, Q)``. NaN = missing; a missing sample is skipped, so a rate may
        exist where the value does not.

    Returns
    -------
    Smoothed samples, rates per second and accelerations per second squared, NaN where
    fewer than three samples are near. Accelerations are NaN, too, beside an end or a
    gap, where most samples lie on one side.

    Notes
    -----
    The loss of peaks and the gain of noise at each frame rate are in docs/angles.md.
    Beside an impact a rate overshoots.
    """
    return _fit(times_s, values, compute_cubic_half_width_s(times_s), _CUBIC)


def compute_rates(
    times_s: FloatArray, values: FloatArray, *, half_width_s: float | None = None
) -> FloatArray:
    """Compute the rates ``(T, Q)`` of each column by local lines, for thresholds.

    Same arrays as :func:`compute_derivatives`. A line loses more of a peak than a cubic
    and does not overshoot beside an impact, so that a speed below a limit is one.
    ``half_width_s`` is that of the window; None = as the frame rate asks for.
    """
    if half_width_s is None:
        half_width_s = compute_half_width_s(times_s)
    return _fit(times_s, values, half_width_s, _LINE).rates_per_s


def _fit(
    times_s: FloatArray, values: FloatArray, half_width_s: float, degree: int
) -> Derivatives:
    # Copies: an array that may not be written would be compiled for once more.
    clock_s = np.array(times_s, dtype=np.float64)
    samples = np.array(values, dtype=np.float64, order="C")
    fitted = fit_local_polynomials(clock_s, samples, clock_s, half_width_s, degree)
    return Derivatives(*map(np.asarray, fitted))


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
