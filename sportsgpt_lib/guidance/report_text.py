"""What a writer hands in: sentences and exercises that the verifier has not seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.quotes import CardQuotes, read_quotes
from sportsgpt_lib.guidance.report import (
    Dose,
    DroppedSentence,
    PlanItem,
    Sentence,
    WriterInfo,
)
from sportsgpt_lib.guidance.success import find_measure
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.language import Language, mark_english

# What a report quotes of each kind of passage; only cards and answers have all of it.
_CITED = frozenset({"citations", "evidence_level"})
_QUOTED: Mapping[str, frozenset[str]] = {
    "technique": _CITED | {"card", "cause", "consequence"},
    "exercise": _CITED
    | {"card", "exercise", "drill", "cue", "dose", "progression", "success"}
    | {"contraindications", "age_limits"},
    "answer": _CITED,
}


class FindingText(BaseModel):
    """The sentences on one issue of one movement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issue: str
    movement: str
    seen: tuple[Sentence, ...]
    why: tuple[Sentence, ...]
    cause: tuple[Sentence, ...]


class ReportText(BaseModel):
    """All sentences and exercises of a report."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    summary: tuple[Sentence, ...]
    strengths: tuple[Sentence, ...]
    close_to_limit: tuple[Sentence, ...] = ()
    findings: tuple[FindingText, ...]
    plan: tuple[PlanItem, ...]


@dataclass(frozen=True)
class WrittenText:
    """The text, what wrote it, and what the writer itself had to drop."""

    text: ReportText
    writer: WriterInfo
    dropped: tuple[DroppedSentence, ...] = ()


class Writer(Protocol):
    """Writes the text of a report from a case; invents nothing."""

    def write(self, case: GuidanceCase) -> WrittenText:
        """Write the report's text."""
        ...


def select_quotable(
    passages: Iterable[EvidencePassage],
) -> tuple[EvidencePassage, ...]:
    """Select what a report may quote: cards, and answers that cite publications.

    Passages of documents, and rows of questions and exercises, state neither their
    evidence nor a reviewed dose: they are for the search.
    """
    return tuple(
        passage
        for passage in passages
        if passage.kind in _QUOTED and _QUOTED[passage.kind] <= passage.payload.keys()
    )


def read_card(passage: EvidencePassage, language: Language) -> CardQuotes:
    """Read what a passage says; marked where it is not in the language wanted."""
    quotes = read_quotes(passage, language)
    if quotes.language == language:
        return quotes
    marked = {
        part.name: _mark(getattr(quotes, part.name), quotes.language, language)
        for part in fields(quotes)
        if part.name != "language"
    }
    return CardQuotes(quotes.language, **marked)


def build_plan_item(
    case: GuidanceCase,
    passage: EvidencePassage,
    issues: tuple[str, ...],
    *,
    how: tuple[Sentence, ...],
    success: tuple[Sentence, ...],
) -> PlanItem:
    """Build an exercise whose dose, cue and limits are the card's own, word for word.

    Parameters
    ----------
    case
        Decides the language, and by what number success is measured.
    passage
        The exercise's card.
    issues
        The issues of the case that it answers.
    how, success
        What the writer says of doing it and of its success.
    """
    card = read_card(passage, case.language)

    def quote(*texts: str | None) -> tuple[Sentence, ...]:
        return tuple(quote_passage(text, passage) for text in texts if text)

    return PlanItem(
        exercise=card.exercise or card.title,
        passage=passage.passage_id,
        language=card.language,
        issues=issues,
        movements=tuple(
            dict.fromkeys(
                issue.movement
                for issue in case.list_answered(passage.passage_id, issues)
            )
        ),
        how=how,
        dose=read_dose(passage, case.language),
        progression=quote(*card.progression),
        cue=quote(card.cue),
        contraindications=quote(*card.contraindications),
        age_limits=quote(card.age_limits),
        success=success,
        measure=find_measure(case, passage, issues),
    )


def read_dose(passage: EvidencePassage, language: Language) -> Dose:
    """Read the dose of a card; the load is in words, and so in a language."""
    dose = parse_dose(passage.payload["dose"])
    load = read_card(passage, language).load or dose.load
    return dose.model_copy(update={"load": load})


def parse_dose(dose: Mapping[str, object]) -> Dose:
    """Parse the dose of a card as a passage carries it."""
    return Dose.model_validate(
        {name: dose[name] for name in Dose.model_fields if name in dose}
    )


def quote_passage(text: str, passage: EvidencePassage) -> Sentence:
    """Quote a passage, with its citation."""
    return Sentence(text=text, passages=(passage.passage_id,))


def _mark(words: Any, used: Language, wanted: Language) -> Any:
    if words is None:
        return None
    if isinstance(words, tuple):
        return tuple(mark_english(text, used, wanted) for text in words)
    return mark_english(words, used, wanted)
