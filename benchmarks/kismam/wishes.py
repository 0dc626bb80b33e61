"""What a synthetic performance should measure: drawn values, and what else may be.

A body's indicators hang together: a stance that is short and a flight that is short
make no long step. A clean value is therefore a wish with a range around it, and only
those of the fault's main indicators are firm.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.sports.definition import Indicator, LimitingCondition, Movement
from sportsgpt_lib.sports.rules import (
    Duration,
    DurationShare,
    DurationSymmetry,
    InPhase,
    SidedRule,
)

# A clean athlete's value: normal, two standard deviations from the middle of the target
# to its ends, cut off there; where one end is open, two tolerances from the other.
_SPREADS_TO_LIMIT = 2.0
# Where only the upper end of a duration is known, no clean one is shorter than half.
_SHORTEST_SHARE = 0.5
# From this share of an issue's largest weight on, an indicator is a main one.
MAIN_SHARE = 0.8
# How far on the good side of a limiting condition performances are made.
_CONDITION_MARGIN = 0.15
_FULL_PCT = 100.0


@dataclass(frozen=True)
class Wish:
    """A wanted value, and the range that is accepted where it cannot be had."""

    value: float
    low: float
    high: float

    @property
    def is_firm(self) -> bool:
        """Whether only the value itself will do."""
        return self.low == self.high

    def find_nearest(self, value: float) -> float:
        """Find the accepted value that lies nearest to a value."""
        return min(max(value, self.low), self.high)


def draw_wishes(
    movement: Movement, fault: str | None, size: float, generator: np.random.Generator
) -> dict[str, Wish]:
    """Draw what a performance with a fault, or a clean one, should measure.

    ``size`` is the distance of the main indicator outside its target, in tolerances.
    Indicators that limit others are kept where they limit nothing.
    """
    wishes = {
        indicator.name: _draw_clean(indicator, generator)
        for indicator in movement.indicators
        if indicator.target is not None
    }
    for condition in movement.limited_when:
        if condition.indicator is not None and condition.indicator not in wishes:
            wishes[condition.indicator] = _keep_unlimited(condition)
    moved = list_indicators_of(movement, fault) if fault else {}
    for indicator in movement.indicators:
        share, target = moved.get(indicator.name, 0.0), indicator.target
        if not share or target is None:
            continue
        limit = target.high if share > 0.0 else target.low
        if limit is None:
            continue
        value = limit + share * size * target.tolerance
        clean = wishes[indicator.name]
        is_main = abs(share) >= MAIN_SHARE
        wishes[indicator.name] = Wish(
            value,
            value if is_main else min(clean.low, value),
            value if is_main else max(clean.high, value),
        )
    return wishes


def list_indicators_of(movement: Movement, issue: str) -> dict[str, float]:
    """List an issue's indicators: weight and direction, the main one -1 or 1."""
    column = [part.name for part in movement.issues].index(issue)
    weights = np.array(movement.issue_map)[:, column]
    return {
        movement.indicators[row].name: float(weights[row] / np.abs(weights).max())
        for row in np.flatnonzero(weights)
    }


def _draw_clean(indicator: Indicator, generator: np.random.Generator) -> Wish:
    target = indicator.target
    if target is None:
        raise ValueError(indicator.name)
    reach = 2.0 * _SPREADS_TO_LIMIT * target.tolerance
    low, high = target.low, target.high
    if low is None:
        low = max((high or 0.0) - reach, _find_least(indicator, high or 0.0))
    if high is None:
        high = min(low + reach, _find_most(indicator))
    middle, spread = 0.5 * (low + high), 0.5 * (high - low) / _SPREADS_TO_LIMIT
    while True:
        value = float(generator.normal(middle, spread))
        if low <= value <= high:
            return Wish(value, low, high)


def _find_least(indicator: Indicator, high: float) -> float:
    """Find the least value that a measure can have on any body."""
    rule = indicator.rule
    if isinstance(rule, Duration):
        return _SHORTEST_SHARE * high
    is_range = isinstance(rule, InPhase) and rule.measure == "range_in_phase"
    is_difference = isinstance(rule, SidedRule) and rule.sides == "difference"
    is_whole = isinstance(rule, DurationShare | DurationSymmetry)
    return 0.0 if is_range or is_difference or is_whole else -np.inf


def _find_most(indicator: Indicator) -> float:
    return _FULL_PCT if isinstance(indicator.rule, DurationShare) else np.inf


def _keep_unlimited(condition: LimitingCondition) -> Wish:
    """Wish a value that does not meet a condition, with a margin."""
    above, below = condition.above, condition.below
    low = -np.inf if below is None else below + _CONDITION_MARGIN * abs(below)
    high = np.inf if above is None else above - _CONDITION_MARGIN * abs(above)
    ends = [end for end in (low, high) if np.isfinite(end)]
    return Wish(float(np.mean(ends)), float(low), float(high))
