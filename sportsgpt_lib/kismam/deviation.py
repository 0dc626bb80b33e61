"""How far values lie outside their targets, softened by their errors.

Arrays run over indicators (I) in their last axis; all axes before it are repetitions,
or anything else that is assessed alike.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from sportsgpt_lib.sports.definition import Target

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True)
class TargetLimits:
    """The targets of several indicators as arrays ``(I,)``.

    Parameters
    ----------
    low, high
        Ends of the ranges, in each indicator's unit; infinite = no limit on that side.
    tolerance
        Distance outside the range that counts as 1; infinite = no target.
    """

    low: FloatArray
    high: FloatArray
    tolerance: FloatArray

    @property
    def is_judged(self) -> npt.NDArray[np.bool_]:
        """Whether the indicator has a target ``(I,)``."""
        return np.isfinite(self.tolerance)


def build_target_limits(targets: Sequence[Target | None]) -> TargetLimits:
    """Build the limits of indicators; None = without a target, never deviates."""
    rows = [
        (math.nan, math.nan, math.nan)
        if part is None
        else (_or_nan(part.low), _or_nan(part.high), part.tolerance)
        for part in targets
    ]
    low, high, tolerance = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    return TargetLimits(
        low=np.where(np.isnan(low), -np.inf, low),
        high=np.where(np.isnan(high), np.inf, high),
        tolerance=np.where(np.isnan(tolerance), np.inf, tolerance),
    )


def compute_deviations(
    value: FloatArray, error: FloatArray, limits: TargetLimits
) -> FloatArray:
    """Compute the signed, softened distances outside the target ranges.

    Parameters
    ----------
    value, error
        Measured values and their standard uncertainties ``(..., I)``, in the targets'
        units. NaN = not measured.
    limits
        Ranges and tolerance widths.

    Returns
    -------
    ``(..., I)``: 0 inside the range and without a target, negative below it, positive
    above; 1 = one tolerance width outside with a negligible error. NaN where the value
    is NaN.

    Notes
    -----
    The distance is multiplied by the share of a normal error that is smaller than it,
    erf(distance / (error * sqrt 2)). A value one error outside keeps 68 % of its
    distance, one a quarter of an error outside 20 %: what may well be noise hardly
    counts, and there is no step at the limit. Chosen, see
    docs/adr/0005-kismam-first-rules.md.
    """
    outside = value - np.clip(value, limits.low, limits.high)
    is_exact = ~(error > 0.0)
    width = np.where(is_exact, 1.0, error) * math.sqrt(2.0)
    with np.errstate(over="ignore"):  # an error of nearly 0 makes a share of 1
        share = np.where(is_exact, 1.0, special.erf(np.abs(outside) / width))
    return np.asarray(outside * share / limits.tolerance)


def compute_deviation(value: float, error: float, target: Target) -> float:
    """Compute the deviation of one value, as ``compute_deviations`` does of many."""
    deviations = compute_deviations(
        np.array([value]), np.array([error]), build_target_limits([target])
    )
    return float(deviations[0])


def _or_nan(number: float | None) -> float:
    return math.nan if number is None else number
