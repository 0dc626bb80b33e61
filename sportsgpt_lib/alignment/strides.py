"""Strides of walking: alignment and gait events, joined and cross-checked.

The methods are in ``search.py``, ``warping.py`` and
``sportsgpt_lib/kinematics/gait_events.py``.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np

from sportsgpt_lib.alignment.features import build_scaling
from sportsgpt_lib.alignment.reference import Leg, Reference
from sportsgpt_lib.alignment.repetitions import Keyframe, Repetition, join_instants
from sportsgpt_lib.alignment.search import find_candidates
from sportsgpt_lib.alignment.warping import AlignedCycle, align_cycle
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents, find_foot_events

# Chosen, see docs/alignment.md: an event is the alignment's if it lies nearer than this
# share of a stride; neighbouring events of one kind are a whole stride apart.
MATCH_SHARE = 0.2
LONGEST_STRIDE_S = 2.5
# A stride that was not filmed from strike to strike is not reported: both ends must be
# there, and not less sure than a frame at 25 Hz.
STRIDE_ENDS: tuple[tuple[str, Leg], ...] = (
    ("foot_strike", "own"),
    ("next_foot_strike", "own"),
)
LARGEST_END_ERROR_S = 0.04
EVENTS_INSIDE: tuple[tuple[Leg, str], ...] = (
    ("other", "toe_off"),
    ("other", "foot_strike"),
    ("own", "toe_off"),
)


def find_strides(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    references: Sequence[Reference],
    joint_weights: Mapping[str, float],
) -> list[Repetition]:
    """Find every stride of both legs.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.
    references
        Target models of the movement; the one that fits a stride best is used. With
        none, strides come from events alone.
    joint_weights
        Weights of the quantities in the alignment.

    Returns
    -------
    One repetition for each stride of each leg, in time order. It starts at the leg's
    foot strike, ends at its next, and holds the other leg's events in between.
    """
    events = {
        side: find_foot_events(
            times_s,
            quantities[f"{side}_heel_forward"],
            quantities[f"{side}_toe_forward"],
        )
        for side in SIDES
    }
    strides: list[Repetition] = []
    for own, other in (SIDES, SIDES[::-1]):
        legs = {"own": own, "other": other}
        cycles = _align_leg(times_s, quantities, references, joint_weights, legs)
        aligned = [_join_stride(cycle, events, legs) for cycle in cycles]
        aligned = [stride for stride in aligned if _has_sure_ends(stride, own)]
        starts = [stride.start_s for stride in aligned]
        strides += [*aligned, *_find_event_strides(events, legs, starts)]
    return sorted(strides, key=lambda stride: stride.start_s)


def _align_leg(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    references: Sequence[Reference],
    joint_weights: Mapping[str, float],
    legs: Mapping[str, str],
) -> list[AlignedCycle]:
    """Align one leg's strides to the reference that fits the leg best."""
    best: list[AlignedCycle] = []
    for reference in references:
        names = [
            f"{legs[leg]}_{name}"
            for leg in ("own", "other")
            for name in reference.quantities
        ]
        angles_deg = np.stack([quantities[name] for name in names], axis=1)  # (T, F)
        scaling = build_scaling(reference, joint_weights)
        candidates = find_candidates(times_s, angles_deg, reference, scaling)
        aligned = [
            align_cycle(times_s, angles_deg, candidate, reference, scaling)
            for candidate in candidates
        ]
        cycles = [
            cycle
            for cycle in aligned
            if cycle is not None and all(end in cycle.instants for end in STRIDE_ENDS)
        ]
        if _rank(cycles) < _rank(best):
            best = cycles
    return best


def _rank(cycles: Sequence[AlignedCycle]) -> tuple[int, float]:
    """Rank by strides found, then by mean cost; smaller is better."""
    mean_cost = float(np.mean([cycle.cost for cycle in cycles])) if cycles else np.inf
    return -len(cycles), mean_cost


def _join_stride(
    cycle: AlignedCycle, events: Mapping[str, FootEvents], legs: Mapping[str, str]
) -> Repetition:
    duration_s = (
        cycle.instants["next_foot_strike", "own"].time_s
        - cycle.instants["foot_strike", "own"].time_s
    )
    keyframes = []
    for (name, leg), aligned in cycle.instants.items():
        side = legs[leg]
        found = _list_events(events[side], name)
        event = _find_nearest(found, aligned.time_s, MATCH_SHARE * duration_s)
        if event is None:
            keyframes.append(Keyframe(name, side, aligned, "alignment", None))
        else:
            offset_s = event.time_s - aligned.time_s
            joined = join_instants(event, aligned)
            keyframes.append(Keyframe(name, side, joined, "both", offset_s))
    return Repetition(tuple(keyframes), cycle.cost, cycle.reference_id)


def _has_sure_ends(stride: Repetition, own: str) -> bool:
    ends = {(name, own) for name, _ in STRIDE_ENDS}
    return all(
        keyframe.instant.error_s <= LARGEST_END_ERROR_S
        for keyframe in stride.keyframes
        if (keyframe.name, keyframe.side) in ends
    )


def _list_events(events: FootEvents, name: str) -> tuple[Instant, ...]:
    if name in ("foot_strike", "next_foot_strike"):
        return events.foot_strikes
    return events.toe_offs if name == "toe_off" else ()


def _find_nearest(
    instants: Sequence[Instant], time_s: float, limit_s: float
) -> Instant | None:
    near = [instant for instant in instants if abs(instant.time_s - time_s) <= limit_s]
    return min(near, key=lambda instant: abs(instant.time_s - time_s), default=None)


def _find_event_strides(
    events: Mapping[str, FootEvents], legs: Mapping[str, str], starts_s: Sequence[float]
) -> list[Repetition]:
    """Build strides from events where the alignment found none.

    Only a stride with all its events in the order of walking is taken: the other foot's
    toe-off and strike, then the own toe-off.
    """
    strides = []
    for first, last in pairwise(events[legs["own"]].foot_strikes):
        duration_s = last.time_s - first.time_s
        is_aligned = any(
            abs(start_s - first.time_s) <= MATCH_SHARE * duration_s
            for start_s in starts_s
        )
        inside = [
            _find_first(
                _list_events(events[legs[leg]], name), first.time_s, last.time_s
            )
            for leg, name in EVENTS_INSIDE
        ]
        seen = [instant for instant in inside if instant is not None]
        times_s = [instant.time_s for instant in seen]
        is_whole = len(seen) == len(EVENTS_INSIDE) and times_s == sorted(times_s)
        if duration_s > LONGEST_STRIDE_S or is_aligned or not is_whole:
            continue
        named = [
            ("foot_strike", legs["own"], first),
            *(
                (name, legs[leg], instant)
                for (leg, name), instant in zip(EVENTS_INSIDE, seen, strict=True)
            ),
            ("next_foot_strike", legs["own"], last),
        ]
        keyframes = tuple(
            Keyframe(name, side, instant, "event", None)
            for name, side, instant in named
        )
        strides.append(Repetition(keyframes, None, None))
    return strides


def _find_first(
    instants: Sequence[Instant], after_s: float, before_s: float
) -> Instant | None:
    inside = (one for one in instants if after_s < one.time_s < before_s)
    return next(inside, None)
