"""Quality of retrieval on questions that were judged before anything was tuned.

All limits and weights were chosen on one half of ``quality_questions.toml``; what is
measured here is the other half. Times are those of the whole search by the retriever,
connection included. Re-ranking is measured with the embedding model's token vectors;
with a cross-encoder too where ``SPORTSGPT_RERANKER`` names its folder: none is shipped.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import psycopg

from benchmarks.figures import Figure
from benchmarks.knowledge.kept_vectors import KeptVectorsEmbedder
from benchmarks.knowledge.quality_base import open_base
from benchmarks.knowledge.quality_questions import (
    Half,
    Judgements,
    QuestionAsked,
    StoredPassage,
    judge,
    load_questions,
)
from benchmarks.knowledge.quality_scores import (
    compute_interval,
    compute_ndcg,
    compute_recall,
)
from sportsgpt_lib.knowledge.embedder import Embedder, MiniLmEmbedder
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.retrieval_abstention import DEFAULT_RULE, AbstentionRule
from sportsgpt_lib.knowledge.retrieval_fusion import FusionWeights
from sportsgpt_lib.knowledge.retrieval_rerank import (
    CrossEncoderReranker,
    Reranker,
    TokenReranker,
)

_NDCG_DEPTH, _RECALL_DEPTH = 10, 20
# Never abstain: in the order of the ranks, or by closeness as the default does.
_BY_RANK = AbstentionRule(None, 0.0, -1.0)
_BY_CLOSENESS = replace(DEFAULT_RULE, least_similarity=-1.0, least_word_share=-1.0)
_CHANNELS: Mapping[str, Mapping[str, Any]] = {
    "vector only": {"weights": FusionWeights(1.0, 0.0), "rule": _BY_RANK},
    "text only": {"weights": FusionWeights(0.0, 1.0), "rule": _BY_RANK},
    "fused by rank": {"rule": _BY_RANK},
    "fused": {"rule": _BY_CLOSENESS},
}
_RERANKER_VARIABLE = "SPORTSGPT_RERANKER"
_PASSAGES_SQL = """
    select
        passage_id, kind, title, passage_text, movements, issues,
        array[collection || ' ' || source_id] || array(
            select sources.collection || ' ' || sources.source_id
            from knowledge.passage_links
            inner join knowledge.sources using (source_id)
            where kept_passage_id = passages_in_use.passage_id
        )
    from knowledge.passages_in_use
"""


@dataclass(frozen=True)
class _Asked:
    """One question with the ranking that it got."""

    question: QuestionAsked
    ranking: tuple[str, ...]


def measure() -> list[Figure]:
    """Measure every channel, the fused default and the abstention."""
    embedder = KeptVectorsEmbedder(MiniLmEmbedder())
    with open_base(embedder) as url:
        return measure_base(url, embedder, "report")


def measure_base(url: str, embedder: Embedder, half: Half) -> list[Figure]:
    """Measure one half of the questions on a base that is filled already."""
    questions = [one for one in load_questions() if one.half == half]
    judged = judge(load_questions(), load_passages(url))
    figures = [
        Figure("passages", len(load_passages(url)), ""),
        Figure("locators that match no passage", len(judged.lost), "", must=0),
    ]
    for name, settings in list_rankings().items():
        retriever = PostgresRetriever(url, embedder, **settings)
        asked = [_ask(retriever, one) for one in questions if one.has_answer]
        figures += _score(name, asked, judged)
    figures += _measure_abstention(PostgresRetriever(url, embedder), questions)
    figures += _measure_time(PostgresRetriever(url, embedder), questions)
    return figures


def list_rankings() -> dict[str, Mapping[str, Any]]:
    """List the rankings that are measured, with the retriever's settings of each."""
    rerankers: dict[str, Reranker] = {"tokens": TokenReranker(MiniLmEmbedder())}
    if folder := os.environ.get(_RERANKER_VARIABLE):
        rerankers["cross-encoder"] = CrossEncoderReranker(Path(folder))
    return dict(_CHANNELS) | {
        f"fused + re-ranked by {name}": {"reranker": reranker, "rule": _BY_RANK}
        for name, reranker in rerankers.items()
    }


def load_passages(url: str) -> list[StoredPassage]:
    """Load what locators speak of from all passages in use."""
    with psycopg.connect(url) as connection:
        rows = connection.execute(_PASSAGES_SQL).fetchall()
    return [
        StoredPassage(
            passage_id,
            kind,
            title,
            text,
            tuple(movements),
            tuple(issues),
            tuple((a, b) for a, b in (place.split(" ", 1) for place in places)),
        )
        for passage_id, kind, title, text, movements, issues, places in rows
    ]


def _ask(retriever: PostgresRetriever, question: QuestionAsked) -> _Asked:
    found = retriever.search(
        question.text, question.search_filter, wanted=_RECALL_DEPTH
    )
    return _Asked(question, tuple(one.passage_id for one in found.passages))


def _score(name: str, asked: Sequence[_Asked], judged: Judgements) -> list[Figure]:
    figures = []
    for form in ("free", "findings", "zh"):
        group = [one for one in asked if one.question.form == form]
        if form == "zh" and name != "fused":
            continue
        gains = [judged.gains[one.question.id] for one in group]
        rankings = [one.ranking for one in group]
        pairs = list(zip(rankings, gains, strict=True))
        ndcg = [compute_ndcg(r, g, _NDCG_DEPTH) for r, g in pairs]
        recall = [compute_recall(r, g, _RECALL_DEPTH) for r, g in pairs]
        figures += [
            _mean(f"{name}, {form}: nDCG@10", ndcg),
            _mean(f"{name}, {form}: recall@20", recall),
        ]
    return figures


def _mean(name: str, values: Sequence[float]) -> Figure:
    low, high = compute_interval(values)
    note = f"95 % {low:.2f} to {high:.2f}, n = {len(values)}"
    return Figure(name, float(np.mean(values)), "", note=note)


def _measure_abstention(
    retriever: PostgresRetriever, questions: Sequence[QuestionAsked]
) -> list[Figure]:
    """Measure how often nothing is returned, by kind of question."""
    figures = []
    for form in ("free", "findings", "zh", "near", "far", "zh_uncovered"):
        group = [one for one in questions if one.form == form]
        nothing = [not _ask(retriever, one).ranking for one in group]
        is_wrong = nothing if group[0].has_answer else [not one for one in nothing]
        name = "abstained wrongly" if group[0].has_answer else "answered wrongly"
        figures.append(_mean(f"{form}: {name}", [float(one) for one in is_wrong]))
    return figures


def _measure_time(
    retriever: PostgresRetriever, questions: Sequence[QuestionAsked]
) -> list[Figure]:
    """Time whole searches whose questions are embedded already."""
    milliseconds = []
    for question in questions:
        started = time.perf_counter()
        _ask(retriever, question)
        milliseconds.append(1e3 * (time.perf_counter() - started))
    return [
        Figure(f"search: p{percent}", float(np.percentile(milliseconds, percent)), "ms")
        for percent in (50, 95)
    ]
