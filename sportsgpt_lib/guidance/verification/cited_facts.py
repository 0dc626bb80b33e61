"""The facts that a sentence cites, and the findings of the case that rest on them.

What a sentence may say of them is in ``claims.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import Fact


@dataclass(frozen=True)
class CitedFacts:
    """The facts that a sentence cites, and the issues of the case that they are of."""

    facts: tuple[Fact, ...]
    issues: tuple[IssueCase, ...]

    @property
    def targeted(self) -> tuple[Fact, ...]:
        """Facts that have a value and a target."""
        return tuple(
            fact
            for fact in self.facts
            if fact.value is not None
            and (fact.target_low is not None or fact.target_high is not None)
        )


def collect_facts(facts: Sequence[Fact], case: GuidanceCase) -> CitedFacts:
    """Collect cited facts with the issues that rest on them."""
    names = {fact.id for fact in facts}
    issues = tuple(issue for issue in case.issues if names & list_fact_names(issue))
    return CitedFacts(tuple(facts), issues)


def list_fact_names(issue: IssueCase) -> frozenset[str]:
    """List the ids of all facts that an issue rests on."""
    counts = (issue.count, issue.left_count, issue.right_count)
    return frozenset([*filter(None, counts), *issue.metrics, *issue.medians])
