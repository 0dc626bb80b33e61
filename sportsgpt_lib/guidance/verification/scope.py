"""What a sentence may cite by where it stands in the report.

A finding's sentences rest on that finding's facts and passages, an exercise's on its
card and the findings that it answers.
"""

from dataclasses import dataclass

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.report import PlanItem
from sportsgpt_lib.guidance.verification.cited_facts import list_fact_names


@dataclass(frozen=True)
class Scope:
    """A section of the report and the ids that its sentences may cite."""

    section: str
    facts: frozenset[str]
    passages: frozenset[str]

    def part(self, name: str) -> "Scope":
        """Give the scope of one part of the section."""
        return Scope(f"{self.section}: {name}", self.facts, self.passages)


def scope_of_report(case: GuidanceCase, section: str) -> Scope:
    """Give the scope of a section on the whole session."""
    return Scope(section, frozenset(case.facts), frozenset(case.passages))


def scope_of_finding(case: GuidanceCase, issue: IssueCase) -> Scope:
    """Give the scope of a finding: its own facts, and what its movement was judged by.

    Slips and undecided findings may name the movement's count and score.
    """
    own = list_fact_names(issue)
    for movement in case.movements:
        if movement.movement == issue.movement:
            own |= {movement.count} | ({movement.score} if movement.score else set())
    passages = frozenset(passage.passage_id for passage in issue.passages)
    return Scope(f"finding {issue.issue}", own, passages)


def scope_of_exercise(case: GuidanceCase, item: PlanItem) -> Scope:
    """Give the scope of an exercise: its card, and the findings that it answers."""
    answered = case.list_answered(item.passage, item.issues)
    facts = frozenset[str]().union(*map(list_fact_names, answered))
    passages = frozenset(
        passage.passage_id
        for issue in answered
        for passage in issue.passages
        if passage.kind != "exercise" or passage.passage_id == item.passage
    )
    return Scope(f"exercise {item.exercise}", facts, passages)
