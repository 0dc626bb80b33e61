"""What the verifier knows of a language: words without content, opposites, diagnoses.

The words themselves are in ``lexicon_en.toml`` and ``lexicon_zh.toml``. How a text is
cut into words is in ``words.py``; the words that reports themselves are made of come
from the catalogues of ``wording.py``.
"""

import functools
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sportsgpt_lib.language import Language

_SUFFIXES = ("ingly", "edly", "ness", "ing", "ied", "ies", "ed", "ly")
_LEAST_STEM = 3
# Chosen: "acceleration" and "accelerate" share seven letters.
_STEM_LETTERS = 7
# Tables of the report's wording whose sentences rest on facts.
_TABLES_ON_FACTS = (
    *("list", "label", "place", "value", "summary", "strength", "close", "finding"),
    "success",
)
_PART = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Lexicon:
    """The words of one language, as stems in English and as written in Chinese.

    ``reporting`` may stand in a sentence that rests on facts alone; ``claims`` may not
    unless the report's own wording has them there. ``canonical`` maps words of one
    meaning to one of them. Each of ``opposites`` is a pair of directions.
    """

    language: Language
    stop: frozenset[str]
    reporting: frozenset[str]
    claims: frozenset[str]
    domain: frozenset[str]
    absolutes: frozenset[str]
    negations: frozenset[str]
    not_negations: frozenset[str]
    compounds: tuple[str, ...]
    opposites: tuple[tuple[frozenset[str], frozenset[str]], ...]
    canonical: Mapping[str, str]
    diagnoses: re.Pattern[str]


@functools.cache
def load_lexicon(language: Language) -> Lexicon:
    """Load the lexicon of a language; read once per process."""
    folder = resources.files("sportsgpt_lib.guidance.verification")
    path = folder / f"lexicon_{language}.toml"
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    read = stem if language == "en" else str
    words: dict[str, frozenset[str]] = {
        name: frozenset(map(read, content.get(name, "").split()))
        for name in ("stop", "reporting", "claims", "domain", "absolutes")
    }
    opposites = tuple(
        (_read_words(first, read), _read_words(second, read))
        for first, second in content["opposites"]
    )
    return Lexicon(
        language=language,
        stop=words["stop"],
        reporting=words["reporting"],
        claims=words["claims"],
        domain=words["domain"],
        absolutes=words["absolutes"],
        negations=frozenset(content["negations"].split()),
        not_negations=frozenset(content.get("not_negations", "").split()),
        compounds=tuple(
            sorted(content.get("compounds", "").split(), key=len, reverse=True)
        ),
        opposites=opposites,
        canonical=_read_same(content["same"], read),
        diagnoses=_compile_diagnoses(content["diagnoses"], language),
    )


@functools.lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Reduce an English word to what its forms share.

    Examples
    --------
    >>> stem("landings"), stem("landed"), stem("knees"), stem("stopped")
    ('land', 'land', 'kne', 'stop')
    """
    base = word.lower()
    if base.endswith("s") and not base.endswith(("ss", "us", "is")):
        base = base[:-1] if len(base) > _LEAST_STEM else base
    for suffix in _SUFFIXES:
        if base.endswith(suffix) and len(base) - len(suffix) >= _LEAST_STEM:
            base = base.removesuffix(suffix)
            base += "i" if suffix in ("ied", "ies") else ""
            break
    if len(base) > _LEAST_STEM and base[-1] == base[-2] and base[-1] not in "aeos":
        base = base[:-1]
    if len(base) > _LEAST_STEM and base[-1] == "y":
        base = base[:-1] + "i"
    if len(base) > _LEAST_STEM and base[-1] == "e":
        base = base[:-1]
    return base[:_STEM_LETTERS]


@functools.cache
def list_report_words(language: Language) -> tuple[str, ...]:
    """List what the report's own wording says of facts, without what is filled in."""
    folder = resources.files("sportsgpt_lib.guidance")
    content = tomllib.loads((folder / f"words_{language}.toml").read_text("utf-8"))
    texts = _iterate_texts([content[table] for table in _TABLES_ON_FACTS])
    return tuple(_PART.sub(" ", text) for text in texts)


def _iterate_texts(content: Any) -> Iterable[str]:
    if isinstance(content, str):
        yield content
        return
    for part in content if isinstance(content, list) else content.values():
        yield from _iterate_texts(part)


def _read_words(text: str, read: Any) -> frozenset[str]:
    return frozenset(read(word) for word in text.replace("-", " ").split())


def _read_same(groups: Iterable[str], read: Any) -> dict[str, str]:
    canonical: dict[str, str] = {}
    for group in groups:
        words = [read(word) for word in group.split()]
        first = canonical.get(words[0], words[0])
        for word in words:
            canonical.setdefault(word, first)
    return canonical


def _compile_diagnoses(text: str, language: Language) -> re.Pattern[str]:
    words = [word.strip() for line in text.split("\n") for word in line.split("|")]
    joined = "|".join(sorted(filter(None, words), key=len, reverse=True))
    pattern = rf"\b(?:{joined})\b" if language == "en" else f"(?:{joined})"
    return re.compile(pattern, re.IGNORECASE)
