from dataclasses import replace

import numpy as np
import psycopg
import pytest

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.collection import Collection
from sportsgpt_lib.knowledge.passages import Passage, build_passages
from sportsgpt_lib.knowledge.postgres import (
    LEAST_PGVECTOR,
    fetch_rows,
    open_knowledge_base,
    parse_pgvector_version,
    set_for_transaction,
    validate_server,
)
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.storage.sql_text import load_sql

pytestmark = pytest.mark.integration


def ingest(
    store: KnowledgeStore, starter: Collection
) -> dict[str, tuple[Passage, ...]]:
    store.save_sources("starter", starter.sources)
    built = {s.id: build_passages(starter, s) for s in starter.sources}
    for source_id, passages in built.items():
        store.save_passages(source_id, passages)
    return built


def embed_all(store: KnowledgeStore, embedder) -> None:
    texts = store.load_texts_without_embedding(embedder.model_name)
    vectors = embedder.embed(list(texts.values()))
    store.save_embeddings(embedder.model_name, dict(zip(texts, vectors, strict=True)))


def test_n_passages_in_are_n_rows_out_and_a_second_time_changes_nothing(
    store: KnowledgeStore, starter: Collection
):
    built = ingest(store, starter)
    version = store.compute_version()
    for source_id, passages in built.items():
        again = store.save_passages(source_id, passages)
        assert (again.new, again.unchanged, again.superseded) == (0, len(passages), 0)
        assert store.count_passages(source_id) == len(passages)
    assert store.compute_version() == version


def test_a_changed_passage_supersedes_the_old_one_and_only_it_is_embedded_again(
    store: KnowledgeStore, starter: Collection, embedder
):
    built = ingest(store, starter)
    embed_all(store, embedder)
    version = store.compute_version()
    source_id = starter.sources[0].id
    changed = list(built[source_id])
    changed[3] = replace(changed[3], text="Another wording.")
    counts = store.save_passages(source_id, changed)
    assert (counts.new, counts.superseded) == (1, 1)
    waiting = store.load_texts_without_embedding(embedder.model_name)
    assert list(waiting) == [changed[3].passage_id]
    assert store.compute_version() != version
    store.save_passages(source_id, built[source_id])
    assert store.compute_version() == version


def test_two_passages_in_one_place_are_refused_and_nothing_is_saved(
    store: KnowledgeStore, starter: Collection
):
    built = ingest(store, starter)
    source_id = starter.sources[0].id
    twice = [built[source_id][0], built[source_id][0]]
    with pytest.raises(DatabaseError, match="2 passages went in, 1 rows came out"):
        store.save_passages(source_id, twice)
    assert store.count_passages(source_id) == len(built[source_id])


def test_a_source_that_leaves_the_manifest_is_withdrawn(
    store: KnowledgeStore, starter: Collection, embedder
):
    ingest(store, starter)
    before = store.count_rows(embedder.model_name)
    counts = store.save_sources("starter", starter.sources[1:])
    assert counts.superseded == 1
    after = store.count_rows(embedder.model_name)
    assert after["sources"] == before["sources"] - 1
    assert after["passages"] < before["passages"]


def test_withdrawing_an_unknown_source_says_so(store: KnowledgeStore):
    with pytest.raises(DatabaseError, match="there is no source 'nothing'"):
        store.withdraw("nothing", "test")


def test_postgres_itself_refuses_a_source_without_licence(
    store: KnowledgeStore, starter: Collection
):
    source = starter.sources[0].model_copy(update={"licence": " "})
    with pytest.raises(psycopg.errors.CheckViolation):
        store.save_sources("starter", [source])


def test_embeddings_are_unit_vectors_of_half_precision(
    store: KnowledgeStore, starter: Collection, embedder, empty_knowledge_url: str
):
    ingest(store, starter)
    embed_all(store, embedder)
    with open_knowledge_base(empty_knowledge_url) as connection:
        rows = fetch_rows(connection, "sample_embeddings", embedder.model_name, 500)
    counts = store.count_rows(embedder.model_name)
    assert len(rows) == counts["embeddings"] == counts["passages"]
    norms = [np.linalg.norm(row[0].to_numpy().astype(float)) for row in rows]
    np.testing.assert_allclose(norms, 1.0, atol=2e-3)


