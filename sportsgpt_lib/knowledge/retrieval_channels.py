"""The two channels of a search, in the database: nearest vectors, and best words.

Each gives the ids of its best passages. Fusing them is in ``retrieval_fusion.py``.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.knowledge.embedding_models import EmbeddingModel
from sportsgpt_lib.knowledge.embedding_vectors import SIGNS_CANDIDATES_PER_WANTED
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    Row,
    fetch_rows,
    set_for_transaction,
)
from sportsgpt_lib.knowledge.retrieval_query import (
    SearchFilter,
    build_question_words,
    find_text_configuration,
)

CHANNEL_DEPTH = 50
"""Chosen: several times what is returned, so that either channel can lift a passage."""

# Ranking is what a search by words costs: at most so many passages are ranked, those
# with the rarest words, by so many words. Measured in docs/retrieval.md, "Words".
_MOST_RANKED = 1000
_MOST_WORDS = 12
# A word that is not counted is in fewer passages than this (kept by count_words.sql).
_RARE_COUNT = 25
# pgvector's own default and its largest value.
_INDEX_SCAN_MOST_TUPLES = 20_000
_MOST_EF = 1000


@dataclass(frozen=True)
class VectorChannel:
    """Ids, nearest first, with the cosine of the nearest; None where nothing passed."""

    passage_ids: tuple[str, ...]
    best_similarity: float | None


@dataclass(frozen=True)
class TextChannel:
    """Ids, best first, with the share of the question's words that each has."""

    word_shares: Mapping[str, float]

    @property
    def passage_ids(self) -> tuple[str, ...]:
        """Ids, best first."""
        return tuple(self.word_shares)

    @property
    def word_share_ratio(self) -> float:
        """Largest share that a passage has; 0 where there is none."""
        return max(self.word_shares.values(), default=0.0)


@dataclass(frozen=True)
class QueryWord:
    """A word as passages are indexed by it; ``weight`` grows with its rarity."""

    word: str
    passage_count: int
    weight: float


def search_vectors(
    connection: KnowledgeConnection,
    model: EmbeddingModel,
    embedding: object,
    search_filter: SearchFilter,
    depth: int = CHANNEL_DEPTH,
) -> VectorChannel:
    """Search the nearest passages that pass the filter.

    The index gives up after some thousand passages that don't pass. Where it found
    fewer than were wanted, and where issues leave few passages anyway, all that pass
    are compared: a filter never starves the result.
    """
    rows: list[Row] = []
    if search_filter.wanted_issues is None:
        rows = _search_index(connection, model, embedding, search_filter, depth)
    if len(rows) < depth:
        rows = fetch_rows(
            connection,
            "retrieve_exactly",
            embedding,
            depth,
            *search_filter.parameters,
            vectors=model.vectors,
        )
    ordered = sorted(rows, key=lambda row: (-row[1], row[0]))
    return VectorChannel(
        tuple(row[0] for row in ordered), ordered[0][1] if ordered else None
    )


def search_words(
    connection: KnowledgeConnection,
    question: str,
    language: str,
    search_filter: SearchFilter,
    depth: int = CHANNEL_DEPTH,
) -> TextChannel:
    """Search the passages that have the question's words, rare words first."""
    words = sort_by_rarity(_load_words(connection, question, language))[:_MOST_WORDS]
    if not words:
        return TextChannel({})
    rows = fetch_rows(
        connection,
        "retrieve_by_words",
        build_any_word_query(choose_words(words, _MOST_RANKED)),
        [word.word for word in words],
        [word.weight for word in words],
        _MOST_RANKED,
        depth,
        *search_filter.parameters,
        language,
    )
    return TextChannel({row[0]: float(row[2] or 0.0) for row in rows})


def sort_by_rarity(words: Sequence[QueryWord]) -> list[QueryWord]:
    """Sort words, the rarest first."""
    return sorted(words, key=lambda word: (word.passage_count, word.word))


def choose_words(words: Sequence[QueryWord], most_passages: int) -> list[QueryWord]:
    """Choose the rarest words that together are in so many passages at most.

    The rarest one is always among them. Passages without any of them are not looked
    at; those that have one are ranked by all words of the question.
    """
    kept: list[QueryWord] = []
    total = 0
    for word in sort_by_rarity(words):
        total += word.passage_count
        if kept and total > most_passages:
            break
        kept.append(word)
    return kept


def build_any_word_query(words: Sequence[QueryWord]) -> str:
    """Build a full-text query for any of the words; each is data, whatever it holds."""
    return " | ".join(_quote(word.word) for word in words)


def weigh_word(passage_count: int, all_count: float) -> float:
    """Weigh a word by its rarity; natural logarithm of the inverse frequency.

    Source: Spärck Jones (1972), A statistical interpretation of term specificity and
    its application in retrieval, doi 10.1108/eb026526; + 1 keeps it above 0.
    """
    counted = max(passage_count, _RARE_COUNT)
    return math.log(1.0 + max(all_count, counted) / counted)


def _search_index(
    connection: KnowledgeConnection,
    model: EmbeddingModel,
    embedding: object,
    search_filter: SearchFilter,
    depth: int,
) -> list[Row]:
    parameters = [embedding, depth, *search_filter.parameters]
    statement, ef = "retrieve_by_vector", max(model.search_ef, depth)
    if model.index_kind == "bit":
        candidates = depth * SIGNS_CANDIDATES_PER_WANTED
        statement, ef = "retrieve_by_signs", max(model.search_ef, candidates)
        parameters.append(candidates)
    settings = {
        # Without it a filter starves the index: it stops at its first candidates.
        "hnsw.iterative_scan": "strict_order",
        "hnsw.ef_search": str(min(ef, _MOST_EF)),
        "hnsw.max_scan_tuples": str(_INDEX_SCAN_MOST_TUPLES),
        # Else the planner may leave the index aside: docs/retrieval.md, "Time".
        "enable_seqscan": "off",
        "enable_sort": "off",
    }
    for setting, value in settings.items():
        set_for_transaction(connection, setting, value)
    rows = fetch_rows(connection, statement, *parameters, vectors=model.vectors)
    for setting in ("enable_seqscan", "enable_sort"):
        set_for_transaction(connection, setting, "on")
    return rows


def _load_words(
    connection: KnowledgeConnection, question: str, language: str
) -> list[QueryWord]:
    rows = fetch_rows(
        connection,
        "retrieve_word_counts",
        find_text_configuration(language),
        build_question_words(question, language),
    )
    return [
        QueryWord(word, count, weigh_word(count, float(all_count)))
        for word, count, all_count in rows
    ]


def _quote(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
