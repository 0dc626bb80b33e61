"""Strengths, weaknesses and summaries in plain sentences, each number a metric's.

No judgement is made here: what is a strength follows from the deviation, what is a
weakness from the reported findings.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.kismam.score import MetricFacts, Score
from sportsgpt_lib.sports.definition import Dimension, Movement
from sportsgpt_lib.sports.number_format import format_quantity, format_range

_FULL_PCT = 100.0


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
        f"{finding.title} (probability {_describe_share(finding.probability)}): "
        + "; ".join(_describe_deviation(metrics[name]) for name in finding.evidence)
        + "."
        for finding in findings
    ]


def find_unreported(
    metrics: Sequence[MetricFacts], findings: Sequence[FindingFacts]
) -> list[MetricFacts]:
    """Find what lies outside its target without being part of a reported finding."""
    reported = {name for finding in findings for name in finding.evidence}
    return [
        metric
        for metric in metrics
        if metric.is_clearly_outside and metric.indicator.name not in reported
    ]


def describe_unreported(
    movement: Movement, metrics: Sequence[MetricFacts]
) -> str | None:
    """Say why indicators outside their target are no finding; None = there are none."""
    sentences = [
        f"{_capitalise(_describe_deviation(metric))}; {_explain(movement, metric)}."
        for metric in metrics
    ]
    return " ".join(sentences) or None


def describe_visibility(
    dimension: Dimension, metrics: Sequence[MetricFacts]
) -> str | None:
    """Say why a dimension was seen in part or not at all; None = seen."""
    if any(metric.is_measured and not metric.is_limited for metric in metrics):
        return None
    if dimension.not_assessed is not None:
        return f"Not seen. {dimension.not_assessed}"
    is_seen_in_part = any(metric.is_measured for metric in metrics)
    titles: dict[str | None, list[str]] = {}
    for metric in metrics:
        titles.setdefault(metric.reason, []).append(metric.indicator.title)
    reasons = "; ".join(f"{', '.join(own)}: {why}" for why, own in titles.items())
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
        points = format_quantity(score.points, "points", score.error_points)
        opening = f"{movement.title}: {points}; {extent}."
    if findings:
        others = len(findings) - 1
        more = f", and {others} more" if others else ""
        return f"{opening} To improve first: {_lower(findings[0].title)}{more}."
    if not measured:
        return opening
    if unreported := find_unreported(metrics, findings):
        titles = ", ".join(_lower(metric.indicator.title) for metric in unreported)
        return f"{opening} No fault was clear; outside the target: {titles}."
    return f"{opening} Nothing to improve stood out in what was measured."


def _explain(movement: Movement, metric: MetricFacts) -> str:
    weights = movement.issue_map[movement.indicators.index(metric.indicator)]
    if any(weight * metric.deviation > 0.0 for weight in weights):
        return "not clear enough to report"
    return "no fault is defined on this side"


def _describe_share(ratio: float) -> str:
    return format_quantity(_FULL_PCT * ratio, "pct")


def _describe_value(metric: MetricFacts) -> str:
    unit = metric.indicator.unit
    limited = f" (limited: {metric.reason})" if metric.is_limited else ""
    value = format_quantity(metric.value, unit, metric.error)
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


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
