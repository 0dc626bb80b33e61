"""Foot strike and toe-off of running, from kinematics alone.

Walking is in ``gait_events.py``; which of the two a step belongs to is told by
``midstance.py`` and used by ``step_events.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import (
    PEAK_HALF_WIDTH_S,
    Instant,
    join_instants,
    refine_peak,
    widen,
)
from sportsgpt_lib.kinematics.gait_events import FootEvents
from sportsgpt_lib.kinematics.level_crossings import find_rise, smooth_path
from sportsgpt_lib.kinematics.midstance import Midstance
from sportsgpt_lib.kinematics.rates import compute_frame_interval_s
from sportsgpt_lib.robust_spread import compute_robust_sd

# How much higher than in stance a point of the foot is when the floor begins to carry.
# Chosen, see docs/events.md: a shoe lands on its outer edge and gives way; the toe's
# from the force plates of one run, the ankle's, of a foot that lands heel first, from
# six runs without.
HEEL_STRIKE_BODY_HEIGHTS = 0.005
TOE_STRIKE_BODY_HEIGHTS = 0.012
ANKLE_STRIKE_BODY_HEIGHTS = 0.020
# How long before the strike the foot turns back. Chosen, see docs/events.md: the median
# of 18 steps in six runs, up to where the centre of mass ceases to fall freely, and how
# these scatter.
STRIKE_AFTER_TURN_S = 0.018
STRIKE_AFTER_TURN_ERROR_S = 0.014
# What the methods themselves are off by, as standard deviations. Handsaker et al. place
# strikes within 8 ms from the foot's path, Fellin et al. toe-offs within 5 ms from the
# knee; the larger numbers are ours, see docs/events.md.
ARRIVAL_ERROR_S = 0.010
ANKLE_ARRIVAL_ERROR_S = 0.020
TOE_OFF_ERROR_S = 0.008
# Where the turn was not filmed, the rest of the foot's fall must do.
_CLEAR_BODY_HEIGHTS = 0.002
# A toe that has left rises well above where it stood.
_LEFT_BODY_HEIGHTS = 0.015
# Contact lasts 0.09 s (sprint) to 0.4 s (slow jog); midstance is near its middle.
_LONGEST_HALF_CONTACT_S = 0.30
_SHORTEST_HALF_CONTACT_S = 0.02
# Frames further from a midstance than this have no part in its events.
_NEAR_S = np.array([-0.6, 0.6])
# Two estimates of one strike that differ by more are not of one event.
_LARGEST_DIFFERENCE_S = 0.05
# When the heel, and the toe, surely stand, around midstance.
_HEEL_STANDS_S = (-0.06, 0.0)
_TOE_STANDS_S = (-0.04, 0.04)
# A heel that sinks more slowly does not strike: the foot lands flat, on the ball.
_STRIKING_SPEED_BODY_HEIGHTS_S = 0.3
_LEAST_JITTER_BODY_HEIGHTS = 0.002
_SMOOTHING_HALF_WIDTH_S = 0.025
# Knees bend again, by more than they jitter, and the toe rises once the foot has left.
_KNEE_BENDS_DEG = 10.0
_SWINGS_WITHIN_S = 0.15
# Half of the parabola through the knee's extension: wide against jitter, narrower than
# the swing that follows.
_EXTENSION_HALF_WIDTH_S = 0.06
_EXTENSION_FRAMES = 2.5
_EXTENSION_ROUNDS = 3


def find_running_events(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    side: str,
    midstances: Sequence[Midstance],
) -> FootEvents:
    """Find the foot strikes and toe-offs of one foot of a runner.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds, increasing.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.
    side
        ``left`` or ``right``.
    midstances
        The foot's midstances in running.

    Returns
    -------
    The events, with standard uncertainties that hold jitter, frame rate and method. An
    event beside a gap or the recording's end is not reported.

    Notes
    -----
    Strike: heel or toe, whichever is first, reaches the height of its stance, whatever
    part of the foot lands first; joined with the foot's turn backwards just before.
    Without a heel the ankle stands in for it. Toe-off: the knee's greatest extension.

    Source
    ------
    Earlier of heel and toe: Handsaker JC, Forrester SE, Folland JP, Black MI, Allen SJ
    (2016) A kinematic algorithm to identify gait events during running at different
    speeds and with different footstrike types, J Biomech 49(16):4128-4133. Knee
    extension: Fellin RE, Rose WC, Royer TD, Davis IS (2010) Comparison of methods for
    kinematic identification of footstrike and toe-off during overground and treadmill
    running, J Sci Med Sport 13(6):646-650, doi:10.1016/j.jsams.2010.03.006. Heights in
    place of accelerations, and the turn, are ours, for 30 frames per second and the
    jitter of networks; see docs/events.md.
    """
    moments_s = [one.time_s for one in midstances if one.side == side]
    points = _rest_points(times_s, quantities, side, moments_s)
    interval_s = compute_frame_interval_s(times_s)
    strikes, toe_offs = [], []
    for moment_s in moments_s:
        near = slice(*np.searchsorted(times_s, moment_s + _NEAR_S))
        clock = _Clock(times_s[near], moment_s, interval_s)
        heel, toe = (point.cut(near) for point in points)
        foot_forward = quantities[f"{side}_foot_forward"][near]
        knee_flexion_deg = quantities[f"{side}_knee_flexion"][near]
        strikes.append(_find_strike(clock, (heel, toe), foot_forward))
        toe_offs.append(_find_toe_off(clock, knee_flexion_deg, toe.clearance))
    return FootEvents(
        foot_strikes=tuple(one for one in strikes if one is not None),
        toe_offs=tuple(one for one in toe_offs if one is not None),
    )


@dataclass(frozen=True)
class _Clock:
    """The times ``(T,)`` around a midstance, and the recording's frame interval."""

    times_s: FloatArray
    moment_s: float
    interval_s: float


