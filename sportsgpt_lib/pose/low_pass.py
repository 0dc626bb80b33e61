"""Zero-phase Butterworth low-pass filter of unbroken pieces.

Which cut-off a joint gets is decided in ``cutoff.py``.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray

# Two passes of a second-order filter, forwards and backwards, lower its cut-off so.
# Source: Winter (2009), Biomechanics and Motor Control of Human Movement, 4th ed.,
# section 3.4.4.2, ISBN 978-0-470-39818-0.
_TWO_PASS_FACTOR = 0.802
_FILTER_ORDER = 2
# scipy's own shortest reflection at an end, three filter lengths.
_MIN_PAD_COUNT = 3 * (_FILTER_ORDER + 1)
# Both ends stay where they are, so fewer frames hold nothing to smooth.
MIN_FRAME_COUNT = 3
# Chosen, see docs/adr/0006-pose.md: nearer to half the frame rate the filter's edge is
# too steep to be without ringing.
_MAX_NYQUIST_RATIO = 0.8
# Times that lie this near to an even grid, in frame intervals, are on it.
_EVEN_RATIO = 1e-3


def compute_interval_s(times_s: FloatArray) -> float:
    """Compute the mean time between frames."""
    return float((times_s[-1] - times_s[0]) / (times_s.size - 1))


def compute_highest_cutoff_hz(frame_rate_hz: float) -> float:
    """Compute the highest cut-off that a frame rate carries."""
    return _TWO_PASS_FACTOR * _MAX_NYQUIST_RATIO * frame_rate_hz / 2


def compute_gain(frequencies_hz: FloatArray, cutoff_hz: FloatArray) -> FloatArray:
    """Compute what both passes together leave of each frequency, 0 to 1."""
    ratio = frequencies_hz / (cutoff_hz / _TWO_PASS_FACTOR)
    return np.asarray(1.0 / (1.0 + ratio ** (2 * _FILTER_ORDER)))


def resample_evenly(times_s: FloatArray, values: FloatArray) -> FloatArray:
    """Bring ``(T, ...)`` onto the even grid of the same ends; itself where it is on it.

    Linear between frames.
    """
    even_s = _even_times_s(times_s)
    if np.abs(even_s - times_s).max() <= _EVEN_RATIO * compute_interval_s(times_s):
        return values
    return _interpolate(even_s, times_s, values)


def smooth_pieces(
    times_s: FloatArray, values: FloatArray, cutoff_hz: float
) -> FloatArray:
    """Smooth unbroken pieces of the same frames with the same cut-off.

    Parameters
    ----------
    times_s
        Times ``(T,)``; where they are uneven, the filter works on an even grid.
    values
        Signals ``(T, N)`` without NaN.
    cutoff_hz
        Cut-off of both passes together, where half of the power is left; at most what
        ``compute_highest_cutoff_hz`` gives.

    Returns
    -------
    Signals ``(T, N)``; of one or two frames unchanged.

    Raises
    ------
    ValueError
        The cut-off is not below half the frame rate.

    Notes
    -----
    At both ends the signal is turned about its last point and goes on for one period of
    the cut-off, so that it neither rings nor is drawn to a standstill there; a piece
    shorter than that is turned again and again. The last point itself keeps its noise.
    """
    from scipy.signal import butter, sosfiltfilt

    if times_s.size < MIN_FRAME_COUNT:
        return values
    frame_rate_hz = 1.0 / compute_interval_s(times_s)
    single_hz = cutoff_hz / _TWO_PASS_FACTOR
    sections = butter(_FILTER_ORDER, single_hz, output="sos", fs=frame_rate_hz)
    pad_count = max(round(frame_rate_hz / cutoff_hz), _MIN_PAD_COUNT)
    even = resample_evenly(times_s, values)
    longer = np.pad(
        even, ((pad_count, pad_count), (0, 0)), mode="reflect", reflect_type="odd"
    )
    smoothed = sosfiltfilt(sections, longer, axis=0, padlen=0)[pad_count:-pad_count]
    if even is values:
        return np.asarray(smoothed)
    return _interpolate(times_s, _even_times_s(times_s), smoothed)


def _even_times_s(times_s: FloatArray) -> FloatArray:
    return np.linspace(times_s[0], times_s[-1], times_s.size)


def _interpolate(
    at_s: FloatArray, times_s: FloatArray, values: FloatArray
) -> FloatArray:
    after = np.clip(np.searchsorted(times_s, at_s), 1, times_s.size - 1)
    start_s, stop_s = times_s[after - 1], times_s[after]
    share = ((at_s - start_s) / (stop_s - start_s))[:, None]
    return np.asarray(values[after - 1] * (1 - share) + values[after] * share)
