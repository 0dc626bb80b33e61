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
_TAPS = 3
_STRETCH = 16


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
    rows = np.empty((2 * angle_count, row_count), dtype=np.float32)
    sums = np.empty((2, angle_count))
    taps = np.empty((_TAPS, sample_count + _BLOCK))
    first = 0
    for n in range(row_count):
        centre_s = first_s + n * step_s
        while first < sample_count and times_s[first] <= centre_s - half_width_s:
            first += 1
        count, weight_sum, time_sum, square_sum, is_enough = _fill_taps(
            times_s, first, centre_s, half_width_s, taps
        )
        if not is_enough:
            rows[:, n] = np.nan
            continue
        window = angles_deg[first : first + count]
        _sum_window(window, taps, sums)
        per_spread = 1.0 / (weight_sum * square_sum - time_sum * time_sum)
        square_share = square_sum * per_spread
        time_share = time_sum * per_spread
        weight_share = weight_sum * per_spread
        for f in range(angle_count):
            value = square_share * sums[0, f] - time_share * sums[1, f]
            rate = weight_share * sums[1, f] - time_share * sums[0, f]
            if np.isnan(value):
                value, rate = _fit_seen(window[:, f], taps, half_width_s)
            rows[f, n] = value
            rows[angle_count + f, n] = rate
    return rows


@njit(**COMPILE_FUSED)
def _fill_taps(
    times_s: FloatArray,
    first: int,
    centre_s: float,
    half_width_s: float,
    taps: FloatArray,
) -> tuple[int, float, float, float, bool]:
    """Fill offset, weight, and weight times offset of a window.

    The window starts at frame ``first``; behind it a block of ``taps`` weighs nothing.
    Returns its length, the sums of weights, times and squares, and whether a line can
    be fitted.
    """
    per_width = 1.0 / half_width_s
    offsets, weights, moments = taps[0], taps[1], taps[2]
    weight_sum, time_sum, square_sum = 0.0, 0.0, 0.0
    nearest_s = half_width_s
    count = 0
    for time_s in times_s[first:]:
        offset_s = time_s - centre_s
        if time_s >= centre_s + half_width_s:
            break
        share = offset_s * per_width
        weight = 1.0 - share * share
        moment = weight * offset_s
        offsets[count], weights[count], moments[count] = offset_s, weight, moment
        weight_sum += weight
        time_sum += moment
        square_sum += moment * offset_s
        nearest_s = min(nearest_s, abs(offset_s))
        count += 1
    for place in range(count, count + _BLOCK):
        weights[place] = 0.0
        moments[place] = 0.0
    spread = weight_sum * square_sum - time_sum * time_sum
    is_enough = (
        count >= _MINIMUM_SAMPLES
        and nearest_s <= 0.5 * half_width_s
        and spread > _TINY * weight_sum * weight_sum * half_width_s**2
    )
    return count, weight_sum, time_sum, square_sum, is_enough


@njit(**COMPILE_FUSED)
def _sum_window(window: FloatArray, taps: FloatArray, sums: FloatArray) -> None:
    """Sum weighted angles, and those times their offsets, (2, F), of a window (T, F).

    A gap in any frame leaves NaN.
    """
    for_value, for_rate = taps[1], taps[2]
    value_sums, rate_sums = sums[0], sums[1]
    value_sums[:] = 0.0
    rate_sums[:] = 0.0
    last = window.shape[0] - 1
    for t in range(0, last + 1, _BLOCK):
        v0, v1 = for_value[t], for_value[t + 1]
        v2, v3 = for_value[t + 2], for_value[t + 3]
        r0, r1 = for_rate[t], for_rate[t + 1]
        r2, r3 = for_rate[t + 2], for_rate[t + 3]
        frame0, frame1 = window[t], window[min(t + 1, last)]
        frame2, frame3 = window[min(t + 2, last)], window[min(t + 3, last)]
        for f in range(value_sums.size):
            value_sums[f] += (
                v0 * frame0[f] + v1 * frame1[f] + v2 * frame2[f] + v3 * frame3[f]
            )
        for f in range(value_sums.size):
            rate_sums[f] += (
                r0 * frame0[f] + r1 * frame1[f] + r2 * frame2[f] + r3 * frame3[f]
            )