@dataclass(frozen=True)
class _Point:
    """A point of a foot: height above that of its strike ``(T,)``, and its errors."""

    clearance: FloatArray
    jitter: float
    method_error_s: float

    def cut(self, near: slice) -> "_Point":
        """Keep some of the frames."""
        return _Point(self.clearance[near], self.jitter, self.method_error_s)


def _rest_points(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    side: str,
    moments_s: Sequence[float],
) -> tuple[_Point, _Point]:
    """Measure heel, or ankle, and toe from their heights in stance."""
    heel, rise, error_s = (
        quantities[f"{side}_heel_height"],
        HEEL_STRIKE_BODY_HEIGHTS,
        ARRIVAL_ERROR_S,
    )
    if not np.isfinite(heel).any():
        heel, rise, error_s = (
            quantities[f"{side}_ankle_height"],
            ANKLE_STRIKE_BODY_HEIGHTS,
            ANKLE_ARRIVAL_ERROR_S,
        )
    toe = quantities[f"{side}_toe_height"]
    return (
        _Point(*_rest(times_s, heel, moments_s, _HEEL_STANDS_S, rise), error_s),
        _Point(
            *_rest(times_s, toe, moments_s, _TOE_STANDS_S, TOE_STRIKE_BODY_HEIGHTS),
            error_s,
        ),
    )


def _rest(
    times_s: FloatArray,
    heights: FloatArray,
    moments_s: Sequence[float],
    stands_s: tuple[float, float],
    rise: float,
) -> tuple[FloatArray, float]:
    """Measure heights ``(T,)`` from ``rise`` above stance, and their jitter there."""
    moments = np.asarray(moments_s)
    starts = np.searchsorted(times_s, moments + stands_s[0])
    ends = np.searchsorted(times_s, moments + stands_s[1], side="right")
    stands = [heights[a:b] for a, b in zip(starts, ends, strict=True)]
    stance = np.concatenate([heights[:0], *stands])
    stance = stance[np.isfinite(stance)]
    if stance.size == 0:
        return np.full_like(heights, np.nan), np.nan
    level = float(np.median(stance))
    jitter = compute_robust_sd(stance)
    smooth = smooth_path(times_s, heights, half_width_s=_SMOOTHING_HALF_WIDTH_S)
    return smooth - level - rise, max(jitter, _LEAST_JITTER_BODY_HEIGHTS)


def _find_strike(
    clock: _Clock, points: tuple[_Point, _Point], foot_forward: FloatArray
) -> Instant | None:
    """Join the foot's arrival on the floor with its turn backwards before that."""
    turn = _find_turn(clock, foot_forward)
    if turn is None:
        clear_s = _find_last_clear(clock, points)
        return _find_arrival(clock, points, clear_s, clock.moment_s)
    expected = widen(
        Instant(turn.time_s + STRIKE_AFTER_TURN_S, turn.error_s),
        STRIKE_AFTER_TURN_ERROR_S,
    )
    arrival = _find_arrival(
        clock,
        points,
        expected.time_s - _LARGEST_DIFFERENCE_S,
        min(clock.moment_s, expected.time_s + _LARGEST_DIFFERENCE_S),
    )
    return expected if arrival is None else join_instants(expected, arrival)


