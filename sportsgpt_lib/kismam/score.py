"""The technique score: 0 to 10 points with an uncertainty, whole and by dimension.

It is computed from the indicators, so that no deviation is counted twice because it
speaks for two issues. Words are in ``sentences.py``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.kismam.aggregation import LIMITED_TRUST, VALID_TRUST
from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.sports.definition import Indicator

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


def compute_score(metrics: Sequence[MetricFacts]) -> Score:
    """Compute the score of the judged indicators among ``metrics``.

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
    judged = [metric for metric in metrics if metric.indicator.target is not None]
    measured = [metric for metric in judged if metric.is_measured]
    if not measured or len(measured) < LEAST_MEASURED_SHARE * len(judged):
        return Score(float("nan"), float("nan"))
    total_trust = sum(metric.trust for metric in measured)
    points = sum(m.trust * _points(m, m.value) for m in measured) / total_trust
    variance = sum((m.trust * _error_points(m)) ** 2 for m in measured)
    unmeasured_count = len(judged) - len(measured)
    unmeasured = unmeasured_count * (UNMEASURED_ERROR_POINTS / len(judged)) ** 2
    return Score(points, math.sqrt(variance / total_trust**2 + unmeasured))


def compute_measured_share(metrics: Sequence[MetricFacts]) -> float:
    """Compute the share of all indicators that were measured."""
    return sum(metric.is_measured for metric in metrics) / len(metrics)


def _points(metric: MetricFacts, value: float) -> float:
    if metric.indicator.target is None:
        return FULL_SCORE_POINTS
    deviation = compute_deviation(value, metric.error, metric.indicator.target)
    return FULL_SCORE_POINTS * math.exp2(-abs(deviation))


def _error_points(metric: MetricFacts) -> float:
    """Move the value by its error to both sides, and take the root mean square."""
    here = _points(metric, metric.value)
    changes = [
        _points(metric, metric.value + shift) - here
        for shift in (-metric.error, metric.error)
    ]
    return math.sqrt(sum(change**2 for change in changes) / len(changes))
