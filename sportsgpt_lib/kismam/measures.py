"""Carries out the closed set of measures that movement files declare.

Which measures exist is in ``sportsgpt_lib/sports/rules.py``. Whether a number may be
believed is decided in ``indicators.py``.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from sportsgpt_lib.kinematics.angles import find_whole_turns_deg
from sportsgpt_lib.kismam.camera_errors import TO_VERTICAL
from sportsgpt_lib.kismam.extremes import choose_curve, despike, find_extreme
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES, fill_side, is_sided
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    ChangeBetween,
    DelayBetweenExtremes,
    DelayRule,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    Duration,
    DurationShare,
    DurationSymmetry,
    HeightByFlight,
    InPhase,
    Interval,
    MeanRateBetween,
    QuantityRule,
    RateAtKeyframe,
    RateInPhase,
    Rule,
    SidedRule,
    list_quantities,
)

GRAVITY_MPS2 = 9.81
OUT_OF_ORDER = "the keyframes are out of order"
_FULL_PCT = 100.0
_NOTHING = float("nan")

Times = Mapping[str, float]
"""Time of each keyframe in the movement, by the way rules write it."""


@dataclass(frozen=True)
class Measured:
    """A measured number and the time in the movement that shows it; NaN = not readable.

    ``unseen`` names quantities that were wanted but could not be read. ``reason`` says
    why there is no number where all were seen.
    """

    value: float
    time_s: float
    unseen: tuple[str, ...] = ()
    reason: str | None = None


class _Reading(NamedTuple):
    value: float
    time_s: float
    reason: str | None = None


_NO_READING = _Reading(_NOTHING, _NOTHING)


def compute_measure(
    rule: Rule, movement: Movement, repetition: Repetition, times: Times
) -> Measured:
    """Compute one measure of one repetition.

    Parameters
    ----------
    rule
        The measure, as the movement file declares it.
    movement
        The movement, for its phases.
    repetition
        The measured quantities.
    times
        Time of every keyframe the rule needs.

    Returns
    -------
    The number in the indicator's unit. NaN where a quantity was not seen, and where the
    keyframes are out of order.
    """
    if isinstance(rule, SidedRule):
        return _compute_over_sides(rule, movement, repetition, times)
    if isinstance(rule, DirectionAtKeyframe):
        return _compute_direction(rule, repetition, times)
    if isinstance(rule, HeightByFlight):
        flight_s = _duration_s((rule.start, rule.end), times)
        return Measured(GRAVITY_MPS2 * flight_s**2 / 8.0, times[rule.end])
    if isinstance(rule, Duration):
        span_s = _duration_s((rule.start, rule.end), times)
        return Measured(span_s, times[rule.end])
    if isinstance(rule, DurationShare):
        return _compute_share(rule, times)
    return _compute_symmetry(rule, times)


def compute_noise_gain(rule: Rule) -> float:
    """Tell by how much a rule multiplies the error of its quantity.

    Two readings with independent errors make the square root of 2. The mean of both
    sides keeps the full error: one camera errs alike on both. A mean rate counts as
    its change, before the division by time.
    """
    if not isinstance(rule, QuantityRule | DifferenceAtKeyframe):
        return 0.0
    is_span = isinstance(rule, ChangeBetween | MeanRateBetween) or (
        isinstance(rule, InPhase) and rule.measure == "range_in_phase"
    )
    readings = (2.0 if is_span else 1.0) * (2.0 if rule.sides == "difference" else 1.0)
    return math.sqrt(readings)


def _duration_s(interval: Interval, times: Times) -> float:
    span_s = times[interval[1]] - times[interval[0]]
    return span_s if span_s > 0.0 else _NOTHING


def _compute_share(rule: DurationShare, times: Times) -> Measured:
    parts_s = sum(_duration_s(part, times) for part in rule.parts)
    share_pct = _FULL_PCT * parts_s / _duration_s(rule.whole, times)
    return Measured(share_pct, times[rule.parts[-1][1]])


def _compute_symmetry(rule: DurationSymmetry, times: Times) -> Measured:
    first_s, second_s = _duration_s(rule.first, times), _duration_s(rule.second, times)
    index_pct = _FULL_PCT * abs(first_s - second_s) / (0.5 * (first_s + second_s))
    return Measured(index_pct, times[rule.second[1]])


def list_sides(rule: SidedRule, repetition: Repetition) -> tuple[str, ...]:
    """List the body sides that a rule reads; an unsided quantity is read once."""
    is_of_sides = any(is_sided(name) for _, name in list_quantities(rule))
    if not is_of_sides or rule.sides == "own":
        return (repetition.own_side,)
    return (repetition.other_side,) if rule.sides == "other" else BODY_SIDES


def _compute_over_sides(
    rule: SidedRule, movement: Movement, repetition: Repetition, times: Times
) -> Measured:
    readings: list[_Reading] = []
    unseen: list[str] = []
    for side in list_sides(rule, repetition):
        names = [fill_side(name, side) for _, name in list_quantities(rule)]
        signals = [repetition.signals.get(name) for name in names]
        known = [signal for signal in signals if signal is not None]
        reading = _NO_READING
        if len(known) == len(names):
            reading = _read(rule, movement, known, times)
        readings.append(reading)
        if not math.isfinite(reading.value) and reading.reason is None:
            unseen += names
    seen = [reading for reading in readings if math.isfinite(reading.value)]
    if not seen or (rule.sides == "difference" and len(seen) < len(readings)):
        reasons = [reading.reason for reading in readings if reading.reason]
        return Measured(_NOTHING, _NOTHING, tuple(unseen), next(iter(reasons), None))
    time_s = sum(reading.time_s for reading in seen) / len(seen)
    if rule.sides == "difference":
        return Measured(abs(seen[0].value - seen[1].value), time_s)
    return Measured(sum(item.value for item in seen) / len(seen), time_s, tuple(unseen))


def _read(
    rule: SidedRule, movement: Movement, signals: list[Signal], times: Times
) -> _Reading:
    if isinstance(rule, DelayRule):
        return _read_delay(rule, movement, signals, times)
    if isinstance(rule, DifferenceAtKeyframe):
        first, second = (signal.value_at(times[rule.keyframe]) for signal in signals)
        gap = first + second if rule.reverse_second else first - second
        return _Reading(gap - _find_turns_deg(rule.first, gap), times[rule.keyframe])
    return _read_one(rule, movement, signals[0], times)


def _read_one(
    rule: QuantityRule, movement: Movement, signal: Signal, times: Times
) -> _Reading:
    if isinstance(rule, AtKeyframe):
        value = signal.value_at(times[rule.keyframe])
        turned = _find_turns_deg(rule.quantity, value)
        return _Reading(value - turned, times[rule.keyframe])
    if isinstance(rule, RateAtKeyframe):
        rate = signal.rates.value_at(times[rule.keyframe])
        return _Reading(rate, times[rule.keyframe])
    if isinstance(rule, ChangeBetween | MeanRateBetween):
        change = signal.value_at(times[rule.end]) - signal.value_at(times[rule.start])
        if isinstance(rule, ChangeBetween):
            return _Reading(change, times[rule.end])
        span_s = _duration_s((rule.start, rule.end), times)
        is_backwards = math.isnan(span_s)
        reason = OUT_OF_ORDER if is_backwards else None
        return _Reading(change / span_s, times[rule.end], reason)
    return _read_over_phase(rule, movement, signal, times)


def _read_over_phase(
    rule: InPhase | RateInPhase, movement: Movement, signal: Signal, times: Times
) -> _Reading:
    phase = movement.phase(rule.phase)
    curve = signal.rates if isinstance(rule, RateInPhase) else signal
    part = curve.within(times[phase.start], times[phase.end])
    if part.is_empty:
        return _NO_READING
    if isinstance(rule, RateInPhase):
        return _read_phase(rule, part)
    if rule.quantity not in TO_VERTICAL:
        return _read_phase(rule, part)
    turned = find_whole_turns_deg(float(np.median(part.values)))
    return _read_phase(rule, Signal(part.times_s, part.values - turned))


def _read_delay(
    rule: DelayRule, movement: Movement, signals: list[Signal], times: Times
) -> _Reading:
    """Read the time between two extremes, or from one to a keyframe."""
    phase = movement.phase(rule.phase)
    ends_s = times[phase.start], times[phase.end]
    curves = [choose_curve(signal, rule.of) for signal in signals]
    if any(curve.within(*ends_s).is_empty for curve in curves):
        return _NO_READING
    extremes = [find_extreme(curve, ends_s, rule.extreme) for curve in curves]
    found = [extreme.time_s for extreme in extremes if extreme is not None]
    if len(found) < len(extremes):
        return _Reading(
            _NOTHING, _NOTHING, f"the {rule.extreme} is not inside the phase"
        )
    last_s = found[1] if isinstance(rule, DelayBetweenExtremes) else times[rule.to]
    return _Reading(last_s - found[0], last_s)


def _compute_direction(
    rule: DirectionAtKeyframe, repetition: Repetition, times: Times
) -> Measured:
    speeds = read_direction_speeds(rule, repetition, times)
    unseen = tuple(name for name, speed in speeds.items() if not math.isfinite(speed))
    if unseen:
        return Measured(_NOTHING, _NOTHING, unseen)
    up, forward = speeds[rule.up], speeds[rule.forward]
    return Measured(math.degrees(math.atan2(up, forward)), times[rule.keyframe])


def read_direction_speeds(
    rule: DirectionAtKeyframe, repetition: Repetition, times: Times
) -> dict[str, float]:
    """Read the two speeds that give a direction, by quantity; NaN = not seen."""
    speeds = {}
    for name in (rule.up, rule.forward):
        signal = repetition.signals.get(name)
        speeds[name] = (
            _NOTHING if signal is None else signal.rates.value_at(times[rule.keyframe])
        )
    return speeds


def _find_turns_deg(quantity: str, angle: float) -> float:
    """Find the whole turns of a body that turned over; targets are of a single one."""
    return find_whole_turns_deg(angle) if quantity in TO_VERTICAL else 0.0


def _read_phase(rule: InPhase | RateInPhase, part: Signal) -> _Reading:
    times_s = part.times_s
    values = part.values if rule.measure == "mean_in_phase" else despike(part.values)
    middle_s = float(0.5 * (times_s[0] + times_s[-1]))
    highest, lowest = int(np.argmax(values)), int(np.argmin(values))
    if rule.measure in ("maximum_in_phase", "maximum_rate_in_phase"):
        return _Reading(float(values[highest]), float(times_s[highest]))
    if rule.measure in ("minimum_in_phase", "minimum_rate_in_phase"):
        return _Reading(float(values[lowest]), float(times_s[lowest]))
    if rule.measure == "range_in_phase":
        return _Reading(
            float(values[highest] - values[lowest]), float(times_s[highest])
        )
    mean = float(np.trapezoid(values, times_s) / (times_s[-1] - times_s[0]))
    return _Reading(mean, middle_s)
