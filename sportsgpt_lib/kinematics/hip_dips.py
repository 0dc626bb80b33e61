"""Dips of the hips from standing: when they leave, reach and regain their height.

A squat is a dip that ends in standing again with both feet on the floor; the dip before
a jump begins with the same instant. Jumps themselves are in ``jump_events.py``.
Distances are in body heights, times in real seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.extrema import Instant, find_peaks, refine_peak, widen
from sportsgpt_lib.kinematics.level_crossings import find_rise, smooth_path
from sportsgpt_lib.kinematics.rates import compute_frame_interval_s, validate_times

# Chosen, see docs/events.md: 17 cm at 1.70 m, a third of the way to level thighs.
SMALLEST_DIP_BODY_HEIGHTS = 0.10
# Where a dip begins and ends: the share of its depth that is hardly a movement yet.
LEAVING_SHARE = 0.05
HALF_SHARE = 0.5
# Slow beginnings and broad bottoms are loose by themselves, as standard deviations.
LEAVING_ERROR_S = 0.05
BOTTOM_ERROR_S = 0.03
# Feet further apart along the way are those of a lunge or a step.
LARGEST_SPLIT_BODY_HEIGHTS = 0.12
# Both feet of a jump rise by more; those of a squat keep a heel or a toe down.
_LARGEST_LIFT_BODY_HEIGHTS = 0.05
_LIFT_RANGE_PCT = (5.0, 95.0)
_LONGEST_HOP_S = 0.35  # a flight follows as the hips regain their height
_SHORTEST_INTERVAL_S = 0.6
_LONGEST_HALF_S = 6.0
_REGAINED_SHARE = 0.8
_HALF_WIDTH_S = 0.1
_BOTTOM_HALF_WIDTH_S = 0.15
_JITTER_BODY_HEIGHTS = 0.004


@dataclass(frozen=True)
class Squat:
    """One squat: the hips leave standing, are lowest, half-way up, and up again."""

    start: Instant
    bottom: Instant
    half_way_up: Instant
    finish: Instant


def find_squats(
    times_s: FloatArray, quantities: Mapping[str, FloatArray]
) -> list[Squat]:
    """Find every squat from standing to standing.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds, increasing.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.

    Returns
    -------
    The squats in time order. The hips come down by 0.10 body heights or more and regain
    four fifths of it, with the feet level and one of them on the floor, so that jumps,
    lunges and steps give none.

    Raises
    ------
    PoseInputError
        Times do not increase.

    Notes
    -----
    Start and finish are where the hips are lower than before, or after, by 5 % of the
    depth; half-way up is half of the way from the bottom to the height after.
    """
    validate_times(times_s)
    hips = smooth_path(times_s, quantities["hip_height"], half_width_s=_HALF_WIDTH_S)
    bottoms = find_peaks(
        times_s,
        -hips,
        minimum_prominence=SMALLEST_DIP_BODY_HEIGHTS,
        minimum_distance_s=_SHORTEST_INTERVAL_S,
    )
    ends_s = [-np.inf, *(bottom.time_s for bottom in bottoms), np.inf]
    found = (
        _find_squat(times_s, hips, bottom, (ends_s[place], ends_s[place + 2]))
        for place, bottom in enumerate(bottoms)
    )
    return [
        squat
        for squat in found
        if squat is not None and _stands_level(times_s, quantities, squat)
    ]


def find_departure(
    times_s: FloatArray, hip_height: FloatArray, low: Instant, earliest_s: float
) -> Instant | None:
    """Find when the hips left their height before a lowest place.

    Parameters
    ----------
    times_s, hip_height
        Times ``(T,)`` and heights ``(T,)``, smoothed.
    low
        The lowest place.
    earliest_s
        Nothing before this time belongs to the dip.

    Returns
    -------
    The last time before it at which the hips were higher than 95 % of the way up; None
    where that was not filmed, or where they hardly came down.
    """
    start_s = max(earliest_s, low.time_s - _LONGEST_HALF_S)
    window = (times_s >= start_s) & (times_s <= low.time_s)
    backwards_s, heights = -times_s[window][::-1], hip_height[window][::-1]
    rise = _find_rise_from(backwards_s, heights)
    return None if rise is None else Instant(-rise.time_s, rise.error_s)


def _find_squat(
    times_s: FloatArray,
    hips: FloatArray,
    bottom: Instant,
    between_s: tuple[float, float],
) -> Squat | None:
    start = find_departure(times_s, hips, bottom, between_s[0])
    end_s = min(between_s[1], bottom.time_s + _LONGEST_HALF_S)
    window = (times_s >= bottom.time_s) & (times_s <= end_s)
    finish = _find_rise_from(times_s[window], hips[window])
    half = _find_rise_from(times_s[window], hips[window], share=1.0 - HALF_SHARE)
    if start is None or finish is None or half is None:
        return None
    index = int(np.argmin(np.abs(times_s - bottom.time_s)))
    before, after = np.interp([start.time_s, finish.time_s], times_s, hips)
    depths = sorted([before - hips[index], after - hips[index]])
    if not depths[0] >= _REGAINED_SHARE * depths[1]:
        return None
    lowest = refine_peak(
        times_s,
        -hips,
        index,
        interval_s=compute_frame_interval_s(times_s),
        half_width_s=_BOTTOM_HALF_WIDTH_S,
    )
    return Squat(start, widen(lowest or bottom, BOTTOM_ERROR_S), half, finish)


def _find_rise_from(
    times_s: FloatArray,
    heights: FloatArray,
    *,
    share: float = LEAVING_SHARE,
) -> Instant | None:
    """Find when heights that begin lowest come up to a share of their depth."""
    seen = np.flatnonzero(np.isfinite(heights))
    if seen.size == 0:
        return None
    depth = float(heights[seen].max() - heights[seen[0]])
    if depth < 0.5 * SMALLEST_DIP_BODY_HEIGHTS:
        return None
    rise = find_rise(
        times_s,
        heights,
        float(heights[seen].max()) - share * depth,
        noise=_JITTER_BODY_HEIGHTS,
        interval_s=compute_frame_interval_s(times_s),
    )
    if rise is None:
        return None
    error_s = LEAVING_ERROR_S if share == LEAVING_SHARE else 0.0
    return widen(rise, error_s)


def _stands_level(
    times_s: FloatArray, quantities: Mapping[str, FloatArray], squat: Squat
) -> bool:
    """Tell whether the feet stay level, and one of them on the floor."""
    end_s = squat.finish.time_s + _LONGEST_HOP_S
    inside = (times_s >= squat.start.time_s) & (times_s <= end_s)
    left, right = (quantities[f"{side}_foot_forward"][inside] for side in SIDES)
    split = np.abs(left - right)
    split = split[np.isfinite(split)]
    if split.size and np.median(split) > LARGEST_SPLIT_BODY_HEIGHTS:
        return False
    points = [
        quantities[f"{side}_{point}_height"]
        for side in SIDES
        for point in ("heel", "toe")
    ]
    lowest = np.stack([point[inside] for point in points])  # (P, T)
    lowest = lowest[:, np.isfinite(lowest).any(axis=0)]
    if lowest.size == 0:
        return True
    lift = np.nanmin(lowest, axis=0)
    low, high = np.percentile(lift, _LIFT_RANGE_PCT)
    return bool(high - low < _LARGEST_LIFT_BODY_HEIGHTS)
