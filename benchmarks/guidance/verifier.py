"""How much of what is wrong in reports the verifier catches, and what it lets stand.

Reports on the fixed cases get one fault each, of the kinds in
``corruptions/kinds.py``, in both languages, in the deterministic writer's words and in
a model's. Word lists and limits of the verifier were tuned on the movements of
``TUNED_ON`` with one half of the made-up causes, advice and diagnoses; what is measured
here is the other half.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.figures import Figure
from benchmarks.guidance.corruptions.edits import Corrupted, Seed
from benchmarks.guidance.corruptions.kinds import (
    CITATIONS,
    CORRUPTIONS,
    NUMERIC,
    UNSUPPORTED,
    corrupt,
)
from benchmarks.guidance.other_words import load_card_words, say_otherwise
from sportsgpt_lib.evaluation.cases import EvaluationCase, build_cases
from sportsgpt_lib.evaluation.shelf import load_shelf
from sportsgpt_lib.guidance.report_text import ReportText
from sportsgpt_lib.guidance.verification.grounding import find_number_fault
from sportsgpt_lib.guidance.verification.means import RULES_ONLY, Means, SimilarityMeter
from sportsgpt_lib.guidance.verification.passage_texts import read_passage
from sportsgpt_lib.guidance.verification.support import judge_support
from sportsgpt_lib.guidance.verifier import verify_text
from sportsgpt_lib.guidance.writer import DeterministicWriter
from sportsgpt_lib.knowledge.embedder import MiniLmEmbedder
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.language import Language
from sportsgpt_lib.sports.loader import movement_names

TUNED_ON = (
    *("countermovement_jump", "drop_landing", "running_stride", "sprint_late_phase"),
    *("sprint_start", "squat"),
)
_KNOWLEDGE = Path(__file__).parents[2] / "kb_ingest" / "starter"
_SEED = 7
_CONFIDENCE_Z = 1.96
_LEAST_NUMERIC_PCT = 99.0
_LEAST_UNSUPPORTED_PCT = 90.0
_MOST_FALSE_ALARMS_PCT = 2.0


@dataclass(frozen=True)
class Tried:
    """One corrupted report and whether its fault was taken out."""

    kind: str
    language: Language
    words: str
    corrupted: Corrupted
    is_caught: bool


@dataclass(frozen=True)
class Clean:
    """A true report: how many of its sentences were taken out, and which."""

    language: Language
    words: str
    sentence_count: int
    taken_out: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class _Written:
    """A true report, and in whose words it is."""

    case: EvaluationCase
    language: Language
    words: str
    text: ReportText


def measure() -> list[Figure]:
    """Measure the half that nothing was tuned on, by rules and with similarity."""
    figures = []
    for name, means in (
        ("rules", RULES_ONLY),
        ("rules and similarity", Means(SimilarityMeter(MiniLmEmbedder()))),
    ):
        tried, clean = run_half(1, means)
        figures += _describe_tried(name, tried) + _describe_clean(name, clean)
    return [*figures, *_measure_statements(1)]


def run_half(half: int, means: Means) -> tuple[list[Tried], list[Clean]]:
    """Try every kind of fault on one half of the cases; 0 = tuned on, 1 = reported."""
    tried: list[Tried] = []
    clean: list[Clean] = []
    for language in get_args(Language):
        cases = [
            case
            for case in build_cases(_KNOWLEDGE, language=language)
            if _is_of_half(case, half)
        ]
        shelf = load_shelf(_KNOWLEDGE).list_passages_of(None)
        for number, case in enumerate(cases):
            generator = np.random.default_rng([_SEED, half, number])
            for words, text in _write_both(case, generator):
                written = _Written(case, language, words, text)
                clean.append(_check_clean(written, means))
                seed = Seed(generator, _list_others(case, shelf), half)
                tried += _try_all(written, seed, means)
    return tried, clean


def _measure_statements(half: int) -> Iterator[Figure]:
    """Measure statements of cards in other words alone, each against its passage."""
    shelf = load_shelf(_KNOWLEDGE)
    wanted = [name for name in movement_names() if (name in TUNED_ON) == (half == 0)]
    passages = {
        passage.payload["card"]: passage
        for movement in wanted
        for passage in shelf.list_passages_of(movement)
        if passage.kind == "technique" and passage.payload["card"] in load_card_words()
    }
    for language in get_args(Language):
        for kind in ("clean", "wrong"):
            refused = [
                _is_refused(text, passage, language)
                for card, passage in passages.items()
                for text in getattr(load_card_words()[card], kind)[language]
            ]
            low, high = compute_interval_pct(sum(refused), len(refused))
            yield Figure(
                f"statements alone: {kind} ones refused {language}",
                100 * sum(refused) / len(refused),
                "%",
                note=f"{sum(refused)} of {len(refused)}; 95 % {low:.1f} to {high:.1f}",
            )


def _is_refused(text: str, passage: EvidencePassage, language: Language) -> bool:
    read = read_passage(passage, language)
    fault = find_number_fault(text, (), [read])
    return bool(fault or judge_support(text, language, [read], None, None).fault)


def compute_interval_pct(caught: int, count: int) -> tuple[float, float]:
    """Compute the 95 % Wilson interval of a share, in per cent."""
    if not count:
        return 0.0, 100.0
    share, square = caught / count, _CONFIDENCE_Z**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    reach = (
        _CONFIDENCE_Z
        * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
        / (1 + square / count)
    )
    return 100 * (middle - reach), 100 * (middle + reach)


def _is_of_half(case: EvaluationCase, half: int) -> bool:
    is_tuned = any(plan.movement in TUNED_ON for plan in case.plans)
    is_other = any(plan.movement not in TUNED_ON for plan in case.plans)
    return is_tuned and not is_other if half == 0 else is_other and not is_tuned


def _write_both(
    case: EvaluationCase, generator: np.random.Generator
) -> Iterator[tuple[str, ReportText]]:
    written = DeterministicWriter().write(case.case).text
    yield "own words", written
    yield "other words", say_otherwise(written, case.case, generator)


def _list_others(
    case: EvaluationCase, shelf: tuple[EvidencePassage, ...]
) -> list[EvidencePassage]:
    return [one for one in shelf if one.passage_id not in case.case.passages]


def _check_clean(written: _Written, means: Means) -> Clean:
    verified = verify_text(written.text, written.case.case, means)
    return Clean(
        written.language,
        written.words,
        len(verified.verdicts),
        tuple((one.check, one.text, one.reason) for one in verified.dropped),
    )


def _try_all(written: _Written, seed: Seed, means: Means) -> Iterator[Tried]:
    for kind in CORRUPTIONS:
        made = corrupt(kind, written.text, written.case.case, seed)
        if made is None:
            continue
        verified = verify_text(made.text, made.case, means)
        is_caught = any(one.text == made.fault for one in verified.dropped)
        yield Tried(kind, written.language, written.words, made, is_caught)


def _describe_tried(name: str, tried: list[Tried]) -> list[Figure]:
    figures = [Figure(f"{name}: corrupted reports", len(tried), "")]
    groups = (
        ("numeric faults", NUMERIC, _LEAST_NUMERIC_PCT),
        ("citation faults", CITATIONS, _LEAST_NUMERIC_PCT),
        ("unsupported statements", UNSUPPORTED, _LEAST_UNSUPPORTED_PCT),
    )
    for title, kinds, least in groups:
        for language in get_args(Language):
            own = [t for t in tried if t.kind in kinds and t.language == language]
            figures.append(_describe_share(f"{name}: {title} {language}", own, least))
    by_kind: dict[tuple[str, str], list[Tried]] = defaultdict(list)
    for one in tried:
        by_kind[one.kind, one.language].append(one)
    for (kind, language), own in sorted(by_kind.items()):
        figures.append(_describe_share(f"{name}: {kind} {language}", own, None))
    return figures


def _describe_share(name: str, tried: list[Tried], least: float | None) -> Figure:
    caught = sum(one.is_caught for one in tried)
    low, high = compute_interval_pct(caught, len(tried))
    share = 100 * caught / len(tried) if tried else None
    note = f"{caught} of {len(tried)}; 95 % {low:.1f} to {high:.1f}"
    return Figure(name, share, "%", aim=least, is_at_least=True, note=note)


def _describe_clean(name: str, clean: list[Clean]) -> list[Figure]:
    figures = []
    groups = Counter((one.language, one.words) for one in clean)
    for language, words in sorted(groups):
        own = [c for c in clean if (c.language, c.words) == (language, words)]
        sentences = sum(one.sentence_count for one in own)
        lost = sum(len(one.taken_out) for one in own)
        touched = sum(bool(one.taken_out) for one in own)
        for what, number, count in (
            ("true sentences taken out", lost, sentences),
            ("true reports touched", touched, len(own)),
        ):
            low, high = compute_interval_pct(number, count)
            is_sentence = what == "true sentences taken out"
            figures.append(
                Figure(
                    f"{name}: {what} {language}, {words}",
                    100 * number / count,
                    "%",
                    aim=_MOST_FALSE_ALARMS_PCT if is_sentence else None,
                    note=f"{number} of {count}; 95 % {low:.1f} to {high:.1f}",
                )
            )
    return figures
