"""Writes a report without any model: facts and cards, put into plain sentences.

The default of a federation without a language model, and what a model's failure falls
back to. Every assertion carries the facts and passages it rests on; words on training
are quoted from the cards, never made here.
"""

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase, MovementCase
from sportsgpt_lib.guidance.facts import describe_target
from sportsgpt_lib.guidance.regularity import (
    describe_legs,
    describe_regularity,
    summarise_issues,
)
from sportsgpt_lib.guidance.report import Fact, PlanItem, Sentence, WriterInfo
from sportsgpt_lib.guidance.report_text import (
    FindingText,
    ReportText,
    WrittenText,
    build_plan_item,
    quote_passage,
)
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.sports.number_format import format_quantity

WRITER_NAME = "deterministic"

# Chosen: a plan that is kept is short.
_MOST_EXERCISES = 3
_MOST_METRICS_PER_FINDING = 3


class DeterministicWriter:
    """Writes the same report for the same case, without a model."""

    def write(self, case: GuidanceCase) -> WrittenText:
        """Write the report's text."""
        text = ReportText(
            summary=_write_summary(case),
            strengths=_write_strengths(case),
            findings=tuple(_write_finding(case, issue) for issue in case.issues),
            plan=_write_plan(case),
        )
        return WrittenText(text, WriterInfo(name=WRITER_NAME))


def _write_summary(case: GuidanceCase) -> tuple[Sentence, ...]:
    sentences = [
        sentence
        for movement in case.movements
        for sentence in _summarise_movement(case, movement)
    ]
    if case.issues:
        sentences += summarise_issues(case)
    elif case.movements:
        sentences.append(
            Sentence(
                text="No technique fault reached the reporting threshold.",
                facts=tuple(movement.count for movement in case.movements),
            )
        )
    return tuple(sentences)


def _summarise_movement(case: GuidanceCase, movement: MovementCase) -> list[Sentence]:
    count = case.facts[movement.count]
    name = movement.movement.replace("_", " ")
    word = "repetition" if count.total == 1 else "repetitions"
    verb = "was" if count.total == 1 else "were"
    sentences = [
        Sentence(
            text=f"{count.total} {word} of {name} {verb} judged.", facts=(count.id,)
        )
    ]
    if movement.score is None:
        return sentences
    score = case.facts[movement.score]
    if score.value is not None:
        which = {1: "It", 2: "The weaker one"}.get(
            count.total or 0, "The middle one of them"
        )
        points = format_quantity(score.value, score.unit, score.error)
        sentences.append(
            Sentence(
                text=f"{which} scored {points} out of {score.total}.", facts=(score.id,)
            )
        )
    return sentences


def _write_strengths(case: GuidanceCase) -> tuple[Sentence, ...]:
    sentences = []
    for strength in case.strengths:
        fact, count = case.facts[strength.metric], case.facts[strength.count]
        every = {
            1: "in the one repetition that shows it",
            2: "in both repetitions that show it",
        }.get(count.total or 0, f"in all {count.total} repetitions that show it")
        sentences.append(
            Sentence(
                text=f"{fact.label} was inside its target {every}: "
                f"{_describe_value(fact)} in {_describe_repetition(fact)}, "
                f"target {describe_target(fact)}.",
                facts=(fact.id, count.id),
            )
        )
    return tuple(sentences)


def _write_finding(case: GuidanceCase, issue: IssueCase) -> FindingText:
    technique = _find_first(issue, "technique")
    answer = _find_first(issue, "answer")
    why: list[Sentence] = []
    cause: list[Sentence] = []
    if technique is not None:
        why.append(quote_passage(technique.payload["consequence"], technique))
        cause.append(quote_passage(technique.payload["cause"], technique))
    if answer is not None:
        why.append(quote_passage(answer.text, answer))
    return FindingText(
        issue=issue.issue,
        movement=issue.movement,
        seen=_write_seen(case, issue),
        why=tuple(why),
        cause=tuple(cause),
    )


