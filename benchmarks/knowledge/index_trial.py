"""One knowledge base of any size, filled, indexed and asked; what each costs.

Sizes and limits are in ``index.py`` and ``index_large.py``, the vectors in
``clouds.py``.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import numpy as np
import psycopg
from pgvector import HalfVector, Vector
from pgvector.psycopg import register_vector

from benchmarks.figures import Figure
from benchmarks.knowledge.clouds import (
    RealVectors,
    build_vectors,
    find_exact,
    iter_texts,
)
from benchmarks.knowledge.trial_figures import TrialFigures
from sportsgpt_lib.knowledge.embedding_models import (
    DEFAULT_INDEX,
    LEAST_RECALL_RATIO,
    list_models,
)
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    change_rows,
    fetch_rows,
    load_statement,
)
from sportsgpt_lib.knowledge.retrieval_channels import search_vectors, search_words
from sportsgpt_lib.knowledge.retrieval_query import SearchFilter
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.migrations import migrate

_WANTED = 10
_WARM_UP = 20
# Parameters were chosen on the first half of the questions; figures are of the second.
_MEMORY_MB = 3000
_WORKERS = 1
_MODEL_SQL = "select knowledge.add_embedding_model($1, null, 384, null, $2, $3, $4, $5)"
_COUNT_VARIABLE = "BENCH_PASSAGES"
_WORD_SAMPLE = 100_000


def choose_count(default: int) -> int:
    """Choose how many passages to try: ``BENCH_PASSAGES`` or the default."""
    return int(os.environ.get(_COUNT_VARIABLE) or default)


@contextmanager
def open_trial(count: int, real: RealVectors) -> Iterator["Trial"]:
    """Fill a database of its own with so many passages and vectors."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder))
        try:
            migrate(server.start())
            with psycopg.connect(
                server.url("owner"),
                autocommit=True,
                cursor_factory=psycopg.RawCursor,
            ) as connection:
                register_vector(connection)
                yield Trial(connection, count, real)
        finally:
            server.remove()


