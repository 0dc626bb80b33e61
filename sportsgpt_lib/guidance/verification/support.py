"""Whether the passages that a sentence cites say what it says.

A quotation is borne out by itself. Other sentences are compared with the passages' own
sentences: by their words, by their meaning where an embedding model is at hand, and for
added absolutes and things that the passages do not speak of. What was moved is found in
``moved_parts.py``, what was turned round in ``contradictions.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.guidance.verification.contradictions import find_contradiction
from sportsgpt_lib.guidance.verification.lexicon import load_lexicon
from sportsgpt_lib.guidance.verification.moved_parts import (
    find_added_number,
    find_moved_number,
    find_moved_word,
)
from sportsgpt_lib.guidance.verification.overlap import (
    LEAST_CLAUSE_UNITS,
    compute_best_share,
    compute_share,
)
from sportsgpt_lib.guidance.verification.passage_texts import PassageText
from sportsgpt_lib.guidance.verification.verdicts import Fault
from sportsgpt_lib.guidance.verification.words import (
    Reading,
    canonical_words,
    read_text,
)
from sportsgpt_lib.language import Language


@dataclass(frozen=True)
class SupportLimits:
    """How much of a sentence its passages must say; shares of its words with content.

    ``alone`` is enough by itself, ``with_similarity`` where the nearest cited sentence
    is at least ``similarity`` close; ``clause`` is asked of each clause.
    """

    alone: float
    with_similarity: float
    similarity: float
    clause: float


# Chosen on one half of the benchmark's cases (benchmarks/guidance/verifier.py): the
# lowest that let at most two clean sentences in a hundred fail.
LIMITS: dict[Language, SupportLimits] = {
    "en": SupportLimits(0.62, 0.45, 0.62, 0.34),
    "zh": SupportLimits(0.62, 0.35, 0.62, 0.25),
}
# Where something comes from is never left to a paraphrase.
_LEAST_OF_CAUSE = 0.6


@dataclass(frozen=True)
class Support:
    """How far passages bear a sentence out, and the sentences nearest to it."""

    fault: Fault | None
    ratio: float
    nearest: tuple[Reading, ...] = ()


def judge_support(
    text: str,
    language: Language,
    passages: Sequence[PassageText],
    fact_words: Reading | None,
    similarity: float | None,
) -> Support:
    """Judge whether passages bear a sentence out.

    Parameters
    ----------
    text, language
        The sentence, which is no quotation.
    passages
        What it cites, in that language.
    fact_words
        The names of the facts that it cites as well, and the words of reporting.
    similarity
        Cosine to the nearest cited sentence; None = no model was asked.
    """
    reading = read_text(text, language)
    own = fact_words.units if fact_words else frozenset()
    units = reading.units - own
    windows = [window for passage in passages for window in passage.windows]
    nearest = sorted(windows, key=lambda window: -_weigh(units, window.units))[:3]
    ratio = compute_share(units, nearest[0].units if nearest else frozenset())
    fault = (
        _find_strange_word(reading, passages, fact_words)
        or _find_uncovered(
            reading, windows, own, language, ratio=ratio, similarity=similarity
        )
        or find_moved_number(reading, windows)
        or find_added_number(reading, windows, ratio, fact_words)
        or find_moved_word(reading, units, windows, passages, fact_words)
        or find_contradiction(reading, nearest, load_lexicon(language))
    )
    return Support(fault, ratio, tuple(nearest))


def _weigh(units: frozenset[str], window: frozenset[str]) -> float:
    """Weigh a window by what it says of the sentence, shorter ones first."""
    shared = len(units & window)
    return shared - 0.05 * len(window - units)


def _find_strange_word(
    reading: Reading, passages: Sequence[PassageText], fact_words: Reading | None
) -> Fault | None:
    said: set[str] = set()
    strong: set[str] = set()
    readings = [passage.whole for passage in passages]
    for one in [*readings, *([fact_words] if fact_words else [])]:
        said |= one.domain | one.units
        strong |= one.absolutes
    strange = sorted(reading.domain - said)
    if strange:
        return Fault(
            "support", f"it speaks of {strange[0]!r}…, which nothing it cites does"
        )
    absolute = sorted(reading.absolutes - strong)
    if absolute:
        return Fault("support", f"nothing that it cites is as sure as {absolute[0]!r}…")
    return None


def _find_uncovered(
    reading: Reading,
    windows: Sequence[Reading],
    own: frozenset[str],
    language: Language,
    *,
    ratio: float,
    similarity: float | None,
) -> Fault | None:
    limits = LIMITS[language]
    is_near = similarity is not None and similarity >= limits.similarity
    least = limits.with_similarity if is_near else limits.alone
    if ratio < least:
        return Fault("support", "its words are not those of the passage it cites")
    for clause in reading.clauses:
        part = clause.units - own
        is_long = len(part) >= LEAST_CLAUSE_UNITS or clause.is_cause
        least = _LEAST_OF_CAUSE if clause.is_cause else limits.clause
        if is_long and compute_best_share(part, windows) < least:
            return Fault(
                "support", f"nothing that it cites says {clause.text.strip()!r}"
            )
    return None


def read_fact_words(names: Sequence[str], language: Language) -> Reading:
    """Read the names of cited facts, with the words that reporting needs."""
    lexicon = load_lexicon(language)
    reading = read_text(" ".join(names), language)
    reporting = (
        canonical_words(lexicon.reporting, lexicon)
        if language == "en"
        else read_text(" ".join(sorted(lexicon.reporting)), language).units
    )
    return Reading(
        reading.text,
        reading.units | reporting,
        reading.words,
        reading.domain,
        reading.absolutes,
        (),
        reading.sentence,
    )
