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
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.kismam.signals import FloatArray, Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES, fill_side, is_sided
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    ChangeBetween,
    Duration,
    DurationShare,
    DurationSymmetry,
    InPhase,
    Interval,
    QuantityRule,
    Rule,
)

_FULL_PCT = 100.0
_NOTHING = float("nan")

Times = Mapping[str, float]
"""Time of each keyframe in the movement, by the way rules write it."""


@dataclass(frozen=True)
class Measured:
    """A measured number and the time in the movement that shows it; NaN = not readable.

    ``unseen`` names quantities that were wanted but could not be read.
    """

    value: float
    time_s: float
    unseen: tuple[str, ...] = ()


class _Reading(NamedTuple):
    value: float
    time_s: float


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
    if isinstance(rule, QuantityRule):
        return _compute_over_sides(rule, movement, repetition, times)
    if isinstance(rule, Duration):
        span_s = _duration_s((rule.start, rule.end), times)
        return Measured(span_s, times[rule.end])
    if isinstance(rule, DurationShare):
        return _compute_share(rule, times)
    return _compute_symmetry(rule, times)


def compute_noise_gain(rule: Rule) -> float:
    """Tell by how much a rule multiplies the error of its quantity.

    Two readings with independent errors make the square root of 2. The mean of both
    sides keeps the full error: one camera errs alike on both.
    """
    if not isinstance(rule, QuantityRule):
        return 0.0
    is_span = isinstance(rule, ChangeBetween) or (
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


def _compute_over_sides(
    rule: QuantityRule, movement: Movement, repetition: Repetition, times: Times
) -> Measured:
    if not is_sided(rule.quantity) or rule.sides == "own":
        names = [fill_side(rule.quantity, repetition.own_side)]
    else:
        names = [fill_side(rule.quantity, side) for side in BODY_SIDES]
    readings = {
        name: _read(rule, movement, repetition.signals[name], times)
        if name in repetition.signals
        else _NO_READING
        for name in names
    }
    seen = [reading for reading in readings.values() if math.isfinite(reading.value)]
    unseen = tuple(
        name for name, reading in readings.items() if not math.isfinite(reading.value)
    )
    if not seen or (rule.sides == "difference" and unseen):
        return Measured(_NOTHING, _NOTHING, unseen)
    time_s = sum(reading.time_s for reading in seen) / len(seen)
    if rule.sides == "difference":
        return Measured(abs(seen[0].value - seen[1].value), time_s)
    return Measured(sum(item.value for item in seen) / len(seen), time_s, unseen)


def _read(
    rule: QuantityRule, movement: Movement, signal: Signal, times: Times
) -> _Reading:
    if isinstance(rule, AtKeyframe):
        value = signal.value_at(times[rule.keyframe])
        turned = _find_turns_deg(rule.quantity, value)
        return _Reading(value - turned, times[rule.keyframe])
    if isinstance(rule, ChangeBetween):
        change = signal.value_at(times[rule.end]) - signal.value_at(times[rule.start])
        return _Reading(change, times[rule.end])
    phase = movement.phase(rule.phase)
    part = signal.within(times[phase.start], times[phase.end])
    if part.is_empty:
        return _NO_READING
    turned = _find_turns_deg(rule.quantity, float(np.median(part.values)))
    return _read_phase(rule, Signal(part.times_s, part.values - turned))


def _find_turns_deg(quantity: str, angle: float) -> float:
    """Find the whole turns of a body that turned over; targets are of a single one."""
    return find_whole_turns_deg(angle) if quantity in TO_VERTICAL else 0.0


def _read_phase(rule: InPhase, part: Signal) -> _Reading:
    times_s = part.times_s
    values = part.values if rule.measure == "mean_in_phase" else _despike(part.values)
    middle_s = float(0.5 * (times_s[0] + times_s[-1]))
    highest, lowest = int(np.argmax(values)), int(np.argmin(values))
    if rule.measure == "maximum_in_phase":
        return _Reading(float(values[highest]), float(times_s[highest]))
    if rule.measure == "minimum_in_phase":
        return _Reading(float(values[lowest]), float(times_s[lowest]))
    if rule.measure == "range_in_phase":
        return _Reading(
            float(values[highest] - values[lowest]), float(times_s[highest])
        )
    mean = float(np.trapezoid(values, times_s) / (times_s[-1] - times_s[0]))
    return _Reading(mean, middle_s)


def _despike(values: FloatArray) -> FloatArray:
    """Take the median of each value and its neighbours; the ends stay as they are.

    A peak that a single frame carries is more likely an error of the pose than a
    movement.
    """
    padded = np.pad(values, 1, mode="edge")
    return np.median([padded[:-2], padded[1:-1], padded[2:]], axis=0)
