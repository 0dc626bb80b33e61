"""Strides of walking and running as repetitions, from the events of both feet alone.

The events are found in ``sportsgpt_lib/kinematics``; what the alignment finds is joined
with them in ``finder.py``.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents
from sportsgpt_lib.repetitions.repetition import Keyframe, Repetition
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side

# Slower than a stride of any gait; two strikes further apart are not of one stride.
# Chosen, see docs/alignment.md.
LONGEST_STRIDE_S = 2.5
FOOT_STRIKE, TOE_OFF, NEXT_FOOT_STRIKE = "foot_strike", "toe_off", "next_foot_strike"
# What happens between two strikes of one foot, in order: (is it the other leg's, what).
WALKING_ORDER = ((True, TOE_OFF), (True, FOOT_STRIKE), (False, TOE_OFF))
RUNNING_ORDER = ((False, TOE_OFF), (True, FOOT_STRIKE), (True, TOE_OFF))


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
        instant = _find_between(events[name, side], ends)
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
