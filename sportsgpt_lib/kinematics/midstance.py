"""Midstances: where a foot passes under the hips, backwards, on the floor.

Strike and toe-off lie on either side of each; whether they are those of walking or of
running is told by the hips. The events are in ``gait_events.py`` and
``running_events.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.rates import (
    STAMP_ROUNDING_S,
    compute_frame_interval_s,
)

# Chosen, see docs/events.md: a foot swings to 0.15 body heights and more ahead of the
# hips and behind them, walking and running; jitter stays within a third of that.
SWING_BODY_HEIGHTS = 0.06
_OUTLIER_FRAMES = 3  # a single frame far off is no swing
_LONGEST_GAP_S = 0.1
_LONGEST_GAP_FRAMES = 2.01
# The ankle of a foot that stands is lower than where the same foot passes the hips
# forwards, less than a stride away. Where no such passage was filmed, it is hardly
# higher than at its lowest. Chosen, see docs/events.md.
_SAME_STRIDE_S = 1.0
_LIFTED_BODY_HEIGHTS = 0.025
_LOWEST_SHARE_PCT = 10.0
# Hips of walkers are highest over the foot, those of runners lowest: Cavagna GA,
# Heglund NC, Taylor CR (1977) Mechanical work in terrestrial locomotion, Am J Physiol
# 233(5):R243-R261. They are compared with hips half a step before and after.
# Measured: -0.024 to -0.001 body heights in six walks, 0.026 to 0.068 in nine runs.
_RUNNING_BOUNCE_BODY_HEIGHTS = 0.012
_USUAL_STEP_S = 0.4
# Nobody runs so slowly: less than 133 steps a minute. Chosen, see docs/events.md.
_WALKING_STEP_S = 0.45
_SHORTEST_STEP_S, _LONGEST_STEP_S = 0.2, 0.9
_HALF_WIDTH_S = 0.034  # a frame or two at 30 Hz
_SWING_HALF_S = 0.06
_NEIGHBORS = 2


@dataclass(frozen=True)
class Midstance:
    """The instant at which one foot, standing, passes under the hips.

    ``is_running`` is None where that could not be told: the hips' height is not known,
    and the steps are fast.
    """

    side: str
    time_s: float
    is_running: bool | None


def find_midstances(
    times_s: FloatArray, quantities: Mapping[str, FloatArray]
) -> list[Midstance]:
    """Find every midstance of both feet, and whether it is one of running.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds, increasing.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.

    Returns
    -------
    The midstances in time order. A foot that passes under the hips in the air, or
    together with the other one, or that was not well ahead before and well behind
    after, gives none.
    """
    found = sorted(
        (time_s, side)
        for side in SIDES
        for time_s in _find_steps(times_s, quantities, side)
    )
    moments_s = [time_s for time_s, _ in found]
    step_s = _measure_step_s(moments_s)
    bounces = _measure_bounces(times_s, quantities["hip_height"], moments_s, step_s)
    return [
        Midstance(side, time_s, _judge(bounces, index, step_s))
        for index, (time_s, side) in enumerate(found)
    ]


def _find_passages(times_s: FloatArray, foot_forward: FloatArray) -> list[float]:
    """Find when a foot passes the hips from well ahead to well behind."""
    from scipy.ndimage import median_filter

    seen = np.flatnonzero(np.isfinite(foot_forward))
    if seen.size < _OUTLIER_FRAMES:
        return []
    smooth = median_filter(foot_forward[seen], _OUTLIER_FRAMES, mode="nearest")
    clock_s = times_s[seen]
    ends = np.flatnonzero(np.abs(smooth) >= SWING_BODY_HEIGHTS)
    frames_s = _LONGEST_GAP_FRAMES * compute_frame_interval_s(times_s)
    longest_gap_s = max(_LONGEST_GAP_S, frames_s) + STAMP_ROUNDING_S
    passages = []
    falls = (smooth[ends[:-1]] > 0.0) & (smooth[ends[1:]] < 0.0)
    for first, last in zip(ends[:-1][falls], ends[1:][falls], strict=True):
        path = smooth[first : last + 1]
        if np.diff(clock_s[first : last + 1]).max() <= longest_gap_s:
            after = int(np.flatnonzero(path < 0.0)[0])
            share = path[after - 1] / (path[after - 1] - path[after])
            frame_s = clock_s[first + after] - clock_s[first + after - 1]
            passages.append(float(clock_s[first + after - 1] + share * frame_s))
    return passages


def _find_steps(
    times_s: FloatArray, quantities: Mapping[str, FloatArray], side: str
) -> list[float]:
    """Find when a foot stands under the hips while the other swings, as far as seen."""
    other = SIDES[1 - SIDES.index(side)]
    path = quantities[f"{side}_foot_forward"]
    other_path = quantities[f"{other}_foot_forward"]
    heights = quantities[f"{side}_ankle_height"]
    swings_s = np.array(_find_passages(times_s, -path))
    lowest_lift = _find_lift(heights)
    steps = []
    for time_s in _find_passages(times_s, path):
        before = _read_near(times_s, other_path, time_s - _SWING_HALF_S)
        after = _read_near(times_s, other_path, time_s + _SWING_HALF_S)
        near_s = swings_s[np.abs(swings_s - time_s) < _SAME_STRIDE_S]
        read = [_read_near(times_s, heights, each_s) for each_s in near_s]
        swing_heights = [height for height in read if np.isfinite(height)]
        lift = np.mean(swing_heights) if swing_heights else lowest_lift
        if not (after <= before or _read_near(times_s, heights, time_s) > lift):
            steps.append(time_s)
    return steps


def _find_lift(heights: FloatArray) -> float:
    """Find above which height a foot is in the air; NaN where it was not seen."""
    seen = heights[np.isfinite(heights)]
    if seen.size == 0:
        return float("nan")
    return float(np.percentile(seen, _LOWEST_SHARE_PCT)) + _LIFTED_BODY_HEIGHTS


def _measure_step_s(moments_s: Sequence[float]) -> float:
    """Measure the median time of a step; the usual one where none was seen whole."""
    steps_s = [last - first for first, last in pairwise(moments_s)]
    seen = [step for step in steps_s if _SHORTEST_STEP_S <= step <= _LONGEST_STEP_S]
    return float(np.median(seen)) if seen else _USUAL_STEP_S


def _measure_bounces(
    times_s: FloatArray,
    hip_height: FloatArray,
    moments_s: Sequence[float],
    step_s: float,
) -> FloatArray:
    """Measure how much higher the hips are half a step away than over each foot."""
    half_step_s = 0.5 * step_s
    bounces = []
    for moment_s in moments_s:
        away = [
            _read_near(times_s, hip_height, moment_s + sign * half_step_s)
            for sign in (-1.0, 1.0)
        ]
        known = [height for height in away if np.isfinite(height)]
        over = _read_near(times_s, hip_height, moment_s)
        bounces.append(float(np.mean(known)) - over if known else float("nan"))
    return np.asarray(bounces)


def _judge(bounces: FloatArray, index: int, step_s: float) -> bool | None:
    """Judge by the median bounce of a midstance and its neighbors, or a slow step."""
    near = bounces[max(0, index - _NEIGHBORS) : index + _NEIGHBORS + 1]
    near = near[np.isfinite(near)]
    if near.size:
        return bool(np.median(near) > _RUNNING_BOUNCE_BODY_HEIGHTS)
    return False if step_s >= _WALKING_STEP_S else None


def _read_near(times_s: FloatArray, values: FloatArray, time_s: float) -> float:
    """Read a curve as the mean of the samples around an instant; NaN = not seen."""
    first = int(np.searchsorted(times_s, time_s - _HALF_WIDTH_S))
    last = int(np.searchsorted(times_s, time_s + _HALF_WIDTH_S, side="right"))
    near = values[first:last]
    near = near[np.isfinite(near)]
    return float(near.mean()) if near.size else float("nan")
