"""Crouch, take-off, apex, landing and deepest point of two-foot jumps, from kinematics.

Steps are in ``step_events.py``, landings from a box in ``landing_events.py``. Distances
are in body heights, times in real seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.extrema import (
    Instant,
    find_peaks,
    join_instants,
    refine_peak,
    widen,
)
from sportsgpt_lib.kinematics.hip_dips import find_departure
from sportsgpt_lib.kinematics.level_crossings import find_rise, smooth_path
from sportsgpt_lib.kinematics.rates import (
    compute_frame_interval_s,
    validate_times,
)
from sportsgpt_lib.robust_spread import compute_robust_sd

# How much higher than standing a foot is when the floor ceases to carry a jumper, and
# when it begins again. Chosen, see docs/events.md: the centre of mass of two recorded
# jumps is in free fall between these instants.
LEAVING_BODY_HEIGHTS = 0.020
# What the method itself is off by, as a standard deviation, on those and two more.
CONTACT_ERROR_S = 0.010
# A lowest point is flat, so that its instant is loose by itself. Chosen, see
# docs/events.md: with the jitter of a network it scatters so much, an apex less.
DEPTH_ERROR_S = 0.012
APEX_ERROR_S = 0.004
# Chosen, see docs/events.md: the smallest hop, 8 cm from crouch to apex and 4 cm of air
# under the feet, and what nobody stays in the air for.
SMALLEST_RISE_BODY_HEIGHTS = 0.05
SMALLEST_LIFT_BODY_HEIGHTS = 0.025
SHORTEST_FLIGHT_S, LONGEST_FLIGHT_S = 0.1, 1.2
# Feet of a two-foot jump leave, and land, together; a stride's do so half a step apart.
LARGEST_STAGGER_S = 0.10
# Free fall is 9.81 m/s2: 4.7 to 8.2 body heights per second squared for statures of 2.1
# to 1.2 m; the rest is for limbs that move and for jitter.
_LEAST_FALL, _MOST_FALL = 2.5, 11.0
_SHORTEST_INTERVAL_S = 0.25
_STANDS_WITHIN_S = 0.8
# Frames further from the top than this have no part in a jump.
_NEAR_S = np.array([-3.2, 2.2])
_STANDING_SHARE_PCT = 20.0
_STANDING_LAYER_BODY_HEIGHTS = 0.03
_SMOOTHING_HALF_WIDTH_S = 0.025
_LEAST_JITTER_BODY_HEIGHTS = 0.002
_LONGEST_CROUCH_S = 1.0
_LONGEST_DESCENT_S = 2.0
_DIP_HALF_WIDTH_S = 0.1
_LONGEST_ABSORPTION_S = 0.8
# The lowest point of a squat is broad; half of its parabola, and enough frames of it.
_DEPTH_HALF_WIDTH_S = 0.08
_DEPTH_FRAMES = 2.5
_PARABOLA_SAMPLES = 4


@dataclass(frozen=True)
class Duration:
    """A length of time in seconds and its standard uncertainty."""

    value_s: float
    error_s: float


@dataclass(frozen=True)
class Jump:
    """One two-foot jump; stand, crouch and deepest point are None where not filmed.

    ``stand`` is where the hips begin to go down to the crouch. ``take_off`` and
    ``landing`` are the mean of both feet's. ``crouch`` and ``deepest`` are the lowest
    places of the hips before and after.
    """

    stand: Instant | None
    crouch: Instant | None
    take_off: Instant
    apex: Instant
    landing: Instant
    deepest: Instant | None

    @property
    def flight_time(self) -> Duration:
        """The time in the air."""
        return Duration(
            self.landing.time_s - self.take_off.time_s,
            float(np.hypot(self.landing.error_s, self.take_off.error_s)),
        )


def find_jumps(times_s: FloatArray, quantities: Mapping[str, FloatArray]) -> list[Jump]:
    """Find every jump from both feet onto both feet.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds, increasing.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.

    Returns
    -------
    The jumps in time order; none where only one foot was seen. Between take-off and
    landing both feet are off the floor and the body falls freely, so that steps, runs,
    squats and heel raises give nothing. The level of the landing need not be that of
    the take-off.

    Raises
    ------
    PoseInputError
        Times do not increase.

    Notes
    -----
    An instant is where a foot passes 0.02 body heights above its standing height, which
    is where the floor's force vanishes; see docs/events.md.
    """
    validate_times(times_s)
    hips = quantities["hip_height"]
    feet = [_find_lowest_point(times_s, quantities, side) for side in SIDES]
    tops = find_peaks(
        times_s,
        hips,
        minimum_prominence=SMALLEST_RISE_BODY_HEIGHTS,
        minimum_distance_s=_SHORTEST_INTERVAL_S,
    )
    interval_s = compute_frame_interval_s(times_s)
    jumps = []
    for top in tops:
        near = slice(*np.searchsorted(times_s, top.time_s + _NEAR_S))
        part = _Part(
            times_s[near],
            [foot[near] for foot in feet],
            [quantities["centre_of_mass_height"][near], hips[near]],
            interval_s,
        )
        jump = _find_jump(part, top)
        if jump is not None:
            jumps.append(jump)
    return jumps


@dataclass(frozen=True)
class _Part:
    """The frames around a top: both feet, centre of mass and hips ``(T,)``, heights."""

    times_s: FloatArray
    feet: list[FloatArray]
    bodies: list[FloatArray]
    interval_s: float

    def reverse(self) -> "_Part":
        """Let time run backwards."""
        return _Part(
            -self.times_s[::-1],
            [foot[::-1] for foot in self.feet],
            [body[::-1] for body in self.bodies],
            self.interval_s,
        )


def _find_jump(part: _Part, top: Instant) -> Jump | None:
    """Find the jump around a highest place of the hips, if it is one."""
    left = _find_landing(part.reverse(), -top.time_s)
    landing = None if left is None else _find_landing(part, top.time_s)
    if left is None or landing is None:
        return None
    take_off = Instant(-left.time_s, left.error_s)
    body = _choose_body(part, take_off.time_s, landing.time_s)
    if not _is_free_fall(part.times_s, body, take_off.time_s, landing.time_s):
        return None
    crouch = _find_depth(part, take_off.time_s, -_LONGEST_CROUCH_S)
    return Jump(
        stand=None if crouch is None else _find_stand(part, crouch),
        crouch=crouch,
        take_off=take_off,
        apex=_find_apex(part, body, top, take_off.time_s, landing.time_s),
        landing=landing,
        deepest=_find_depth(part, landing.time_s, _LONGEST_ABSORPTION_S),
    )


def _find_stand(part: _Part, crouch: Instant) -> Instant | None:
    """Find when the hips leave standing for the crouch."""
    hips = smooth_path(part.times_s, part.bodies[-1], half_width_s=_DIP_HALF_WIDTH_S)
    return find_departure(
        part.times_s, hips, crouch, crouch.time_s - _LONGEST_DESCENT_S
    )


def _find_lowest_point(
    times_s: FloatArray, quantities: Mapping[str, FloatArray], side: str
) -> FloatArray:
    """Find the height ``(T,)`` of a foot's lower end, smoothed."""
    lowest = np.fmin(
        quantities[f"{side}_heel_height"], quantities[f"{side}_toe_height"]
    )
    return smooth_path(times_s, lowest, half_width_s=_SMOOTHING_HALF_WIDTH_S)


