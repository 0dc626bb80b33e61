"""The order of a repetition's issues: findings first, then what comes nearest to one.

Probability and severity are in ``aggregation.py``. Arrays run over indicators (I) and
issues (S) in their last axes, repetitions before them.
"""

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kismam.aggregation import IssueAssessment
from sportsgpt_lib.kismam.deviation import TargetLimits

# Beyond five standard errors a value is as sure as a normal error makes it.
LARGEST_MARGIN_ERRORS = 5.0
# Above every product of probability and severity.
_REPORTED_FIRST = 2.0


def compute_nearness(
    value: FloatArray,
    error: FloatArray,
    trust: FloatArray,
    limits: TargetLimits,
    issue_map: FloatArray,
) -> FloatArray:
    """Compute how far an issue's indicators together lie outside their limits.

    Parameters
    ----------
    value, error
        Indicators and their standard uncertainties ``(..., I)``. NaN = not measured.
    trust
        Worth of each value ``(..., I)``, 0 to 1.
    limits
        The indicators' targets.
    issue_map
        Mapping matrix W ``(I, S)``.

    Returns
    -------
    ``(..., S)``, in standard errors: above 0 outside, below 0 inside; -infinity where
    no indicator of the issue was measured.

    Notes
    -----
    Each indicator's distance from the limit that the issue speaks of, in standard
    errors and at most five, weighted by |W| * trust: sum(w z) / sqrt(sum(w ** 2)). A
    value inside its target counts against the issue, one just inside hardly. Errors
    count as independent.

    Source
    ------
    Zaykin DV (2011) Optimally weighted Z-test is a powerful method for combining
    probabilities in meta-analysis. Journal of Evolutionary Biology 24(8):1836-1841,
    doi:10.1111/j.1420-9101.2011.02297.x, for z as a distance; the weights are ours.
    """
    is_measured = np.isfinite(value) & limits.is_judged
    width = np.where(error > 0.0, error, np.finfo(np.float64).tiny)
    bounds = (-LARGEST_MARGIN_ERRORS, LARGEST_MARGIN_ERRORS)
    with np.errstate(over="ignore", invalid="ignore"):
        above = np.clip((value - limits.high) / width, *bounds)
        below = np.clip((limits.low - value) / width, *bounds)
    weight = np.where(is_measured, trust, 0.0)
    rising, falling = np.maximum(issue_map, 0.0), np.maximum(-issue_map, 0.0)
    total = (weight * np.where(is_measured, above, 0.0)) @ rising
    total += (weight * np.where(is_measured, below, 0.0)) @ falling
    squares = np.square(weight) @ np.square(issue_map)
    return np.where(
        squares > 0.0, total / np.sqrt(np.where(squares > 0, squares, 1.0)), -np.inf
    )


def compute_ranks(
    assessment: IssueAssessment, nearness: FloatArray
) -> npt.NDArray[np.int64]:
    """Compute each issue's rank ``(..., S)``, from 1; 0 = not assessed.

    What is reported comes first, by probability × severity; then the others, by
    ``nearness`` as of ``compute_nearness``. Ties as in the movement file.
    """
    is_assessed = assessment.is_assessed
    weight = np.where(is_assessed, assessment.probability * assessment.severity, 0.0)
    first = np.where(assessment.is_reported, -_REPORTED_FIRST - weight, 0.0)
    last = np.where(is_assessed, -nearness, np.inf)
    order = np.lexsort((last, first), axis=-1)
    places = np.broadcast_to(np.arange(1, order.shape[-1] + 1), order.shape)
    ranks = np.zeros(order.shape, dtype=np.int64)
    np.put_along_axis(ranks, order, places, axis=-1)
    return np.where(is_assessed, ranks, 0)


def rank_issues(assessment: IssueAssessment, nearness: FloatArray) -> list[int]:
    """Order the assessed issues of one repetition, the first one first."""
    ranks = compute_ranks(assessment, nearness)
    return [int(i) for i in np.argsort(ranks, kind="stable") if ranks[i] > 0]