def _write_seen(case: GuidanceCase, issue: IssueCase) -> tuple[Sentence, ...]:
    facts = [case.facts[name] for name in issue.metrics]
    measured = [fact for fact in facts if fact.value is not None]
    sentences = [*describe_regularity(case, issue), *describe_legs(case, issue)]
    for fact in measured[:_MOST_METRICS_PER_FINDING]:
        target = describe_target(fact)
        text = (
            f"{fact.label} was {_describe_value(fact)} in {_describe_repetition(fact)}"
        )
        text += f"; the target is {target}." if target else "."
        sentences.append(Sentence(text=text, facts=(fact.id,)))
        if fact.validity == "limited" and fact.reason:
            sentences.append(
                Sentence(
                    text=f"Take this number with care: {fact.reason.rstrip('.')}.",
                    facts=(fact.id,),
                )
            )
    return tuple(sentences)


def _write_plan(case: GuidanceCase) -> tuple[PlanItem, ...]:
    issues_of: dict[str, list[IssueCase]] = {}
    for issue in filter(lambda issue: issue.is_trained, case.issues):
        exercise = _find_first(issue, "exercise")
        if exercise is not None:
            issues_of.setdefault(exercise.passage_id, []).append(issue)
    chosen = list(issues_of.items())[:_MOST_EXERCISES]
    return tuple(
        _write_exercise(case, case.passages[passage_id], issues)
        for passage_id, issues in chosen
    )


def _write_exercise(
    case: GuidanceCase, passage: EvidencePassage, issues: list[IssueCase]
) -> PlanItem:
    card = passage.payload
    success = [quote_passage(card["success"]["text"], passage)]
    wanted = _find_success_fact(case, card["success"]["indicators"], issues)
    if wanted is not None:
        success.append(_write_success(wanted))
    return build_plan_item(
        passage,
        tuple(issue.issue for issue in issues),
        how=(quote_passage(card["drill"], passage),),
        cue=(quote_passage(card["cue"], passage),),
        success=tuple(success),
    )


def _find_success_fact(
    case: GuidanceCase, indicators: list[str], issues: list[IssueCase]
) -> Fact | None:
    """Find the median outside its target that the exercise should move."""
    facts = [case.facts[name] for issue in issues for name in issue.medians]
    for fact in facts:
        if fact.indicator in indicators and fact.wanted_change:
            return fact
    return None


def _write_success(fact: Fact) -> Sentence:
    unit = fact.unit
    way = format_quantity(fact.wanted_change or 0.0, unit)
    verb = "rise" if _is_below_target(fact) else "fall"
    now = ""
    if fact.total != 1:
        now = f", {_describe_value(fact)} as the median of {fact.total} repetitions,"
    text = (
        f"{fact.label}{now} should {verb} by {way}, into the target of "
        f"{describe_target(fact)}; "
    )
    smallest = format_quantity(fact.detectable_change or 0.0, unit)
    if fact.detectable_change is None:
        text += "more repetitions are needed to know what change would count."
    elif (fact.wanted_change or 0.0) > fact.detectable_change:
        text += f"a change below {smallest} cannot be told from error."
    else:
        text += (
            f"that is less than the {smallest} that can be told apart between "
            "sessions, so judge by several sessions together."
        )
    return Sentence(text=text, facts=(fact.id,))


def _is_below_target(fact: Fact) -> bool:
    low, value = fact.target_low, fact.value
    return low is not None and value is not None and value < low


def _find_first(issue: IssueCase, kind: str) -> EvidencePassage | None:
    for passage in issue.passages:
        if passage.kind == kind:
            return passage
    return None


def _describe_value(fact: Fact) -> str:
    if fact.value is None:
        return "not measurable"
    return format_quantity(fact.value, fact.unit, fact.error)


def _describe_repetition(fact: Fact) -> str:
    leg = f" ({fact.side} leg)" if fact.side else ""
    return f"repetition {fact.repetition_no}{leg}"
