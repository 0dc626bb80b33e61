"""What the parts of ``movement.toml`` must agree on between themselves.

The shape of each part alone is checked by ``definition.py``.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from sportsgpt_lib.sports.definition import (
    EVENT_KEYFRAMES,
    OWN_RECORDS,
    DimensionName,
    Indicator,
    LimitingCondition,
    MovementFile,
    Target,
)
from sportsgpt_lib.sports.problem_wording import list_allowed, unknown_name
from sportsgpt_lib.sports.quantities import RULE_QUANTITY_UNITS, is_sided
from sportsgpt_lib.sports.rules import (
    DelayRule,
    PhaseRule,
    QuantityRule,
    Rule,
    SidedRule,
    find_unit,
    keyframe_texts,
    list_quantities,
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
    if isinstance(rule, PhaseRule):
        phases = [phase.name for phase in movement.phases]
        if rule.phase not in phases:
            yield unknown_name(MOVEMENT_FILE, f"{key}.rule.phase", rule.phase, phases)
    yield from _check_quantities(key, rule, indicator.unit)
    if isinstance(rule, SidedRule):
        yield from _check_sides(movement, key, rule)
    yield from _check_worth(key, indicator)
    if indicator.target is not None:
        yield from _check_target(movement, f"{key}.target", indicator.target)
    if indicator.target is not None and indicator.not_judged is not None:
        yield (
            f"{MOVEMENT_FILE}: {key} has a target and not_judged; allowed: one of "
            "both. Fix: take one out"
        )


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


def _check_quantities(key: str, rule: Rule, unit: str) -> Iterator[str]:
    """Check that the quantities exist, and that their units give the indicator's."""
    named = list_quantities(rule)
    unknown = [(part, name) for part, name in named if name not in RULE_QUANTITY_UNITS]
    for part, name in unknown:
        yield unknown_name(
            MOVEMENT_FILE, f"{key}.rule.{part}", name, RULE_QUANTITY_UNITS
        )
    if unknown:
        return
    units = {RULE_QUANTITY_UNITS[name] for _, name in named}
    if len(units) > 1 and not isinstance(rule, DelayRule):
        yield (
            f"{MOVEMENT_FILE}: {key}.rule joins quantities in "
            f"{' and '.join(sorted(units))}; allowed: one unit for both"
        )
        return
    found = find_unit(rule, next(iter(sorted(units)), None))
    if found is None:
        yield (
            f"{MOVEMENT_FILE}: {key}.rule.quantity = {named[0][1]!r} has no rate; "
            "allowed: a quantity in deg, body_heights or m"
        )
    elif found != unit:
        what = named[0][1] if isinstance(rule, QuantityRule) else rule.measure
        yield f"{MOVEMENT_FILE}: {key}.unit = {unit!r}; allowed for {what}: {found!r}"


def _check_sides(movement: MovementFile, key: str, rule: SidedRule) -> Iterator[str]:
    names = [name for _, name in list_quantities(rule)]
    is_of_sides = any(is_sided(name) for name in names)
    has_own_leg = any("both" not in part.sides for part in movement.keyframes)
    if rule.sides in ("own", "other") and is_of_sides and not has_own_leg:
        yield (
            f"{MOVEMENT_FILE}: {key}.rule.sides = {rule.sides!r}, but this movement's "
            "keyframes belong to both sides; allowed: 'mean', 'difference'"
        )
    if rule.sides != "own" and not is_of_sides:
        yield (
            f"{MOVEMENT_FILE}: {key}.rule.sides = {rule.sides!r}, but "
            f"{' and '.join(names)} has no sides; allowed: leave sides out"
        )


