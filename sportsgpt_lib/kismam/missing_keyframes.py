"""What a repetition that lacks keyframes says of it, in words.

Which indicators cannot be measured then is decided in ``indicators.py``; keyframes are
found in ``sportsgpt_lib/repetitions``.
"""

import math
from collections.abc import Collection, Mapping

from sportsgpt_lib.kismam.repetition import Repetition, list_needed_keyframes
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.number_format import format_quantity
from sportsgpt_lib.sports.quantities import Side, is_sided
from sportsgpt_lib.sports.rules import (
    SidedRule,
    list_quantities,
    parse_keyframe_ref,
)

# Chosen: longer than what lies between two neighbouring keyframes of any movement
# here, a slow squat's aside; what is said is a distance and harms nobody if it is wide.
LONGEST_GAP_S = 1.0


def explain_missing(
    movement: Movement,
    repetition: Repetition,
    indicator: Indicator,
    reason: str | None,
) -> str | None:
    """Explain why an indicator was not measured, where a keyframe is missing for it.

    Parameters
    ----------
    movement, repetition
        The movement, and the repetition with the keyframes that were found.
    indicator, reason
        What was not measured, and what is said of it so far.

    Returns
    -------
    ``reason`` with what the film's ends say of it, or that the leg is not known; None
    where no keyframe is missing.
    """
    missing = {
        parse_keyframe_ref(text).keyframe
        for text in list_needed_keyframes(indicator.rule, movement)
        if repetition.find_keyframe(text) is None
    }
    leg = _describe_unknown_leg(movement, indicator, repetition.own_side)
    if leg and not any(movement.keyframe(name).is_own_leg_only for name in missing):
        return leg
    if not missing:
        return None
    times_s = {name: time.time_s for (name, _), time in repetition.keyframes.items()}
    film_s = _find_film_ends(repetition.signals)
    cut = describe_film_end(movement, times_s, film_s, missing)
    return "; ".join(filter(None, [reason, cut]))


def describe_film_end(
    movement: Movement,
    times_s: Mapping[str, float],
    film_s: tuple[float, float],
    missing: Collection[str],
) -> str | None:
    """Say that keyframes may lie before the film's begin or after its end.

    Parameters
    ----------
    movement
        The movement, whose keyframes are in their order.
    times_s
        Times of the keyframes that were found, at least one, by name.
    film_s
        Begin and end of the film, by the same clock.
    missing
        Names of the keyframes that were not found.

    Returns
    -------
    None where nothing is missing at the ends, or the ends are a second and more away.
    """
    order = [keyframe.name for keyframe in movement.keyframes]
    known = {name: time_s for name, time_s in times_s.items() if name in order}
    places = [order.index(name) for name in missing if name in order]
    if not known or not places:
        return None
    first, last = min(known, key=known.__getitem__), max(known, key=known.__getitem__)
    before_s, after_s = known[first] - film_s[0], film_s[1] - known[last]
    words = []
    if min(places) < order.index(first) and before_s < LONGEST_GAP_S:
        gap = format_quantity(max(before_s, 0.0), "s")
        words.append(f"the film begins {gap} before {_title(movement, first)}")
    if max(places) > order.index(last) and after_s < LONGEST_GAP_S:
        gap = format_quantity(max(after_s, 0.0), "s")
        words.append(f"the film ends {gap} after {_title(movement, last)}")
    return f"perhaps cut off: {' and '.join(words)}" if words else None


def _describe_unknown_leg(
    movement: Movement, indicator: Indicator, own_side: Side
) -> str | None:
    """Say that an indicator of one leg lacks the keyframe that tells the leg.

    None where the leg is known, or the indicator needs none.
    """
    telling = [part for part in movement.keyframes if part.is_own_leg_only]
    if own_side != "both" or not telling or not _is_of_one_leg(movement, indicator):
        return None
    named = ", ".join(_title(movement, part.name) for part in telling)
    return f"the leg of this repetition is not known, for this was not found: {named}"


def _is_of_one_leg(movement: Movement, indicator: Indicator) -> bool:
    rule = indicator.rule
    needed = (
        movement.keyframe(parse_keyframe_ref(text).keyframe)
        for text in list_needed_keyframes(rule, movement)
    )
    if any("both" not in keyframe.sides for keyframe in needed):
        return True
    return (
        isinstance(rule, SidedRule)
        and rule.sides in ("own", "other")
        and any(is_sided(name) for _, name in list_quantities(rule))
    )


def _find_film_ends(signals: Mapping[str, Signal]) -> tuple[float, float]:
    """Find begin and end of what was filmed; infinite where nothing was."""
    clocks = [signal.times_s for signal in signals.values() if signal.times_s.size]
    starts = [float(clock[0]) for clock in clocks]
    ends = [float(clock[-1]) for clock in clocks]
    return min(starts, default=-math.inf), max(ends, default=math.inf)


def _title(movement: Movement, name: str) -> str:
    title = movement.keyframe(name).title
    return title[:1].lower() + title[1:]