class Trial:
    """A filled knowledge base and the figures measured on it so far."""

    def __init__(
        self, connection: KnowledgeConnection, count: int, real: RealVectors
    ) -> None:
        self._connection = connection
        self._count = count
        half = len(real.questions) // 2
        self._questions = real.questions[half:]
        self._question_texts = real.question_texts[half:]
        self._vectors = build_vectors(real, count)
        self._exact = find_exact(self._vectors, self._questions, _WANTED)
        self._keys: list[UUID] = []
        self._sheet = TrialFigures(connection, count)

    @property
    def figures(self) -> list[Figure]:
        """What was measured so far."""
        return self._sheet.figures

    def fill_passages(self) -> None:
        """Copy passages in without their text index, then build it."""
        run = self._connection.execute
        run(
            "insert into knowledge.sources values ('book', 'books', 'Book', '{A}',"
            " 2020, null, 'CC-BY-4.0', 'A', 'high', 'en', 'a', 'a', null)"
        )
        run("select knowledge.add_collection('books')")
        run("drop index knowledge.passages_search_text")
        started = time.perf_counter()
        with (
            self._connection.cursor() as cursor,
            cursor.copy(
                "copy knowledge.passages (collection, passage_id, source_id, chunk_no,"
                " content_sha256, chunker_version, is_current, kind, title,"
                " passage_text, language_code, movements, issues, payload) from stdin"
            ) as copy,
        ):
            for number, words in enumerate(iter_texts(self._count)):
                text = f"{words} {number}"
                digest = hashlib.sha256(f"Page. {text}".encode()).digest()
                self._keys.append(UUID(bytes=digest[:16]))
                copy.write_row(
                    (
                        *("books", f"{number:016x}", "book", number, digest.hex()),
                        *("1", True, "text", "Page", text, "en", "{}", "{}", "{}"),
                    )
                )
        self._sheet.add("passages copied", time.perf_counter() - started, "s")
        self._sheet.time(
            "text index (GIN) built",
            "create index passages_search_text on knowledge.passages"
            " using gin (search_text) with (fastupdate = off) where is_current",
        )
        run("analyze knowledge.sources, knowledge.passages")
        started = time.perf_counter()
        change_rows(self._connection, "count_words", _WORD_SAMPLE, self._count, 50)
        self._sheet.add("common words counted", time.perf_counter() - started, "s")
        run("analyze knowledge.word_counts")
        self._sheet.add_size("passages with text index", "passages")

    def try_model(
        self, name: str, kind: str, m: int, ef_construction: int, efs: Sequence[int]
    ) -> int:
        """Fill and index one model's table and search it.

        Returns the smallest of ``efs`` that finds enough, the last where none does.
        """
        search_ef = DEFAULT_INDEX.search_ef
        parameters = (f"{name}@1", kind, m, ef_construction, search_ef)
        table: str = self._connection.execute(_MODEL_SQL, parameters).fetchone()[0]  # type: ignore[index]
        started = time.perf_counter()
        with (
            self._connection.cursor() as cursor,
            cursor.copy(load_statement("copy_vectors", table)) as copy,
        ):
            copy.set_types(("text", "uuid", "text", "halfvec"))
            for key, vector in zip(self._keys, self._vectors, strict=True):
                copy.write_row(("books", key, "1", HalfVector(vector)))
        self._sheet.add(f"{name}: copied", time.perf_counter() - started, "s")
        started = time.perf_counter()
        fetch_rows(
            self._connection,
            "build_vector_index",
            f"{name}@1",
            "books",
            _MEMORY_MB,
            _WORKERS,
        )
        self._sheet.add(f"{name}: index built", time.perf_counter() - started, "s")
        self._connection.execute(f"analyze knowledge.{table}".encode())
        self._sheet.add_size(f"{name}: index", f"{table}%hnsw")
        search = self._search_signs if kind == "bit" else self._search
        recalls = {ef: search(name, table, ef) for ef in efs}
        enough = (ef for ef, ratio in recalls.items() if ratio >= LEAST_RECALL_RATIO)
        return next(enough, efs[-1])

    def try_plain_vectors(self, ef: int) -> None:
        """Index and search the same in single precision, for comparison."""
        run = self._connection.execute
        run("create table knowledge.vectors_0 (text_key uuid, embedding vector(384))")
        with (
            self._connection.cursor() as cursor,
            cursor.copy("copy knowledge.vectors_0 from stdin (format binary)") as copy,
        ):
            copy.set_types(("uuid", "vector"))
            for key, vector in zip(self._keys, self._vectors, strict=True):
                copy.write_row((key, Vector(vector)))
        run(f"set maintenance_work_mem = '{_MEMORY_MB}MB'".encode())
        run(f"set max_parallel_maintenance_workers = {_WORKERS}".encode())
        self._sheet.time(
            "vector: index built",
            "create index vectors_0_hnsw on knowledge.vectors_0 using hnsw"
            " (embedding vector_cosine_ops) with (m = 16, ef_construction = 64)",
        )
        self._sheet.add_size("vector: index", "vectors_0_hnsw")
        text = load_statement("nearest_vectors", "vectors_0")
        self._measure(f"vector, ef {ef}", text.replace("halfvec", "vector"), ef, Vector)
        run("drop table knowledge.vectors_0")

    def try_hybrid(
        self, name: str, must: float | None, aim: float, *, ef: int | None = None
    ) -> None:
        """Search both channels one after the other, as retrieval does.

        ``ef`` None = as broadly as a new model is searched.
        """
        model = next(
            part for part in list_models(self._connection) if part.name == f"{name}@1"
        )
        model = replace(model, search_ef=ef or model.search_ef)
        search_filter = SearchFilter()
        vector_s, text_s, both_s = [], [], []
        asked = list(zip(self._questions, self._question_texts, strict=True))
        for vector, text in [*asked[:_WARM_UP], *asked]:
            with self._connection.transaction():
                started = time.perf_counter()
                search_vectors(
                    self._connection, model, HalfVector(vector), search_filter
                )
                between = time.perf_counter()
                search_words(self._connection, text, "en", search_filter)
                ended = time.perf_counter()
            vector_s.append(between - started)
            text_s.append(ended - between)
            both_s.append(ended - started)
        self._sheet.add_latency("vector channel", vector_s[_WARM_UP:])
        self._sheet.add_latency("text channel", text_s[_WARM_UP:])
        p50, p95 = np.percentile(both_s[_WARM_UP:], (50, 95)) * 1000
        self._sheet.add("hybrid query p50", float(p50), "ms")
        self._sheet.add("hybrid query p95", float(p95), "ms", must=must, aim=aim)

    def try_unbounded_text(self) -> None:
        """Search by the text channel that ranks whatever has any of the words."""
        statement = (
            "with words as (select replace(plainto_tsquery('english', $1)::text, '&',"
            " '|')::tsquery as any_word) select passage_id from"
            " knowledge.passages_in_use inner join words on search_text @@ any_word"
            " order by ts_rank_cd(search_text, any_word) desc limit 50"
        )
        seconds = []
        for text in self._question_texts[:15]:
            started = time.perf_counter()
            self._connection.execute(statement, (text,)).fetchall()
            seconds.append(time.perf_counter() - started)
        self._sheet.add_latency("text channel, all matches ranked", seconds)

    def _search(self, name: str, table: str, ef: int) -> float:
        statement = load_statement("nearest_vectors", table)
        return self._measure(f"{name}, ef {ef}", statement, ef, HalfVector)

    def _search_signs(self, name: str, table: str, per_wanted: int) -> float:
        statement = load_statement("nearest_vectors_by_signs", table)
        candidates = _WANTED * per_wanted
        return self._measure(
            f"{name}, {candidates} re-ranked",
            statement,
            max(candidates, 40),
            HalfVector,
            candidates,
        )

    def _measure(
        self,
        name: str,
        statement: str,
        ef: int,
        kind: Callable[[np.ndarray], object],
        *more: object,
    ) -> float:
        run = self._connection.execute
        run(f"set hnsw.ef_search = {ef}".encode())
        run("set enable_seqscan = off")
        run("set enable_sort = off" if not more else "set enable_sort = on")
        seconds, hits = [], 0
        asked = list(zip(self._questions, self._exact, strict=True))
        for vector, farthest in [*asked[:_WARM_UP], *asked]:
            started = time.perf_counter()
            rows = run(statement, (kind(vector), _WANTED, *more)).fetchall()
            seconds.append(time.perf_counter() - started)
            if len(seconds) > _WARM_UP:
                hits += sum(row[0] <= farthest for row in rows)
        run("reset enable_seqscan")
        run("reset enable_sort")
        self._sheet.add_latency(name, seconds[_WARM_UP:])
        recall = hits / (_WANTED * len(asked))
        self._sheet.add(f"{name}: recall@10", recall, "ratio")
        return recall
