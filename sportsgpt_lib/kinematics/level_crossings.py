"""Where noisy curves cross a level, between frames, with an error bar.

The counterpart of ``extrema.py``; what a level means is decided by the events.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kernels.local_regression import fit_local_polynomials
from sportsgpt_lib.kinematics.extrema import FRAME_INTERVAL_TO_ERROR, Instant
from sportsgpt_lib.kinematics.rates import STAMP_ROUNDING_S

# Chosen, see docs/events.md: a foot that strikes or leaves the floor bends its path
# within two hundredths of a second; a wider line would cut the corner.
_HALF_WIDTH_S = 0.02
_HALF_WIDTH_FRAMES = 1.01
# A crossing in a longer gap than this is not reported: the path in it is unknown.
_LONGEST_GAP_S = 0.075
_LONGEST_GAP_FRAMES = 2.01
_MINIMUM_SAMPLES = 2
_LINE = 1


def find_rise(
    times_s: FloatArray,
    values: FloatArray,
    level: float,
    *,
    noise: float,
    interval_s: float,
    least_slope: float = 0.0,
) -> Instant | None:
    """Find where a curve first rises through a level.

    Parameters
    ----------
    times_s
        Times ``(T,)``, increasing; a part of a recording's.
    values
        Curve ``(T,)``. NaN = missing.
    level
        The level, in the curve's unit.
    noise
        Standard deviation of the curve's samples, in the same unit.
    interval_s
        The recording's frame interval; a part of it may be too short to tell.
    least_slope
        A curve that rises more slowly, in its unit per second, is not taken to cross.

    Returns
    -------
    The first crossing from at or below the level to above it, on a line through the
    samples near by; its error holds the noise over the steepness and the frame
    interval. None where the curve does not cross, or only across a gap.
    """
    seen = np.isfinite(values)
    if np.count_nonzero(seen) < _MINIMUM_SAMPLES:
        return None
    clock_s, curve = times_s[seen], values[seen] - level
    steps = np.flatnonzero((curve[:-1] <= 0.0) & (curve[1:] > 0.0))
    if steps.size == 0:
        return None
    index = int(steps[0])
    gap_s = clock_s[index + 1] - clock_s[index]
    longest_s = max(_LONGEST_GAP_S, _LONGEST_GAP_FRAMES * interval_s)
    if gap_s > longest_s + STAMP_ROUNDING_S:
        return None
    slope = (curve[index + 1] - curve[index]) / gap_s
    guess_s = float(clock_s[index] - curve[index] / slope)
    half_width_s = max(_HALF_WIDTH_S, _HALF_WIDTH_FRAMES * interval_s)
    near = np.abs(clock_s - guess_s) <= half_width_s
    time_s = guess_s
    if np.count_nonzero(near) > _MINIMUM_SAMPLES:
        fitted, start = np.polyfit(clock_s[near] - guess_s, curve[near], 1)
        if fitted > 0.0:
            slope = float(fitted)
            shift_s = -float(start) / slope
            time_s += float(np.clip(shift_s, -half_width_s, half_width_s))
    if slope < least_slope:
        return None
    noise_error_s = min(noise / float(slope), half_width_s)
    frame_error_s = interval_s * FRAME_INTERVAL_TO_ERROR
    return Instant(time_s, float(np.hypot(noise_error_s, frame_error_s)))


def smooth_path(
    times_s: FloatArray, values: FloatArray, *, half_width_s: float
) -> FloatArray:
    """Smooth a curve ``(T,)`` by local lines; a missing sample stays missing.

    Where the frames lie too far apart for a line, the samples themselves remain.
    """
    clock_s = np.array(times_s, dtype=np.float64)
    columns = np.array(values, dtype=np.float64)[:, np.newaxis]
    fitted, *_ = fit_local_polynomials(clock_s, columns, clock_s, half_width_s, _LINE)
    smooth = np.where(np.isfinite(fitted[:, 0]), fitted[:, 0], values)
    return np.asarray(np.where(np.isfinite(values), smooth, np.nan))