def _check_target(movement: MovementFile, key: str, target: Target) -> Iterator[str]:
    if target.low is None and target.high is None:
        yield f"{MOVEMENT_FILE}: {key} has neither low nor high; leave it out instead"
    for name, limit in (("low", target.low), ("high", target.high)):
        if limit is not None and not math.isfinite(limit):
            yield f"{MOVEMENT_FILE}: {key}.{name} = {limit}; allowed: a finite number"
    if target.low is not None and target.high is not None and target.low > target.high:
        yield (
            f"{MOVEMENT_FILE}: {key}.low = {target.low:g} lies above high = "
            f"{target.high:g}; allowed: low up to high. Fix: exchange them"
        )
    for name, given in target.limit_sources().items():
        if given.source in movement.sources and given.locator is None:
            yield (
                f"{MOVEMENT_FILE}: {key}.{name} comes from {given.source!r}, without "
                f"locator or {name}_locator. Fix: say where it stands there: page, "
                "table, item or abstract"
            )
    for name, limit, source in (
        ("low", target.low, target.low_source),
        ("high", target.high, target.high_source),
    ):
        if limit is None and source is not None:
            yield (
                f"{MOVEMENT_FILE}: {key}.{name}_source is given, but the target has no "
                f"{name}. Fix: give {name} or take {name}_source out"
            )


def _check_conditions(movement: MovementFile) -> Iterator[str]:
    known = [indicator.name for indicator in movement.indicators]
    for condition in movement.limited_when:
        key = f"limited_when.{condition.label}"
        named = filter(None, [condition.indicator])
        for name in (*named, *condition.limits):
            if name not in known:
                yield unknown_name(MOVEMENT_FILE, key, name, known)
        yield from _check_condition(key, condition)


def _check_condition(key: str, condition: LimitingCondition) -> Iterator[str]:
    kinds = (
        condition.indicator is not None,
        condition.frame_rate_below_hz is not None,
        bool(condition.groups),
    )
    if sum(kinds) != 1:
        yield (
            f"{MOVEMENT_FILE}: {key} names {sum(kinds)} kinds of condition; allowed: "
            "one of indicator, frame_rate_below_hz, groups"
        )
    has_limit = condition.above is not None or condition.below is not None
    if condition.indicator is not None and not has_limit:
        yield f"{MOVEMENT_FILE}: {key} has neither above nor below"
    if condition.indicator is None and has_limit:
        yield (
            f"{MOVEMENT_FILE}: {key} has above or below without indicator. "
            "Fix: name the indicator or take them out"
        )


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


def _list_used_sources(movement: MovementFile) -> Iterator[tuple[str, str]]:
    """List every place that names a source, and the source it names."""
    yield "own_record", movement.own_record
    for indicator in movement.indicators:
        key = f"indicators.{indicator.name}"
        if (target := indicator.target) is not None:
            for part in ("source", "low_source", "high_source", "tolerance_source"):
                if (name := getattr(target, part)) is not None:
                    yield f"{key}.target.{part}", name
            yield from ((f"{key}.target.support", name) for name in target.support)
        if (shown := indicator.not_judged) is not None:
            yield f"{key}.not_judged.source", shown.source
            yield from ((f"{key}.not_judged.support", name) for name in shown.support)
    for condition in movement.limited_when:
        key = f"limited_when.{condition.label}"
        yield f"{key}.source", condition.source
        yield from ((f"{key}.support", name) for name in condition.support)
    for issue in movement.issues:
        yield from ((f"issues.{issue.name}.support", name) for name in issue.support)


def _check_sources(movement: MovementFile) -> Iterator[str]:
    used = list(_list_used_sources(movement))
    known = [*OWN_RECORDS, *movement.sources]
    for key, name in used:
        allowed = list(OWN_RECORDS) if key == "own_record" else known
        if name not in allowed:
            yield unknown_name(MOVEMENT_FILE, key, name, allowed)
    for name in sorted(set(movement.sources) - {name for _, name in used}):
        yield f"{MOVEMENT_FILE}: sources.{name} is used nowhere"
    for name, source in movement.sources.items():
        if source.doi is None and source.isbn is None and source.pages is None:
            yield (
                f"{MOVEMENT_FILE}: sources.{name} cannot be looked up; "
                f"{list_allowed('', ('doi', 'isbn', 'pages'))}"
            )
