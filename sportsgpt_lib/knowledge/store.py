"""The knowledge base in Postgres: sources, passages, embeddings, known questions.

Every save is idempotent and counts what it wrote. Searching is in ``retrieval.py``.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from psycopg.types.json import Jsonb

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.cards import Source
from sportsgpt_lib.knowledge.passages import Passage
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    change_rows,
    fetch_rows,
    open_knowledge_base,
    set_for_transaction,
)

# Chosen: enough questions for a recall figure to two digits, and quick.
_PROBE_QUESTIONS = 200
_PROBE_NEAREST = 10
# Planner settings that leave only the exact plan, or only the index.
_EXACT_PLAN = {"enable_indexscan": "off"}
_INDEX_PLAN = {"enable_seqscan": "off", "enable_sort": "off"}


@dataclass(frozen=True)
class SaveCounts:
    """What one save did: rows that are new, were there already, or were superseded."""

    new: int
    unchanged: int
    superseded: int


@dataclass(frozen=True)
class RecallProbe:
    """The index against exact search: share of the truly nearest passages it found."""

    recall_ratio: float
    question_count: int
    nearest_count: int


class KnowledgeStore:
    """The knowledge base behind one database URL; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self._url = url

    def save_sources(self, collection: str, sources: Sequence[Source]) -> SaveCounts:
        """Save the sources of a collection; those no longer listed are withdrawn."""
        listed = [source.id for source in sources]
        with open_knowledge_base(self._url) as connection:
            known = {
                row[0] for row in fetch_rows(connection, "list_source_ids", collection)
            }
            for source in sources:
                _save_source(connection, collection, source)
            withdrawn = change_rows(
                connection,
                "withdraw_unlisted_sources",
                collection,
                listed,
                "no longer in the manifest",
            )
        new = len(set(listed) - known)
        return SaveCounts(new, len(listed) - new, withdrawn)

    def list_unlicensed_sources(self) -> list[str]:
        """List the sources in use that name no licence or no owner."""
        with open_knowledge_base(self._url) as connection:
            return [row[0] for row in fetch_rows(connection, "unlicensed_sources")]

    def save_passages(self, source_id: str, passages: Sequence[Passage]) -> SaveCounts:
        """Make ``passages`` the current ones of a source, in one transaction.

        Raises
        ------
        DatabaseError
            Afterwards the source has another number of current rows than were given.
        """
        ids = [passage.passage_id for passage in passages]
        with open_knowledge_base(self._url) as connection:
            superseded = change_rows(connection, "supersede_passages", source_id, ids)
            new = sum(_save_passage(connection, passage) for passage in passages)
            found = fetch_rows(connection, "count_current_passages", source_id)[0][0]
            if found != len(passages):
                raise DatabaseError(
                    f"knowledge.passages of {source_id}",
                    f"{len(passages)} passages went in, {found} rows came out; "
                    "nothing was saved",
                    "two passages share place and content; check the source file",
                )
        return SaveCounts(new, len(passages) - new, superseded)

    def count_passages(self, source_id: str) -> int:
        """Count the current passages of a source."""
        with open_knowledge_base(self._url) as connection:
            rows = fetch_rows(connection, "count_current_passages", source_id)
        return int(rows[0][0])

    def load_texts_without_embedding(self, embedding_model: str) -> dict[str, str]:
        """Load the passages in use that a model has not embedded: id to text."""
        with open_knowledge_base(self._url) as connection:
            rows = fetch_rows(connection, "texts_without_embedding", embedding_model)
        return dict(rows)

    def save_embeddings(
        self, embedding_model: str, vectors: Mapping[str, np.ndarray]
    ) -> None:
        """Save unit vectors by passage id; a passage already embedded is replaced."""
        from pgvector import HalfVector

        with open_knowledge_base(self._url) as connection:
            for passage_id, vector in vectors.items():
                change_rows(
                    connection,
                    "save_embedding",
                    passage_id,
                    embedding_model,
                    HalfVector(vector),
                )

    def find_unknown_questions(
        self, embedding_model: str, questions: Iterable[str]
    ) -> list[str]:
        """Find the questions whose embedding is not stored, without repeats."""
        by_sha256 = {compute_text_sha256(text): text for text in questions}
        with open_knowledge_base(self._url) as connection:
            rows = fetch_rows(
                connection, "cached_questions", embedding_model, list(by_sha256)
            )
        known = {row[0] for row in rows}
        return [text for sha256, text in by_sha256.items() if sha256 not in known]

    def save_questions(
        self, embedding_model: str, vectors: Mapping[str, np.ndarray]
    ) -> None:
        """Save the embeddings of questions, by their text."""
        from pgvector import HalfVector

        with open_knowledge_base(self._url) as connection:
            for text, vector in vectors.items():
                change_rows(
                    connection,
                    "save_question",
                    compute_text_sha256(text),
                    embedding_model,
                    text,
                    HalfVector(vector),
                )

    def withdraw(self, source_id: str, reason: str) -> None:
        """Take a source out of retrieval at once; its rows stay for past reports.

        Raises
        ------
        DatabaseError
            There is no such source.
        """
        with open_knowledge_base(self._url) as connection:
            changed = change_rows(connection, "withdraw_source", source_id, reason)
        if not changed:
            raise DatabaseError(
                "knowledge.sources",
                f"there is no source {source_id!r}",
                "check the id against the manifest of the collection",
            )

    def compute_version(self) -> str:
        """Compute the SHA-256 over the content of all passages in use."""
        with open_knowledge_base(self._url) as connection:
            rows = fetch_rows(connection, "content_keys")
        return compute_text_sha256(json.dumps(rows))

    def count_rows(self, embedding_model: str) -> dict[str, int]:
        """Count sources and passages in use, and passages embedded by a model."""
        with open_knowledge_base(self._url) as connection:
            counts = fetch_rows(connection, "count_rows", embedding_model)[0]
        return dict(zip(("sources", "passages", "embeddings"), counts, strict=True))

    def probe_recall(self, embedding_model: str) -> RecallProbe:
        """Compare the index with exact search, stored passages being the questions."""
        with open_knowledge_base(self._url) as connection:
            vectors = [
                row[0]
                for row in fetch_rows(
                    connection, "sample_embeddings", embedding_model, _PROBE_QUESTIONS
                )
            ]
        exact = self._find_distances(embedding_model, vectors, _EXACT_PLAN)
        indexed = self._find_distances(embedding_model, vectors, _INDEX_PLAN)
        wanted = sum(map(len, exact))
        hits = sum(map(_count_hits, exact, indexed))
        return RecallProbe(
            hits / wanted if wanted else 1.0, len(vectors), _PROBE_NEAREST
        )

    def _find_distances(
        self,
        embedding_model: str,
        vectors: Sequence[object],
        planner: Mapping[str, str],
    ) -> list[list[float]]:
        """Find the distances to the nearest passages of each vector, ascending."""
        with open_knowledge_base(self._url) as connection:
            for setting, value in planner.items():
                set_for_transaction(connection, setting, value)
            found = [
                fetch_rows(
                    connection,
                    "nearest_passages",
                    embedding_model,
                    vector,
                    _PROBE_NEAREST,
                )
                for vector in vectors
            ]
        return [[row[0] for row in rows] for rows in found]


def compute_text_sha256(text: str) -> str:
    """Compute the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def _count_hits(exact: Sequence[float], indexed: Sequence[float]) -> int:
    """Count what the index found among the nearest; equally near ones count alike."""
    return sum(distance <= exact[-1] for distance in indexed) if exact else 0


def _save_source(
    connection: KnowledgeConnection, collection: str, source: Source
) -> None:
    change_rows(
        connection,
        "save_source",
        source.id,
        collection,
        source.title,
        list(source.authors),
        source.year,
        source.edition,
        source.licence,
        source.owner,
        source.trust_level,
        source.language,
        source.sha256,
        source.admitted_by,
        source.withdrawn_reason,
    )


def _save_passage(connection: KnowledgeConnection, passage: Passage) -> int:
    """Insert a passage or make it current again; 1 where it is new."""
    rows = fetch_rows(
        connection,
        "save_passage",
        passage.passage_id,
        passage.source_id,
        passage.chunk_no,
        passage.content_sha256,
        passage.chunker_version,
        passage.kind,
        passage.title,
        passage.text,
        passage.language,
        list(passage.movements),
        list(passage.issues),
        Jsonb(dict(passage.payload)),
    )
    return int(rows[0][0])
