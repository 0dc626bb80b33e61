"""Fills short gaps in a track, and says which stay open.

A gap's length is the time from the last point seen to the next. Gaps at the ends of a
track are never filled.
"""

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.repair_audit import Runs, find_runs

BoolArray = npt.NDArray[np.bool_]

_ROUNDING_S = 1e-6  # containers keep time stamps in ticks


def is_seen(positions_px: FloatArray) -> BoolArray:
    """Tell which points ``(T, J)`` of ``(T, J, 2)`` are there."""
    return np.asarray(np.isfinite(positions_px).all(axis=2))


def fill_gaps(
    times_s: FloatArray, positions_px: FloatArray, max_gap_s: float
) -> tuple[FloatArray, FloatArray]:
    """Fill short inner gaps, shape-preserving.

    Parameters
    ----------
    times_s
        Times ``(T,)``, increasing.
    positions_px
        Positions ``(T, J, 2)``. NaN = missing.
    max_gap_s
        Longest gap that is filled.

    Returns
    -------
    The filled positions ``(T, J, 2)``, and the length in seconds ``(T, J)`` of the gap
    that each filled point lies in, 0 where nothing was filled.

    Source
    ------
    Fritsch and Butland (1984), A method for constructing local monotone piecewise cubic
    interpolants, SIAM Journal on Scientific and Statistical Computing 5, 300-304: no
    wave is invented inside the gap.
    """
    from scipy.interpolate import PchipInterpolator

    filled = positions_px.copy()
    lengths_s = np.zeros(positions_px.shape[:2])
    is_known = is_seen(positions_px)
    gaps = _find_inner_gaps(~is_known)
    spans_s = times_s[gaps.stops] - times_s[gaps.starts - 1]
    for gap in np.flatnonzero(spans_s <= max_gap_s + _ROUNDING_S):
        part = slice(gaps.starts[gap], gaps.stops[gap])
        lengths_s[part, gaps.joints[gap]] = spans_s[gap]
    for joint in np.flatnonzero(lengths_s.any(axis=0)):
        known, wanted = is_known[:, joint], lengths_s[:, joint] > 0
        curve = PchipInterpolator(times_s[known], positions_px[known, joint])
        filled[wanted, joint] = curve(times_s[wanted])
    return filled, lengths_s


def find_pieces(
    times_s: FloatArray, positions_px: FloatArray, max_gap_s: float
) -> Runs:
    """Find the unbroken pieces of each joint's track.

    A piece ends where a point is missing, and where two frames lie more than
    ``max_gap_s`` apart.
    """
    is_known = is_seen(positions_px)
    is_pause = np.diff(times_s) > max_gap_s + _ROUNDING_S
    if not is_pause.any():
        return find_runs(is_known)
    # One empty frame between the frames of a pause parts the runs.
    shift = np.concatenate([[0], np.cumsum(is_pause)])
    spread = np.zeros((times_s.size + int(shift[-1]), is_known.shape[1]), dtype=bool)
    spread[np.arange(times_s.size) + shift] = is_known
    runs = find_runs(spread)
    origin = np.full(spread.shape[0] + 1, times_s.size)
    origin[np.arange(times_s.size) + shift] = np.arange(times_s.size)
    return Runs(runs.joints, origin[runs.starts], origin[runs.stops - 1] + 1)


def _find_inner_gaps(is_missing: BoolArray) -> Runs:
    gaps = find_runs(is_missing)
    is_inner = (gaps.starts > 0) & (gaps.stops < is_missing.shape[0])
    return Runs(gaps.joints[is_inner], gaps.starts[is_inner], gaps.stops[is_inner])
