"""Writes a report without any model: facts and cards, put into plain sentences.

The default of a federation without a language model, and what a model's failure falls
back to. Every assertion carries the facts and passages it rests on; words on training
are quoted from the cards, never made here, and all others are the catalogue's of the
report's language (``wording.py``).
"""

from sportsgpt_lib.guidance.case import GuidanceCase, IssueCase, MovementCase
from sportsgpt_lib.guidance.plan_choice import choose_exercises
from sportsgpt_lib.guidance.quotes import read_quotes
from sportsgpt_lib.guidance.regularity import (
    describe_legs,
    describe_regularity,
    summarise_issues,
)
from sportsgpt_lib.guidance.report import (
    PlanItem,
    Sentence,
    SuccessMeasure,
    WriterInfo,
)
from sportsgpt_lib.guidance.report_text import (
    FindingText,
    ReportText,
    WrittenText,
    build_plan_item,
    quote_passage,
    read_card,
)
from sportsgpt_lib.guidance.success import find_measure
from sportsgpt_lib.guidance.wording import load_wording
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.language import mark_english

WRITER_NAME = "deterministic"

# Chosen: more numbers on one fault are not read.
_MOST_METRICS_PER_FINDING = 3
_MOST_NAMES = 6


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
        sentences += _summarise_good_session(case)
    return tuple(sentences)


def _summarise_movement(case: GuidanceCase, movement: MovementCase) -> list[Sentence]:
    wording = load_wording(case.language)
    count = case.facts[movement.count]
    name = wording.inside(case.name_movement(movement.movement))
    sentences = [
        Sentence(
            text=wording.say("summary.judged", count=count.total, movement=name),
            facts=(count.id,),
        )
    ]
    score = None if movement.score is None else case.facts[movement.score]
    if score is not None and score.value is not None:
        is_whole = movement.scored_count == count.total
        text = wording.say(
            "summary.score" if is_whole else "summary.score_of_some",
            count=movement.scored_count,
            points=wording.value(score),
            most=score.total,
        )
        sentences.append(Sentence(text=text, facts=(score.id,)))
    return sentences


def _summarise_good_session(case: GuidanceCase) -> list[Sentence]:
    """Say that nothing was found, what to keep, and what is surely no habit."""
    wording = load_wording(case.language)
    counts = tuple(movement.count for movement in case.movements)
    sentences = [Sentence(text=wording.say("summary.no_fault"), facts=counts)]
    if case.strengths:
        names = [case.facts[part.metric].label for part in case.strengths]
        sentences.append(
            Sentence(
                text=wording.say(
                    "summary.keep", names=wording.join([*map(wording.inside, names)])
                ),
                facts=tuple(part.metric for part in case.strengths),
            )
        )
    absent = [part.issue_name for part in case.absent if part.is_sure][:_MOST_NAMES]
    if absent:
        text = wording.say(
            "summary.no_habit", names=wording.join([*map(wording.inside, absent)])
        )
        sentences.append(Sentence(text=text, facts=counts))
    return sentences


def _write_strengths(case: GuidanceCase) -> tuple[Sentence, ...]:
    wording = load_wording(case.language)
    sentences = []
    for strength in case.strengths:
        fact, count = case.facts[strength.metric], case.facts[strength.count]
        text = wording.say(
            "strength.inside",
            count=count.total,
            indicator=fact.label,
            value=wording.value(fact),
            place=wording.place(fact),
            target=wording.target(fact),
        )
        sentences.append(Sentence(text=text, facts=(fact.id, count.id)))
    return tuple(sentences)


def _write_finding(case: GuidanceCase, issue: IssueCase) -> FindingText:
    technique = _find_first(issue, "technique")
    answer = _find_first(issue, "answer")
    why: list[Sentence] = []
    cause: list[Sentence] = []
    if technique is not None:
        card = read_card(technique, case.language)
        why.append(quote_passage(card.consequence or "", technique))
        cause.append(quote_passage(card.cause or "", technique))
    if answer is not None:
        why.append(_quote_answer(case, answer))
    return FindingText(
        issue=issue.issue,
        movement=issue.movement,
        seen=_write_seen(case, issue),
        why=tuple(why),
        cause=tuple(cause),
    )