@njit(**COMPILE_FUSED)
def _fit_seen(
    samples: FloatArray, taps: FloatArray, half_width_s: float
) -> tuple[float, float]:
    """Fit the line of one angle through the samples that were seen."""
    offsets, weights, moments = taps[0], taps[1], taps[2]
    count = 0
    nearest_s = half_width_s
    weight_sum, time_sum, square_sum = 0.0, 0.0, 0.0
    value_sum, product_sum = 0.0, 0.0
    for t in range(samples.size):
        sample = samples[t]
        is_seen = not np.isnan(sample)
        seen = sample if is_seen else 0.0
        weight = weights[t] if is_seen else 0.0
        moment = moments[t] if is_seen else 0.0
        distance_s = abs(offsets[t]) if is_seen else half_width_s
        count += 1 if is_seen else 0
        nearest_s = min(nearest_s, distance_s)
        weight_sum += weight
        time_sum += moment
        square_sum += moment * offsets[t]
        value_sum += weight * seen
        product_sum += moment * seen
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
def fill_gaps(
    times_s: FloatArray, angles_deg: FloatArray, half_width_s: float, longest_s: float
) -> FloatArray:
    """Fill gaps of up to ``longest_s`` in angles (T, F), NaN = not seen, by lines.

    A line leads from the mean of what was seen within ``half_width_s`` before the gap
    to that after it. Gaps at the ends stay, and those with fewer than three samples
    on either side.
    """
    filled = angles_deg.copy()
    for f in range(angles_deg.shape[1]):
        samples = angles_deg[:, f]
        last_seen = -1
        for t in range(samples.size):
            if np.isnan(samples[t]):
                continue
            if 0 <= last_seen < t - 1 and times_s[t] - times_s[last_seen] <= longest_s:
                before = _average_seen(times_s, samples, last_seen, -1, half_width_s)
                after = _average_seen(times_s, samples, t, 1, half_width_s)
                if min(before[0], after[0]) >= _MINIMUM_SAMPLES:
                    slope = (after[2] - before[2]) / (after[1] - before[1])
                    for gone in range(last_seen + 1, t):
                        offset_s = times_s[gone] - before[1]
                        filled[gone, f] = before[2] + slope * offset_s
            last_seen = t
    return filled


@njit(**COMPILE)
def _average_seen(
    times_s: FloatArray, samples: FloatArray, edge: int, step: int, reach_s: float
) -> tuple[int, float, float]:
    """Average what was seen from ``edge`` on: how many, mean time, mean value."""
    count, time_sum, value_sum = 0, 0.0, 0.0
    t = edge
    while 0 <= t < samples.size and abs(times_s[t] - times_s[edge]) <= reach_s:
        if not np.isnan(samples[t]):
            count += 1
            time_sum += times_s[t]
            value_sum += samples[t]
        t += step
    return count, time_sum / count, value_sum / count


@njit(**COMPILE)
def bridge_gaps(rows: RowArray, longest: int) -> None:
    """Fill gaps of up to ``longest`` columns in rows (K, N) by straight lines.

    Gaps at the ends and longer ones stay NaN.
    """
    for k in range(rows.shape[0]):
        row = rows[k]
        last_seen = -1
        for begin in range(0, row.size, _STRETCH):
            end = min(begin + _STRETCH, row.size)
            # Most stretches have no gap; telling so takes no branches.
            is_open = last_seen < begin - 1
            if not is_open and _count_seen(row[begin:end]) == end - begin:
                last_seen = end - 1
                continue
            for n in range(begin, end):
                if np.isnan(row[n]):
                    continue
                gap = n - last_seen - 1
                if last_seen >= 0 and 0 < gap <= longest:
                    rise = (row[n] - row[last_seen]) / np.float32(gap + 1)
                    for step in range(1, gap + 1):
                        row[last_seen + step] = row[last_seen] + rise * np.float32(step)
                last_seen = n


@njit(**COMPILE)
def _count_seen(row: RowArray) -> int:
    count = 0
    for n in range(row.size):
        count += 1 if row[n] == row[n] else 0
    return count


@njit(**COMPILE)
def count_seen_and_moving(rows: RowArray, least_rate: float) -> tuple[int, int]:
    """Count entries of rows (2 F, N) that were seen, and rates beyond ``least_rate``.

    Rates are the second half of the rows, NaN = not seen; either sign counts.
    """
    angle_count = rows.shape[0] // 2
    least = np.float32(least_rate)
    seen_count, moving_count = 0, 0
    for k in range(rows.shape[0]):
        row = rows[k]
        seen_count += _count_seen(row)
        if k < angle_count:
            continue
        for n in range(row.size):
            moving_count += 1 if abs(row[n]) > least else 0
    return seen_count, moving_count