def test_recall_probe_compares_the_index_with_exact_search(
    store: KnowledgeStore, starter: Collection, embedder, empty_knowledge_url: str
):
    ingest(store, starter)
    embed_all(store, embedder)
    probe = store.probe_recall(embedder.model_name)
    assert probe.recall_ratio >= 0.95
    assert probe.question_count == store.count_rows(embedder.model_name)["passages"]
    with open_knowledge_base(empty_knowledge_url) as connection:
        vector = fetch_rows(connection, "sample_embeddings", embedder.model_name, 1)[0][
            0
        ]
        plans = {}
        for name, settings in (
            ("exact", {"enable_indexscan": "off"}),
            ("index", {"enable_seqscan": "off", "enable_sort": "off"}),
        ):
            for setting, value in settings.items():
                set_for_transaction(connection, setting, value)
            text = load_sql("knowledge/nearest_passages.sql")
            lines = connection.execute(
                f"explain {text}", (embedder.model_name, vector, 10)
            ).fetchall()
            plans[name] = "\n".join(line[0] for line in lines)
            connection.rollback()
    assert "embeddings_hnsw" in plans["index"]
    assert "embeddings_hnsw" not in plans["exact"]


def test_known_questions_are_not_asked_for_again(store: KnowledgeStore, embedder):
    questions = ["Why do I land stiffly?", "Why do I lean?", "Why do I lean?"]
    unknown = store.find_unknown_questions(embedder.model_name, questions)
    assert unknown == questions[:2]
    vectors = embedder.embed(unknown)
    store.save_questions(embedder.model_name, dict(zip(unknown, vectors, strict=True)))
    assert store.find_unknown_questions(embedder.model_name, questions) == []
    assert store.find_unknown_questions("other@1", questions) == questions[:2]


@pytest.mark.parametrize(
    ("role", "may_write"),
    [
        ("sportsgpt_pipeline", True),
        ("sportsgpt_analyst", False),
        ("sportsgpt_reader", False),
    ],
)
def test_groups_read_and_only_the_pipeline_writes(
    store: KnowledgeStore,
    starter: Collection,
    empty_knowledge_url: str,
    role: str,
    *,
    may_write: bool,
):
    ingest(store, starter)
    with psycopg.connect(empty_knowledge_url) as connection:
        connection.execute(f"set local role {role}")
        rows = connection.execute("select count(*) from knowledge.passages_in_use")
        assert rows.fetchone()[0] > 0
        statement = "update knowledge.sources set withdrawn_reason = 'test'"
        if may_write:
            connection.execute(statement)
        else:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
        connection.rollback()


def test_unreachable_server_is_a_database_error():
    with (
        pytest.raises(DatabaseError, match="cannot be reached"),
        open_knowledge_base("postgresql://nobody@127.0.0.1:1/nothing"),
    ):
        pass


def test_old_pgvector_is_refused(empty_knowledge_url: str):
    with (
        open_knowledge_base(empty_knowledge_url) as connection,
        pytest.raises(DatabaseError, match=r"at least 99\.0 is needed"),
    ):
        validate_server(connection, least_pgvector=(99, 0))


def test_database_without_pgvector_is_refused(postgres_url: str):
    plain = postgres_url.rpartition("/")[0] + "/template1"
    with (
        pytest.raises(DatabaseError, match="no pgvector extension"),
        open_knowledge_base(plain),
    ):
        pass


@pytest.mark.parametrize(
    ("text", "is_enough"),
    [
        ("0.8.4", True),
        ("0.8.10", True),
        ("0.8.3", False),
        ("0.7.9", False),
        ("1.0", True),
    ],
)
def test_pgvector_versions_compare_as_numbers(text: str, *, is_enough: bool):
    assert (parse_pgvector_version(text) >= LEAST_PGVECTOR) is is_enough
