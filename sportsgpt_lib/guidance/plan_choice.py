"""Chooses the exercises of a plan: few, suited to the athlete, each for findings."""

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase
from sportsgpt_lib.guidance.limits import find_obstacle
from sportsgpt_lib.guidance.report import WithheldExercise
from sportsgpt_lib.guidance.report_text import read_card
from sportsgpt_lib.knowledge.retrieval import EvidencePassage

# Chosen: a plan that is kept is short.
MOST_EXERCISES = 3


def choose_exercises(
    case: GuidanceCase,
) -> tuple[tuple[EvidencePassage, tuple[str, ...]], ...]:
    """Choose the best suited exercise of each trained issue, with what it answers.

    Slips need no exercise. One exercise may answer several issues; at most
    ``MOST_EXERCISES`` are chosen, for what comes first in the case.
    """
    issues_of: dict[str, list[str]] = {}
    for issue in case.issues:
        if not issue.is_trained:
            continue
        for passage in list_exercises(issue):
            if find_obstacle(passage, case.limits) is None:
                issues_of.setdefault(passage.passage_id, []).append(issue.issue)
                break
    return tuple(
        (case.passages[passage_id], tuple(dict.fromkeys(issues)))
        for passage_id, issues in list(issues_of.items())[:MOST_EXERCISES]
    )


def list_withheld(case: GuidanceCase) -> tuple[WithheldExercise, ...]:
    """List the exercises that do not suit the athlete, and why."""
    issues_of: dict[str, list[str]] = {}
    for issue in case.issues:
        for passage in list_exercises(issue) if issue.is_trained else ():
            issues_of.setdefault(passage.passage_id, []).append(issue.issue)
    withheld = []
    for passage_id, issues in issues_of.items():
        passage = case.passages[passage_id]
        obstacle = find_obstacle(passage, case.limits)
        if obstacle is not None:
            card = read_card(passage, case.language)
            withheld.append(
                WithheldExercise(
                    exercise=card.exercise or card.title,
                    passage=passage_id,
                    issues=tuple(dict.fromkeys(issues)),
                    reason=obstacle.describe(case.language),
                )
            )
    return tuple(withheld)


def list_exercises(issue: IssueCase) -> list[EvidencePassage]:
    """List the exercises that were retrieved for an issue, best first."""
    return [passage for passage in issue.passages if passage.kind == "exercise"]
