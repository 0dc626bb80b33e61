"""What the stage ``keyframes`` says of a recording: found, doubtful, or not there."""

import math
from collections.abc import Sequence

from sportsgpt_lib.alignment.motion_alignment import AbsenceReason
from sportsgpt_lib.errors import AlignmentInputError, MovementFileError
from sportsgpt_lib.kismam.missing_keyframes import describe_film_end
from sportsgpt_lib.repetitions.finder import FoundRepetitions
from sportsgpt_lib.repetitions.recording_alignment import SideAlignment
from sportsgpt_lib.repetitions.repetition import EventOffset, Keyframe, Repetition
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.stages.contract import PASS, Verdict

_WINDOW_FIX = (
    "check movement, athlete and time window in session.toml; the window must hold "
    "one whole repetition with some time before and after it, feet in the picture"
)
_MOST_SHOWN_PROBLEMS = 3
_WHOLE_FIX = (
    "let the time window start before the movement and end after it, feet in the "
    "picture all the time"
)
_ABSENCE: dict[AbsenceReason, tuple[str, str]] = {
    "not_in_recording": ("nothing in it comes near a target model", _WINDOW_FIX),
    "recording_too_short": (
        "it is shorter than one repetition of any target model",
        "let the time window start before the movement and end after it",
    ),
    "too_little_seen": (
        "the angles that the target models hold were hardly seen",
        "look at the overlay video: the joints must be in the picture and not hidden",
    ),
    "nothing_moves": (
        "none of the angles that the target models hold changes",
        "check that the athlete of session.toml is the one who moves",
    ),
}


def refuse_absent(
    movement: Movement,
    filmed_s: float,
    found: FoundRepetitions,
) -> Verdict:
    """Say that there is no repetition, and why.

    Parameters
    ----------
    movement
        What was sought.
    filmed_s
        How long the film is, in seconds of the clip.
    found
        What was searched for it; no searches where the movement has no target model.
    """
    words = f"no repetition of '{movement.title}' was found in {filmed_s:.1f} s of film"
    if not found.searches and movement.event_model == "none":
        names = ", ".join(keyframe.name for keyframe in movement.keyframes)
        why = f"no event tells its keyframes ({names}), and it has no target model"
        return Verdict(
            "QUARANTINE",
            "no_target_model",
            f"{words}: {why}",
            _say_how_to_make(movement),
        )
    if not found.searches:
        return Verdict("QUARANTINE", "no_repetition_found", words, _WINDOW_FIX)
    nearest = min(found.searches, key=_find_lowest_cost)
    lowest_cost = _find_lowest_cost(nearest)
    highest_cost = nearest.alignment.search.highest_cost
    costs = f"(cost {lowest_cost:.2f}, limit {highest_cost:.2f})"
    absence = nearest.alignment.absence
    if found.unproven_count:
        return Verdict(
            "QUARANTINE",
            "events_not_seen",
            f"{words}: something in it resembles a target model {costs}, but not the "
            f"events that prove the movement ({_list_events(movement)})",
            _WINDOW_FIX,
        )
    if absence is None or lowest_cost <= highest_cost:
        return Verdict(
            "QUARANTINE",
            "no_whole_repetition",
            f"no whole {words.removeprefix('no ')}: part of one matches a target model "
            f"{costs}, but its begin or end was not filmed, or not seen clearly enough",
            _WHOLE_FIX,
        )
    reason, fix = _ABSENCE[absence.reason]
    if absence.reason == "not_in_recording":
        reason = f"{reason} {costs}"
    return Verdict("QUARANTINE", absence.reason, f"{words}: {reason}", fix)


def refuse_target_models(movement: Movement, error: MovementFileError) -> Verdict:
    """Say that a movement's target models cannot be used, and which problems there are.

    Parameters
    ----------
    movement
        What was sought.
    error
        What its target models say; it names at least one problem.
    """
    shown = "; ".join(error.problems[:_MOST_SHOWN_PROBLEMS])
    left = len(error.problems) - _MOST_SHOWN_PROBLEMS
    more = f"; and {left} more" if left > 0 else ""
    return Verdict(
        "QUARANTINE",
        "target_model_unusable",
        f"the target models of '{movement.title}' cannot be used: {shown}{more}",
        f"correct them or take them away; `sportsgpt reference check` lists all "
        f"problems, then run the day again: recordings of {movement.name} are sought "
        "anew",
    )


def refuse_alignment(movement: Movement, error: AlignmentInputError) -> Verdict:
    """Say that a recording and a target model cannot be laid over each other."""
    return Verdict(
        "QUARANTINE",
        "cannot_be_aligned",
        f"'{movement.title}' cannot be sought in it: {error.where}: {error.found}",
        error.fix,
    )


