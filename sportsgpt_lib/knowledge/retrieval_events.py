"""Which technique faults show at an event of a movement.

Passages are filed by movement and issue; this is how a search keeps those that speak of
one keyframe or one phase.
"""

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.rules import keyframe_texts, parse_keyframe_ref


def find_issues_at_event(movement: Movement, event: str) -> tuple[str, ...]:
    """Find the issues that an indicator measured at the event speaks for.

    Parameters
    ----------
    movement
        The movement with its issue map.
    event
        Name of a keyframe, of either leg, or of a phase.

    Raises
    ------
    KnowledgeError
        The movement has no such event.
    """
    allowed = [part.name for part in movement.keyframes]
    allowed += [part.name for part in movement.phases]
    if event not in allowed:
        raise KnowledgeError(
            "search filter",
            f"{movement.name} has no event {event!r}",
            f"choose one of: {', '.join(allowed)}",
        )
    rows = [
        weights
        for indicator, weights in zip(
            movement.indicators, movement.issue_map, strict=True
        )
        if _is_measured_at(indicator, event)
    ]
    return tuple(
        issue.name
        for column, issue in enumerate(movement.issues)
        if any(row[column] for row in rows)
    )


def _is_measured_at(indicator: Indicator, event: str) -> bool:
    named = {
        parse_keyframe_ref(text).keyframe for text in keyframe_texts(indicator.rule)
    }
    return event in named or event == getattr(indicator.rule, "phase", None)
