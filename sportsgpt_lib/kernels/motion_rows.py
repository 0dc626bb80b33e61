"""From angles with gaps to even rows of values and rates.

Rows keep quantities first and instants last, so that later loops run along time.
Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE, COMPILE_FUSED

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]

_TINY = 1e-12
# A line through two samples follows their noise.
_MINIMUM_SAMPLES = 3
_BLOCK = 4


@njit(**COMPILE_FUSED)
def fit_motion_rows(  # noqa: PLR0917 - kernels take no keywords
    times_s: FloatArray,
    angles_deg: FloatArray,
    first_s: float,
    step_s: float,
    row_count: int,
    half_width_s: float,
) -> RowArray:
    """Fit values and rates at evenly spaced instants, (2 F, N): values first.

    ``times_s`` (T,) ascend; ``angles_deg`` is (T, F), NaN = not seen. Samples weigh
    1 - (distance / half width)^2. NaN where fewer than three samples were seen, or none
    within half of the half width, or all at one instant. Windows without a gap take the
    same weights for every angle, four frames at a time; others are fitted angle by
    angle.
    """
    sample_count, angle_count = angles_deg.shape
    rows = np.full((2 * angle_count, row_count), np.nan, dtype=np.float32)
    values = np.empty(angle_count)
    rates = np.empty(angle_count)
    taps = np.empty((2, _BLOCK))
    first = 0
    for n in range(row_count):
        centre_s = first_s + n * step_s
        while first < sample_count and times_s[first] <= centre_s - half_width_s:
            first += 1
        last = first
        weight_sum, time_sum, square_sum = 0.0, 0.0, 0.0
        nearest_s = half_width_s
        while last < sample_count and times_s[last] < centre_s + half_width_s:
            offset_s = times_s[last] - centre_s
            weight = 1.0 - (offset_s / half_width_s) ** 2
            weight_sum += weight
            time_sum += weight * offset_s
            square_sum += weight * offset_s * offset_s
            nearest_s = min(nearest_s, abs(offset_s))
            last += 1
        spread = weight_sum * square_sum - time_sum * time_sum
        if (
            last - first < _MINIMUM_SAMPLES
            or nearest_s > 0.5 * half_width_s
            or spread <= _TINY * weight_sum * weight_sum * half_width_s**2
        ):
            continue
        line = (centre_s, half_width_s, spread, weight_sum, time_sum, square_sum)
        _fit_whole(times_s, angles_deg, first, last, line, taps, values, rates)
        for f in range(angle_count):
            if np.isnan(values[f]):
                values[f], rates[f] = _fit_seen(
                    times_s[first:last],
                    angles_deg[first:last, f],
                    centre_s,
                    half_width_s,
                )
            rows[f, n] = values[f]
            rows[angle_count + f, n] = rates[f]
    return rows


@njit(**COMPILE_FUSED)
def _fit_whole(  # noqa: PLR0917 - kernels take no keywords
    times_s: FloatArray,
    angles_deg: FloatArray,
    first: int,
    last: int,
    line: tuple[float, float, float, float, float, float],
    taps: FloatArray,
    values: FloatArray,
    rates: FloatArray,
) -> None:
    """Fill the values and rates (F,) of the frames ``first`` to before ``last``.

    ``line`` holds the centre, the half width, and the sums of the weights; ``taps``
    (2, 4) is scratch. A gap in any frame leaves NaN.
    """
    centre_s, half_width_s, spread, weight_sum, time_sum, square_sum = line
    for_value, for_rate = taps[0], taps[1]
    values[:] = 0.0
    rates[:] = 0.0
    for t in range(first, last, _BLOCK):
        for place in range(_BLOCK):
            offset_s = times_s[min(t + place, last - 1)] - centre_s
            weight = (1.0 - (offset_s / half_width_s) ** 2) / spread
            if t + place >= last:
                weight = 0.0
            for_value[place] = weight * (square_sum - time_sum * offset_s)
            for_rate[place] = weight * (weight_sum * offset_s - time_sum)
        v0, v1, v2, v3 = for_value[0], for_value[1], for_value[2], for_value[3]
        r0, r1, r2, r3 = for_rate[0], for_rate[1], for_rate[2], for_rate[3]
        frame0, frame1 = angles_deg[t], angles_deg[min(t + 1, last - 1)]
        frame2 = angles_deg[min(t + 2, last - 1)]
        frame3 = angles_deg[min(t + 3, last - 1)]
        for f in range(values.size):
            values[f] += (
                v0 * frame0[f] + v1 * frame1[f] + v2 * frame2[f] + v3 * frame3[f]
            )
        for f in range(values.size):
            rates[f] += (
                r0 * frame0[f] + r1 * frame1[f] + r2 * frame2[f] + r3 * frame3[f]
            )


@njit(**COMPILE)
def _fit_seen(
    times_s: FloatArray, samples: FloatArray, centre_s: float, half_width_s: float
) -> tuple[float, float]:
    """Fit the line of one angle through the samples that were seen."""
    count = 0
    nearest_s = half_width_s
    weight_sum, time_sum, square_sum = 0.0, 0.0, 0.0
    value_sum, product_sum = 0.0, 0.0
    for t in range(times_s.size):
        sample = samples[t]
        if np.isnan(sample):
            continue
        offset_s = times_s[t] - centre_s
        weight = 1.0 - (offset_s / half_width_s) ** 2
        count += 1
        nearest_s = min(nearest_s, abs(offset_s))
        weight_sum += weight
        time_sum += weight * offset_s
        square_sum += weight * offset_s * offset_s
        value_sum += weight * sample
        product_sum += weight * offset_s * sample
    spread = weight_sum * square_sum - time_sum * time_sum
    if (
        count < _MINIMUM_SAMPLES
        or nearest_s > 0.5 * half_width_s
        or spread <= _TINY * weight_sum * weight_sum * half_width_s**2
    ):
        return np.nan, np.nan
    value = (square_sum * value_sum - time_sum * product_sum) / spread
    rate = (weight_sum * product_sum - time_sum * value_sum) / spread
    return value, rate


@njit(**COMPILE)
def bridge_gaps(rows: RowArray, longest: int) -> None:
    """Fill gaps of up to ``longest`` columns in rows (K, N) by straight lines.

    Gaps at the ends and longer ones stay NaN.
    """
    for k in range(rows.shape[0]):
        row = rows[k]
        last_seen = -1
        for n in range(row.size):
            if np.isnan(row[n]):
                continue
            gap = n - last_seen - 1
            if last_seen >= 0 and 0 < gap <= longest:
                rise = (row[n] - row[last_seen]) / np.float32(gap + 1)
                for step in range(1, gap + 1):
                    row[last_seen + step] = row[last_seen] + rise * np.float32(step)
            last_seen = n
