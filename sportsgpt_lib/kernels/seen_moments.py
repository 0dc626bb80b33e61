"""Mean and spread of what was seen of a few quantities.

Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]


@njit(**COMPILE)
def compute_seen_moments(values: FloatArray) -> FloatArray:
    """Compute mean and standard deviation (2, K) of rows (K, N); NaN = not seen.

    NaN where a row was never seen.
    """
    moments = np.full((2, values.shape[0]), np.nan)
    for k in range(values.shape[0]):
        row = values[k]
        count, total, square = 0, 0.0, 0.0
        for n in range(row.size):
            if not np.isnan(row[n]):
                count += 1
                total += row[n]
        mean = total / count if count else np.nan
        for n in range(row.size):
            if not np.isnan(row[n]):
                square += (row[n] - mean) ** 2
        if count:
            moments[0, k] = mean
            moments[1, k] = np.sqrt(square / count)
    return moments