def _find_turn(clock: _Clock, foot_forward: FloatArray) -> Instant | None:
    """Find where the foot turns back before midstance; None where not filmed."""
    times_s, moment_s = clock.times_s, clock.moment_s
    before = (times_s >= moment_s - _LONGEST_HALF_CONTACT_S) & (times_s <= moment_s)
    indices = np.flatnonzero(before & np.isfinite(foot_forward))
    if indices.size == 0:
        return None
    index = int(indices[np.argmax(foot_forward[indices])])
    turn = refine_peak(times_s, foot_forward, index, interval_s=clock.interval_s)
    is_at_edge = (
        turn is not None and abs(turn.time_s - times_s[index]) > PEAK_HALF_WIDTH_S
    )
    return None if is_at_edge else turn


def _find_last_clear(clock: _Clock, points: tuple[_Point, _Point]) -> float:
    """Find when heel and toe were last clear of the floor; midstance where never."""
    times_s, moment_s = clock.times_s, clock.moment_s
    clear = max(_CLEAR_BODY_HEIGHTS, points[1].jitter)
    is_clear = (times_s <= moment_s) & (times_s >= moment_s - _LONGEST_HALF_CONTACT_S)
    for point in points:
        is_clear &= point.clearance > clear
    return float(times_s[is_clear][-1]) if is_clear.any() else moment_s


def _find_arrival(
    clock: _Clock, points: tuple[_Point, _Point], start_s: float, end_s: float
) -> Instant | None:
    """Find when the first point of a foot in the air reaches the floor."""
    window = (clock.times_s >= start_s) & (clock.times_s <= end_s)
    found = [
        find_rise(
            clock.times_s[window],
            -point.clearance[window],
            0.0,
            noise=point.jitter,
            interval_s=clock.interval_s,
            least_slope=_STRIKING_SPEED_BODY_HEIGHTS_S,
        )
        for point in points
    ]
    arrivals = [
        widen(one, point.method_error_s)
        for one, point in zip(found, points, strict=True)
        if one is not None
    ]
    return min(arrivals, key=lambda one: one.time_s, default=None)


def _find_toe_off(
    clock: _Clock, knee_flexion_deg: FloatArray, toe: FloatArray
) -> Instant | None:
    """Find the knee's greatest extension before it bends and the toe rises."""
    extension = _find_extension(clock, knee_flexion_deg)
    if extension is None:
        return None
    after_s = clock.times_s - extension.time_s
    least_deg = knee_flexion_deg[int(np.argmin(np.abs(after_s)))]
    swing = (after_s > 0.0) & (after_s < _SWINGS_WITHIN_S)
    bends = (knee_flexion_deg[swing] - least_deg > _KNEE_BENDS_DEG).any()
    leaves = (toe[swing] > _LEFT_BODY_HEIGHTS).any()
    return widen(extension, TOE_OFF_ERROR_S) if bends and leaves else None


def _find_extension(clock: _Clock, knee_flexion_deg: FloatArray) -> Instant | None:
    times_s, interval_s = clock.times_s, clock.interval_s
    after_s = times_s - clock.moment_s
    inside = (after_s > _SHORTEST_HALF_CONTACT_S) & (after_s < _LONGEST_HALF_CONTACT_S)
    indices = np.flatnonzero(inside & np.isfinite(knee_flexion_deg))
    if indices.size == 0:
        return None
    half_width_s = max(_EXTENSION_HALF_WIDTH_S, _EXTENSION_FRAMES * interval_s)
    index = int(indices[np.argmin(knee_flexion_deg[indices])])
    extension = None
    # From one jittering frame to the middle of the bow.
    for _ in range(_EXTENSION_ROUNDS):
        extension = refine_peak(
            times_s,
            -knee_flexion_deg,
            index,
            interval_s=interval_s,
            half_width_s=half_width_s,
        )
        if extension is None:
            break
        last, index = index, int(np.argmin(np.abs(times_s - extension.time_s)))
        if index == last:
            break
    return extension
