"""What the pose's errors do to a measure: standard uncertainties, rule by rule.

How exactly a quantity, and its rate, can be measured is data
(``sportsgpt_lib/sports/measurement_errors.toml``). What keyframes and camera add is in
``indicators.py`` and ``camera_errors.py``.
"""

import math
from collections.abc import Mapping

import numpy as np

from sportsgpt_lib.kismam.extremes import choose_curve, find_extreme
from sportsgpt_lib.kismam.measures import (
    Times,
    compute_noise_gain,
    list_sides,
    read_direction_speeds,
)
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.measurement_errors import name_rate
from sportsgpt_lib.sports.quantities import fill_side
from sportsgpt_lib.sports.rules import (
    DelayRule,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    Extreme,
    MeanRateBetween,
    QuantityRule,
    RateAtKeyframe,
    RateInPhase,
    Rule,
    list_quantities,
)

QuantityErrors = Mapping[str, float]
"""Standard uncertainty of each quantity by its rule name, of its rate by its own."""

# A uniform distribution of half width 1 has this standard deviation.
_UNIFORM = 1.0 / math.sqrt(3.0)


def compute_pose_error(
    rule: Rule,
    movement: Movement,
    repetition: Repetition,
    times: Times,
    quantity_errors: QuantityErrors,
) -> float:
    """Compute the standard uncertainty that the pose gives to one measure.

    Parameters
    ----------
    rule, movement, repetition, times
        As in ``compute_measure``, which gave a number.
    quantity_errors
        How exactly quantities and their rates can be measured.

    Returns
    -------
    The uncertainty in the unit of the measure; 0 for measures of keyframes alone. A
    direction of two speeds that are lost in their errors has one of half a turn.
    """
    if isinstance(rule, QuantityRule):
        return _compute_quantity_error(rule, times, quantity_errors)
    if isinstance(rule, DifferenceAtKeyframe):
        both = math.hypot(quantity_errors[rule.first], quantity_errors[rule.second])
        return both * compute_noise_gain(rule)
    if isinstance(rule, DirectionAtKeyframe):
        return _compute_direction_error(rule, repetition, times, quantity_errors)
    if isinstance(rule, DelayRule):
        return _compute_delay_error(rule, movement, repetition, times, quantity_errors)
    return 0.0


def _compute_quantity_error(
    rule: QuantityRule, times: Times, quantity_errors: QuantityErrors
) -> float:
    gain = compute_noise_gain(rule)
    if isinstance(rule, RateAtKeyframe | RateInPhase):
        return quantity_errors[name_rate(rule.quantity)] * gain
    error = quantity_errors[rule.quantity] * gain
    if isinstance(rule, MeanRateBetween):
        return error / (times[rule.end] - times[rule.start])
    return error


def _compute_direction_error(
    rule: DirectionAtKeyframe,
    repetition: Repetition,
    times: Times,
    quantity_errors: QuantityErrors,
) -> float:
    """Turn the errors of two speeds into that of their direction, in degrees."""
    speeds = read_direction_speeds(rule, repetition, times)
    up, forward = speeds[rule.up], speeds[rule.forward]
    up_error = quantity_errors[name_rate(rule.up)]
    forward_error = quantity_errors[name_rate(rule.forward)]
    across = math.hypot(forward * up_error, up * forward_error)
    square = up**2 + forward**2
    return math.degrees(min(across / square, math.pi) if square > 0.0 else math.pi)


def _compute_delay_error(
    rule: DelayRule,
    movement: Movement,
    repetition: Repetition,
    times: Times,
    quantity_errors: QuantityErrors,
) -> float:
    """Join how loose each extreme is; the mean of both sides keeps the larger."""
    phase = movement.phase(rule.phase)
    ends_s = times[phase.start], times[phase.end]
    errors_s = []
    for side in list_sides(rule, repetition):
        squares = 0.0
        for _, name in list_quantities(rule):
            signal = repetition.signals.get(fill_side(name, side))
            if signal is None:
                continue
            key = name_rate(name) if rule.of == "rate" else name
            curve = choose_curve(signal, rule.of)
            loose_s = _measure_looseness_s(
                curve, ends_s, rule.extreme, quantity_errors[key]
            )
            squares += loose_s**2
        errors_s.append(math.sqrt(squares))
    return max(errors_s) * (math.sqrt(2.0) if rule.sides == "difference" else 1.0)


def _measure_looseness_s(
    curve: Signal, ends_s: tuple[float, float], extreme: Extreme, error: float
) -> float:
    """Measure how long a curve stays within its error of its extreme.

    Anywhere in there the extreme may lie: half of that time, as a uniform distribution.
    The fit's own error is joined.
    """
    found = find_extreme(curve, ends_s, extreme)
    part = curve.within(*ends_s)
    if found is None or part.is_empty:
        return 0.0
    sign = 1.0 if extreme == "maximum" else -1.0
    values = sign * part.values
    top = int(np.argmin(np.abs(part.times_s - found.time_s)))
    is_near = values >= values[top] - error
    first = last = top
    while first > 0 and is_near[first - 1]:
        first -= 1
    while last + 1 < values.size and is_near[last + 1]:
        last += 1
    half_s = 0.5 * float(part.times_s[last] - part.times_s[first])
    return math.hypot(half_s * _UNIFORM, found.error_s)
