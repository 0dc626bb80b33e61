"""Reduces a text to what near-duplicates share: hashed shingles, and its facts.

Finding near-duplicates among many texts is in ``duplicates.py``.
"""

import re
import zlib

import numpy as np

_TERM = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
# Three words, or the five characters that make about three Chinese words.
_WORDS = 3
_CHARACTERS = 5
# A text with another number, or with a "not" more, says something else. "t" is what is
# left of "don't".
_FACT_WORDS = (
    "not no never none without neither nor cannot t avoid unless only left right"
    " above below toward towards away more less with in out inside outside inward"
    " inwards outward outwards up down upward upwards downward downwards forward"
    " forwards back backward backwards internal external medial lateral inner outer"
    " pronated supinated increase increases increased increasing decrease decreases"
    " decreased decreasing flex flexed flexes flexion extend extended extends"
    " extension abduction adduction"
)
_FACT_CHARACTERS = "不无無未没沒非勿别左右上下内外前后增减屈伸"
_FACTS = frozenset([*_FACT_WORDS.split(), *_FACT_CHARACTERS])


def find_shingles(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Find the hashed shingles of a text, and its hashed facts.

    Returns
    -------
    Hashes ``(S,)``, uint32, ascending, each once; empty where there are no words. The
    facts ``(F,)``, uint32, in the order of the text, are what must not differ between
    copies: numbers, negations, sides and directions, few words of a text but another
    dose or the opposite advice.
    """
    terms = _TERM.findall(text.lower())
    width = _CHARACTERS if _is_chinese(text, terms) else _WORDS
    count = max(1, len(terms) - width + 1) if terms else 0
    hashes = {
        zlib.crc32(" ".join(terms[first : first + width]).encode())
        for first in range(count)
    }
    facts = [
        zlib.crc32(term.encode())
        for term in terms
        if term in _FACTS or term[0].isdigit()
    ]
    return (
        np.sort(np.fromiter(hashes, dtype=np.uint32, count=len(hashes))),
        np.array(facts, dtype=np.uint32),
    )


def compute_jaccard_ratio(first: np.ndarray, second: np.ndarray) -> float:
    """Compute how many shingles two texts share of all that they have; 0 for none."""
    shared = len(np.intersect1d(first, second, assume_unique=True))
    every = len(first) + len(second) - shared
    return shared / every if every else 0.0


def follows_in_order(part: np.ndarray, whole: np.ndarray) -> bool:
    """Tell whether the facts of one text are all in another, in the same order."""
    left = iter(whole.tolist())
    return all(fact in left for fact in part.tolist())


def is_contained(part: np.ndarray, whole: np.ndarray) -> bool:
    """Tell whether every shingle of one text is in another."""
    return len(np.intersect1d(part, whole, assume_unique=True)) == len(part)


def _is_chinese(text: str, terms: list[str]) -> bool:
    return not text.isascii() and 2 * len(_CHINESE.findall(text)) > len(terms)
