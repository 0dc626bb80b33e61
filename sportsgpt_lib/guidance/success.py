"""By which number, and by how much, a later session shows that an exercise worked.

Words for it are in ``writer.py``.
"""

from collections.abc import Collection, Iterable

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import Fact, SuccessMeasure
from sportsgpt_lib.knowledge.retrieval import EvidencePassage


def find_measure(
    case: GuidanceCase, passage: EvidencePassage, issues: Collection[str]
) -> SuccessMeasure | None:
    """Find the measure of an exercise's success.

    Parameters
    ----------
    case
        Whose medians are looked at.
    passage
        The exercise; its card names the indicators that it moves.
    issues
        The issues that the exercise answers.

    Returns
    -------
    Of the medians outside their target the first by which two sessions could show
    success, else the first; None where none of the card's is outside.
    """
    named = passage.payload["success"]["indicators"]
    answered = case.list_answered(passage.passage_id, issues)
    measures = [
        _build_measure(fact)
        for fact in _list_medians(case, answered)
        if fact.indicator in named and fact.wanted_change
    ]
    provable = [one for one in measures if one.expected_change is not None]
    return next(iter([*provable, *measures]), None)


def _list_medians(case: GuidanceCase, issues: Iterable[IssueCase]) -> list[Fact]:
    return [case.facts[name] for issue in issues for name in issue.medians]


def _build_measure(fact: Fact) -> SuccessMeasure:
    is_below = (
        fact.target_low is not None
        and fact.value is not None
        and fact.value < fact.target_low
    )
    return SuccessMeasure(
        fact=fact.id,
        indicator=fact.indicator or "",
        direction="rise" if is_below else "fall",
        wanted_change=fact.wanted_change or 0.0,
        detectable_change=fact.detectable_change,
        expected_change=_compute_expected_change(fact),
    )


def _compute_expected_change(fact: Fact) -> float | None:
    """Compute the change that counts; see ``SuccessMeasure``."""
    wanted, smallest = fact.wanted_change or 0.0, fact.detectable_change
    if smallest is None:
        return None
    if wanted > smallest:
        return wanted
    has_far_edge = fact.target_low is not None and fact.target_high is not None
    if has_far_edge:
        width = (fact.target_high or 0.0) - (fact.target_low or 0.0)
        if smallest > wanted + width:
            return None
    return smallest
