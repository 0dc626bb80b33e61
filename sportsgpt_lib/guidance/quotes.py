"""The words of a card or answer that a report quotes, in the report's language.

A translation is quoted whole or not at all; what it rests on, the dose and the limits
are the card's in any language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from sportsgpt_lib.language import Language


@dataclass(frozen=True)
class CardQuotes:
    """What one passage says, in parts, under the names of the card's schema.

    ``language`` is the one actually used: ``en`` where the passage has no translation.
    None and empty = the passage's kind has no such part.
    """

    language: Language
    title: str
    fault: str | None = None
    cause: str | None = None
    consequence: str | None = None
    exercise: str | None = None
    cue: str | None = None
    drill: str | None = None
    load: str | None = None
    basis: str | None = None
    progression: tuple[str, ...] = ()
    contraindications: tuple[str, ...] = ()
    age_limits: str | None = None
    success: str | None = None
    question: str | None = None
    answer: str | None = None


def read_quotes(passage: EvidencePassage, language: Language) -> CardQuotes:
    """Read what a passage says in a language, in English where it has no other.

    ``passage`` is one that may be quoted: ``report_text.select_quotable``. The title of
    an exercise is its fault's in a translation, and exercise and fault in English.
    """
    translations = passage.payload.get("translations", {})
    if language in translations:
        return _build_quotes(language, translations[language])
    return _build_quotes("en", _read_own_words(passage))


def _read_own_words(passage: EvidencePassage) -> dict[str, Any]:
    payload = passage.payload
    words = {name: payload[name] for name in _OWN_FIELDS if name in payload}
    words["title"] = passage.title
    if passage.kind == "exercise":
        words["load"] = payload["dose"]["load"]
        words["basis"] = payload["dose"].get("basis")
        words["success"] = payload["success"]["text"]
    if passage.kind == "answer":
        words["question"], words["answer"] = passage.title, passage.text
    return words


# Of the payload as it is; load, basis and success lie deeper in it.
_OWN_FIELDS = (
    *("fault", "cause", "consequence", "exercise", "cue", "drill"),
    *("progression", "contraindications", "age_limits"),
)


def _build_quotes(language: Language, words: Mapping[str, Any]) -> CardQuotes:
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in words.items()
    }
    title = parts.pop("title", None) or parts["question"]
    return CardQuotes(language, title, **parts)
