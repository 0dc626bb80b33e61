"""What a finished report says, sentence by sentence, and what supports it.

Numbers and words are looked up here by rules of this package's own and not by the
verifier's, so that an evaluation does not merely repeat the verifier's verdict.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sportsgpt_lib.guidance.numbers import find_numbers
from sportsgpt_lib.guidance.report import (
    Fact,
    FindingSection,
    GuidanceReport,
    PlanItem,
    Sentence,
)
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.language import ENGLISH_ONLY_MARK

Part = Literal["overview", "seen", "reasoned", "trained"]

# Chosen: as the deterministic rule of the verifier, half of the words.
LEAST_SUPPORT_RATIO = 0.5
_STEM_LETTERS = 5
# Chosen: more than the starter has.
_PASSAGES_KEPT = 2048
_LATIN_WORD = re.compile(r"[a-z]{4,}")
_HAN_RUN = re.compile(r"[\u3400-\u9fff]+")


@dataclass(frozen=True)
class Statement:
    """One sentence of a report and the part that it stands in.

    ``overview``: summary, strengths, what is near a limit. ``seen``: what a finding
    rests on. ``reasoned``: why it matters and its cause. ``trained``: of an exercise.
    """

    part: Part
    sentence: Sentence


def list_statements(report: GuidanceReport) -> tuple[Statement, ...]:
    """List all sentences of a report, in its order."""
    overview = (*report.summary, *report.strengths, *report.close_to_limit)
    statements = [Statement("overview", sentence) for sentence in overview]
    for finding in report.findings:
        statements += [Statement("seen", sentence) for sentence in finding.seen]
        statements += [
            Statement("reasoned", sentence)
            for sentence in (*finding.why, *finding.cause)
        ]
    for item in report.plan:
        statements += [
            Statement("trained", sentence) for sentence in list_plan_sentences(item)
        ]
    return tuple(statements)


def list_finding_sentences(finding: FindingSection) -> tuple[Sentence, ...]:
    """List the sentences on one finding."""
    return (*finding.seen, *finding.why, *finding.cause)


def list_plan_sentences(item: PlanItem) -> tuple[Sentence, ...]:
    """List the sentences on one exercise."""
    return (
        *item.how,
        *item.progression,
        *item.cue,
        *item.contraindications,
        *item.age_limits,
        *item.success,
    )


def count_grounded_numbers(
    sentence: Sentence,
    facts: Mapping[str, Fact],
    passages: Mapping[str, EvidencePassage],
    names: Sequence[str] = (),
) -> tuple[int, int]:
    """Count the numbers of a sentence that what it cites holds, and all its numbers.

    ``names`` are names of issues, which may hold a number ("the first step").

    Notes
    -----
    A number is grounded where a number of a cited fact, or one written in a cited
    passage or in a fact's words, rounds to it. Units are not compared: the verifier
    does.
    """
    numbers = find_numbers(sentence.text)
    if not numbers:
        return 0, 0
    values = [
        value
        for name in sentence.facts
        if name in facts
        for value in _list_values(facts[name].model_dump(mode="python"))
    ]
    for name in sentence.passages:
        if name in passages:
            values += _read_passage(passages[name]).numbers
    values += [number.value for text in names for number in find_numbers(text)]
    grounded = sum(
        any(
            abs(number.value - value) <= _half_digit(number.decimals)
            for value in values
        )
        for number in numbers
    )
    return grounded, len(numbers)


def compute_support_ratio(text: str, passage: EvidencePassage) -> float:
    """Compute the share of a sentence's words that a passage holds, 0 to 1.

    English words count by their beginning, Chinese text by pairs of characters.
    1 where the sentence has no such words.
    """
    terms = _find_terms(text.removeprefix(ENGLISH_ONLY_MARK))
    if not terms:
        return 1.0
    return len(terms & _read_passage(passage).terms) / len(terms)


def is_supported(text: str, passage: EvidencePassage) -> bool:
    """Whether a passage holds enough of a sentence's words to count as its source."""
    return compute_support_ratio(text, passage) >= LEAST_SUPPORT_RATIO


def join_texts(sentences: Sequence[Sentence]) -> str:
    """Join the texts of sentences, in small letters, for looking up words."""
    return " ".join(sentence.text for sentence in sentences).lower()


def _half_digit(decimals: int) -> float:
    return 0.5 * 10.0**-decimals * (1.0 + 1e-9)


def _list_values(content: Any) -> Iterator[float]:
    """List all numbers in a fact, and those written in its words."""
    if isinstance(content, bool):
        return
    if isinstance(content, int | float):
        yield float(content)
    elif isinstance(content, str):
        yield from (number.value for number in find_numbers(content))
    elif isinstance(content, Mapping):
        for part in content.values():
            yield from _list_values(part)


@dataclass(frozen=True)
class _PassageContent:
    numbers: tuple[float, ...]
    terms: frozenset[str]


@functools.lru_cache(maxsize=_PASSAGES_KEPT)
def _read_passage(passage: EvidencePassage) -> _PassageContent:
    """Read the numbers and words of a passage, its translations included."""
    texts = [passage.title, passage.text, *_walk_texts(passage.payload)]
    return _PassageContent(
        tuple(number.value for text in texts for number in find_numbers(text)),
        _find_terms(" ".join(texts)),
    )


def _walk_texts(content: Any) -> Iterator[str]:
    if isinstance(content, bool) or content is None:
        return
    if isinstance(content, str | int | float):
        yield str(content)
    elif isinstance(content, Mapping):
        for part in content.values():
            yield from _walk_texts(part)
    elif isinstance(content, Sequence):
        for part in content:
            yield from _walk_texts(part)


def _find_terms(text: str) -> frozenset[str]:
    small = text.lower()
    stems = {word[:_STEM_LETTERS] for word in _LATIN_WORD.findall(small)}
    pairs = {
        run[place : place + 2]
        for run in _HAN_RUN.findall(small)
        for place in range(len(run) - 1)
    }
    return frozenset(stems | pairs)
