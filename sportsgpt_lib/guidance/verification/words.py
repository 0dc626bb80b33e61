"""Cuts a text into sentences, clauses and words that can be compared.

An English word is its stem, words of one meaning alike. Chinese is compared by its
characters and by pairs of them. What follows from a comparison is in ``support.py`` and
``claims.py``.
"""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sportsgpt_lib.guidance.numbers import normalise_text
from sportsgpt_lib.guidance.verification.lexicon import Lexicon, load_lexicon, stem
from sportsgpt_lib.language import ENGLISH_ONLY_MARK, Language

_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
_HAN_RUN = re.compile(r"[\u4e00-\u9fff]+")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9])|(?<=[。!?])")
_CLAUSE_END = {
    "en": re.compile(
        r"[,;:!?()—]|\.(?:\s|$)|\s[–-]\s|\b(?:because|but|while|whereas|although|though"
        r"|so that|so|which|who|therefore|due to|owing to|as a result|since|and)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"[,;:!?()。]|但是|但|因为|由于|所以|因此|从而|以便|而且|并且"),
}
_INSTEAD = re.compile(
    r"\b(?:instead of|rather than|in place of)\b|\bless (?=(?:high|far|deep|strong|"
    r"stiff|soft|fast|quick|long|wide|often)\b)"
)
# Words such as "stays" join a direction to what it is of.
_STAYING = stem("keep")
_GENITIVE = re.compile(r"'s\b|(?<=s)'")
_CAUSE = {
    "en": re.compile(
        r"\b(?:because|due to|owing to|caused by|result of|results? from|stems? from|"
        r"comes? from|reason|since|thanks to|as a consequence)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r"因为|由于|原因|源于|导致|造成|引起"),
}


Turn = tuple[int, int, str]
"""A direction beside a word: the pair of opposites, the side, and that word."""


@dataclass(frozen=True)
class Clause:
    """A part of a sentence, or all of it.

    ``units`` are what coverage is counted in; ``words`` all words of which directions
    are read, and ``turns`` what they stand beside; ``is_cause``: it says where
    something comes from.
    """

    text: str
    units: frozenset[str]
    words: frozenset[str]
    turns: frozenset[Turn]
    negation_count: int
    is_cause: bool


@dataclass(frozen=True)
class Reading:
    """A text, read. ``domain`` and ``absolutes`` are its words of those kinds."""

    text: str
    units: frozenset[str]
    words: frozenset[str]
    domain: frozenset[str]
    absolutes: frozenset[str]
    clauses: tuple[Clause, ...]
    sentence: Clause


def find_language(text: str) -> Language:
    """Tell whether a text is in Chinese: a fifth of its letters are Han characters."""
    han = len(_HAN.findall(text))
    return "zh" if han and 5 * han >= len(text.replace(" ", "")) else "en"


def strip_mark(text: str) -> str:
    """Take away the mark of words that exist in English only."""
    return text.removeprefix(ENGLISH_ONLY_MARK)


@functools.lru_cache(maxsize=16_384)
def split_sentences(text: str) -> tuple[str, ...]:
    """Split a text into its sentences."""
    parts = _SENTENCE_END.split(normalise_text(text))
    return tuple(part.strip() for part in parts if part.strip())


@functools.lru_cache(maxsize=16_384)
def read_text(text: str, language: Language) -> Reading:
    """Read a text in a language."""
    lexicon = load_lexicon(language)
    plain = normalise_text(text)
    words = list_words(plain, lexicon)
    return Reading(
        text=plain,
        units=_find_units(words, plain, lexicon),
        words=frozenset(words),
        domain=_find_known(words, plain, lexicon, lexicon.domain),
        absolutes=_find_known(words, plain, lexicon, lexicon.absolutes),
        clauses=tuple(_read_clauses(plain, lexicon)),
        sentence=_read_clause(plain, lexicon),
    )


def list_words(text: str, lexicon: Lexicon) -> tuple[str, ...]:
    """List the words of a text, canonical; of Chinese, all known ones that it holds."""
    if lexicon.language == "en":
        return tuple(stem(word) for word in _WORD.findall(_drop_genitives(text)))
    text = _write_same(text, "zh")
    for compound in lexicon.compounds:
        text = text.replace(compound, " ")
    found = []
    for word in _list_directions():
        if word in text:
            found.append(word)
            text = text.replace(word, " ")
    return tuple(found)


def _drop_genitives(text: str) -> str:
    return _GENITIVE.sub(
        "", text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    )


def canonical_words(words: frozenset[str], lexicon: Lexicon) -> frozenset[str]:
    """Replace words by the one that stands for all of their meaning."""
    return frozenset(lexicon.canonical.get(word, word) for word in words)


def _find_units(words: tuple[str, ...], text: str, lexicon: Lexicon) -> frozenset[str]:
    if lexicon.language == "en":
        content = frozenset(word for word in words if word not in lexicon.stop)
        return canonical_words(content, lexicon)
    same = _write_same(text, "zh")
    pieces = _split_han(same, lexicon)
    singles = {letter for piece in pieces for letter in piece}
    pairs = {piece[i : i + 2] for piece in pieces for i in range(len(piece) - 1)}
    return frozenset(singles | pairs)


def _split_han(text: str, lexicon: Lexicon) -> list[str]:
    """Split Chinese into runs of characters with content."""
    kept = "".join(
        letter if _HAN.match(letter) and letter not in lexicon.stop else " "
        for letter in text
    )
    return kept.split()


def _find_known(
    words: tuple[str, ...], text: str, lexicon: Lexicon, known: frozenset[str]
) -> frozenset[str]:
    if lexicon.language == "en":
        found = frozenset(word for word in words if word in known)
        return canonical_words(found, lexicon)
    same = _write_same(text, "zh")
    written = (_write_same(word, "zh") for word in known)
    return frozenset(word for word in written if word in same)


def _read_clauses(text: str, lexicon: Lexicon) -> list[Clause]:
    starts = [0]
    ends = []
    for match in _CLAUSE_END[lexicon.language].finditer(text):
        ends.append(match.start())
        starts.append(match.start())
    ends.append(len(text))
    clauses = []
    for start, end in zip(starts, ends, strict=True):
        clause = _read_clause(text[start:end], lexicon)
        if clause.units or clause.words:
            clauses.append(clause)
    return clauses


def _read_clause(text: str, lexicon: Lexicon) -> Clause:
    words = list_words(text, lexicon)
    return Clause(
        text,
        _find_units(words, text, lexicon),
        frozenset(words),
        _find_turns(words, text, lexicon),
        _count_negations(text, lexicon),
        bool(_CAUSE[lexicon.language].search(text)),
    )


def _find_turns(words: tuple[str, ...], text: str, lexicon: Lexicon) -> frozenset[Turn]:
    """Find what the words of direction stand beside."""
    if lexicon.language == "zh":
        return frozenset(_find_chinese_turns(text, lexicon))
    content = [
        word
        for word in words
        if (word not in lexicon.stop or word in _list_sides("en"))
        and lexicon.canonical.get(word) != _STAYING
    ]
    turns = set()
    for place, word in enumerate(content):
        for pair, side in _list_sides("en").get(word, ()):
            for other in (place - 1, place + 1):
                if 0 <= other < len(content):
                    beside = lexicon.canonical.get(content[other], content[other])
                    turns.add((pair, side, beside))
    return frozenset(turns)


def _find_chinese_turns(text: str, lexicon: Lexicon) -> Iterator[Turn]:
    written = _write_same(text, "zh")
    for compound in lexicon.compounds:
        written = written.replace(compound, "".join("〇" for _ in compound))
    for word in _list_directions():
        for match in re.finditer(re.escape(word), written):
            before = _HAN_RUN.findall(written[: match.start()])
            for pair, side in _list_sides("zh").get(word, ()):
                if before:
                    yield pair, side, before[-1][-2:]


@functools.cache
def _list_sides(language: Language) -> dict[str, list[tuple[int, int]]]:
    """List, for each word of direction, its pairs of opposites and its side there."""
    sides: dict[str, list[tuple[int, int]]] = {}
    for number, pair in enumerate(load_lexicon(language).opposites):
        for side, words in enumerate(pair):
            for word in words:
                sides.setdefault(word, []).append((number, side))
    return sides


def _count_negations(text: str, lexicon: Lexicon) -> int:
    if lexicon.language == "en":
        lowered = _INSTEAD.sub(" not ", text.lower().replace("not only", ""))
        return sum(
            word in lexicon.negations or word.endswith("n't")
            for word in _WORD.findall(lowered)
        )
    for word in lexicon.not_negations:
        text = text.replace(word, "")
    count = 0
    for word in sorted(lexicon.negations, key=len, reverse=True):
        count += text.count(word)
        text = text.replace(word, "")
    return count


@functools.lru_cache(maxsize=16_384)
def _write_same(text: str, language: Language) -> str:
    """Write words of one meaning by the first of them."""
    for word, first in _list_replacements(language):
        text = text.replace(word, first)
    return text


@functools.cache
def _list_replacements(language: Language) -> tuple[tuple[str, str], ...]:
    canonical = load_lexicon(language).canonical
    pairs = [(word, first) for word, first in canonical.items() if word != first]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@functools.cache
def _list_directions() -> tuple[str, ...]:
    """List the Chinese words that say a direction, the longest first."""
    pairs = load_lexicon("zh").opposites
    words = {word for pair in pairs for side in pair for word in side}
    return tuple(sorted(words, key=lambda word: (-len(word), word)))
