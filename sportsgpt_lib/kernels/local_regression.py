"""Local polynomials through samples with gaps: value and derivatives at any instant.

Its callers are ``kinematics/rates.py``, which differentiates, and
``kinematics/level_crossings.py``, which smooths.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
_TINY = 1e-12

# Chosen, see docs/angles.md: measured at the ends of analytic motions.
_MOST_ONE_SIDED = 0.15
_LINE, _PARABOLA, _CUBIC = 1, 2, 3


@njit(**COMPILE)
def fit_local_polynomials(
    times_s: FloatArray,
    values: FloatArray,
    at_times_s: FloatArray,
    half_width_s: float,
    most_degree: int,
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Fit a line or a cubic around each instant, weighted 1 - (distance / width)^2.

    ``times_s`` (T,) and ``at_times_s`` (N,) ascend; ``values`` is (T, Q). NaN samples
    carry no weight. ``most_degree`` is 1 or 3. Values, first and second derivatives
    come back as (N, Q), NaN where fewer than three samples lie inside, or none within
    half the width (a quarter for cubics). Beside an end or a gap, and with four
    samples, a cubic becomes a parabola, with three a line; second derivatives are those
    of cubics alone.
    """
    sample_count, quantity_count = values.shape
    instant_count = at_times_s.shape[0]
    fitted = np.full((instant_count, quantity_count), np.nan)
    slopes = np.full((instant_count, quantity_count), np.nan)
    bends = np.full((instant_count, quantity_count), np.nan)
    shares = np.empty(sample_count)
    samples = np.empty(sample_count)
    scratch = np.empty((2, sample_count))
    first = 0
    for n in range(instant_count):
        centre_s = at_times_s[n]
        while first < sample_count and times_s[first] <= centre_s - half_width_s:
            first += 1
        for q in range(quantity_count):
            count = 0
            nearest = 1.0
            t = first
            while t < sample_count and times_s[t] < centre_s + half_width_s:
                if not np.isnan(values[t, q]):
                    shares[count] = (times_s[t] - centre_s) / half_width_s
                    samples[count] = values[t, q]
                    nearest = min(nearest, abs(shares[count]))
                    count += 1
                t += 1
            if count <= _LINE + 1 or nearest > 1.0 / (most_degree + 1):
                continue
            degree = min(most_degree, _choose_degree(shares[:count]))
            value, slope, bend = _fit_polynomial(
                shares[:count], samples[:count], degree, scratch
            )
            fitted[n, q] = value
            slopes[n, q] = slope / half_width_s
            bends[n, q] = bend / (half_width_s * half_width_s)
    return fitted, slopes, bends


@njit(**COMPILE)
def _choose_degree(shares: FloatArray) -> int:
    """Choose the degree that samples at ``shares`` of the width can bear.

    One sample more than a polynomial needs, and for a cubic their centre near 0.
    """
    weight_sum = 0.0
    moment = 0.0
    for share in shares:
        weight = 1.0 - share * share
        weight_sum += weight
        moment += weight * share
    if shares.size <= _PARABOLA + 1:
        return _LINE
    if shares.size <= _CUBIC + 1 or abs(moment) > _MOST_ONE_SIDED * weight_sum:
        return _PARABOLA
    return _CUBIC


@njit(**COMPILE)
def _fit_polynomial(
    shares: FloatArray, samples: FloatArray, degree: int, scratch: FloatArray
) -> tuple[float, float, float]:
    """Fit by polynomials orthogonal over the samples; value and derivatives at 0.

    Forsythe's recurrence p[k+1] = (u - a) p[k] - b p[k-1] needs no system of equations.
    A derivative is NaN where samples at almost one instant end it early, and the second
    one below a cubic.
    """
    last, here = scratch[0, : shares.size], scratch[1, : shares.size]
    last[:] = 0.0
    here[:] = 1.0
    last_0, last_1, last_2 = 0.0, 0.0, 0.0
    here_0, here_1, here_2 = 1.0, 0.0, 0.0
    value, slope, bend = 0.0, 0.0, 0.0
    last_norm = np.inf
    reached = -1
    for power in range(degree + 1):
        norm, product, moment = 0.0, 0.0, 0.0
        for i in range(shares.size):
            weighted = (1.0 - shares[i] * shares[i]) * here[i]
            norm += weighted * here[i]
            product += weighted * samples[i]
            moment += weighted * here[i] * shares[i]
        if norm <= _TINY:
            break
        reached = power
        value += product / norm * here_0
        slope += product / norm * here_1
        bend += product / norm * here_2
        a, b = moment / norm, norm / last_norm
        for i in range(shares.size):
            following = (shares[i] - a) * here[i] - b * last[i]
            last[i], here[i] = here[i], following
        next_0 = -a * here_0 - b * last_0
        next_1 = here_0 - a * here_1 - b * last_1
        next_2 = 2.0 * here_1 - a * here_2 - b * last_2
        last_0, last_1, last_2 = here_0, here_1, here_2
        here_0, here_1, here_2 = next_0, next_1, next_2
        last_norm = norm
    return (
        value,
        slope if reached >= _LINE else np.nan,
        bend if reached == _CUBIC else np.nan,
    )
