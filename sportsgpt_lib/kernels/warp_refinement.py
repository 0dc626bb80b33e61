"""Refine a warping path to a smooth warp between frames, with its uncertainty.

Gauss–Newton on the angles themselves: the warp is held smooth by its second
differences, the reference is drawn towards the athlete's style by a gain and an offset
per angle. Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE, COMPILE_FUSED

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]

_TINY = 1e-12
# Chosen, see docs/alignment.md: misfits beyond so many standard deviations count less.
_ROBUST_AT = 2.5
_LARGEST_STEP = 2.0
_BLOCK = 4
# Chosen, see docs/alignment.md: people pause and start again. Where the speed changes
# by so many times its mean within one repetition, the warp is held half as tightly,
# and never by less than this share.
_ROBUST_BEND = 6.0
_LEAST_HOLD = 0.05
# An angle that hardly moves is not let decide; as in ``alignment/motion_features.py``.
_SPREAD_FLOOR = 0.35


@njit(**COMPILE)
def refine_warp(  # noqa: PLR0917 - kernels take no keywords
    values: RowArray,
    rates: RowArray,
    reference: FloatArray,
    path: FloatArray,
    weights: FloatArray,
    settings: FloatArray,
    iterations: int,
) -> tuple[FloatArray, FloatArray]:
    """Refine a path (M,) of columns; the warp and its standard errors, in columns.

    ``values`` and ``rates`` (F, N) are the athlete's angles and their change per
    column, NaN = not seen; ``reference`` is (M, F), ``weights`` (F,). ``settings`` are
    the warp's smoothness, the least noise as a share of an angle's spread, and the
    stiffness of gain and of offset.
    """
    row_count, angle_count = reference.shape
    smoothness, floor_share = settings[0], settings[1]
    spread = np.empty(angle_count)
    for f in range(angle_count):
        spread[f] = np.nanstd(reference[:, f])
    spread = np.maximum(spread, _SPREAD_FLOOR * np.median(spread) + _TINY)
    columns = path.copy()
    errors = np.zeros(row_count)
    stretch = 1.0
    for iteration in range(iterations):
        seen = sample_columns(values, columns)
        slopes = sample_columns(rates, columns)
        gains, offsets = fit_style(reference, seen, spread, settings[2], settings[3])
        misses = seen - (gains * reference + offsets)
        _whiten(misses, slopes, weights, spread, floor_share)
        if iteration in (0, 2, iterations - 1):
            stretch = _compute_shared_rows(misses, slopes)
        stiffness = smoothness * row_count * row_count * stretch * weigh_bends(columns)
        step, variance = step_warp(columns, misses, slopes, stiffness)
        for i in range(row_count):
            columns[i] += min(max(step[i], -_LARGEST_STEP), _LARGEST_STEP)
            errors[i] = np.sqrt(variance[i] * stretch)
    return columns, errors


@njit(**COMPILE)
def _whiten(
    misses: FloatArray,
    slopes: FloatArray,
    weights: FloatArray,
    spread: FloatArray,
    floor_share: float,
) -> None:
    """Divide misfits and slopes (M, F) by the noise of each angle, in place.

    The noise is the root mean square of the angle's misfits, no less than a share of
    its ``spread`` (F,), and that of a typical angle on top. Large misfits are weighed
    down, and so are angles that another person moves differently: those of a large
    noise for their spread.
    """
    row_count, angle_count = misses.shape
    noises = np.full(angle_count, np.nan)
    for f in range(angle_count):
        floor = floor_share * spread[f]
        count, square = 0, 0.0
        for i in range(row_count):
            if not np.isnan(misses[i, f]) and not np.isnan(slopes[i, f]):
                count += 1
                square += misses[i, f] * misses[i, f]
        if count > 0:
            noises[f] = np.sqrt(square / count + floor * floor)
    seen_noises = noises[~np.isnan(noises)]
    if seen_noises.size == 0:
        return
    noises = np.sqrt(noises**2 + np.median(seen_noises) ** 2)
    shares = noises / spread
    typical_share = np.median(shares[~np.isnan(shares)])
    for f in range(angle_count):
        per_noise = 1.0 / noises[f]
        per_limit = per_noise / _ROBUST_AT
        trust = weights[f] * typical_share / shares[f]
        for i in range(row_count):
            excess = misses[i, f] * per_limit
            weight = trust * per_noise / (1.0 + excess * excess)
            misses[i, f] *= weight
            slopes[i, f] *= weight


@njit(**COMPILE)
def _compute_shared_rows(misses: FloatArray, slopes: FloatArray) -> float:
    """Compute how many neighbouring rows share one error, weighed by information."""
    time_sum, power_sum = 0.0, 0.0
    for f in range(misses.shape[1]):
        power = 0.0
        for i in range(misses.shape[0]):
            if not np.isnan(slopes[i, f]):
                power += slopes[i, f] * slopes[i, f]
        if power > 0.0:
            time_sum += power * _compute_correlation_rows(misses[:, f])
            power_sum += power
    return time_sum / power_sum if power_sum > 0.0 else 1.0


@njit(**COMPILE)
def _compute_correlation_rows(misses: FloatArray) -> float:
    """Compute the integrated autocorrelation time (M,), up to its first zero."""
    square, count = 0.0, 0
    known = np.zeros((2, misses.size))
    for i in range(misses.size):
        if not np.isnan(misses[i]):
            known[0, i], known[1, i] = misses[i], 1.0
            square += misses[i] * misses[i]
            count += 1
    total = 1.0
    if count == 0 or square <= 0.0:
        return total
    for lag in range(1, misses.size // 2):
        pairs = float(misses.size - lag)
        if count < misses.size:
            pairs = _sum_products(known[1], lag)
        share = (_sum_products(known[0], lag) / max(pairs, 1.0)) / (square / count)
        if share <= 0.0:
            break
        total += 2.0 * share
    return total


@njit(**COMPILE_FUSED)
def _sum_products(values: FloatArray, lag: int) -> float:
    """Sum the products of all neighbours ``lag`` apart.

    Four sums run side by side, for one would wait for itself.
    """
    later = values[lag:]
    s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
    whole = later.size // _BLOCK * _BLOCK
    for i in range(0, whole, _BLOCK):
        s0 += values[i] * later[i]
        s1 += values[i + 1] * later[i + 1]
        s2 += values[i + 2] * later[i + 2]
        s3 += values[i + 3] * later[i + 3]
    for i in range(whole, later.size):
        s0 += values[i] * later[i]
    return (s0 + s1) + (s2 + s3)


@njit(**COMPILE)
def sample_columns(rows: RowArray, columns: FloatArray) -> FloatArray:
    """Sample rows (K, N) at columns (M,) by straight lines, (M, K).

    NaN outside the rows and beside an entry that is NaN.
    """
    quantity_count, column_count = rows.shape
    samples = np.full((columns.size, quantity_count), np.nan)
    for i in range(columns.size):
        if not 0.0 <= columns[i] <= column_count - 1:
            continue
        left = min(int(columns[i]), max(column_count - 2, 0))
        right = min(left + 1, column_count - 1)
        share = columns[i] - left
        for k in range(quantity_count):
            samples[i, k] = (1.0 - share) * rows[k, left] + share * rows[k, right]
    return samples


@njit(**COMPILE)
def fit_style(
    reference_rows: FloatArray,
    seen_rows: FloatArray,
    spread: FloatArray,
    gain_stiffness: float,
    offset_stiffness: float,
) -> tuple[FloatArray, FloatArray]:
    """Fit gain and offset (F,) of each reference angle to the athlete, with restraint.

    ``reference_rows`` and ``seen_rows`` are (M, F), NaN = not seen. Ridge regression
    towards gain 1 and offset 0; a stiffness of 1 weighs as much as every row does where
    the angle lies one ``spread`` (F,) from its mean. An angle never seen keeps 1 and 0.
    """
    row_count, angle_count = reference_rows.shape
    gains = np.ones(angle_count)
    offsets = np.zeros(angle_count)
    for f in range(angle_count):
        count = 0
        reference_sum, miss_sum = 0.0, 0.0
        for i in range(row_count):
            miss = seen_rows[i, f] - reference_rows[i, f]
            if not np.isnan(miss):
                count += 1
                reference_sum += reference_rows[i, f]
                miss_sum += miss
        if count == 0:
            continue
        middle, mean_miss = reference_sum / count, miss_sum / count
        power, product = 0.0, 0.0
        for i in range(row_count):
            miss = seen_rows[i, f] - reference_rows[i, f]
            if not np.isnan(miss):
                part = reference_rows[i, f] - middle
                power += part * part
                product += part * (miss - mean_miss)
        stiffness = gain_stiffness * row_count * spread[f] * spread[f]
        gain_change = product / (power + stiffness + _TINY)
        shift = mean_miss * count / (count + offset_stiffness * row_count)
        gains[f] = 1.0 + gain_change
        offsets[f] = shift - gain_change * middle
    return gains, offsets


@njit(**COMPILE)
def weigh_bends(columns: FloatArray) -> FloatArray:
    """Weigh the second difference about each of the columns (M,), 1 where it is small.

    As a Cauchy prior does: a sudden change of speed is rare, not impossible.
    """
    row_count = columns.size
    holds = np.ones(row_count)
    mean_step = (columns[-1] - columns[0]) / max(row_count - 1, 1)
    limit = max(_ROBUST_BEND * mean_step / row_count, _TINY)
    for i in range(1, row_count - 1):
        share = (columns[i - 1] - 2.0 * columns[i] + columns[i + 1]) / limit
        holds[i] = max(1.0 / (1.0 + share * share), _LEAST_HOLD)
    return holds


@njit(**COMPILE)
def step_warp(
    columns: FloatArray,
    misses: FloatArray,
    slopes: FloatArray,
    stiffness: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Take one Gauss–Newton step of a smooth warp; the step and its variance, (M,).

    ``misses`` and ``slopes`` (M, F) are the misfits and their change with the column,
    in standard deviations and already weighted; NaN counts for nothing. ``stiffness``
    (M,) weighs the squared second difference about each of the ``columns`` (M,) as it
    would be after the step. The variance is the diagonal of the inverse of the normal
    matrix.
    """
    row_count = columns.size
    diagonal = np.zeros(row_count)
    right = np.zeros(row_count)
    for i in range(row_count):
        for f in range(misses.shape[1]):
            if not np.isnan(misses[i, f]) and not np.isnan(slopes[i, f]):
                diagonal[i] += slopes[i, f] * slopes[i, f]
                right[i] -= slopes[i, f] * misses[i, f]
    first_off = np.zeros(row_count)
    second_off = np.zeros(row_count)
    for i in range(1, row_count - 1):
        bend = columns[i - 1] - 2.0 * columns[i] + columns[i + 1]
        hold = stiffness[i]
        diagonal[i - 1] += hold
        diagonal[i] += 4.0 * hold
        diagonal[i + 1] += hold
        first_off[i - 1] -= 2.0 * hold
        first_off[i] -= 2.0 * hold
        second_off[i - 1] += hold
        right[i - 1] -= hold * bend
        right[i] += 2.0 * hold * bend
        right[i + 1] -= hold * bend
    # Rows of which nothing was seen, in a warp without curvature, are held in place.
    for i in range(row_count):
        diagonal[i] += _TINY * (1.0 + stiffness[i])
    step, variance = _solve_pentadiagonal(diagonal, first_off, second_off, right)
    return step, variance


