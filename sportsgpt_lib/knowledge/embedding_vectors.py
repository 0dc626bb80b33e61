"""The vectors of one model: what is missing, saving, the index, its recall.

Which model is used is in ``embedding_models.py``; who computes vectors in
``embedding_run.py``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.embedding_checks import validate_vectors
from sportsgpt_lib.knowledge.embedding_models import EmbeddingModel, IndexSettings
from sportsgpt_lib.knowledge.postgres import (
    change_rows,
    copy_rows,
    fetch_rows,
    open_knowledge_base,
    set_for_transaction,
)

_VECTOR_TYPES = ("text", "uuid", "text", "halfvec")
_FIRST_KEY = UUID(int=0)
# Chosen: enough questions for a recall figure to two digits, and quick.
_PROBE_QUESTIONS = 200
_PROBE_NEAREST = 10
# Exact search reads all rows for each question: at a million rows 40 questions remain.
_PROBE_MOST_ROWS = 40_000_000
_PROBE_LEAST_QUESTIONS = 40
# How broadly the index is searched at most is pgvector's own limit (README, "HNSW").
_SEARCH_EF_STEPS = (400, 700, 1000)
# Planner settings that leave only the exact plan, or only the index.
_EXACT_PLAN = {"enable_indexscan": "off"}
_INDEX_PLAN = {"enable_seqscan": "off", "enable_sort": "off"}
SIGNS_CANDIDATES_PER_WANTED = 20
"""Passages re-ranked by cosine per one wanted: docs/knowledge-at-size.md, measured."""

# Up to here exact search takes less than 40 ms (72 ms at 100,000 measured), so that
# readers can do without the index while many rows are added.
_MOST_ROWS_WITHOUT_INDEX = 50_000


@dataclass(frozen=True)
class TextToEmbed:
    """A text that the model has not embedded; several passages may share it."""

    key: UUID
    chunker_version: str
    text: str


@dataclass(frozen=True)
class Coverage:
    """Passages in use, those in a language of the model, those that have a vector.

    What the model cannot read is found through the text channel only.
    """

    passages: int
    readable: int
    embedded: int

    @property
    def text_channel_only(self) -> int:
        """Passages in a language that the model does not know."""
        return self.passages - self.readable


@dataclass(frozen=True)
class RecallProbe:
    """The index against exact search: share of the truly nearest passages it found.

    ``search_ef`` says how broadly the index was searched.
    """

    recall_ratio: float
    question_count: int
    nearest_count: int
    search_ef: int


class VectorStore:
    """The vectors of one registered model behind one database URL."""

    def __init__(self, url: str, model: EmbeddingModel) -> None:
        self._url = url
        self._model = model

    def count_coverage(self) -> Coverage:
        """Count the passages in use and those of them that have a vector."""
        with open_knowledge_base(self._url) as connection:
            counts = fetch_rows(
                connection,
                "count_coverage",
                self._model.language_list,
                vectors=self._model.vectors,
            )[0]
        return Coverage(*map(int, counts))

    def list_collections(self) -> list[str]:
        """List the collections that have sources."""
        with open_knowledge_base(self._url) as connection:
            return [row[0] for row in fetch_rows(connection, "list_collections")]

    def count_missing(self, collection: str) -> int:
        """Count the texts of a collection that the model can read and has not."""
        with open_knowledge_base(self._url) as connection:
            rows = fetch_rows(
                connection,
                "count_missing",
                collection,
                self._model.language_list,
                vectors=self._model.vectors,
            )
        return int(rows[0][0])

    def iter_missing(
        self, collection: str, window: int
    ) -> Iterator[tuple[TextToEmbed, ...]]:
        """Iterate over texts without a vector, at most ``window`` at a time.

        Memory holds one window; what is saved meanwhile is not given again.
        """
        after = _FIRST_KEY
        while True:
            with open_knowledge_base(self._url) as connection:
                rows = fetch_rows(
                    connection,
                    "texts_to_embed",
                    collection,
                    self._model.language_list,
                    after,
                    window,
                    vectors=self._model.vectors,
                )
            if not rows:
                return
            yield tuple(TextToEmbed(*row) for row in rows)
            after = rows[-1][0]

    def save(
        self, collection: str, texts: Sequence[TextToEmbed], vectors: np.ndarray
    ) -> None:
        """Save the vectors ``(texts, dimension)`` of texts, all or none.

        Raises
        ------
        DatabaseError
            Another number or length of vectors than wanted, one that is not finite or
            not of unit length, or other rows in the table than were given.
        """
        validate_vectors(self._model, len(texts), vectors)
        from pgvector import HalfVector

        with open_knowledge_base(self._url) as connection:
            copy_rows(
                connection,
                "copy_vectors",
                _VECTOR_TYPES,
                (
                    (collection, text.key, text.chunker_version, HalfVector(vector))
                    for text, vector in zip(texts, vectors, strict=True)
                ),
                vectors=self._model.vectors,
            )
            found = fetch_rows(
                connection,
                "count_vectors",
                collection,
                [text.key for text in texts],
                vectors=self._model.vectors,
            )[0][0]
            if found != len(texts):
                raise DatabaseError(
                    f"knowledge.{self._model.vectors}",
                    f"{len(texts)} vectors went in, {found} rows came out; nothing was "
                    "saved",
                    "report this: two texts of one batch share a key",
                )

    def prepare_load(self, collection: str, incoming: int) -> None:
        """Drop the index where loading without it and building anew is quicker.

        Only where the rows would more than double and are few enough for exact search
        meanwhile, or where nobody reads the model yet.
        """
        with open_knowledge_base(self._url) as connection:
            present = fetch_rows(
                connection,
                "count_collection_vectors",
                collection,
                vectors=self._model.vectors,
            )[0][0]
            is_unread = self._model.state != "active"
            if incoming > present and (is_unread or present < _MOST_ROWS_WITHOUT_INDEX):
                fetch_rows(
                    connection, "drop_vector_index", self._model.name, collection
                )

    def build_index(self, collection: str, index: IndexSettings) -> bool:
        """Build the index of a collection; False where it is there already."""
        with open_knowledge_base(self._url) as connection:
            rows = fetch_rows(
                connection,
                "build_vector_index",
                self._model.name,
                collection,
                index.memory_mb,
                index.workers,
            )
        return bool(rows[0][0])

    def refresh_statistics(self) -> None:
        """Let the server count anew what it makes its plans by."""
        with open_knowledge_base(self._url) as connection:
            fetch_rows(connection, "refresh_statistics", self._model.name)

    def prune(self) -> int:
        """Forget the vectors of texts that no passage in use has; how many."""
        with open_knowledge_base(self._url) as connection:
            return change_rows(connection, "prune_vectors", vectors=self._model.vectors)

    def probe_recall(self) -> RecallProbe:
        """Compare the index with exact search, stored vectors being the questions.

        Notes
        -----
        A stored vector finds itself; that hit is left out on both sides.
        """
        return self._probe([self._model.search_ef], 0.0)

    def find_search_ef(self, least_ratio: float) -> RecallProbe:
        """Search the index more broadly until it finds enough; gives the last probe."""
        broadest = self._model.search_ef
        steps = _SEARCH_EF_STEPS if self._model.index_kind == "halfvec" else ()
        return self._probe(
            [broadest, *(step for step in steps if step > broadest)], least_ratio
        )

    def _probe(self, search_efs: Sequence[int], least_ratio: float) -> RecallProbe:
        questions = self._sample_questions()
        exact = self._find_distances(questions, None)
        wanted = sum(map(len, exact))
        for search_ef in search_efs:
            found = self._find_distances(questions, search_ef)
            hits = sum(map(_count_hits, exact, found))
            ratio = hits / wanted if wanted else 1.0
            if ratio >= least_ratio:
                break
        return RecallProbe(ratio, len(questions), _PROBE_NEAREST, search_ef)

    def _sample_questions(self) -> list[object]:
        rows = max(self.count_coverage().embedded, 1)
        count = max(_PROBE_MOST_ROWS // rows, _PROBE_LEAST_QUESTIONS)
        with open_knowledge_base(self._url) as connection:
            sampled = fetch_rows(
                connection,
                "sample_vectors",
                min(count, _PROBE_QUESTIONS),
                vectors=self._model.vectors,
            )
        return [row[0] for row in sampled]

    def _find_distances(
        self, questions: Sequence[object], search_ef: int | None
    ) -> list[list[float]]:
        """Find the distances to the nearest others of each vector, ascending.

        A ``search_ef`` of None compares all; else the index is searched so broadly.
        """
        wanted = _PROBE_NEAREST + 1
        by_signs = self._model.index_kind == "bit" and search_ef is not None
        planner = _EXACT_PLAN if search_ef is None else _INDEX_PLAN
        statement = "nearest_vectors_by_signs" if by_signs else "nearest_vectors"
        candidates = [_PROBE_NEAREST * SIGNS_CANDIDATES_PER_WANTED] if by_signs else []
        breadth = max(search_ef or 0, *candidates, wanted)
        with open_knowledge_base(self._url) as connection:
            set_for_transaction(connection, "hnsw.ef_search", str(breadth))
            for setting, value in planner.items():
                set_for_transaction(connection, setting, value)
            found = [
                fetch_rows(
                    connection,
                    statement,
                    question,
                    wanted,
                    *candidates,
                    vectors=self._model.vectors,
                )
                for question in questions
            ]
        return [[row[0] for row in rows[1:]] for rows in found]


def _count_hits(exact: Sequence[float], indexed: Sequence[float]) -> int:
    """Count what the index found among the nearest; equally near ones count alike."""
    return sum(distance <= exact[-1] for distance in indexed) if exact else 0
