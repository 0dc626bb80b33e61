"""How far a value lies outside its target, softened by its error."""

import math

from sportsgpt_lib.sports.definition import Target


def compute_deviation(value: float, error: float, target: Target) -> float:
    """Compute the signed, softened distance outside the target range.

    Parameters
    ----------
    value, error
        The measured value and its standard uncertainty, in the target's unit.
    target
        Range and tolerance width.

    Returns
    -------
    0 inside the range, negative below it, positive above; 1 = one tolerance width
    outside with a negligible error. NaN where the value is NaN.

    Notes
    -----
    The distance is multiplied by the share of a normal error that is smaller than it,
    erf(distance / (error * sqrt 2)). A value one error outside keeps 68 % of its
    distance, one a quarter of an error outside 20 %: what may well be noise hardly
    counts, and there is no step at the limit. Chosen, see
    docs/adr/0005-kismam-first-rules.md.
    """
    if math.isnan(value):
        return value
    outside = _distance_outside(value, target)
    if error > 0.0:
        outside *= math.erf(abs(outside) / (error * math.sqrt(2.0)))
    return outside / target.tolerance


def _distance_outside(value: float, target: Target) -> float:
    if target.low is not None and value < target.low:
        return value - target.low
    if target.high is not None and value > target.high:
        return value - target.high
    return 0.0
