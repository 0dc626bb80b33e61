"""The models that have embedded passages: register, choose, switch, go back, delete.

One model is active. Another is built beside it and takes over in one transaction, so
that a reader sees the one or the other. Vectors are in ``embedding_vectors.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from psycopg.types.json import Jsonb

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    Row,
    change_rows,
    fetch_rows,
    open_knowledge_base,
)
from sportsgpt_lib.knowledge.retrieval_abstention import AbstentionRule, read_rule

_WHERE = "knowledge.embedding_models"
LEAST_RECALL_RATIO = 0.95
"""The index may miss one passage in twenty of the exact search: docs/knowledge.md."""

_HALFVEC_MOST_DIMENSION = 4000  # pgvector README, "Half-Precision Indexing"


@dataclass(frozen=True)
class IndexSettings:
    """How the vectors of a model are indexed.

    ``kind`` bit keeps only the signs in the index and re-ranks by cosine. Measured in
    docs/knowledge-at-size.md, "The index".
    """

    kind: Literal["halfvec", "bit"] = "halfvec"
    m: int = 24
    ef_construction: int = 128
    search_ef: int = 200
    memory_mb: int = 256
    workers: int = 2


DEFAULT_INDEX = IndexSettings()


@dataclass(frozen=True)
class EmbeddingModel:
    """One registered model. ``table_name`` None = its vectors were deleted.

    ``fitted_rule`` says when a search by it returns nothing; None = never fitted.
    """

    name: str
    dimension: int
    languages: frozenset[str] | None
    table_name: str | None
    state: Literal["building", "active", "retired"]
    index_kind: Literal["halfvec", "bit"]
    search_ef: int
    recall_ratio: float | None
    created_at: datetime
    activated_at: datetime | None
    fitted_rule: AbstentionRule | None

    @property
    def is_searched(self) -> bool:
        """Whether readers ask it: it was active, and its vectors are still there."""
        return self.activated_at is not None and self.table_name is not None

    @property
    def vectors(self) -> str:
        """Table of its vectors.

        Raises
        ------
        DatabaseError
            They were deleted.
        """
        if self.table_name is None:
            raise DatabaseError(
                _WHERE,
                f"the vectors of {self.name} were deleted",
                "embed the passages with it again: sportsgpt kb ingest",
            )
        return self.table_name

    @property
    def language_list(self) -> list[str] | None:
        """Languages as SQL takes them; None = all."""
        return None if self.languages is None else sorted(self.languages)


def list_models(connection: KnowledgeConnection) -> tuple[EmbeddingModel, ...]:
    """List every model ever registered: the active one, then the last active ones."""
    return tuple(map(_build_model, fetch_rows(connection, "list_models")))


def choose_model(
    connection: KnowledgeConnection, offered: Sequence[str]
) -> EmbeddingModel | None:
    """Choose the model that a reader with these embedders should ask.

    Until the transaction ends, the chosen model's vectors are not deleted.

    Returns
    -------
    The active model where the reader has its embedder; else, so that a reader outlives
    a switch, the last active one that it has; None where it has none of them.
    """
    fetch_rows(connection, "share_models")
    for model in list_models(connection):
        if model.is_searched and model.name in offered:
            return model
    return None


class ModelRegistry:
    """The registered models behind one database URL."""

    def __init__(self, url: str) -> None:
        self._url = url

    def list(self) -> tuple[EmbeddingModel, ...]:
        """List every model ever registered: the active one, then the last active."""
        with open_knowledge_base(self._url) as connection:
            return list_models(connection)

    def find(self, name: str) -> EmbeddingModel | None:
        """Find a registered model by name and revision; None where it is unknown."""
        return next((model for model in self.list() if model.name == name), None)

    def find_active(self) -> EmbeddingModel | None:
        """Find the active model; None before the first ingest."""
        return next((model for model in self.list() if model.state == "active"), None)

    def register(
        self, embedder: Embedder, index: IndexSettings = DEFAULT_INDEX
    ) -> EmbeddingModel:
        """Register a model and make its table; one that is known stays as it is.

        Only its languages follow the settings.

        Raises
        ------
        DatabaseError
            Its vectors are too long for an index.
        """
        known = self.find(embedder.model_name)
        languages = embedder.languages
        if known is not None and known.table_name is not None:
            if known.languages == languages:
                return known
            with open_knowledge_base(self._url) as connection:
                listed = None if languages is None else sorted(languages)
                change_rows(connection, "set_model_languages", known.name, listed)
            return self._load(known.name)
        _validate_dimension(embedder)
        with open_knowledge_base(self._url) as connection:
            fetch_rows(
                connection,
                "add_embedding_model",
                embedder.model_name,
                embedder.weights_sha256,
                embedder.dimension,
                None if languages is None else sorted(languages),
                index.kind,
                index.m,
                index.ef_construction,
                index.search_ef,
            )
        return self._load(embedder.model_name)

    def activate(self, name: str) -> None:
        """Let readers use a model from now on; the former one's vectors stay.

        Raises
        ------
        DatabaseError
            Its recall against exact search was not measured or is below 0.95.
        """
        recall = self._load(name).recall_ratio
        if recall is None or recall < LEAST_RECALL_RATIO:
            found = "was not measured" if recall is None else f"is {recall:.3f}"
            raise DatabaseError(
                _WHERE,
                f"{name} is not activated: its recall against exact search {found}; "
                f"at least {LEAST_RECALL_RATIO} is needed",
                "embed all passages; if it stays low, register it with a larger "
                "m: docs/knowledge-at-size.md",
            )
        self._make_active(name)

    def roll_back(self) -> EmbeddingModel:
        """Let readers use the model that was active before; returns it.

        Raises
        ------
        DatabaseError
            There is none whose vectors are still there.
        """
        for model in self.list():
            was_active = model.activated_at is not None and model.table_name is not None
            if was_active and model.state == "retired":
                self._make_active(model.name)
                return self._load(model.name)
        raise DatabaseError(
            _WHERE,
            "there is no former model whose vectors are still there",
            "choose a model in the settings and embed with it: sportsgpt kb ingest",
        )

    def delete(self, name: str) -> None:
        """Delete the vectors of a model that is not active; waits for its readers.

        Raises
        ------
        DatabaseError
            It is the active model, or unknown.
        """
        if self._load(name).state == "active":
            raise DatabaseError(
                _WHERE,
                f"{name} is the active model and is not deleted",
                "activate another model first",
            )
        with open_knowledge_base(self._url) as connection:
            fetch_rows(connection, "delete_embedding_model", name)

    def save_recall(self, name: str, recall_ratio: float, search_ef: int) -> None:
        """Save what share of the exact search an index found, and how broadly asked."""
        with open_knowledge_base(self._url) as connection:
            change_rows(connection, "save_recall", name, recall_ratio, search_ef)

    def save_rule(self, name: str, rule: AbstentionRule) -> None:
        """Save when a search by a model returns nothing.

        Raises
        ------
        DatabaseError
            The model is not registered.
        """
        self._load(name)
        with open_knowledge_base(self._url) as connection:
            change_rows(connection, "save_abstention", name, Jsonb(rule.to_json()))

    def _load(self, name: str) -> EmbeddingModel:
        model = self.find(name)
        if model is None:
            raise DatabaseError(
                _WHERE,
                f"no model {name!r} is registered",
                "take a name that `sportsgpt kb status` lists",
            )
        return model

    def _make_active(self, name: str) -> None:
        with open_knowledge_base(self._url) as connection:
            fetch_rows(connection, "lock_models")
            change_rows(connection, "retire_active_model")
            if not change_rows(connection, "activate_model", name):
                raise DatabaseError(
                    _WHERE,
                    f"{name} is not activated: its vectors were deleted meanwhile",
                    "embed the passages with it again: sportsgpt kb ingest",
                )


def _build_model(row: Row) -> EmbeddingModel:
    name, dimension, languages, *others, abstention = row
    known = None if languages is None else frozenset(languages)
    values: list[Any] = [name, dimension, known, *others, read_rule(abstention)]
    return EmbeddingModel(*values)


def _validate_dimension(embedder: Embedder) -> None:
    if embedder.dimension > _HALFVEC_MOST_DIMENSION:
        raise DatabaseError(
            _WHERE,
            f"{embedder.model_name} gives vectors of {embedder.dimension}; at most "
            f"{_HALFVEC_MOST_DIMENSION} can be indexed",
            "ask the endpoint for fewer dimensions, or choose another model",
        )
