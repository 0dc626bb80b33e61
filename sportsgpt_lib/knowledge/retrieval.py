"""Finds the passages that answer a finding or a question, or says that there are none.

Vector and full-text search are fused by reciprocal rank, filtered, re-ranked where a
re-ranker is set, and cut off where nothing is close enough: docs/retrieval.md. This
module puts the steps together; each is in a ``retrieval_*`` module of its own.
"""

from collections.abc import Sequence
from typing import Protocol

from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.embedding_models import EmbeddingModel, choose_model
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    fetch_rows,
    open_knowledge_base,
)
from sportsgpt_lib.knowledge.retrieval_abstention import (
    AbstentionRule,
    choose_rule,
)
from sportsgpt_lib.knowledge.retrieval_channels import (
    CHANNEL_DEPTH,
    TextChannel,
    VectorChannel,
    search_vectors,
    search_words,
)
from sportsgpt_lib.knowledge.retrieval_evidence import (
    EvidencePassage,
    SearchResult,
    keep_cards_together,
    load_evidence,
)
from sportsgpt_lib.knowledge.retrieval_fusion import (
    DEFAULT_WEIGHTS,
    FusionWeights,
    fuse_places,
)
from sportsgpt_lib.knowledge.retrieval_query import (
    FindingQuestion,
    SearchFilter,
    build_issue_question,
    find_question_language,
)
from sportsgpt_lib.knowledge.retrieval_rerank import (
    CLOSENESS_DEPTH,
    RERANK_DEPTH,
    Reranker,
    order_by_closeness,
    rerank,
)
from sportsgpt_lib.knowledge.sources import Audience, TrustLevel
from sportsgpt_lib.knowledge.store import KnowledgeStore, compute_text_sha256

__all__ = [
    "DEFAULT_WANTED",
    "EvidencePassage",
    "FindingQuestion",
    "PostgresRetriever",
    "Retriever",
    "SearchResult",
    "build_issue_question",
]

DEFAULT_WANTED = 10
"""Chosen: a card gives two passages, and up to three cards and some answers may share
an issue; a reader of free text sees what nDCG@10 is measured on."""


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

    Parameters
    ----------
    url, embedder
        The knowledge base, and the model that its passages were embedded by.
    reranker
        Puts the best passages in a new order; None = by closeness.
    rule
        When to return nothing; None = as fitted for the model.
    weights
        What each channel counts.
    """

    def __init__(
        self,
        url: str,
        embedder: Embedder,
        *,
        reranker: Reranker | None = None,
        rule: AbstentionRule | None = None,
        weights: FusionWeights = DEFAULT_WEIGHTS,
    ) -> None:
        self._url = url
        self._embedder = embedder
        self._reranker = reranker
        self._weights = weights
        self._store = KnowledgeStore(url)
        self._rule = rule

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
        audience: Audience | None = None,
        licence: str | None = None,
        trust_level: TrustLevel | None = None,
        wanted: int = DEFAULT_WANTED,
    ) -> tuple[EvidencePassage, ...]:
        """Find passages, best first; empty where nothing is close enough.

        Parameters
        ----------
        question
            The issue's plain-language text, or free text, in English or Chinese.
        movement, issue, audience, licence
            Keep only passages about them, for them, or under it; None = any. Sources
            without movements or audience are for all.
        trust_level
            Least trust in the source; None = any.
        wanted
            At most so many.
        """
        search_filter = SearchFilter(
            movement, () if issue is None else (issue,), audience, licence, trust_level
        )
        return self.search(question, search_filter, wanted=wanted).passages

    def retrieve_findings(
        self, findings: Sequence[FindingQuestion], *, wanted: int = DEFAULT_WANTED
    ) -> dict[FindingQuestion, tuple[EvidencePassage, ...]]:
        """Find passages for each of a set of findings, in their order."""
        with open_knowledge_base(self._url) as connection:
            return {
                finding: self._search(
                    connection,
                    finding.question,
                    SearchFilter(finding.movement, (finding.issue,)),
                    wanted,
                ).passages
                for finding in findings
            }

    def search(
        self,
        question: str,
        search_filter: SearchFilter | None = None,
        *,
        wanted: int = DEFAULT_WANTED,
    ) -> SearchResult:
        """Find passages, or the reason why none is returned."""
        with open_knowledge_base(self._url) as connection:
            return self._search(
                connection, question, search_filter or SearchFilter(), wanted
            )

    def _search(
        self,
        connection: KnowledgeConnection,
        question: str,
        search_filter: SearchFilter,
        wanted: int,
    ) -> SearchResult:
        language = find_question_language(question)
        model = choose_model(connection, [self.embedding_model])
        if model is None:
            nothing = f"nothing is embedded with {self.embedding_model}"
            return SearchResult((), nothing, language, None, 0.0)
        embedding = self._embed(connection, model, question, language)
        nearest = VectorChannel((), None)
        if embedding is not None:
            nearest = search_vectors(connection, model, embedding, search_filter)
        matching = search_words(connection, question, language, search_filter)
        rule = self._rule or choose_rule(model.name, model.fitted_rule)
        reason = self._find_reason(rule, nearest, matching, language, search_filter)
        passages: tuple[EvidencePassage, ...] = ()
        if reason is None:
            fused = fuse_places(
                nearest.passage_ids, matching.passage_ids, self._weights
            )
            depth = CHANNEL_DEPTH if search_filter.issues else wanted
            depth = max(depth, RERANK_DEPTH if self._reranker else CLOSENESS_DEPTH)
            passages = load_evidence(connection, model, fused[:depth], embedding)
            if self._reranker is not None:
                passages = rerank(self._reranker, question, passages)
            elif embedding is not None and rule.knows_closeness:
                passages = order_by_closeness(
                    passages, matching.word_shares, rule.word_relief
                )
            if search_filter.issues:
                passages = keep_cards_together(passages)
        return SearchResult(
            passages[:wanted],
            reason,
            language,
            nearest.best_similarity,
            matching.word_share_ratio,
        )

    def _find_reason(
        self,
        rule: AbstentionRule,
        nearest: VectorChannel,
        matching: TextChannel,
        language: str,
        search_filter: SearchFilter,
    ) -> str | None:
        """Find the reason to return nothing; None = return what was found.

        What a librarian filed under an issue answers it, however it is worded.
        """
        is_read = _is_read(self._embedder.languages, language)
        is_empty = not nearest.passage_ids and not matching.passage_ids
        if is_empty and is_read:
            return "no passage passes the filter or has any of the question's words"
        if search_filter.issues and not is_empty:
            return None
        best = (nearest.best_similarity or 0.0) if is_read else None
        return rule.find_reason(best, matching.word_share_ratio, language)

    def _embed(
        self,
        connection: KnowledgeConnection,
        model: EmbeddingModel,
        question: str,
        language: str,
    ) -> object | None:
        """Load a question's embedding, computing and keeping it where it is new.

        None where the model does not know the language of the question, or there is no
        question.
        """
        if not _is_read(model.languages, language) or not question.strip():
            return None
        rows = fetch_rows(
            connection,
            "question_embedding",
            compute_text_sha256(question),
            self.embedding_model,
        )
        if rows:
            stored: object = rows[0][0]
            return stored
        from pgvector import HalfVector

        vector = self._embedder.embed([question])[0]
        self._store.save_questions(self.embedding_model, {question: vector})
        half: object = HalfVector(vector)
        return half


def _is_read(languages: frozenset[str] | None, language: str) -> bool:
    """Whether a model of these languages reads the language; None = it reads all."""
    return languages is None or language in languages
