"""Names and reasons of measured rows in a report's language.

Rows hold the words of the movement's file, in English; another language's come from
``sports/translations.py`` and ``sports/reasons.py``. What has none is marked.
"""

from collections.abc import Callable, Iterable

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.guidance.facts import Row
from sportsgpt_lib.language import Language, mark_english
from sportsgpt_lib.sports.reasons import word_reason, word_reason_code
from sportsgpt_lib.sports.translations import MovementWords, load_words

_NO_REPETITION = "no_repetition_found"


class CaseNames:
    """Names movements, their parts and reasons in one language."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def movement(self, movement: str) -> str:
        """Name a movement; one that is defined no more is named by its folder."""
        words = self._find_words(movement)
        if words is None:
            return self._mark(movement.replace("_", " "))
        return words.movement

    def reason_code(self, code: str | None) -> str:
        """Word why a recording gave nothing; None = no repetition was found in it."""
        return word_reason_code(code or _NO_REPETITION, self._language)

    def translate(self, rows: Iterable[Row]) -> list[Row]:
        """Put the names and reasons of rows into the language; English ones stay."""
        if self._language == "en":
            return list(rows)
        return [self._translate_row(row) for row in rows]

    def _translate_row(self, row: Row) -> Row:
        words = self._find_words(row["movement"])
        changes: dict[str, str] = {}
        if "indicator_name" in row:
            changes["indicator_name"] = self._find_name(
                words.indicator if words else None,
                row["indicator"],
                row["indicator_name"],
            )
        if "issue_name" in row:
            changes["issue_name"] = self._find_name(
                words.issue if words else None, row["issue"], row["issue_name"]
            )
        if row.get("reason"):
            changes["reason"] = self._word_reason(row["reason"], row["movement"])
        return {**row, **changes}

    def _find_name(
        self, look_up: Callable[[str], str] | None, name: str, english: str
    ) -> str:
        if look_up is not None:
            try:
                return look_up(name)
            except KeyError:
                pass
        return self._mark(english)

    def _word_reason(self, reason: str, movement: str) -> str:
        if self._find_words(movement) is None:
            return self._mark(reason)
        return word_reason(reason, movement, self._language)

    def _find_words(self, movement: str) -> MovementWords | None:
        try:
            return load_words(movement, self._language)
        except MovementFileError:
            return None

    def _mark(self, english: str) -> str:
        return mark_english(english, "en", self._language)
