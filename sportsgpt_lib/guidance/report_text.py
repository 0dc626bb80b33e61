"""What a writer hands in: sentences and exercises that the verifier has not seen."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from sportsgpt_lib.guidance.case import GuidanceCase
from sportsgpt_lib.guidance.report import (
    Dose,
    DroppedSentence,
    PlanItem,
    Sentence,
    WriterInfo,
)
from sportsgpt_lib.knowledge.retrieval import EvidencePassage

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


def build_plan_item(
    passage: EvidencePassage,
    issues: tuple[str, ...],
    *,
    how: tuple[Sentence, ...],
    cue: tuple[Sentence, ...],
    success: tuple[Sentence, ...],
) -> PlanItem:
    """Build an exercise whose dose and limits are the card's own, word for word."""
    card = passage.payload

    def quote(*texts: str) -> tuple[Sentence, ...]:
        return tuple(quote_passage(text, passage) for text in texts)

    return PlanItem(
        exercise=card["exercise"],
        passage=passage.passage_id,
        issues=issues,
        how=how,
        dose=parse_dose(card["dose"]),
        progression=quote(*card["progression"]),
        cue=cue,
        contraindications=quote(*card["contraindications"]),
        age_limits=quote(card["age_limits"]),
        success=success,
    )


def parse_dose(dose: Mapping[str, object]) -> Dose:
    """Parse the dose of a card as a passage carries it."""
    return Dose.model_validate(
        {name: dose[name] for name in Dose.model_fields if name in dose}
    )


def quote_passage(text: str, passage: EvidencePassage) -> Sentence:
    """Quote a passage, with its citation."""
    return Sentence(text=text, passages=(passage.passage_id,))
