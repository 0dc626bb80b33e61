"""Local straight lines through samples with gaps: value and slope at any instant.

One kernel serves resampling, smoothing, gap filling and differentiation. Its callers
are ``kinematics/rates.py`` and ``alignment/features.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
_TINY = 1e-12


@njit(**COMPILE)
def fit_local_lines(
    times_s: FloatArray,
    values: FloatArray,
    at_times_s: FloatArray,
    half_width_s: float,
    min_count: int,
) -> tuple[FloatArray, FloatArray]:
    """Fit a line to the samples around each instant, weighted 1 - (distance / width)^2.

    ``times_s`` (T,) and ``at_times_s`` (N,) ascend; ``values`` is (T, Q). NaN samples
    carry no weight. Values and slopes come back as (N, Q), NaN where fewer than
    ``min_count`` samples lie inside, all at one instant, or none within half a width.
    """
    sample_count, quantity_count = values.shape
    instant_count = at_times_s.shape[0]
    fitted = np.full((instant_count, quantity_count), np.nan)
    slopes = np.full((instant_count, quantity_count), np.nan)
    first = 0
    for n in range(instant_count):
        centre_s = at_times_s[n]
        while first < sample_count and times_s[first] <= centre_s - half_width_s:
            first += 1
        for q in range(quantity_count):
            count = 0
            nearest_s = half_width_s
            weight_sum = 0.0
            time_sum = 0.0
            value_sum = 0.0
            time_square_sum = 0.0
            product_sum = 0.0
            t = first
            while t < sample_count and times_s[t] < centre_s + half_width_s:
                value = values[t, q]
                if not np.isnan(value):
                    offset_s = times_s[t] - centre_s
                    share = offset_s / half_width_s
                    weight = 1.0 - share * share
                    count += 1
                    nearest_s = min(nearest_s, abs(offset_s))
                    weight_sum += weight
                    time_sum += weight * offset_s
                    value_sum += weight * value
                    time_square_sum += weight * offset_s * offset_s
                    product_sum += weight * offset_s * value
                t += 1
            spread = weight_sum * time_square_sum - time_sum * time_sum
            if (
                count >= min_count
                and nearest_s <= 0.5 * half_width_s
                and spread > _TINY * weight_sum * weight_sum * half_width_s**2
            ):
                slope = (weight_sum * product_sum - time_sum * value_sum) / spread
                slopes[n, q] = slope
                fitted[n, q] = (value_sum - slope * time_sum) / weight_sum
    return fitted, slopes
