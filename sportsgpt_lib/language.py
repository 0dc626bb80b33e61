"""The languages that reports are written in.

The words themselves are in ``guidance/words_en.toml`` and ``guidance/words_zh.toml``
and, for movements, in ``sports/<movement>/words_zh.toml``.
"""

from typing import Literal

Language = Literal["en", "zh"]

DEFAULT_LANGUAGE: Language = "en"

LANGUAGE_TAGS: dict[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""As pages name a language in ``lang`` (BCP 47); Chinese in simplified characters."""

ENGLISH_ONLY_MARK = "【英文】"
"""Stands before words of a report in Chinese that exist in English only."""


def mark_english(text: str, used: Language, wanted: Language) -> str:
    """Mark a text that is not in the language that was wanted.

    Examples
    --------
    >>> mark_english("Land softly.", "en", "zh")
    '【英文】Land softly.'
    """
    return text if used == wanted else f"{ENGLISH_ONLY_MARK}{text}"
