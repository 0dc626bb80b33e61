"""Flight: no foot on the ground, and the body falls freely.

Frame by frame, from ground contact and the centre of mass alone. Strike, take-off and
landing as instants are in the modules of events.
"""

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.rates import (
    STAMP_ROUNDING_S,
    compute_cubic_half_width_s,
)
from sportsgpt_lib.kinematics.stretches import list_stretches

BoolArray = npt.NDArray[np.bool_]

# Chosen, see docs/angles.md: half of free fall for a stature of 1.75 m; statures from
# 1.4 to 2.2 m fall at 4.5 to 7.0 body heights per second squared.
_LEAST_FALL_BODY_HEIGHTS_S2 = 0.5 * 9.81 / 1.75
# Chosen, see docs/angles.md: shorter is jitter; runners fly for 0.05 s and longer.
_SHORTEST_FLIGHT_S = 0.025


def find_flight(
    times_s: FloatArray,
    left_contact: FloatArray,
    right_contact: FloatArray,
    acceleration_body_heights_s2: FloatArray,
) -> tuple[FloatArray, FloatArray]:
    """Tell for every frame whether the body flies, and for how long altogether.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the movement, slow motion taken out.
    left_contact, right_contact
        1 where the foot stands, 0 where it does not, NaN = not known ``(T,)``.
    acceleration_body_heights_s2
        Of the centre of mass, up ``(T,)``. NaN = not known.

    Returns
    -------
    Flight ``(T,)``: 1 where neither foot stands and the body falls at half of free fall
    or more, 0 where it does not, NaN where that is not known. Duration ``(T,)`` in
    seconds of the flight that a frame belongs to, 0 outside flights, NaN where its
    begin or end was not seen.

    Notes
    -----
    A body that hangs, or stands on its hands or on a box, does not fall, and so does
    not fly. Begin and end are those of ground contact, or of the fall where no foot
    stood just before or after, half-way between two frames.
    """
    is_standing = (left_contact == 1.0) | (right_contact == 1.0)
    is_lifted = (left_contact == 0.0) & (right_contact == 0.0)
    is_falling = acceleration_body_heights_s2 <= -_LEAST_FALL_BODY_HEIGHTS_S2
    is_held = acceleration_body_heights_s2 > -_LEAST_FALL_BODY_HEIGHTS_S2
    flight = np.full(times_s.size, np.nan)
    flight[is_standing | is_held] = 0.0
    flight[is_lifted & is_falling] = 1.0
    _reach_out_to_stands(times_s, flight, is_standing, is_lifted)
    duration_s = np.where(np.isnan(flight), np.nan, 0.0)
    for start, end in list_stretches(flight == 1.0):
        is_whole = start > 0 and end < times_s.size
        if is_whole and np.isfinite(flight[[start - 1, end]]).all():
            begun_s = (times_s[start - 1] + times_s[start]) / 2.0
            ended_s = (times_s[end - 1] + times_s[end]) / 2.0
            duration_s[start:end] = ended_s - begun_s
            if ended_s - begun_s < _SHORTEST_FLIGHT_S - STAMP_ROUNDING_S:
                flight[start:end] = duration_s[start:end] = 0.0
        else:
            duration_s[start:end] = np.nan
    return flight, duration_s


def _reach_out_to_stands(
    times_s: FloatArray,
    flight: FloatArray,
    is_standing: BoolArray,
    is_lifted: BoolArray,
) -> None:
    """Take back what a take-off or an impact smears over the frames beside it."""
    reach_s = compute_cubic_half_width_s(times_s)
    falls = list_stretches(flight == 1.0)
    for start, end in list_stretches(is_lifted):
        within = [fall for fall in falls if start <= fall[0] < end]
        if not within:
            continue
        first, last = within[0][0], within[-1][1]
        follows_stand = start > 0 and is_standing[start - 1]
        if follows_stand and times_s[first] - times_s[start] < reach_s:
            flight[start:first] = 1.0
        precedes_stand = end < times_s.size and is_standing[end]
        if precedes_stand and times_s[end - 1] - times_s[last - 1] < reach_s:
            flight[last:end] = 1.0