@njit(**COMPILE)
def _solve_pentadiagonal(
    diagonal: FloatArray,
    first_off: FloatArray,
    second_off: FloatArray,
    right: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Solve a symmetric system of bandwidth two; also the inverse's diagonal.

    Factors L D L', then Takahashi's recursion (Erisman and Tinney 1975, Commun. ACM
    18(3):177-179, doi:10.1145/360680.360704) for the inverse within the band.
    """
    count = diagonal.size
    pivots = np.empty(count)
    lower_one = np.zeros(count + 2)
    lower_two = np.zeros(count + 2)
    solution = right.copy()
    for i in range(count):
        pivot = diagonal[i]
        first = first_off[i]
        if i >= 1:
            pivot -= lower_one[i - 1] ** 2 * pivots[i - 1]
            first -= lower_two[i - 1] * lower_one[i - 1] * pivots[i - 1]
            solution[i] -= lower_one[i - 1] * solution[i - 1]
        if i >= 2:  # noqa: PLR2004 - the bandwidth
            pivot -= lower_two[i - 2] ** 2 * pivots[i - 2]
            solution[i] -= lower_two[i - 2] * solution[i - 2]
        pivots[i] = pivot
        lower_one[i] = first / pivot
        lower_two[i] = second_off[i] / pivot
    variance = np.zeros(count + 2)
    beside = np.zeros(count + 2)
    solved = np.zeros(count + 2)
    for i in range(count - 1, -1, -1):
        one, two = lower_one[i], lower_two[i]
        solved[i] = solution[i] / pivots[i] - one * solved[i + 1] - two * solved[i + 2]
        next_but_one = -one * beside[i + 1] - two * variance[i + 2]
        beside[i] = -one * variance[i + 1] - two * beside[i + 1]
        variance[i] = 1.0 / pivots[i] - one * beside[i] - two * next_but_one
    return solved[:count], variance[:count]