def _quote_answer(case: GuidanceCase, passage: EvidencePassage) -> Sentence:
    """Quote an answer behind its question, without which it may say nothing."""
    quotes = read_quotes(passage, case.language)
    text = load_wording(quotes.language).say(
        "quote.answer", question=quotes.question, answer=quotes.answer
    )
    return quote_passage(mark_english(text, quotes.language, case.language), passage)


def _write_seen(case: GuidanceCase, issue: IssueCase) -> tuple[Sentence, ...]:
    wording = load_wording(case.language)
    facts = [case.facts[name] for name in issue.metrics]
    measured = [fact for fact in facts if fact.value is not None]
    sentences = [*describe_regularity(case, issue), *describe_legs(case, issue)]
    for fact in measured[:_MOST_METRICS_PER_FINDING]:
        target = wording.target(fact)
        text = wording.say(
            "finding.value_target" if target else "finding.value",
            indicator=fact.label,
            value=wording.value(fact),
            place=wording.place(fact),
            target=target,
        )
        sentences.append(Sentence(text=text, facts=(fact.id,)))
        if fact.validity == "limited" and fact.reason:
            text = wording.say("finding.care", reason=fact.reason.rstrip(".。"))
            sentences.append(Sentence(text=text, facts=(fact.id,)))
    return tuple(sentences)


def _write_plan(case: GuidanceCase) -> tuple[PlanItem, ...]:
    return tuple(
        _write_exercise(case, passage, issues)
        for passage, issues in choose_exercises(case)
    )


def _write_exercise(
    case: GuidanceCase, passage: EvidencePassage, issues: tuple[str, ...]
) -> PlanItem:
    card = read_card(passage, case.language)
    success = [quote_passage(card.success or "", passage)]
    measure = find_measure(case, passage, issues)
    if measure is not None:
        success += _write_success(case, measure)
    else:
        success += _write_success_by_count(case, passage, issues)
    return build_plan_item(
        case,
        passage,
        issues,
        how=(quote_passage(card.drill or "", passage),),
        success=tuple(success),
    )


def _write_success(case: GuidanceCase, measure: SuccessMeasure) -> list[Sentence]:
    """Say how far the median is to go, and which change between sessions counts."""
    wording = load_wording(case.language)
    fact = case.facts[measure.fact]
    way = wording.say(
        f"success.{measure.direction}",
        count=fact.total,
        indicator=fact.label,
        value=wording.value(fact),
        way=wording.quantity(measure.wanted_change, fact.unit),
        target=wording.target(fact),
    )
    smallest = wording.quantity(measure.detectable_change or 0.0, fact.unit)
    counts = wording.say(f"success.{_judge_change(measure)}", smallest=smallest)
    return [Sentence(text=text, facts=(fact.id,)) for text in (way, counts)]


def _write_success_by_count(
    case: GuidanceCase, passage: EvidencePassage, issues: tuple[str, ...]
) -> list[Sentence]:
    """Say that the fault should show no more, where no median lies outside its target.

    That is so where it shows in some repetitions only.
    """
    wording = load_wording(case.language)
    sentences = []
    for issue in case.list_answered(passage.passage_id, issues):
        count = case.facts[issue.count]
        text = wording.say(
            "success.count", shown=f"{count.value:.0f}", total=count.total
        )
        sentences.append(Sentence(text=text, facts=(count.id,)))
    return sentences[:1]


def _judge_change(measure: SuccessMeasure) -> str:
    if measure.detectable_change is None:
        return "unknown"
    if measure.expected_change is None:
        return "several"
    if measure.expected_change > measure.wanted_change:
        return "more_counts"
    return "counts"


def _find_first(issue: IssueCase, kind: str) -> EvidencePassage | None:
    for passage in issue.passages:
        if passage.kind == kind:
            return passage
    return None
