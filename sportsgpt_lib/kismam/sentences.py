"""Strengths, weaknesses and summaries in plain sentences, each number a metric's.

No judgement is made here: what is a strength follows from the deviation, what is a
weakness from the reported findings.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.kismam.score import MetricFacts, Score
from sportsgpt_lib.sports.definition import Dimension, Movement
from sportsgpt_lib.sports.number_format import (
    format_measurement,
    format_quantity,
    format_range,
)


@dataclass(frozen=True)
class FindingFacts:
    """What the sentences need of one row of ``findings``; evidence strongest first."""

    title: str
    dimension: str
    probability: float
    evidence: tuple[str, ...]


def describe_strengths(metrics: Sequence[MetricFacts]) -> list[str]:
    """Say which indicators lie inside their target; limited ones are no proof of it."""
    return [
        f"{_describe_value(metric)}, inside the target of {_describe_target(metric)}."
        for metric in metrics
        if metric.is_measured
        and not metric.is_limited
        and metric.indicator.target is not None
        and metric.deviation == 0.0
    ]


def describe_weaknesses(
    findings: Sequence[FindingFacts], metrics: Mapping[str, MetricFacts]
) -> list[str]:
    """Say each reported finding with the numbers that speak for it."""
    return [
        f"{finding.title} (probability {finding.probability:.0%}): "
        + "; ".join(_describe_deviation(metrics[name]) for name in finding.evidence)
        + "."
        for finding in findings
    ]


def describe_visibility(
    dimension: Dimension, metrics: Sequence[MetricFacts]
) -> str | None:
    """Say why a dimension was seen in part or not at all; None = seen."""
    if any(metric.is_measured and not metric.is_limited for metric in metrics):
        return None
    if dimension.not_assessed is not None:
        return f"Not seen. {dimension.not_assessed}"
    is_seen_in_part = any(metric.is_measured for metric in metrics)
    reasons = "; ".join(f"{m.indicator.title}: {m.reason}" for m in metrics)
    return f"{'Seen in part' if is_seen_in_part else 'Not seen'}. {reasons}."


def describe_repetition(
    movement: Movement,
    score: Score,
    metrics: Sequence[MetricFacts],
    findings: Sequence[FindingFacts],
) -> str:
    """Sum the repetition up in one or two sentences."""
    measured = sum(metric.is_measured for metric in metrics)
    extent = f"{measured} of {len(metrics)} indicators could be measured"
    if math.isnan(score.points):
        opening = f"No score: only {extent}."
    else:
        opening = (
            f"{movement.title}: {score.points:.1f} ± {score.error_points:.1f} points; "
            f"{extent}."
        )
    if findings:
        others = len(findings) - 1
        more = f", and {others} more" if others else ""
        return f"{opening} To improve first: {_lower(findings[0].title)}{more}."
    if not measured:
        return opening
    return f"{opening} Nothing to improve stood out in what was measured."


def _describe_value(metric: MetricFacts) -> str:
    unit = metric.indicator.unit
    limited = f" (limited: {metric.reason})" if metric.is_limited else ""
    value = format_measurement(metric.value, metric.error, unit)
    return f"{metric.indicator.title} was {value}{limited}"


def _describe_target(metric: MetricFacts) -> str:
    target = metric.indicator.target
    if target is None:
        return "none"
    return format_range(target.low, target.high, metric.indicator.unit)


def _describe_deviation(metric: MetricFacts) -> str:
    target, unit = metric.indicator.target, metric.indicator.unit
    if target is None or metric.deviation == 0.0:
        return _describe_value(metric)
    limit = target.low if metric.deviation < 0.0 else target.high
    distance = abs(metric.value - (limit or 0.0))
    side = "below" if metric.deviation < 0.0 else "above"
    return (
        f"{_lower(_describe_value(metric))}, {format_quantity(distance, unit)} {side} "
        f"the target of {_describe_target(metric)}"
    )


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
