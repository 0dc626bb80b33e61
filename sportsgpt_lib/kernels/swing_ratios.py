"""How large a movement is beside the reference, interval by interval.

The search compares directions of motion, for which a movement at half its size looks
almost like the whole. The caller is ``alignment/coarse_search.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
RowArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int64]


@njit(**COMPILE)
def compute_swing_ratios(
    values: RowArray, starts: IntArray, ends: IntArray, spreads: FloatArray
) -> FloatArray:
    """Compute the median over angles of their spread over the reference's, (C,).

    ``values`` (F, N), NaN = not seen; interval c holds the columns ``starts[c]`` to
    ``ends[c]``, both included. ``spreads`` (F,) are the reference's; an angle whose
    spread is 0 is left out. NaN where no angle was seen twice.
    """
    ratios = np.full(starts.size, np.nan)
    seen_ratios = np.empty(values.shape[0])
    for c in range(starts.size):
        seen_count = 0
        for f in range(values.shape[0]):
            row = values[f]
            count, total, square = 0, 0.0, 0.0
            for n in range(starts[c], ends[c] + 1):
                value = row[n]
                if not np.isnan(value):
                    count += 1
                    total += value
                    square += value * value
            if count > 1 and spreads[f] > 0.0:
                variance = max(square / count - (total / count) ** 2, 0.0)
                seen_ratios[seen_count] = np.sqrt(variance) / spreads[f]
                seen_count += 1
        if seen_count > 0:
            ratios[c] = np.median(seen_ratios[:seen_count])
    return ratios
