"""Keyframes of one repetition: named by the movement, joined with their events.

Which repetitions there are is decided in ``finder.py``.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from sportsgpt_lib.alignment.motion_alignment import AlignedRepetition
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.repetitions.event_models import FoundEvents
from sportsgpt_lib.repetitions.recording_alignment import SideAlignment
from sportsgpt_lib.repetitions.repetition import (
    Keyframe,
    Match,
    Repetition,
    find_nearest,
    join_keyframe,
)
from sportsgpt_lib.sports.definition import Keyframe as NamedKeyframe
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side

# Chosen, see docs/alignment.md: an event is the alignment's if it lies nearer than this
# share of the repetition (events of one kind are a whole stride apart), and not further
# than so many errors; a disagreement shows long before.
MATCH_SHARE = 0.2
MATCH_ERRORS = 10.0


def join_repetition(
    search: SideAlignment,
    aligned: AlignedRepetition,
    events: FoundEvents,
    named: Mapping[str, NamedKeyframe],
) -> Repetition | None:
    """Name the keyframes of an aligned repetition and join them with events.

    Parameters
    ----------
    search, aligned
        A search, and one of the repetitions it found.
    events
        The recording's events.
    named
        The movement's keyframes by name; others are left out.

    Returns
    -------
    The repetition; None where none of its keyframes is the movement's. A keyframe that
    the target model lacks comes from an event, where just one lies in the repetition.
    """
    own_side = search.find_side(aligned)
    duration_s = aligned.end_s - aligned.start_s
    keyframes = {}
    for (name, leg), instant in aligned.keyframes.items():
        side = _find_keyframe_side(named.get(name), own_side, leg)
        if side is not None and "alignment" in named[name].methods:
            event = _find_event(events, named[name], side, instant, duration_s)
            keyframes[name, side] = (
                Keyframe(name, side, instant, "alignment")
                if event is None
                else join_keyframe(name, side, event, instant)
            )
    for name, side in sorted(set(events.instants) - set(keyframes)):
        missing = named.get(name)
        if missing is not None and _may_have(missing, side, own_side):
            event = _find_only(events.instants[name, side], aligned)
            if event is not None and "event" in missing.methods:
                keyframes[name, side] = Keyframe(name, side, event, "event")
    if not keyframes:
        return None
    match = Match(aligned, search.find_reference(aligned))
    return Repetition(own_side, tuple(keyframes.values()), match)


def _find_keyframe_side(
    keyframe: NamedKeyframe | None, own_side: Side, leg: str
) -> Side | None:
    """Find the side of a target model's keyframe; None where the movement has none."""
    if keyframe is None:
        return None
    if "both" in keyframe.sides:
        return "both"
    side = own_side if leg == "own" else OPPOSITE_SIDES[own_side]
    return side if side in keyframe.sides else None


def _may_have(keyframe: NamedKeyframe, side: Side, own_side: Side) -> bool:
    """Whether a repetition of this own side may hold the keyframe on that side."""
    is_other = keyframe.is_own_leg_only and side == OPPOSITE_SIDES[own_side] != own_side
    return side in keyframe.sides and not is_other


def _find_event(
    events: FoundEvents,
    keyframe: NamedKeyframe,
    side: Side,
    instant: Instant,
    duration_s: float,
) -> Instant | None:
    """Find the event of a keyframe that was aligned."""
    if "event" not in keyframe.methods:
        return None
    instants = events.instants.get((keyframe.name, side), ())
    event = find_nearest(instants, instant.time_s, MATCH_SHARE * duration_s)
    if event is None:
        return None
    errors_s = float(np.hypot(event.error_s, instant.error_s))
    is_near = abs(event.time_s - instant.time_s) <= MATCH_ERRORS * errors_s
    return event if is_near else None


def _find_only(
    instants: Sequence[Instant], aligned: AlignedRepetition
) -> Instant | None:
    """Find the one event inside an aligned repetition; None for none or several."""
    margin_s = MATCH_SHARE * (aligned.end_s - aligned.start_s)
    inside = [
        instant
        for instant in instants
        if aligned.start_s - margin_s <= instant.time_s <= aligned.end_s + margin_s
    ]
    return inside[0] if len(inside) == 1 else None


def name_event_repetition(
    repetition: Repetition, named: Mapping[str, NamedKeyframe]
) -> Repetition | None:
    """Keep what the movement calls an event; None where nothing is left.

    Parameters
    ----------
    repetition
        A repetition that events alone show.
    named
        The movement's keyframes by name.
    """
    kept = tuple(
        keyframe
        for keyframe in repetition.keyframes
        if keyframe.name in named
        and "event" in named[keyframe.name].methods
        and _may_have(named[keyframe.name], keyframe.side, repetition.own_side)
    )
    return Repetition(repetition.own_side, kept) if kept else None
