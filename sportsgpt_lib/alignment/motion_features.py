"""What motions are compared by: how finely they are sampled and how they are scaled.

Everything follows from the reference and the frame rate. The numbers themselves are
made by ``kernels/motion_rows.py``; searching and warping are in the modules beside.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.alignment.motion import Motion, ReferenceMotion
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.errors import AlignmentInputError
from sportsgpt_lib.kernels.motion_rows import fit_motion_rows
from sportsgpt_lib.kernels.seen_moments import compute_seen_moments
from sportsgpt_lib.kernels.subsequence_warp import compute_feature_rows
from sportsgpt_lib.robust_spread import MEDIAN_TO_SD

RowArray = npt.NDArray[np.float32]

# Chosen, see docs/alignment.md; wide plateaus around each.
RATE_WEIGHT = 1.25
SPREAD_SHARE = 1.6
SPREAD_FLOOR_SHARE = 0.35
# A line needs three samples: so many frame intervals on either side hold them anywhere.
LEAST_HALF_WIDTH_FRAMES = 2.05
_INTERVALS_LOOKED_AT = 500
_TRIPLES_LOOKED_AT = 500
# Standard deviation of a second difference of white noise of standard deviation 1.
_SECOND_DIFFERENCE_SD = 6.0**0.5
_TINY = 1e-6


@dataclass(frozen=True)
class RowGrid:
    """Even instants ``(N,)``; a line is fitted over ``half_width_s`` around each."""

    first_s: float
    step_s: float
    row_count: int
    half_width_s: float

    @property
    def times_s(self) -> FloatArray:
        """The instants."""
        return np.asarray(self.first_s + self.step_s * np.arange(self.row_count))


@dataclass(frozen=True)
class FeatureScaling:
    """Centre, spread and weight ``(2 F,)`` of angles, then of rates."""

    centre: RowArray
    spread: RowArray
    weights: RowArray

    def compute_features(self, rows: RowArray) -> RowArray:
        """Compute features ``(2 F, N)`` from rows; what was not seen becomes 0."""
        features: Any = compute_feature_rows(
            rows, self.centre, self.spread, self.weights
        )
        return np.asarray(features)


def compute_frame_interval_s(times_s: FloatArray) -> float:
    """Compute the median frame interval of ``(T,)`` times, of a sample of them."""
    if times_s.size < 2:  # noqa: PLR2004 - an interval takes two
        return 0.0
    stride = max(1, times_s.size // _INTERVALS_LOOKED_AT)
    return compute_median(times_s[1::stride] - times_s[:-1:stride])


def compute_median(values: FloatArray | RowArray) -> float:
    """Compute the median of a few values, NaN if any is; numpy's own takes longer."""
    ordered = np.sort(values)
    middle = 0.5 * float(ordered[(ordered.size - 1) // 2] + ordered[ordered.size // 2])
    return float(ordered[-1]) if np.isnan(ordered[-1]) else middle


def compute_spreads(angles_deg: FloatArray) -> FloatArray:
    """Compute the standard deviation ``(F,)`` of what was seen of ``(T, F)`` angles."""
    moments: Any = compute_seen_moments(np.ascontiguousarray(angles_deg.T))
    return np.asarray(moments[1])


def estimate_jitter_deg(motion: Motion) -> FloatArray:
    """Estimate the jitter ``(F,)`` of each angle from a sample of its frames.

    From the median second difference of neighbouring frames, so that movement, spikes
    and gaps hardly count. It sees what changes from frame to frame; the slow part of
    the error of a pose is about as large again. 0 where an angle was never seen.
    """
    stride = max(1, motion.frame_count // _TRIPLES_LOOKED_AT)
    angles_deg = motion.angles_deg
    first, last = angles_deg[:-2:stride], angles_deg[2::stride]
    middle = angles_deg[1:-1:stride]
    bend_deg = np.abs(first - 2.0 * middle + last).T.copy()
    bend_deg.sort(axis=1)
    seen_count = np.isfinite(bend_deg).sum(axis=1)
    if not seen_count.any():
        return np.zeros(seen_count.size)
    median_deg = bend_deg[np.arange(seen_count.size), seen_count // 2]
    jitter_deg = MEDIAN_TO_SD / _SECOND_DIFFERENCE_SD * median_deg
    return np.where(seen_count > 0, np.nan_to_num(jitter_deg), 0.0)


def compute_noise_ratio(jitter_deg: FloatArray, spread_deg: FloatArray) -> float:
    """Compute the median of jitter over spread of the angles that move."""
    floor_deg = SPREAD_FLOOR_SHARE * compute_median(spread_deg)
    return compute_median(jitter_deg / np.maximum(spread_deg, floor_deg + _TINY))


def sample_angles(
    times_s: FloatArray, angles_deg: FloatArray, grid: RowGrid
) -> RowArray:
    """Sample angles and rates ``(2 F, N)`` on a grid; NaN = not seen.

    Lines are widened where needed, so that they span three frames.
    """
    least_s = LEAST_HALF_WIDTH_FRAMES * compute_frame_interval_s(times_s)
    rows: Any = fit_motion_rows(
        times_s,
        angles_deg,
        grid.first_s,
        grid.step_s,
        grid.row_count,
        max(grid.half_width_s, least_s, _TINY),
    )
    return np.asarray(rows)


def sample_reference(
    reference: ReferenceMotion, grid: RowGrid, speed_ratio: float
) -> RowArray:
    """Sample a reference as if it ran ``speed_ratio`` times as fast.

    The grid is in the reference's own seconds.
    """
    motion = reference.motion
    rows = sample_angles(motion.times_s, motion.angles_deg, grid)
    rows[len(motion.names) :] *= np.float32(speed_ratio)
    return rows


def build_scaling(reference: ReferenceMotion, rows: RowArray) -> FeatureScaling:
    """Build the scaling from a reference's rows ``(2 F, M)`` at its own speed.

    A quantity that hardly moves is given a floor of spread, so that its noise is not
    blown up.
    """
    angle_count = len(reference.motion.names)
    moments: Any = compute_seen_moments(rows.astype(np.float64))
    centre, spread = moments
    is_used = reference.weights > 0.0
    for part in (slice(0, angle_count), slice(angle_count, None)):
        middle = compute_median(spread[part][is_used])
        spread[part] = np.maximum(spread[part], SPREAD_FLOOR_SHARE * middle)
    weights = np.concatenate([reference.weights, RATE_WEIGHT * reference.weights])
    return FeatureScaling(
        centre.astype(np.float32),
        (SPREAD_SHARE * np.maximum(spread, _TINY)).astype(np.float32),
        weights.astype(np.float32),
    )


def find_columns(
    motion: Motion, reference: ReferenceMotion, mirror: Mapping[str, str]
) -> IntArray:
    """Find the recording's column ``(F,)`` of each angle of a reference.

    Raises
    ------
    AlignmentInputError
        The recording does not hold an angle of the reference, or its mirror image.
    """
    wanted = [mirror.get(name, name) for name in reference.motion.names]
    unknown = sorted(set(wanted) - set(motion.names))
    if unknown:
        raise AlignmentInputError(
            f"reference {reference.reference_id}",
            f"the recording lacks {', '.join(unknown)}; it holds "
            f"{', '.join(motion.names)}",
            "compute these angles of the recording, or take a reference without them",
        )
    return np.array([motion.names.index(name) for name in wanted], dtype=np.int64)


def select_rows(rows: RowArray, columns: Sequence[int] | IntArray) -> RowArray:
    """Select and order angles and their rates: ``(2 F_all, N)`` to ``(2 F, N)``."""
    chosen = np.asarray(columns)
    both = np.concatenate([chosen, chosen + rows.shape[0] // 2])
    return rows if np.array_equal(both, np.arange(rows.shape[0])) else rows[both]
