"""Which of many overlapping intervals are kept: the best ones first.

Callers are in ``sportsgpt_lib/alignment``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@njit(**COMPILE)
def drop_overlapping(
    starts: FloatArray, ends: FloatArray, largest_share: float
) -> IntArray:
    """Keep each interval that shares little with all that were kept before it, (K,).

    ``starts`` and ``ends`` (C,) come with the best interval first. Two share too much
    where their common part is over ``largest_share`` of the shorter one. Returns the
    places of the kept ones, ascending.
    """
    kept = np.empty(starts.size, dtype=np.int64)
    count = 0
    for c in range(starts.size):
        is_apart = True
        for place in range(count):
            other = kept[place]
            shared = min(ends[c], ends[other]) - max(starts[c], starts[other])
            shorter = min(ends[c] - starts[c], ends[other] - starts[other])
            if shared > largest_share * shorter:
                is_apart = False
                break
        if is_apart:
            kept[count] = c
            count += 1
    return kept[:count].copy()
