"""Measures of a report that need no judge: shares from 0 to 1, NaN where none applies.

What they mean as points of the expert rubric is in ``rubric.py``.
"""

import math
from collections.abc import Iterable, Sequence

from sportsgpt_lib.evaluation.cases import EvaluationCase
from sportsgpt_lib.evaluation.statements import (
    Statement,
    count_grounded_numbers,
    is_supported,
    list_statements,
)
from sportsgpt_lib.evaluation.synthetic_sessions import InjectedFault
from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import FindingSection, GuidanceReport, PlanItem

NOT_APPLICABLE = math.nan

MEASURES: dict[str, str] = {
    "finding_precision": "share of reported findings that were put in",
    "finding_recall": "share of what was put in that is reported",
    "finding_f1": "harmonic mean of the two; 1 where nothing was put in or reported",
    "numeric_grounding": "share of written numbers that a cited fact or passage holds",
    "citation_precision": "share of citations whose passage holds the sentence's words",
    "citation_recall": "share of sentences on reasons and training with such a "
    "citation",
    "quantified_exercises": "share of exercises with sets, repetitions, load, "
    "frequency and weeks",
    "actionability": "mean share of the parts of an exercise, over faults to train",
    "kept_sentences": "share of written sentences that the verifier let stand",
    "completeness": "share of what should be told that is told",
    "mentioned_dimensions": "share of the faults' dimensions that findings speak of",
    "agreed_dimensions": "share of those in which the right fault is named",
}
"""Every measure and what it is."""


def compute_measures(
    report: GuidanceReport, one: EvaluationCase, given: GuidanceCase
) -> dict[str, float]:
    """Compute all measures of a report.

    Parameters
    ----------
    report
        The verified report.
    one
        What is true of the case.
    given
        The case as the writer had it, for the passages that may be cited.

    Returns
    -------
    Shares by the names in ``MEASURES``; NaN = there is nothing to measure it on.
    """
    statements = list_statements(report)
    reported = {(part.issue, part.movement) for part in report.findings}
    true = {(issue, movement) for movement, issue in one.true_issues}
    hits = len(reported & true)
    precision, recall = _divide(hits, len(reported)), _divide(hits, len(true))
    dropped = len(report.dropped)
    return {
        "finding_precision": precision,
        "finding_recall": recall,
        "finding_f1": _compute_f1(hits, len(reported), len(true)),
        "numeric_grounding": _compute_grounding(report, statements, given),
        **_compute_citations(statements, given),
        "quantified_exercises": _mean(map(_is_quantified, report.plan)),
        "actionability": _mean(
            _find_best_plan(report, fault) for fault in list_trainable(one)
        ),
        "kept_sentences": _divide(len(statements), len(statements) + dropped),
        "completeness": _compute_completeness(report, one),
        **_compare_dimensions(report, one),
    }


def list_trainable(one: EvaluationCase) -> tuple[InjectedFault, ...]:
    """List the faults that an exercise should answer: no slips, and with evidence."""
    if one.kind == "slip" or one.is_evidence_missing:
        return ()
    return one.faults


def find_finding(report: GuidanceReport, fault: InjectedFault) -> FindingSection | None:
    """Find the report's section on a fault."""
    for finding in report.findings:
        if (finding.movement, finding.issue) == (fault.movement, fault.issue):
            return finding
    return None


def list_plan_of(report: GuidanceReport, fault: InjectedFault) -> list[PlanItem]:
    """List the exercises that answer a fault."""
    return [one for one in report.plan if one.is_for(fault.movement, fault.issue)]


def _compute_f1(hits: int, reported: int, true: int) -> float:
    if reported + true == 0:
        return 1.0
    return 2.0 * hits / (reported + true)


def _compute_grounding(
    report: GuidanceReport, statements: Sequence[Statement], given: GuidanceCase
) -> float:
    facts = {fact.id: fact for fact in report.facts}
    names = [part.issue_name for part in report.findings]
    names += [part.issue_name for part in report.absent]
    counts = [
        count_grounded_numbers(statement.sentence, facts, given.passages, names)
        for statement in statements
    ]
    return _divide(sum(good for good, _ in counts), sum(total for _, total in counts))


def _compute_citations(
    statements: Sequence[Statement], given: GuidanceCase
) -> dict[str, float]:
    """Compute precision and recall of the citations of passages.

    Source
    ------
    Gao T, Yen H, Yu J, Chen D (2023) Enabling large language models to generate text
    with citations. EMNLP 2023, arXiv 2305.14627; there a model judges support, here
    shared words do.
    """
    citations = [
        name in given.passages
        and is_supported(statement.sentence.text, given.passages[name])
        for statement in statements
        for name in statement.sentence.passages
    ]
    needing = [
        statement.sentence
        for statement in statements
        if statement.part == "reasoned"
        or (statement.part == "trained" and not statement.sentence.facts)
    ]
    supported = [
        any(
            name in given.passages and is_supported(sentence.text, given.passages[name])
            for name in sentence.passages
        )
        for sentence in needing
    ]
    return {
        "citation_precision": _mean(citations),
        "citation_recall": _mean(supported),
    }


def _is_quantified(item: PlanItem) -> bool:
    dose = item.dose
    counts = (dose.sets, dose.repetitions, dose.sessions_per_week, dose.weeks)
    return all(count > 0 for count in counts) and bool(dose.load.strip())


def _find_best_plan(report: GuidanceReport, fault: InjectedFault) -> float:
    """Find the largest share of parts that an exercise for a fault has; 0 = none."""
    return max(map(_compute_plan_share, list_plan_of(report, fault)), default=0.0)


def _compute_plan_share(item: PlanItem) -> float:
    parts = (
        _is_quantified(item),
        bool(item.how),
        bool(item.cue),
        bool(item.progression),
        bool(item.contraindications),
        bool(item.success),
    )
    return _mean(parts)


def _compute_completeness(report: GuidanceReport, one: EvaluationCase) -> float:
    """Compute the share of what a coach should be told that the report has."""
    told: list[bool] = []
    trainable = list_trainable(one)
    for fault in one.faults:
        finding = find_finding(report, fault)
        told.append(finding is not None and bool(finding.seen))
        if not one.is_evidence_missing:
            told.append(finding is not None and bool(finding.why))
            told.append(finding is not None and bool(finding.cause))
        if fault in trainable:
            told.append(bool(list_plan_of(report, fault)))
    if any(plan.repetition_count for plan in one.plans):
        told += [bool(report.summary), bool(report.strengths)]
    if any(plan.hidden_indicators or not plan.repetition_count for plan in one.plans):
        told.append(bool(report.not_judged))
    return _mean(told)


def _compare_dimensions(
    report: GuidanceReport, one: EvaluationCase
) -> dict[str, float]:
    """Compare the body dimensions that are spoken of with those of the faults.

    Source
    ------
    After the mention and quality scores GPT-M and GPT-Q of TechCoach (arXiv 2411.17130,
    appendix B.1), where a model compares two commentaries; here names are compared.
    """
    found = {finding.dimension for finding in report.findings}
    mentioned, agreed = [], []
    for fault, dimension in zip(one.faults, one.fault_dimensions, strict=True):
        mentioned.append(dimension in found)
        if dimension in found:
            agreed.append(find_finding(report, fault) is not None)
    return {
        "mentioned_dimensions": _mean(mentioned),
        "agreed_dimensions": _mean(agreed),
    }


def _divide(part: float, whole: float) -> float:
    return part / whole if whole else NOT_APPLICABLE


def _mean(values: Iterable[float]) -> float:
    listed = list(values)
    return _divide(sum(listed), len(listed))
