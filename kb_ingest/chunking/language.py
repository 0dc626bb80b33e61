"""Tells the language of a passage: English or Chinese, as sources are."""

import re

_CHINESE_CHARACTER = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LATIN_WORD = re.compile(r"[A-Za-zÀ-ɏ]{2,}")
# Two Chinese characters make about one word.
_CHARACTERS_A_WORD = 2


def find_language(text: str, fallback: str) -> str:
    """Find the language of most words of a text; ``fallback`` where there are none.

    Formulas and tables of numbers have no words: they are in the document's language.
    """
    chinese = len(_CHINESE_CHARACTER.findall(text)) / _CHARACTERS_A_WORD
    latin = len(_LATIN_WORD.findall(text))
    if chinese == latin:
        return fallback
    return "zh" if chinese > latin else "en"
