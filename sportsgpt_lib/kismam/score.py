"""The technique score: 0 to 10 points with an uncertainty, whole and by dimension.

It is computed from the indicators, so that no deviation is counted twice because it
speaks for two issues. Words are in ``sentences.py``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.kismam.deviation import (
    FloatArray,
    TargetLimits,
    build_target_limits,
    compute_deviations,
)
from sportsgpt_lib.sports.definition import Indicator
from sportsgpt_lib.sports.reach import LIMITED_TRUST, VALID_TRUST

FULL_SCORE_POINTS = 10.0
# Chosen, see docs/adr/0005-kismam-first-rules.md.
LEAST_MEASURED_SHARE = 0.5
SMALLEST_NAMED_LOSS_POINTS = 1.0
# Standard deviation of points that may be anything from 0 to 10: 10 / sqrt(12).
UNMEASURED_ERROR_POINTS = FULL_SCORE_POINTS / math.sqrt(12.0)


@dataclass(frozen=True)
class MetricFacts:
    """What the score and the sentences need of one row of ``kismam_metrics``.

    ``value``, ``error`` and ``deviation`` are NaN where nothing was measured.
    """

    indicator: Indicator
    value: float
    error: float
    deviation: float
    is_limited: bool
    reason: str | None

    @property
    def is_measured(self) -> bool:
        """Whether there is a number."""
        return math.isfinite(self.value)

    @property
    def trust(self) -> float:
        """How much the number is worth, 0 to 1."""
        return LIMITED_TRUST if self.is_limited else VALID_TRUST

    @property
    def is_clearly_outside(self) -> bool:
        """Whether the value lies so far outside its target that points are lost."""
        points = FULL_SCORE_POINTS * math.exp2(-abs(self.deviation))
        return FULL_SCORE_POINTS - points >= SMALLEST_NAMED_LOSS_POINTS


@dataclass(frozen=True)
class Score:
    """Points and their standard uncertainty; NaN where too little was measured."""

    points: float
    error_points: float


@dataclass(frozen=True)
class Scores:
    """Points and standard uncertainties ``(...,)``; NaN = too little was measured."""

    points: FloatArray
    error_points: FloatArray


def compute_scores(
    value: FloatArray, error: FloatArray, trust: FloatArray, limits: TargetLimits
) -> Scores:
    """Compute the scores of repetitions from their judged indicators.

    Parameters
    ----------
    value, error
        Values and standard uncertainties ``(..., I)``. NaN = not measured.
    trust
        Worth of each value ``(..., I)``, 0 to 1.
    limits
        Targets; indicators without one are left out.

    Returns
    -------
    The mean of 10 * 2 ** -|deviation| over the indicators, limited ones at half weight:
    each tolerance width outside the target halves an indicator's points. NaN where less
    than half of the indicators was measured.

    Notes
    -----
    The uncertainty holds the errors of the values, as if independent, and for every
    indicator that was not measured the spread of points that may be anything.
    """
    is_judged = limits.is_judged
    is_measured = np.isfinite(value) & is_judged
    judged_count, measured_count = is_judged.sum(), is_measured.sum(axis=-1)
    weight = np.where(is_measured, trust, 0.0)
    points = _compute_points(value, error, limits)
    moved = [
        _compute_points(value + shift, error, limits) - points
        for shift in (-error, error)
    ]
    # Each value is moved by its error to both sides: root mean square of the changes.
    variance = np.where(is_measured, 0.5 * (moved[0] ** 2 + moved[1] ** 2), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        total = weight.sum(axis=-1)
        mean = (weight * np.where(is_measured, points, 0.0)).sum(axis=-1) / total
        measured = (weight**2 * variance).sum(axis=-1) / total**2
        unmeasured = (judged_count - measured_count) * (
            UNMEASURED_ERROR_POINTS / judged_count
        ) ** 2
    is_enough = (measured_count > 0) & (
        measured_count >= LEAST_MEASURED_SHARE * judged_count
    )
    return Scores(
        points=np.where(is_enough, mean, np.nan),
        error_points=np.where(is_enough, np.sqrt(measured + unmeasured), np.nan),
    )


def compute_score(metrics: Sequence[MetricFacts]) -> Score:
    """Compute the score of one repetition, as ``compute_scores`` does of many."""
    scores = compute_scores(
        np.array([metric.value for metric in metrics]),
        np.array([metric.error for metric in metrics]),
        np.array([metric.trust for metric in metrics]),
        build_target_limits([metric.indicator.target for metric in metrics]),
    )
    return Score(float(scores.points), float(scores.error_points))


def compute_measured_share(metrics: Sequence[MetricFacts]) -> float:
    """Compute the share of all indicators that were measured."""
    return sum(metric.is_measured for metric in metrics) / len(metrics)


def _compute_points(
    value: FloatArray, error: FloatArray, limits: TargetLimits
) -> FloatArray:
    deviation = compute_deviations(value, error, limits)
    return np.asarray(FULL_SCORE_POINTS * np.exp2(-np.abs(deviation)))