def _say_how_to_make(movement: Movement) -> str:
    return (
        "film an exemplar, give its recording role = 'reference' in session.toml and "
        f"run that day; then `sportsgpt reference template {movement.name} --team TEAM "
        "--day DAY --clip FILE > my.toml`, mark its keyframes in my.toml, "
        "`sportsgpt reference add my.toml`, and run this day again "
        "(docs/references.md)"
    )


def _list_events(movement: Movement) -> str:
    return ", ".join(
        keyframe.title.lower()
        for keyframe in movement.keyframes
        if "event" in keyframe.methods
    )


def _find_lowest_cost(search: SideAlignment) -> float:
    """Find the cost of what came nearest; infinite where there was nothing to seek."""
    alignment = search.alignment
    if alignment.absence is not None:
        return alignment.absence.best_cost
    return min(repetition.cost for repetition in alignment.repetitions)


def judge_keyframes(
    movement: Movement,
    found: FoundRepetitions,
    stretch: float,
    film_s: tuple[float, float] = (-math.inf, math.inf),
) -> Verdict:
    """Judge the keyframes of a recording that has some; the first doubt is named.

    ``stretch`` turns seconds of the movement into seconds of the clip; ``film_s`` holds
    the film's begin and end in seconds of the movement.
    """
    repetitions = found.repetitions
    return (
        _judge_offsets(repetitions, stretch)
        or _judge_likeness(found)
        or _judge_completeness(movement, repetitions, film_s)
        or PASS
    )


def _judge_offsets(repetitions: Sequence[Repetition], stretch: float) -> Verdict | None:
    doubtful = [
        (keyframe.event_offset, keyframe)
        for repetition in repetitions
        for keyframe in repetition.keyframes
        if keyframe.event_offset is not None and keyframe.event_offset.is_doubtful
    ]
    if not doubtful:
        return None
    return _describe_offsets(doubtful, stretch)


def _describe_offsets(
    doubtful: Sequence[tuple[EventOffset, Keyframe]], stretch: float
) -> Verdict:
    offset, worst = max(doubtful, key=lambda pair: pair[0].errors_apart)
    count = len(doubtful)
    return Verdict(
        "WARN",
        "alignment_and_events_disagree",
        f"{count} {'keyframe differs' if count == 1 else 'keyframes differ'} between "
        f"alignment and events by more than their errors explain, the worst by "
        f"{abs(offset.offset_s) * stretch * 1000.0:.0f} ms, which is "
        f"{offset.errors_apart:.1f} errors ({worst.side} {worst.name} at "
        f"{worst.instant.time_s * stretch:.2f} s)",
        "look at the feet in the overlay video; poses may be wrong there, or the "
        "technique is far from the target model",
    )


def _judge_likeness(found: FoundRepetitions) -> Verdict | None:
    is_aligned = any(repetition.match for repetition in found.repetitions)
    if is_aligned or not found.searches:
        return None
    return Verdict(
        "WARN",
        "not_like_the_reference",
        "no repetition matches a target model; keyframes come from events alone",
        "check the movement in session.toml and the poses in the overlay video",
    )


def _judge_completeness(
    movement: Movement,
    repetitions: Sequence[Repetition],
    film_s: tuple[float, float],
) -> Verdict | None:
    """Say which keyframes were not found; events alone cannot give all of them."""
    lacking = [
        f"repetition {number} lacks {words}"
        for number, repetition in enumerate(repetitions, start=1)
        if (words := _describe_missing(movement, repetition, film_s)) is not None
    ]
    if not lacking:
        return None
    left = len(lacking) - _MOST_SHOWN_PROBLEMS
    more = [f"and {left} more"] if left > 0 else []
    return Verdict(
        "WARN",
        "keyframe_not_found",
        "; ".join([*lacking[:_MOST_SHOWN_PROBLEMS], *more])
        + ". What does not need them is measured all the same",
        "let the time window start before the movement and end after it",
    )


def _describe_missing(
    movement: Movement, repetition: Repetition, film_s: tuple[float, float]
) -> str | None:
    times_s = {part.name: part.instant.time_s for part in repetition.keyframes}
    missing = [
        keyframe
        for keyframe in movement.keyframes
        if repetition.match is not None or "event" in keyframe.methods
        if keyframe.name not in times_s
    ]
    if not missing:
        return None
    names = [keyframe.name for keyframe in missing]
    cut = describe_film_end(movement, times_s, film_s, names)
    titles = ", ".join(keyframe.title.lower() for keyframe in missing)
    return titles if cut is None else f"{titles} ({cut})"
