"""Fits when a search by an embedding model returns nothing, on questions of both kinds.

Cosines of different models are not alike, so that each needs limits of its own. Which
questions are asked is the caller's business; what the limits do is in
``retrieval_abstention.py``.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.embedding_models import ModelRegistry
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.retrieval_abstention import DEFAULT_RULE, AbstentionRule

LEAST_QUESTIONS = 10
"""Chosen: of each kind; fewer would fit the limits to their chance."""

_KINDS = ("answered", "unanswered")
# Finer steps would fit the questions at hand, not the model.
_SIMILARITY_STEP, _RELIEF_STEP, _MOST_RELIEF = 0.01, 0.05, 0.8


@dataclass(frozen=True)
class CalibrationQuestions:
    """Questions that the knowledge base answers, and ones that it must not answer."""

    answered: tuple[str, ...]
    unanswered: tuple[str, ...]


@dataclass(frozen=True)
class Closeness:
    """How close the best passages came to a question."""

    best_similarity: float
    word_share_ratio: float


@dataclass(frozen=True)
class FittedRule:
    """A rule and how often it was wrong on the questions that it was fitted on."""

    rule: AbstentionRule
    wrongly_empty_ratio: float
    wrongly_answered_ratio: float


def load_calibration_questions(file: Path) -> CalibrationQuestions:
    """Load a TOML file with the lists ``answered`` and ``unanswered``.

    Raises
    ------
    KnowledgeError
        It is not such a file, or a list is too short.
    """
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise KnowledgeError(
            file.name, f"cannot be read ({error})", "write TOML in UTF-8"
        ) from error
    problems = [f"unknown key {name!r}" for name in table if name not in _KINDS]
    problems += [
        f"{kind}: fewer than {LEAST_QUESTIONS} different questions"
        for kind in _KINDS
        if len(_list_texts(table.get(kind))) < LEAST_QUESTIONS
    ]
    if problems:
        raise KnowledgeError(
            file.name,
            f"{len(problems)} problem(s)",
            "write two lists of questions: answered = [...] and unanswered = [...]",
            problems=problems,
        )
    return CalibrationQuestions(*(_list_texts(table[kind]) for kind in _KINDS))


def validate_searched(registry: ModelRegistry, name: str) -> None:
    """Check that searches are made by a model.

    Raises
    ------
    KnowledgeError
        It was never active, or its vectors were deleted.
    """
    model = registry.find(name)
    if model is None or not model.is_searched:
        raise KnowledgeError(
            f"embedding model {name}",
            "it was never active or its vectors are deleted, so no search asks it",
            "run `sportsgpt kb reembed`, then calibrate",
        )


def measure_closeness(
    retriever: PostgresRetriever, questions: Sequence[str]
) -> list[Closeness]:
    """Search each question and keep how close the best passages came.

    Questions in a language that the model does not know are left out: similarity does
    not decide there.
    """
    results = [retriever.search(question, wanted=1) for question in questions]
    return [
        Closeness(result.best_similarity, result.word_share_ratio)
        for result in results
        if result.best_similarity is not None
    ]


def fit_rule(
    answered: Sequence[Closeness], unanswered: Sequence[Closeness]
) -> FittedRule:
    """Fit the limits that are wrong least often, both kinds of questions alike.

    Of limits that are equally good the middle ones are taken: the middle weight of the
    words, and of the similarities that go with it the middle one.

    Raises
    ------
    KnowledgeError
        Too few questions of a kind.
    """
    if min(len(answered), len(unanswered)) < LEAST_QUESTIONS:
        raise KnowledgeError(
            "calibration",
            f"{len(answered)} answered and {len(unanswered)} unanswered questions are "
            "in a language that the model knows",
            f"give at least {LEAST_QUESTIONS} of each",
        )
    best: dict[float, list[tuple[float, float, float]]] = {}
    least_cost = np.inf
    for relief in np.arange(0.0, _MOST_RELIEF + _RELIEF_STEP / 2, _RELIEF_STEP):
        of_answered = _reach(answered, relief)
        of_unanswered = _reach(unanswered, relief)
        for least in np.arange(0.0, 1.0 + _MOST_RELIEF, _SIMILARITY_STEP):
            empty = float(np.mean(of_answered < least))
            wrong = float(np.mean(of_unanswered >= least))
            cost = empty + wrong
            if cost < least_cost - 1e-9:
                least_cost, best = cost, {}
            if cost <= least_cost + 1e-9:
                best.setdefault(float(relief), []).append((float(least), empty, wrong))
    relief, equal = list(best.items())[len(best) // 2]
    least, empty, wrong = equal[len(equal) // 2]
    rule = AbstentionRule(
        round(least, 2), round(relief, 2), DEFAULT_RULE.least_word_share
    )
    return FittedRule(rule, empty, wrong)


def _reach(asked: Sequence[Closeness], relief: float) -> np.ndarray:
    """Compute what each question reaches: similarity and what the words add to it."""
    return np.array(
        [one.best_similarity + relief * one.word_share_ratio for one in asked]
    )


def _list_texts(found: object) -> tuple[str, ...]:
    if not isinstance(found, list):
        return ()
    texts = (text.strip() for text in found if isinstance(text, str))
    return tuple(dict.fromkeys(filter(None, texts)))
