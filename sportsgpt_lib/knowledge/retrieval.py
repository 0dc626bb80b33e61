"""Finds the passages that answer a finding, or says that there are none.

Vector and full-text search are fused in ``sql/knowledge/retrieve.sql``; here are its
constants, the question that a finding asks, and the cache that spares the network.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    fetch_rows,
    open_knowledge_base,
    set_for_transaction,
)
from sportsgpt_lib.knowledge.store import KnowledgeStore, compute_text_sha256

# Cormack, Clarke and Buettcher (2009), Reciprocal rank fusion outperforms Condorcet and
# individual rank learning methods, SIGIR, doi 10.1145/1571941.1572114: k = 60.
_RANK_OFFSET = 60.0
# Chosen: several times what is returned, so that either channel can lift a passage.
_CHANNEL_DEPTH = 50
DEFAULT_WANTED = 6
"""Chosen: a card gives two passages; two cards and two answers are enough to read."""

# Both measured on the starter collection: docs/knowledge.md, "When it abstains".
LEAST_BEST_SIMILARITY = 0.55
"""Where the best passage is less similar than this, nothing is returned."""

_LEAST_SIMILARITY = 0.30


@dataclass(frozen=True)
class EvidencePassage:
    """A passage as retrieved. A ``place`` of None = not among that channel's best."""

    passage_id: str
    source_id: str
    chunk_no: int
    kind: str
    title: str
    text: str
    payload: Mapping[str, Any] = field(hash=False)
    source_title: str
    licence: str
    trust_level: str
    fused_score: float
    vector_place: int | None
    text_place: int | None
    similarity: float


class IssueText(Protocol):
    """What of a movement's issue the question is made from."""

    @property
    def title(self) -> str:
        """The issue in plain words."""
        ...

    @property
    def cause(self) -> str:
        """Where it usually comes from."""
        ...

    @property
    def consequence(self) -> str:
        """Why it matters."""
        ...


def build_issue_question(issue: IssueText) -> str:
    """Build the question that a finding of this issue asks the knowledge base."""
    return f"{issue.title}. {issue.consequence} {issue.cause}"


class Retriever(Protocol):
    """Finds evidence; what guidance is written against."""

    @property
    def embedding_model(self) -> str:
        """Model, with its revision, that questions and passages are embedded by."""
        ...

    def compute_knowledge_version(self) -> str:
        """SHA-256 over the passages in use."""
        ...

    def retrieve(
        self,
        question: str,
        *,
        movement: str | None = None,
        issue: str | None = None,
        wanted: int = DEFAULT_WANTED,
    ) -> tuple[EvidencePassage, ...]:
        """Find passages, best first; empty where nothing is close enough."""
        ...


class PostgresRetriever:
    """Hybrid search in the knowledge base.

    The embedder is asked only for questions that no ingest and no earlier run has
    embedded; such a question is then kept.
    """

    def __init__(
        self,
        url: str,
        embedder: Embedder,
        *,
        least_best_similarity: float = LEAST_BEST_SIMILARITY,
    ) -> None:
        self._url = url
        self._embedder = embedder
        self._store = KnowledgeStore(url)
        self._least_best_similarity = least_best_similarity

    @property
    def embedding_model(self) -> str:
        """Model, with its revision, that questions and passages are embedded by."""
        return self._embedder.model_name

    def compute_knowledge_version(self) -> str:
        """SHA-256 over the passages in use."""
        return self._store.compute_version()

    def retrieve(
        self,
        question: str,
        *,
        movement: str | None = None,
        issue: str | None = None,
        wanted: int = DEFAULT_WANTED,
    ) -> tuple[EvidencePassage, ...]:
        """Find passages, best first; empty where nothing is close enough.

        Parameters
        ----------
        question
            The issue's plain-language text, or free text.
        movement, issue
            Keep only passages about them; None = any.
        wanted
            At most so many.
        """
        with open_knowledge_base(self._url) as connection:
            vector = self._load_question(connection, question)
            # Without it a filter starves the index: it stops at its first candidates.
            set_for_transaction(connection, "hnsw.iterative_scan", "strict_order")
            rows = fetch_rows(
                connection,
                "retrieve",
                question,
                vector,
                self.embedding_model,
                movement,
                issue,
                _CHANNEL_DEPTH,
                _RANK_OFFSET,
                _LEAST_SIMILARITY,
                wanted,
            )
        found = tuple(EvidencePassage(*row) for row in rows)
        best = max((passage.similarity for passage in found), default=0.0)
        return found if best >= self._least_best_similarity else ()

    def _load_question(self, connection: KnowledgeConnection, question: str) -> object:
        """Load a question's embedding, computing and keeping it where it is new."""
        rows = fetch_rows(
            connection,
            "question_embedding",
            compute_text_sha256(question),
            self.embedding_model,
        )
        if rows:
            return rows[0][0]
        from pgvector import HalfVector

        vector = self._embedder.embed([question])[0]
        self._store.save_questions(self.embedding_model, {question: vector})
        return HalfVector(vector)
