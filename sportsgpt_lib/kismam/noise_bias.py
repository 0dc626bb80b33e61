"""What noise adds to a measure on average, and taking it off.

The highest of many noisy values lies above the truth, a range is too wide at both ends,
and the size of a difference is above 0 even where there is none. How large errors are
is in ``pose_errors.py``; here is only what does not average out.
"""

import math
from collections.abc import Mapping

import numpy as np
from scipy import special

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kismam.measures import Times, list_sides
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.measurement_errors import name_rate
from sportsgpt_lib.sports.quantities import fill_side
from sportsgpt_lib.sports.rules import DurationSymmetry, InPhase, Rule, SidedRule

# Chosen, see docs/adr/0013-calibration.md: the share of an error's variance that lasts
# for a whole recording, and so shifts a curve without widening it.
LASTING_SHARE = 0.5
PASSING_GAIN = math.sqrt(1.0 - LASTING_SHARE)
# An error that runs in straight lines between knots T apart, of variance s**2, has a
# rate of this times s / T: two independent knots, each of variance 1.5 s**2.
_RATE_GAIN = math.sqrt(3.0)
_SHORTEST_KNOT_S = 0.06
_LEAST_STRETCHES = 2
# The integral over the highest value's distribution: how far to both sides, in standard
# deviations, and in how many steps.
_REACH, _STEPS = 5.0, 64


def compute_noise_bias(
    rule: Rule,
    movement: Movement,
    repetition: Repetition,
    times: Times,
    quantity_errors: Mapping[str, float],
) -> float:
    """Compute by how much passing errors raise an extreme or a range, on average.

    Parameters
    ----------
    rule, movement, repetition, times
        As in ``compute_measure``, which gave a number.
    quantity_errors
        Standard uncertainties of quantities and of their rates, by name.

    Returns
    -------
    What to take off the measure, in its unit; negative for a minimum, 0 for measures
    that are no extremes, for extremes of a rate, and for the difference of two sides,
    whose extremes are raised alike.

    Notes
    -----
    Errors are taken as normal and as independent between stretches whose length follows
    from the stated error of the rate. The curve is shrunk to its mean by the share of
    its variance that noise explains, so that noise does not count as movement. See
    docs/adr/0013-calibration.md.
    """
    if not isinstance(rule, InPhase) or rule.measure == "mean_in_phase":
        return 0.0
    if rule.sides == "difference":
        return 0.0
    error = quantity_errors[rule.quantity] * PASSING_GAIN
    knot_s = _find_knot_s(error, quantity_errors.get(name_rate(rule.quantity)))
    phase = movement.phase(rule.phase)
    ends_s = times[phase.start], times[phase.end]
    found = []
    for side in list_sides(rule, repetition):
        signal = repetition.signals.get(fill_side(rule.quantity, side))
        part = None if signal is None else signal.within(*ends_s)
        if part is None or part.is_empty:
            continue
        curve = Signal(part.times_s, _estimate_curve(part.values, error))
        found.append(_sum_excesses(rule, _split(curve, knot_s), error))
    return float(np.mean(found)) if found else 0.0


def remove_noise_bias(rule: Rule, value: float, bias: float) -> float:
    """Take ``compute_noise_bias`` off a measure; no range falls below 0."""
    left = value - bias
    is_range = isinstance(rule, InPhase) and rule.measure == "range_in_phase"
    return max(left, 0.0) if is_range else left


def remove_size_bias(rule: Rule, value: float, error: float) -> float:
    """Take off what errors add to the size of a difference.

    The square of a size is larger than the true one by the error's square: the root of
    what is left is the estimate, 0 where nothing is. Measures that are no sizes stay.

    Parameters
    ----------
    rule, value
        The measure and its number.
    error
        Standard uncertainty of the difference, without what both sides share.

    Source
    ------
    Gudbjartsson H, Patz S (1995) The Rician distribution of noisy MRI data. Magnetic
    Resonance in Medicine 34(6):910-914, doi:10.1002/mrm.1910340618: the correction of
    magnitudes.
    """
    if not is_size(rule):
        return value
    return math.sqrt(max(value**2 - error**2, 0.0))


def is_size(rule: Rule) -> bool:
    """Whether a rule gives the size of a difference, without its sign."""
    return isinstance(rule, DurationSymmetry) or (
        isinstance(rule, SidedRule) and rule.sides == "difference"
    )


def _find_knot_s(error: float, rate_error: float | None) -> float:
    """Find how far apart errors are independent, from the error of the rate."""
    if rate_error is None:
        return _SHORTEST_KNOT_S
    return max(_RATE_GAIN * error / rate_error, _SHORTEST_KNOT_S)


def _estimate_curve(values: FloatArray, error: float) -> FloatArray:
    """Shrink a curve to its mean by the share of its variance that noise explains."""
    variance = float(values.var())
    kept = max(1.0 - error**2 / variance, 0.0) if variance > 0.0 else 0.0
    return np.asarray(values.mean() + kept * (values - values.mean()))


def _split(part: Signal, knot_s: float) -> list[FloatArray]:
    """Split a phase into stretches in which errors are alike."""
    span_s = float(part.times_s[-1] - part.times_s[0])
    count = min(max(round(span_s / knot_s), _LEAST_STRETCHES), part.values.size)
    return np.array_split(part.values, count)


def _sum_excesses(rule: InPhase, parts: list[FloatArray], error: float) -> float:
    above = _compute_excess(np.array([part.max() for part in parts]), error)
    below = _compute_excess(-np.array([part.min() for part in parts]), error)
    return {"maximum_in_phase": above, "minimum_in_phase": -below}.get(
        rule.measure, above + below
    )


def _compute_excess(curve: FloatArray, error: float) -> float:
    """Compute how much the highest of noisy values exceeds the highest, on average."""
    if error <= 0.0:
        return 0.0
    height = (curve - curve.max()) / error
    level = np.linspace(-_REACH, _REACH, _STEPS)
    below = special.ndtr(level[:, None] - height).prod(axis=1)
    return error * float(_REACH - np.trapezoid(below, level))
