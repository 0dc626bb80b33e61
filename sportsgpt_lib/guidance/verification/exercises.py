"""Whether an exercise of the plan is a retrieved card's: name, dose, limits, and all.

Nothing of an exercise is a writer's own but what it says of doing it and of success.
"""

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.limits import is_suited
from sportsgpt_lib.guidance.quotes import CardQuotes
from sportsgpt_lib.guidance.report import PlanItem
from sportsgpt_lib.guidance.report_text import read_card, read_dose
from sportsgpt_lib.guidance.success import find_measure
from sportsgpt_lib.guidance.verification.verdicts import CheckName, Fault
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage


def find_exercise_fault(item: PlanItem, case: GuidanceCase) -> Fault | None:
    """Find why an exercise may not stay; None = it may."""
    passage = case.passages.get(item.passage)
    if passage is None or passage.kind != "exercise":
        return Fault("exercise", f"no exercise was retrieved as {item.passage}")
    card = read_card(passage, case.language)
    return (
        _find_wrong_answer(item, case)
        or _find_wrong_card(item, card)
        or _find_wrong_dose(item, passage, case)
        or _find_unsuited(passage, case)
        or _find_wrong_measure(item, passage, case)
    )


def _find_wrong_answer(item: PlanItem, case: GuidanceCase) -> Fault | None:
    reported = {issue.issue for issue in case.issues}
    if not item.issues or not set(item.issues) <= reported:
        return Fault("finding", "it answers a finding that was not reported")
    # One issue may be a habit in one movement and a slip in another.
    trained = {issue.issue for issue in case.issues if issue.is_trained}
    if not set(item.issues) <= trained:
        return Fault("finding", "it answers a slip, which needs no exercise")
    own = {
        issue.issue
        for issue in case.issues
        if any(passage.passage_id == item.passage for passage in issue.passages)
    }
    if not set(item.issues) <= own:
        return Fault("finding", "it was not retrieved for the finding that it answers")
    answered = case.list_answered(item.passage, item.issues)
    if set(item.movements) != {issue.movement for issue in answered}:
        return Fault("finding", "it names movements whose findings it does not answer")
    return None


def _find_wrong_card(item: PlanItem, card: CardQuotes) -> Fault | None:
    if item.exercise != (card.exercise or card.title):
        return Fault("exercise", f"the card calls the exercise {card.exercise!r}")
    if item.language != card.language:
        return Fault("language", f"the card is quoted in {card.language!r}")
    for part, wanted in (
        ("cue", (card.cue,)),
        ("progression", card.progression),
        ("contraindications", card.contraindications),
        ("age_limits", (card.age_limits,)),
    ):
        said = [sentence.text for sentence in getattr(item, part)]
        if said != [text for text in wanted if text]:
            check: CheckName = "limits" if part in _LIMITING else "exercise"
            return Fault(check, f"its {part.replace('_', ' ')} are not the card's")
    return None


_LIMITING = ("contraindications", "age_limits")


def _find_wrong_dose(
    item: PlanItem, passage: EvidencePassage, case: GuidanceCase
) -> Fault | None:
    if item.dose != read_dose(passage, case.language):
        return Fault("dose", "the dose is not the card's")
    return None


def _find_unsuited(passage: EvidencePassage, case: GuidanceCase) -> Fault | None:
    # The reason may go to a model, so it must not tell what the athlete spares.
    if not is_suited(passage, case.limits):
        return Fault("limits", "the exercise does not suit this athlete")
    return None


def _find_wrong_measure(
    item: PlanItem, passage: EvidencePassage, case: GuidanceCase
) -> Fault | None:
    if item.measure != find_measure(case, passage, item.issues):
        return Fault("measure", "its measure of success is not the facts'")
    return None
