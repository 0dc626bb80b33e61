"""Repetitions of any movement: alignment and events, joined and cross-checked.

What a movement is lies in its folder; nothing here knows one by name. Aligning is in
``recording_alignment.py``, events are in ``event_models.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.alignment.motion import KeyframeMark
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.repetitions.event_models import find_events
from sportsgpt_lib.repetitions.keyframe_joining import (
    join_repetition,
    name_event_repetition,
)
from sportsgpt_lib.repetitions.recording_alignment import (
    SideAlignment,
    align_recording,
    is_cyclic,
)
from sportsgpt_lib.repetitions.repetition import Repetition
from sportsgpt_lib.sports.definition import Keyframe as NamedKeyframe
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.target_models.reference import Reference

# A repetition of a cyclic movement that was not filmed from end to end is not reported:
# what marks its ends must be there, and not less sure than a frame at 25 Hz.
LARGEST_END_ERROR_S = 0.04
_END_SHARE = 0.02
# Where events prove a movement, a single one may lie at a keyframe by chance. Chosen,
# see docs/alignment.md: strides of real walks have two to five.
FEWEST_EVENTS = 2
# Two repetitions of one leg that share more than this of the shorter are the same one.
_SAME_SHARE = 0.3


@dataclass(frozen=True)
class FoundRepetitions:
    """All repetitions in time order, and the searches that found or missed them.

    ``searches`` is empty where the movement has no target model. ``unproven_count`` is
    the number of those that matched a target model without the events that prove the
    movement; they are not among the repetitions.
    """

    repetitions: tuple[Repetition, ...]
    searches: tuple[SideAlignment, ...] = ()
    unproven_count: int = 0


def find_repetitions(
    movement: Movement,
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    references: Sequence[Reference],
) -> FoundRepetitions:
    """Find every repetition of a movement in a recording.

    Parameters
    ----------
    movement
        What to find: its keyframes, by which methods, and its event model.
    times_s
        Times ``(T,)`` in real seconds.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.
    references
        Target models of the movement. With none, repetitions come from events alone.

    Returns
    -------
    The repetitions with the keyframes that the movement names.

    Raises
    ------
    AlignmentInputError
        As ``align_recording``.

    Notes
    -----
    Where both methods give a keyframe they are joined by their errors. Beside target
    models, events alone make a repetition only where their order proves the movement;
    there, an aligned repetition without two of its events is left out.
    """
    events = find_events(movement.event_model, times_s, quantities)
    named = {keyframe.name: keyframe for keyframe in movement.keyframes}
    searches: tuple[SideAlignment, ...] = ()
    whole: list[Repetition] = []
    if references:
        searches = align_recording(
            times_s, quantities, references, movement.joint_weights
        )
        must_be_whole = is_cyclic(references)
        whole = [
            repetition
            for search in searches
            for aligned in search.alignment.repetitions
            if (repetition := join_repetition(search, aligned, events, named))
            is not None
            if not must_be_whole or _has_sure_ends(repetition)
        ]
    found = [
        repetition
        for repetition in whole
        if not events.prove_movement or _has_events(repetition, named)
    ]
    unproven_count = len(whole) - len(found)
    if not references or events.prove_movement:
        found += [
            repetition
            for event_repetition in events.repetitions
            if (repetition := name_event_repetition(event_repetition, named))
            if not any(_is_same(repetition, other) for other in found)
        ]
    found.sort(key=lambda repetition: repetition.start_s)
    return FoundRepetitions(tuple(found), searches, unproven_count)


def _has_events(repetition: Repetition, named: Mapping[str, NamedKeyframe]) -> bool:
    """Whether enough keyframes that can be seen as events were seen as events."""
    keyframes = [
        keyframe
        for keyframe in repetition.keyframes
        if "event" in named[keyframe.name].methods
    ]
    seen = [keyframe for keyframe in keyframes if keyframe.method != "alignment"]
    return len(seen) >= min(FEWEST_EVENTS, len(keyframes))


def _has_sure_ends(repetition: Repetition) -> bool:
    """Whether the keyframes that mark the ends are there, and sure enough."""
    if repetition.match is None:
        return True
    reference = repetition.match.reference
    margin_s = _END_SHARE * reference.duration_s

    def marks_an_end(mark: KeyframeMark) -> bool:
        from_end_s = min(mark.time_s - reference.start_s, reference.end_s - mark.time_s)
        return mark.leg == "own" and from_end_s <= margin_s

    sure = {
        keyframe.name
        for keyframe in repetition.keyframes
        if keyframe.side == repetition.own_side
        and keyframe.instant.error_s <= LARGEST_END_ERROR_S
    }
    return all(mark.name in sure for mark in reference.keyframes if marks_an_end(mark))


def _is_same(one: Repetition, other: Repetition) -> bool:
    """Whether two repetitions of one side share too much time to be two."""
    if one.own_side != other.own_side:
        return False
    shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    shorter_s = min(one.end_s - one.start_s, other.end_s - other.start_s)
    return shared_s > _SAME_SHARE * shorter_s
