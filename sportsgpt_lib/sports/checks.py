"""What the parts of ``movement.toml`` must agree on between themselves.

The shape of each part alone is checked by ``definition.py``.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from sportsgpt_lib.sports.definition import (
    EVENT_KEYFRAMES,
    OWN_CHOICE,
    DimensionName,
    Indicator,
    MovementFile,
    Target,
)
from sportsgpt_lib.sports.problem_wording import list_allowed, unknown_name
from sportsgpt_lib.sports.quantities import RULE_QUANTITY_UNITS, is_sided
from sportsgpt_lib.sports.rules import (
    Duration,
    InPhase,
    QuantityRule,
    Rule,
    keyframe_texts,
    parse_keyframe_ref,
)

MOVEMENT_FILE = "movement.toml"


def list_movement_problems(movement: MovementFile, folder_name: str) -> list[str]:
    """List everything in ``movement.toml`` that does not fit together."""
    return [
        *_check_names(movement, folder_name),
        *_check_methods(movement),
        *_check_phases(movement),
        *(
            problem
            for indicator in movement.indicators
            for problem in _check_indicator(movement, indicator)
        ),
        *_check_conditions(movement),
        *_check_dimensions(movement),
        *_check_sources(movement),
    ]


def _check_names(movement: MovementFile, folder_name: str) -> Iterator[str]:
    if movement.name != folder_name:
        yield (
            f"{MOVEMENT_FILE}: name = {movement.name!r}; "
            f"allowed: the folder's name, {folder_name!r}"
        )
    groups: dict[str, Iterable[str]] = {
        "keyframes": (part.name for part in movement.keyframes),
        "phases": (part.name for part in movement.phases),
        "indicators": (part.name for part in movement.indicators),
        "issues": (part.name for part in movement.issues),
        "dimensions": (part.name for part in movement.dimensions),
    }
    for group, names in groups.items():
        counts = Counter(names)
        if not counts:
            yield f"{MOVEMENT_FILE}: {group} is empty; at least one is needed"
        for name, count in counts.items():
            if count > 1:
                yield f"{MOVEMENT_FILE}: {group} names {name!r} {count} times"


def _check_methods(movement: MovementFile) -> Iterator[str]:
    """Check that what is to be found as an event is one that the event model finds."""
    known = EVENT_KEYFRAMES[movement.event_model]
    for keyframe in movement.keyframes:
        if "event" in keyframe.methods and keyframe.name not in known:
            yield (
                f"{MOVEMENT_FILE}: keyframes.{keyframe.name}.methods lists 'event', "
                f"but event_model = {movement.event_model!r} finds no such event; "
                f"{list_allowed(keyframe.name, known)}"
            )


def _check_keyframe(movement: MovementFile, key: str, text: str) -> Iterator[str]:
    known = [keyframe.name for keyframe in movement.keyframes]
    name = parse_keyframe_ref(text).keyframe
    if name not in known:
        yield unknown_name(MOVEMENT_FILE, key, name, known)


def _check_phases(movement: MovementFile) -> Iterator[str]:
    for phase in movement.phases:
        for key, text in (("start", phase.start), ("end", phase.end)):
            yield from _check_keyframe(movement, f"phases.{phase.name}.{key}", text)


def _check_indicator(movement: MovementFile, indicator: Indicator) -> Iterator[str]:
    key = f"indicators.{indicator.name}"
    rule = indicator.rule
    for text in keyframe_texts(rule):
        yield from _check_keyframe(movement, f"{key}.rule", text)
    if isinstance(rule, InPhase):
        phases = [phase.name for phase in movement.phases]
        if rule.phase not in phases:
            yield unknown_name(MOVEMENT_FILE, f"{key}.rule.phase", rule.phase, phases)
    if isinstance(rule, QuantityRule):
        has_own_leg = any("both" not in part.sides for part in movement.keyframes)
        yield from _check_quantity(key, rule, indicator.unit, has_own_leg=has_own_leg)
    else:
        unit = "s" if isinstance(rule, Duration) else "pct"
        if indicator.unit != unit:
            yield (
                f"{MOVEMENT_FILE}: {key}.unit = {indicator.unit!r}; "
                f"allowed for {rule.measure}: {unit!r}"
            )
    yield from _check_worth(key, indicator)
    if indicator.target is not None:
        yield from _check_target(f"{key}.target", indicator.target)


def _check_worth(key: str, indicator: Indicator) -> Iterator[str]:
    if not indicator.valid_views and not indicator.limited_views:
        yield f"{MOVEMENT_FILE}: {key} names no view in which it can be measured"
    for view in indicator.limited_views:
        if view in indicator.valid_views:
            yield f"{MOVEMENT_FILE}: {key} calls the view {view!r} valid and limited"
    if indicator.limited_far_leg is not None and not _is_of_own_leg(indicator.rule):
        yield (
            f"{MOVEMENT_FILE}: {key}.limited_far_leg is given, but the rule is not of "
            "the repetition's own leg alone; allowed: sides = 'own' of a sided quantity"
        )


def _is_of_own_leg(rule: Rule) -> bool:
    return (
        isinstance(rule, QuantityRule)
        and rule.sides == "own"
        and is_sided(rule.quantity)
    )


def _check_quantity(
    key: str, rule: QuantityRule, unit: str, *, has_own_leg: bool
) -> Iterator[str]:
    if rule.quantity not in RULE_QUANTITY_UNITS:
        yield unknown_name(
            MOVEMENT_FILE, f"{key}.rule.quantity", rule.quantity, RULE_QUANTITY_UNITS
        )
        return
    if RULE_QUANTITY_UNITS[rule.quantity] != unit:
        yield (
            f"{MOVEMENT_FILE}: {key}.unit = {unit!r}; "
            f"allowed for {rule.quantity}: {RULE_QUANTITY_UNITS[rule.quantity]!r}"
        )
    if rule.sides == "own" and is_sided(rule.quantity) and not has_own_leg:
        yield (
            f"{MOVEMENT_FILE}: {key}.rule.sides = 'own', but this movement's keyframes "
            "belong to both sides; allowed: 'mean', 'difference'"
        )
    if rule.sides != "own" and not is_sided(rule.quantity):
        yield (
            f"{MOVEMENT_FILE}: {key}.rule.sides = {rule.sides!r}, but {rule.quantity} "
            "has no sides; allowed: leave sides out"
        )


def _check_target(key: str, target: Target) -> Iterator[str]:
    if target.low is None and target.high is None:
        yield f"{MOVEMENT_FILE}: {key} has neither low nor high; leave it out instead"
    for name, limit in (("low", target.low), ("high", target.high)):
        if limit is not None and not math.isfinite(limit):
            yield f"{MOVEMENT_FILE}: {key}.{name} = {limit}; allowed: a finite number"
    if target.low is not None and target.high is not None and target.low > target.high:
        yield (
            f"{MOVEMENT_FILE}: {key}.low = {target.low:g} lies above high = "
            f"{target.high:g}; allowed: low up to high"
        )


def _check_conditions(movement: MovementFile) -> Iterator[str]:
    known = [indicator.name for indicator in movement.indicators]
    for condition in movement.limited_when:
        key = f"limited_when.{condition.indicator}"
        for name in (condition.indicator, *condition.limits):
            if name not in known:
                yield unknown_name(MOVEMENT_FILE, key, name, known)
        if condition.above is None and condition.below is None:
            yield f"{MOVEMENT_FILE}: {key} has neither above nor below"


def _check_dimensions(movement: MovementFile) -> Iterator[str]:
    named = {dimension.name: dimension for dimension in movement.dimensions}
    for name in get_args(DimensionName):
        if name not in named:
            yield f"{MOVEMENT_FILE}: dimensions lacks {name!r}; all seven are needed"
    judged = {item.dimension for item in movement.indicators if item.target is not None}
    for name, dimension in named.items():
        if name in judged and dimension.not_assessed is not None:
            yield (
                f"{MOVEMENT_FILE}: dimensions.{name}.not_assessed is given, but an "
                "indicator with a target belongs to it"
            )
        if name not in judged and dimension.not_assessed is None:
            yield (
                f"{MOVEMENT_FILE}: dimensions.{name} has no indicator with a target; "
                "say in not_assessed why"
            )


def _check_sources(movement: MovementFile) -> Iterator[str]:
    used: list[tuple[str, str]] = []
    for indicator in movement.indicators:
        target = indicator.target
        if target is None:
            continue
        key = f"indicators.{indicator.name}.target"
        used += [(f"{key}.source", target.source)]
        used += [(f"{key}.tolerance_source", target.tolerance_source)]
        used += [(f"{key}.support", name) for name in target.support]
    for condition in movement.limited_when:
        key = f"limited_when.{condition.indicator}"
        used += [(f"{key}.source", condition.source)]
        used += [(f"{key}.support", name) for name in condition.support]
    for issue in movement.issues:
        used += [(f"issues.{issue.name}.support", name) for name in issue.support]
    known = [OWN_CHOICE, *movement.sources]
    for key, name in used:
        if name not in known:
            yield unknown_name(MOVEMENT_FILE, key, name, known)
    for name in sorted(set(movement.sources) - {name for _, name in used}):
        yield f"{MOVEMENT_FILE}: sources.{name} is used nowhere"
    for name, source in movement.sources.items():
        if source.doi is None and source.isbn is None and source.pages is None:
            yield (
                f"{MOVEMENT_FILE}: sources.{name} cannot be looked up; "
                f"{list_allowed('', ('doi', 'isbn', 'pages'))}"
            )