def _find_landing(part: _Part, top_s: float) -> Instant | None:
    """Find when the feet arrive together, or with time reversed when they left."""
    arrivals = []
    for foot in part.feet:
        arrival = _find_contact(part, foot, top_s)
        if arrival is None:
            return None
        arrivals.append(arrival)
    if np.ptp([one.time_s for one in arrivals]) > LARGEST_STAGGER_S:
        return None
    return widen(join_instants(*arrivals), CONTACT_ERROR_S)


def _find_contact(part: _Part, foot: FloatArray, top_s: float) -> Instant | None:
    """Find when a foot in the air at the top first comes down again."""
    times_s = part.times_s
    window = (times_s >= top_s) & (times_s <= top_s + _STANDS_WITHIN_S)
    heights = foot[window]
    seen = heights[np.isfinite(heights)]
    if seen.size == 0 or not seen[0] > seen.min() + SMALLEST_LIFT_BODY_HEIGHTS:
        return None
    low = float(np.percentile(seen, _STANDING_SHARE_PCT))
    standing = seen[seen < low + _STANDING_LAYER_BODY_HEIGHTS]
    level = float(np.median(standing))
    jitter = compute_robust_sd(standing)
    if not seen[0] > level + SMALLEST_LIFT_BODY_HEIGHTS:
        return None
    return find_rise(
        times_s[window],
        -heights,
        -(level + LEAVING_BODY_HEIGHTS),
        noise=max(jitter, _LEAST_JITTER_BODY_HEIGHTS),
        interval_s=part.interval_s,
    )


def _choose_body(part: _Part, take_off_s: float, landing_s: float) -> FloatArray:
    """Choose the centre of mass where it was seen in all the flight, else the hips."""
    in_air = (part.times_s >= take_off_s) & (part.times_s <= landing_s)
    centre, hips = part.bodies
    return centre if np.isfinite(centre[in_air]).all() else hips


def _is_free_fall(
    times_s: FloatArray, body: FloatArray, take_off_s: float, landing_s: float
) -> bool:
    """Tell whether the body falls as freely as bodies do while the feet are up."""
    flight_s = landing_s - take_off_s
    if not SHORTEST_FLIGHT_S <= flight_s <= LONGEST_FLIGHT_S:
        return False
    in_air = (times_s >= take_off_s) & (times_s <= landing_s) & np.isfinite(body)
    if np.count_nonzero(in_air) < _PARABOLA_SAMPLES:
        return False
    offsets_s = times_s[in_air] - take_off_s
    fall = -2.0 * float(np.polyfit(offsets_s, body[in_air], 2)[0])
    return _LEAST_FALL <= fall <= _MOST_FALL


def _find_apex(
    part: _Part, body: FloatArray, top: Instant, take_off_s: float, landing_s: float
) -> Instant:
    """Place the body's highest point by a parabola through most of the flight."""
    index = int(np.argmin(np.abs(part.times_s - top.time_s)))
    apex = refine_peak(
        part.times_s,
        body,
        index,
        interval_s=part.interval_s,
        half_width_s=min(top.time_s - take_off_s, landing_s - top.time_s),
    )
    return widen(apex or top, APEX_ERROR_S)


def _find_depth(part: _Part, contact_s: float, reach_s: float) -> Instant | None:
    """Find the hips' lowest place within reach of a contact, on either side of it."""
    times_s, hips, interval_s = part.times_s, part.bodies[-1], part.interval_s
    ends_s = sorted((contact_s, contact_s + reach_s))
    window = (times_s >= ends_s[0]) & (times_s <= ends_s[1]) & np.isfinite(hips)
    indices = np.flatnonzero(window)
    if indices.size == 0:
        return None
    index = int(indices[np.argmin(hips[indices])])
    half_width_s = max(_DEPTH_HALF_WIDTH_S, _DEPTH_FRAMES * interval_s)
    lowest = refine_peak(
        times_s, -hips, index, interval_s=interval_s, half_width_s=half_width_s
    )
    return None if lowest is None else widen(lowest, DEPTH_ERROR_S)
