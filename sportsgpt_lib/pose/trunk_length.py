"""The distance from hip to neck in the picture: the measure of a person's size.

It changes least of all lengths while a person moves. What is small or large is decided
where it is used.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

_NECK, _HIP = KEYPOINT_INDEX["neck"], KEYPOINT_INDEX["hip"]


def compute_trunk_px(points: FloatArray) -> FloatArray:
    """Compute the lengths ``(...)`` of points ``(..., J, 2+)``; NaN = not seen."""
    trunk = points[..., _NECK, :2] - points[..., _HIP, :2]
    return np.asarray(np.hypot(trunk[..., 0], trunk[..., 1]))


def compute_median_trunk_px(points: FloatArray) -> float:
    """Compute the median over frames ``(T, J, 2+)``; NaN where never seen."""
    lengths_px = compute_trunk_px(points)
    seen_px = lengths_px[np.isfinite(lengths_px)]
    return float(np.median(seen_px)) if seen_px.size else float("nan")
