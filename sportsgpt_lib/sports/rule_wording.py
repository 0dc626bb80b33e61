"""A rule in words, as the page of a movement shows it."""

from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    ChangeBetween,
    DelayRule,
    DelayToKeyframe,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    Duration,
    DurationShare,
    HeightByFlight,
    InPhase,
    Interval,
    QuantityRule,
    RateAtKeyframe,
    RateInPhase,
    Rule,
    SidedRule,
    TimeRule,
)

_SIDES = {
    "own": "",
    "other": ", of the other side",
    "mean": ", mean of both sides",
    "difference": ", size of the difference between left and right",
}


def describe_rule(rule: Rule) -> str:
    """Describe what a rule measures, with the sides of the body it takes."""
    sides = _SIDES[rule.sides] if isinstance(rule, SidedRule) else ""
    return _describe_measure(rule) + sides


def _describe_measure(rule: Rule) -> str:
    if isinstance(rule, QuantityRule):
        return _describe_quantity_rule(rule)
    if isinstance(rule, DifferenceAtKeyframe):
        sign = "plus" if rule.reverse_second else "minus"
        return f"`{rule.first}` {sign} `{rule.second}` at `{rule.keyframe}`"
    if isinstance(rule, DirectionAtKeyframe):
        pair = f"`{rule.up}` against `{rule.forward}`"
        return f"direction of the speed of {pair} at `{rule.keyframe}`"
    if isinstance(rule, DelayRule):
        return _describe_delay(rule)
    return _describe_times(rule)


def _describe_quantity_rule(rule: QuantityRule) -> str:
    if isinstance(rule, AtKeyframe):
        return f"`{rule.quantity}` at `{rule.keyframe}`"
    if isinstance(rule, RateAtKeyframe):
        return f"rate of `{rule.quantity}` at `{rule.keyframe}`"
    if isinstance(rule, InPhase | RateInPhase):
        kind = rule.measure.removesuffix("_in_phase").removesuffix("_rate")
        what = "rate" if isinstance(rule, RateInPhase) else ""
        return f"{kind} {what} of `{rule.quantity}` over `{rule.phase}`".replace(
            "  ", " "
        )
    kind = "change" if isinstance(rule, ChangeBetween) else "mean rate"
    return f"{kind} of `{rule.quantity}` from `{rule.start}` to `{rule.end}`"


def _describe_delay(rule: DelayRule) -> str:
    what = f"{rule.extreme} {'rate ' if rule.of == 'rate' else ''}of"
    if isinstance(rule, DelayToKeyframe):
        curve, end = rule.quantity, f"`{rule.to}`"
    else:
        curve, end = rule.first, f"that of `{rule.second}`"
    return f"time from the {what} `{curve}` in `{rule.phase}` to {end}"


def _describe_times(rule: TimeRule | HeightByFlight) -> str:
    if isinstance(rule, Duration):
        return f"time from {_describe_interval((rule.start, rule.end))}"
    if isinstance(rule, HeightByFlight):
        span = _describe_interval((rule.start, rule.end))
        return f"g t²/8 of the time from {span}"
    if isinstance(rule, DurationShare):
        parts = " plus ".join(_describe_interval(part) for part in rule.parts)
        return f"{parts}, as a share of {_describe_interval(rule.whole)}"
    first, second = _describe_interval(rule.first), _describe_interval(rule.second)
    return f"symmetry index of {first} and {second}"


def _describe_interval(interval: Interval) -> str:
    return f"`{interval[0]}` to `{interval[1]}`"
