"""Finds what holds a passage back until a person has read it.

Nothing is deleted or repaired: a passage with a fault is stored, held and listed.
Whether a passage keeps the contract of its table is judged in ``audits.py``.
"""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache

from kb_ingest.chunking.instructions import find_instructions
from kb_ingest.parsing.characters import find_mojibake
from sportsgpt_lib.knowledge.passages import Passage
from sportsgpt_lib.knowledge.translations import list_words

# Scripts that texts in a language are written in; Greek stands in its formulas.
SCRIPTS_BY_LANGUAGE = {"en": ("LATIN", "GREEK"), "zh": ("CJK", "LATIN", "GREEK")}
_LEAST_LETTERS = 20
_MOST_FOREIGN_RATIO = 0.2
"""Chosen: a name or a term in another script is no fault, a sentence is."""


def find_held(passages: Iterable[Passage]) -> dict[str, tuple[str, ...]]:
    """Find the passages that a person must read first: reasons by passage id."""
    found = {
        passage.passage_id: (
            *find_faults(passage.title, passage.text, passage.language),
            *_find_faults_of_translations(passage),
        )
        for passage in passages
    }
    return {passage_id: reasons for passage_id, reasons in found.items() if reasons}


def find_faults(title: str, text: str, language: str) -> tuple[str, ...]:
    """Find why a text must not be quoted unread; empty where there is no reason."""
    whole = f"{title}\n{text}"
    return (
        *(
            f"reads like instructions to a model: {why}"
            for why in find_instructions(whole)
        ),
        *find_broken_characters(whole),
        *find_foreign_script(whole, language),
        *find_wordless(text),
    )


def _find_faults_of_translations(passage: Passage) -> tuple[str, ...]:
    """Find the same in the words of its other languages, which reports quote too."""
    return tuple(
        f"in its words in {language!r}: {reason}"
        for language in passage.payload.get("translations", {})
        for reason in find_faults(
            "", "\n".join(list_words(passage.payload, language)), language
        )
    )


def find_broken_characters(text: str) -> tuple[str, ...]:
    """Find whether characters of a text were decoded wrongly."""
    broken = dict.fromkeys(find_mojibake(text))
    return (f"characters were decoded wrongly: {', '.join(broken)}",) if broken else ()


def find_wordless(text: str) -> tuple[str, ...]:
    """Find whether a text has no letter or digit: its title alone would be found."""
    is_wordless = not any(character.isalnum() for character in text)
    return ("it has no words",) if is_wordless else ()


def find_foreign_script(text: str, language: str) -> tuple[str, ...]:
    """Find whether letters of a text are in other scripts than its language."""
    if text.isascii() and language == "en":
        return ()
    letters = Counter(_find_script(c) for c in text if c.isalpha())
    total = letters.total()
    allowed = SCRIPTS_BY_LANGUAGE.get(language, ())
    foreign = total - sum(letters[script] for script in allowed)
    if total < _LEAST_LETTERS or foreign <= total * _MOST_FOREIGN_RATIO:
        return ()
    return (f"{foreign} of {total} letters are not of the script of {language!r}",)


@cache
def _find_script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
