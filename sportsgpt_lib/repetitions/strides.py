"""Strides of walking and running as repetitions, from the events of both feet alone.

The events are found in ``sportsgpt_lib/kinematics``; what the alignment finds is joined
with them in ``finder.py``.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import FRAME_INTERVAL_TO_ERROR, Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents
from sportsgpt_lib.kinematics.midstance import Midstance
from sportsgpt_lib.kinematics.rates import compute_frame_interval_s
from sportsgpt_lib.repetitions.repetition import Keyframe, Repetition
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side

# Slower than a stride of any gait; two strikes further apart are not of one stride.
# Chosen, see docs/alignment.md.
LONGEST_STRIDE_S = 2.5
FOOT_STRIKE, TOE_OFF, NEXT_FOOT_STRIKE = "foot_strike", "toe_off", "next_foot_strike"
MID_STANCE = "mid_stance"
# How far the ankle is from under the hips, over its speed: 0.026 body heights at 1.7 to
# 5 body heights per second. Chosen, see docs/events.md.
MID_STANCE_ERROR_S = 0.012
# What happens between two strikes of one foot, in order: (is it the other leg's, what).
WALKING_ORDER = ((True, TOE_OFF), (True, FOOT_STRIKE), (False, TOE_OFF))
RUNNING_ORDER = (
    (False, MID_STANCE),
    (False, TOE_OFF),
    (True, FOOT_STRIKE),
    (True, TOE_OFF),
)


def name_foot_events(
    events: Mapping[Side, FootEvents],
) -> dict[tuple[str, Side], tuple[Instant, ...]]:
    """Name the events of both feet as keyframes with their sides."""
    named: dict[tuple[str, Side], tuple[Instant, ...]] = {}
    for side, own in events.items():
        named[FOOT_STRIKE, side] = own.foot_strikes
        named[NEXT_FOOT_STRIKE, side] = own.foot_strikes
        named[TOE_OFF, side] = own.toe_offs
    return named


def name_midstances(
    times_s: FloatArray, midstances: Sequence[Midstance]
) -> dict[tuple[str, Side], tuple[Instant, ...]]:
    """Name the midstances of running as keyframes with their sides."""
    frame_error_s = compute_frame_interval_s(times_s) * FRAME_INTERVAL_TO_ERROR
    error_s = float(np.hypot(frame_error_s, MID_STANCE_ERROR_S))
    sides: tuple[Side, ...] = ("left", "right")
    return {
        (MID_STANCE, side): tuple(
            Instant(one.time_s, error_s)
            for one in midstances
            if one.side == side and one.is_running
        )
        for side in sides
    }


def build_strides(
    events: Mapping[tuple[str, Side], Sequence[Instant]],
    order: Sequence[tuple[bool, str]],
) -> list[Repetition]:
    """Build every stride of both legs that has all its events in the gait's order.

    Parameters
    ----------
    events
        Instants in time order, by keyframe and side, of both sides.
    order
        What happens between two strikes of a foot.

    Returns
    -------
    The strides in time order. Each starts at its leg's foot strike, ends at the next,
    and holds the other leg's events in between.
    """
    sides: tuple[Side, ...] = ("left", "right")
    strides = [
        stride
        for own in sides
        for first, last in pairwise(events[FOOT_STRIKE, own])
        if last.time_s - first.time_s <= LONGEST_STRIDE_S
        if (stride := _build_stride(events, order, own, (first, last))) is not None
    ]
    return sorted(strides, key=lambda stride: stride.start_s)


def _build_stride(
    events: Mapping[tuple[str, Side], Sequence[Instant]],
    order: Sequence[tuple[bool, str]],
    own: Side,
    ends: tuple[Instant, Instant],
) -> Repetition | None:
    keyframes = [Keyframe(FOOT_STRIKE, own, ends[0], "event")]
    for is_other, name in order:
        side = OPPOSITE_SIDES[own] if is_other else own
        instant = _find_between(events.get((name, side), ()), ends)
        if instant is None or instant.time_s < keyframes[-1].instant.time_s:
            return None
        keyframes.append(Keyframe(name, side, instant, "event"))
    keyframes.append(Keyframe(NEXT_FOOT_STRIKE, own, ends[1], "event"))
    return Repetition(own, tuple(keyframes))


def _find_between(
    instants: Sequence[Instant], ends: tuple[Instant, Instant]
) -> Instant | None:
    inside = (one for one in instants if ends[0].time_s < one.time_s < ends[1].time_s)
    return next(inside, None)
