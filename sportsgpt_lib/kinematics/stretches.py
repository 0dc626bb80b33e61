"""Stretches of frames of which something is true, one after the other.

Only where they begin and end; what is true of them is decided by the callers.
"""

import numpy as np
import numpy.typing as npt


def list_stretches(is_inside: npt.NDArray[np.bool_]) -> list[tuple[int, int]]:
    """List the first frame of each stretch of ``(T,)``, and the one after its last."""
    edges = np.diff(np.concatenate([[False], is_inside, [False]]).astype(np.int64))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    return list(zip(starts.tolist(), ends.tolist(), strict=True))
