"""The athlete's size and facing in the picture.

From pixels to body heights, and which way is forward. Angles and events live elsewhere.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_segments import (
    SHANK_BODY_HEIGHTS,
    THIGH_BODY_HEIGHTS,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

SIDES = ("left", "right")

# Chosen, see docs/angles.md: seen from the side a foot spans about 0.1 body heights in
# the picture, seen from the front less than a third of that.
FOOT_POINTS_BODY_HEIGHTS = 0.04
TRAVEL_BODY_HEIGHTS = 0.75


@dataclass(frozen=True)
class Facing:
    """Which way the athlete faces in the picture.

    ``sign`` is +1 for the right edge of the picture, -1 for the left. ``evidence`` says
    what decided: the direction the feet point, or the way travelled. ``strength_ratio``
    is the share of frames that agree, 0.5 = no better than chance.
    """

    sign: int
    evidence: Literal["feet", "travel", "none"]
    strength_ratio: float


def estimate_stature_px(positions_px: FloatArray) -> float:
    """Estimate standing height in pixels from the lengths of thigh and shank.

    Parameters
    ----------
    positions_px
        Image positions ``(T, J, 2)``. NaN = not seen.

    Returns
    -------
    Stature in pixels; NaN where neither leg was ever seen whole.

    Notes
    -----
    The legs of the two columns of the source differ by 6 %, so a body height carries a
    systematic error of about 3 %, the same in all frames of a recording. Legs turned
    out of the picture's plane look short, which makes the estimate small.

    Source
    ------
    de Leva (1996), Table 4; see ``body_segments.py``.
    """
    thigh_px = _median_length_px(positions_px, "hip", "knee")
    shank_px = _median_length_px(positions_px, "knee", "ankle")
    return (thigh_px + shank_px) / (THIGH_BODY_HEIGHTS + SHANK_BODY_HEIGHTS)


def find_facing(positions_px: FloatArray, stature_px: float) -> Facing:
    """Find which way the athlete faces.

    Parameters
    ----------
    positions_px
        Image positions ``(T, J, 2)``. NaN = not seen.
    stature_px
        Standing height, from :func:`estimate_stature_px`.

    Returns
    -------
    The facing. The feet decide where they point clearly one way, so walking backwards
    keeps its facing; otherwise the way travelled; otherwise right, by default.
    """
    pointing_px = np.concatenate(
        [
            _column(positions_px, f"{side}_big_toe")
            - _column(positions_px, f"{side}_heel")
            for side in SIDES
        ]
    )
    pointing_px = pointing_px[np.isfinite(pointing_px)]
    if pointing_px.size:
        median_px = float(np.median(pointing_px))
        if abs(median_px) >= FOOT_POINTS_BODY_HEIGHTS * stature_px:
            sign = 1 if median_px > 0 else -1
            agreeing = np.count_nonzero(pointing_px * sign > 0)
            return Facing(sign, "feet", float(agreeing / pointing_px.size))
    return _facing_of_travel(positions_px, stature_px)


def _facing_of_travel(positions_px: FloatArray, stature_px: float) -> Facing:
    path_px = compute_midpoint(positions_px, "left_hip", "right_hip")[:, 0]
    path_px = path_px[np.isfinite(path_px)]
    if path_px.size > 1:
        travelled_px = float(path_px[-1] - path_px[0])
        if abs(travelled_px) >= TRAVEL_BODY_HEIGHTS * stature_px:
            sign = 1 if travelled_px > 0 else -1
            steps_px = np.diff(path_px)
            return Facing(sign, "travel", float(np.mean(steps_px * sign > 0)))
    return Facing(1, "none", 0.5)


def compute_midpoint(positions: FloatArray, first: str, second: str) -> FloatArray:
    """Compute the middle ``(T, 2)`` of two keypoints; NaN where both are missing."""
    ends = positions[:, [KEYPOINT_INDEX[first], KEYPOINT_INDEX[second]], :]  # (T, 2, D)
    seen = np.isfinite(ends)
    count = seen.sum(axis=1)
    total = np.where(seen, ends, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _column(positions_px: FloatArray, keypoint: str) -> FloatArray:
    return positions_px[:, KEYPOINT_INDEX[keypoint], 0]


def _median_length_px(positions_px: FloatArray, proximal: str, distal: str) -> float:
    lengths_px = np.concatenate(
        [
            np.linalg.norm(
                positions_px[:, KEYPOINT_INDEX[f"{side}_{proximal}"]]
                - positions_px[:, KEYPOINT_INDEX[f"{side}_{distal}"]],
                axis=1,
            )
            for side in SIDES
        ]
    )
    lengths_px = lengths_px[np.isfinite(lengths_px)]
    return float(np.median(lengths_px)) if lengths_px.size else float("nan")
