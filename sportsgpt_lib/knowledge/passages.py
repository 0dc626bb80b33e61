"""What a passage is, and how cards and our own answers become passages.

A card gives two passages, what the fault is and what to do about it, so that a question
about either finds it; an answer stays with its question. Nothing is lost: every part of
a card is in the text or in the payload of one of its passages. Documents are cut in
``kb_ingest/chunking``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sportsgpt_lib.knowledge.cards import (
    CardDose,
    Publication,
    QuestionAnswer,
    TechniqueCard,
)
from sportsgpt_lib.knowledge.collection import Collection
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.translations import (
    ANSWER_FIELDS,
    EXERCISE_FIELDS,
    TECHNIQUE_FIELDS,
    SourceTranslations,
    select_words,
)

CHUNKER_VERSION = "cards-3"
"""Raised whenever the same card would give other passages."""

_PASSAGE_ID_DIGITS = 16
PassageKind = Literal["technique", "exercise", "answer", "text", "table"]


@dataclass(frozen=True)
class Passage:
    """One piece of a source.

    ``payload`` holds the same content in parts, for whatever must quote it exactly, the
    publications it cites, and its words in other languages. No ``issues`` = about the
    movement at large.

    Of a document's passage, ``section_path`` names the headings above it, outermost
    first; ``page_first`` and ``page_last`` are the pages as the document numbers them,
    None where it has none; ``char_start`` and ``char_end`` enclose what it holds in the
    document's text; ``token_count`` is that of title and text together, in tokens of
    the embedding model, special ones left out; None where it was not counted.
    """

    source_id: str
    chunk_no: int
    kind: PassageKind
    title: str
    text: str
    language: str
    movements: tuple[str, ...]
    issues: tuple[str, ...]
    payload: Mapping[str, Any] = field(hash=False)
    chunker_version: str = CHUNKER_VERSION
    section_path: tuple[str, ...] = ()
    page_first: int | None = None
    page_last: int | None = None
    char_start: int | None = None
    char_end: int | None = None
    token_count: int | None = None

    @property
    def content_sha256(self) -> str:
        """SHA-256 over everything a reader of the passage may see, wherever it stands.

        Number, page and offsets are left out: text that moves keeps its embedding.
        """
        content = (
            self.kind,
            self.title,
            self.text,
            self.language,
            self.movements,
            self.issues,
            self.payload,
        )
        return _compute_sha256(content)

    @property
    def embedded_text(self) -> str:
        """What an embedding model is given: the title, then the text."""
        return f"{self.title}. {self.text}"

    @property
    def passage_id(self) -> str:
        """Name of this very content in this very place."""
        key = (
            self.source_id,
            self.chunk_no,
            self.content_sha256,
            self.chunker_version,
        )
        return _compute_sha256(key)[:_PASSAGE_ID_DIGITS]


@dataclass(frozen=True)
class PassageLink:
    """A passage that another source already holds: kept as a link, not as text.

    ``source_id``, ``chunk_no`` and pages say where the copy stands;
    ``kept_passage_id`` is the passage that holds the text; ``similarity_ratio`` is the
    Jaccard similarity of their shingles, 1 = the same words. ``text_sha256`` is that of
    the copy's own title and text, by which it is known again without keeping them.
    """

    source_id: str
    chunk_no: int
    page_first: int | None
    page_last: int | None
    kept_passage_id: str
    similarity_ratio: float
    text_sha256: str | None = None


def build_passages(collection: Collection, source: Source) -> tuple[Passage, ...]:
    """Build all passages of one source, in the order of its file."""
    pieces: list[dict[str, Any]] = []
    translations = collection.translations.get(source.id, {})
    for card in collection.cards.get(source.id, ()):
        technique = _build_technique(card, collection.references)
        exercise = _build_exercise(card, collection.references)
        _add_words(technique, translations, card.id, TECHNIQUE_FIELDS)
        _add_words(exercise, translations, card.id, EXERCISE_FIELDS)
        pieces += [technique, exercise]
    for answer in collection.answers.get(source.id, ()):
        piece = _build_answer(answer, collection.references)
        _add_words(piece, translations, answer.id, ANSWER_FIELDS)
        pieces.append(piece)
    return tuple(
        Passage(source_id=source.id, chunk_no=number, language=source.language, **piece)
        for number, piece in enumerate(pieces)
    )


def describe_dose(dose: CardDose) -> str:
    """Describe a dose in one sentence."""
    hold = f", holding each for {dose.hold_s} s" if dose.hold_s is not None else ""
    repetitions = _count(dose.repetitions, "repetition")
    return (
        f"{_count(dose.sets, 'set')} of {repetitions}{hold}; "
        f"{dose.load}; {dose.rest_s} s rest between sets; "
        f"{_count(dose.sessions_per_week, 'session')} a week "
        f"for {_count(dose.weeks, 'week')}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _add_words(
    piece: Mapping[str, Any],
    translations: SourceTranslations,
    entry_id: str,
    fields: tuple[str, ...],
) -> None:
    """Add to a piece's payload what it says in other languages, where it says it."""
    words = select_words(translations, entry_id, fields)
    if words:
        piece["payload"]["translations"] = words


def _build_technique(
    card: TechniqueCard, references: Mapping[str, Publication]
) -> dict[str, Any]:
    parts = (card.fault, card.cause, card.consequence)
    return {
        "kind": "technique",
        "title": card.title,
        "text": " ".join(part.text for part in parts),
        "movements": card.movements,
        "issues": card.issues,
        "payload": {
            "card": card.id,
            "evidence_level": card.evidence_level,
            "fault": card.fault.text,
            "cause": card.cause.text,
            "consequence": card.consequence.text,
            "citations": _describe_citations(card.technique_keys, references),
        },
    }


def _build_exercise(
    card: TechniqueCard, references: Mapping[str, Publication]
) -> dict[str, Any]:
    parts = [card.cue, card.drill, *card.progression, *card.contraindications]
    texts = [part.text for part in parts]
    texts[2:2] = [describe_dose(card.dose), card.dose.basis]
    return {
        "kind": "exercise",
        "title": f"{card.exercise}, for {card.title[0].lower()}{card.title[1:]}",
        "text": " ".join([*texts, card.age_limits.text, card.success.text]),
        "movements": card.movements,
        "issues": card.issues,
        "payload": {
            "card": card.id,
            "evidence_level": card.evidence_level,
            "exercise": card.exercise,
            "drill": card.drill.text,
            "cue": card.cue.text,
            "dose": card.dose.model_dump(mode="json", exclude={"cites"}),
            "progression": [part.text for part in card.progression],
            "contraindications": [part.text for part in card.contraindications],
            "age_limits": card.age_limits.text,
            "limits": card.limits.model_dump(mode="json"),
            "success": card.success.model_dump(mode="json"),
            "citations": _describe_citations(card.exercise_keys, references),
        },
    }


def _build_answer(
    answer: QuestionAnswer, references: Mapping[str, Publication]
) -> dict[str, Any]:
    return {
        "kind": "answer",
        "title": answer.question,
        "text": answer.answer.text,
        "movements": answer.movements,
        "issues": answer.issues,
        "payload": {
            "answer": answer.id,
            "evidence_level": answer.evidence_level,
            "citations": _describe_citations(answer.answer.cites, references),
        },
    }


def _describe_citations(
    keys: Iterable[str], references: Mapping[str, Publication]
) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "text": references[key].text,
            "doi": references[key].doi,
            "isbn": references[key].isbn,
        }
        for key in sorted(set(keys))
    ]


def _compute_sha256(content: Sequence[object]) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
