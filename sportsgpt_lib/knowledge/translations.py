"""Our own cards and answers in another language: their shape, and how they are read.

A translation holds text only: what a card cites, its dose and its limits are the
card's. Whether it says the same is checked in ``translation_lint.py``; what a report
quotes is chosen in ``sportsgpt_lib/guidance/quotes.py``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sportsgpt_lib.knowledge.sources import Slug, Source, SourceLanguage, Text
from sportsgpt_lib.knowledge.toml_entries import parse_list, read_toml


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CardTranslation(_Part):
    """All words of one card in another language; lists are as long as the card's."""

    id: Slug
    title: Text
    exercise: Text
    fault: Text
    cause: Text
    consequence: Text
    cue: Text
    drill: Text
    load: Text
    basis: Text
    progression: tuple[Text, ...] = Field(min_length=1)
    contraindications: tuple[Text, ...] = Field(min_length=1)
    age_limits: Text
    success: Text


class AnswerTranslation(_Part):
    """A question and its answer in another language."""

    id: Slug
    question: Text
    answer: Text


Translation = CardTranslation | AnswerTranslation
SourceTranslations = Mapping[SourceLanguage, tuple[Translation, ...]]
"""What a source's files of translations hold, in file order."""

TECHNIQUE_FIELDS = ("title", "fault", "cause", "consequence")
EXERCISE_FIELDS = (
    *("title", "exercise", "cue", "drill", "load", "basis", "progression"),
    *("contraindications", "age_limits", "success"),
)
ANSWER_FIELDS = ("question", "answer")
# The database keeps no order of keys.
_IN_ORDER = (*CardTranslation.model_fields, *AnswerTranslation.model_fields)


def load_translations(
    folder: Path, source: Source, problems: list[str]
) -> dict[SourceLanguage, tuple[Translation, ...]]:
    """Load all translations of one source of cards or answers.

    What is wrong in their files is added to ``problems``.
    """
    loaded: dict[SourceLanguage, tuple[Translation, ...]] = {}
    for language, file in source.translations.items():
        table = read_toml(folder / file.file, problems)
        loaded[language] = (
            parse_list(file.file, "card", table, CardTranslation, problems)
            if source.kind == "cards"
            else parse_list(file.file, "qa", table, AnswerTranslation, problems)
        )
    return loaded


def select_words(
    translations: SourceTranslations, entry_id: str, fields: tuple[str, ...]
) -> dict[SourceLanguage, dict[str, Any]]:
    """Select some fields of a card or answer by language, as a passage carries them.

    A language that lacks the entry is left out.
    """
    return {
        language: words.model_dump(mode="json", include=set(fields))
        for language, entries in translations.items()
        for words in entries
        if words.id == entry_id
    }


def list_words(payload: Mapping[str, Any], language: str) -> list[str]:
    """List what a passage says in a language, the title or question first.

    Empty where its payload has no words in that language.
    """
    words = payload.get("translations", {}).get(language, {})
    parts = [words[name] for name in _IN_ORDER if name in words]
    texts = ([part] if isinstance(part, str) else part for part in parts)
    return [text for several in texts for text in several]
