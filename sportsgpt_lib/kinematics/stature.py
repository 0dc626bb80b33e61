"""How tall the athlete is in the picture, how sure that is, and whether it changes.

The estimate itself, from thigh and shank, is in ``body_scale.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import (
    SIDES,
    compute_midpoint,
    estimate_stature_px,
)
from sportsgpt_lib.kinematics.theil_line import fit_theil_slope
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.robust_spread import compute_robust_sd

# All chosen, see docs/adr/0006-pose.md. The sexes' mean proportions lie 3.1 % to either
# side of the mean that is used (de Leva 1996, Table 4); people of one sex scatter by
# about as much again.
PROPORTIONS_ERROR = float(np.hypot(0.031, 0.03))
# How much shorter legs look that swing out of the picture's plane.
_TURNED_ERROR = {"sagittal": 0.01}
_TURNED_ERROR_OTHERWISE = 0.10
_JITTER_LASTS_S = 0.1
_LEAST_FRAMES = 5


@dataclass(frozen=True)
class Stature:
    """Standing height in the picture.

    ``px`` is NaN where neither leg was ever seen whole. ``error_ratio`` is the standard
    uncertainty as a share, proportions of the body included. ``change_ratio`` is by how
    much the size in the picture grows or shrinks from first to last frame, as a share:
    the athlete comes nearer or goes away. ``growth_per_px`` is the same per pixel of
    way to the right, in pixels of stature; 0 where the athlete keeps to one place.
    """

    px: float
    error_ratio: float
    change_ratio: float
    growth_per_px: float


def measure_stature(
    times_s: FloatArray, positions_px: FloatArray, camera_view: str
) -> Stature:
    """Measure stature, its error and its change.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the movement, slow motion taken out.
    positions_px
        Image positions ``(T, J, 2)``. NaN = not seen.
    camera_view
        As in ``recordings``.

    Returns
    -------
    The stature; all NaN where no leg was seen.
    """
    stature_px = estimate_stature_px(positions_px)
    if not np.isfinite(stature_px):
        return Stature(np.nan, np.nan, np.nan, np.nan)
    ratios = _compute_leg_lengths_px(positions_px)
    ratios = ratios / np.nanmedian(ratios)
    seen = np.isfinite(ratios)
    change = _fit_slope(times_s[seen], ratios[seen]) * np.ptp(times_s[seen])
    hip_px = compute_midpoint(positions_px, "left_hip", "right_hip")[:, 0]
    is_moving = np.nanmax(hip_px) - np.nanmin(hip_px) > stature_px
    growth = stature_px * _fit_slope(hip_px[seen], ratios[seen]) if is_moving else 0.0
    return Stature(
        px=stature_px,
        error_ratio=float(
            np.sqrt(
                PROPORTIONS_ERROR**2
                + _TURNED_ERROR.get(camera_view, _TURNED_ERROR_OTHERWISE) ** 2
                + _estimate_jitter(times_s[seen], ratios[seen]) ** 2
            )
        ),
        change_ratio=float(change),
        growth_per_px=float(growth),
    )


def _compute_leg_lengths_px(positions_px: FloatArray) -> FloatArray:
    """Compute thigh and shank together, mean of both legs ``(T,)``; NaN = not seen."""
    lengths_px = np.zeros((len(SIDES), positions_px.shape[0]))
    for row, side in enumerate(SIDES):
        for proximal, distal in (("hip", "knee"), ("knee", "ankle")):
            ends = [KEYPOINT_INDEX[f"{side}_{part}"] for part in (proximal, distal)]
            lengths_px[row] += np.linalg.norm(
                positions_px[:, ends[1]] - positions_px[:, ends[0]], axis=1
            )
    count = np.isfinite(lengths_px).sum(axis=0)
    total_px = np.nansum(lengths_px, axis=0)
    return np.where(count > 0, total_px / np.maximum(count, 1), np.nan)


def _estimate_jitter(times_s: FloatArray, ratios: FloatArray) -> float:
    """Estimate the error that the frames' scatter leaves in their median."""
    spread = compute_robust_sd(ratios)
    independent = max(1.0, float(np.ptp(times_s)) / _JITTER_LASTS_S)
    return spread / float(np.sqrt(independent))


def _fit_slope(along: FloatArray, values: FloatArray) -> float:
    return fit_theil_slope(along, values) if values.size >= _LEAST_FRAMES else 0.0
