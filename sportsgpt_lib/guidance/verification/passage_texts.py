"""What a cited passage says, in the form in which a sentence is compared with it.

Read once for each passage and language. Whether a sentence is supported is decided in
``support.py``.
"""

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sportsgpt_lib.guidance.numbers import Number, find_numbers, normalise_text
from sportsgpt_lib.guidance.quotes import CardQuotes, read_quotes
from sportsgpt_lib.guidance.verification.words import (
    Reading,
    read_text,
    split_sentences,
)
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from sportsgpt_lib.language import Language

_SENTENCE_ENDS = ".!?。"
# A dose is checked against the card's numbers; these are the units that they are in.
_DOSE_UNITS = {
    "sets": "sets",
    "repetitions": "repetitions",
    "hold_s": "s",
    "rest_s": "s",
    "sessions_per_week": "sessions",
    "weeks": "weeks",
}


@dataclass(frozen=True)
class PassageText:
    """One passage in one language.

    ``parts`` are what may be quoted. ``windows`` are its sentences, and each two that
    follow each other in a part. ``numbers`` are all that it says, its dose included.
    """

    language: Language
    parts: tuple[str, ...]
    windows: tuple[Reading, ...]
    whole: Reading
    numbers: tuple[Number, ...]

    def holds(self, text: str) -> bool:
        """Whether a text is one of the parts, or whole sentences of one."""
        wanted = normalise_text(text).strip()
        return any(_holds_sentences(part, wanted) for part in self.parts)


@functools.lru_cache(maxsize=2048)
def read_passage(passage: EvidencePassage, language: Language) -> PassageText:
    """Read a passage in a language, in its own where it has no translation."""
    quotes = read_quotes(passage, language)
    parts = tuple(dict.fromkeys(_list_parts(passage, quotes)))
    windows = []
    for part in parts:
        sentences = split_sentences(part)
        windows += [read_text(sentence, quotes.language) for sentence in sentences]
        windows += [
            read_text(f"{first} {second}", quotes.language)
            for first, second in itertools.pairwise(sentences)
        ]
    numbers = [
        number
        for part in parts
        for sentence in split_sentences(part)
        for number in _spread_units(find_numbers(sentence))
    ]
    return PassageText(
        quotes.language,
        parts,
        tuple(windows),
        read_text(" ".join(parts), quotes.language),
        (*numbers, *_list_dose_numbers(passage)),
    )


def _list_parts(passage: EvidencePassage, quotes: CardQuotes) -> Iterator[str]:
    texts: list[str | None] = [
        quotes.title,
        quotes.question,
        quotes.fault,
        quotes.cause,
        quotes.consequence,
        quotes.answer,
        quotes.exercise,
        quotes.cue,
        quotes.drill,
        quotes.load,
        quotes.basis,
        *quotes.progression,
        *quotes.contraindications,
        quotes.age_limits,
        quotes.success,
    ]
    if quotes.question is not None:
        # A question that can be answered by a word is quoted with its answer.
        texts += [
            f"{quotes.question} {quotes.answer}",
            f"{quotes.question}{quotes.answer}",
        ]
    if not any((quotes.fault, quotes.drill, quotes.answer)):
        texts.append(passage.text)
    yield from (normalise_text(text).strip() for text in texts if text)


def _spread_units(numbers: Sequence[Number]) -> Iterator[Number]:
    """Give numbers without a unit that of the one before as well: "90 deg, not 115"."""
    unit = None
    for number in numbers:
        yield number
        if number.unit is None and unit is not None and not number.is_ordinal:
            yield replace(number, unit=unit)
        unit = number.unit or unit


def _list_dose_numbers(passage: EvidencePassage) -> Iterator[Number]:
    dose = passage.payload.get("dose", {})
    for name, unit in _DOSE_UNITS.items():
        if dose.get(name) is not None:
            yield Number(float(dose[name]), 0, unit, str(dose[name]))


def _holds_sentences(part: str, wanted: str) -> bool:
    start = part.find(wanted)
    if start < 0 or not wanted:
        return False
    end = start + len(wanted)
    before, after = part[:start].rstrip(), part[end:]
    starts = not before or before[-1] in _SENTENCE_ENDS
    ends = not after.strip() or wanted[-1] in _SENTENCE_ENDS
    return starts and ends
