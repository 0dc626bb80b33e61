"""A knowledge base filled by migration 0002 is carried over whole."""

from collections.abc import Iterator

import numpy as np
import psycopg
import pytest
from psycopg import sql

from sportsgpt_lib.knowledge.embedding_models import ModelRegistry
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.retrieval import PostgresRetriever
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.storage import migrations
from sportsgpt_lib.storage.migrations import list_migrations, migrate
from tests.knowledge.conftest import WordEmbedder

pytestmark = pytest.mark.integration
FIRST_NEW = "migrations/0008_knowledge_at_size.sql"
TEXTS = ("The knee bends.", "The hip bends.", "An older wording.")


@pytest.fixture
def old_url(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database as it was before passages had partitions."""
    name = "old_knowledge_test"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        url = psycopg.conninfo.make_conninfo(postgres_url, dbname=name)
        old = tuple(part for part in list_migrations() if part < FIRST_NEW)
        with monkeypatch.context() as patch:
            patch.setattr(migrations, "list_sql", lambda _area: old)
            patch.setattr(migrations, "list_views", lambda: ())
            patch.setattr(migrations, "DATABASE_TABLES", ())
            migrate(url)
        yield url
        connection.execute(
            sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
        )


def fill(url: str) -> dict[str, np.ndarray]:
    """Save two collections, a superseded passage, two models and a question."""
    embedder = WordEmbedder()
    vectors = dict(
        zip("abc", embedder.embed([f"Leg. {t}" for t in TEXTS]), strict=True)
    )
    with psycopg.connect(url) as connection:
        for number, source in enumerate(("cards", "book")):
            connection.execute(
                "insert into knowledge.sources values"
                " (%s, %s, 'Legs', '{A}', 2020, null, 'CC0', 'owner', 'high', 'en',"
                " 'sha', 'librarian', null)",
                [source, ("starter", "team books")[number]],
            )
        for number, passage_id in enumerate("abc"):
            connection.execute(
                "insert into knowledge.passages values"
                " (%s, %s, %s, 'content', 'cards-1', %s, 'answer', 'Leg', %s, 'en',"
                " '{landing}', '{stiff}', '{\"card\": 1}')",
                [
                    passage_id,
                    ("cards", "book", "cards")[number],
                    number,
                    passage_id != "c",
                    TEXTS[number],
                ],
            )
            connection.execute(
                "insert into knowledge.embeddings values (%s, 'words@1', %s)",
                [passage_id, str(vectors[passage_id].tolist())],
            )
        connection.execute(
            "insert into knowledge.embeddings values ('a', 'former@7', %s)",
            [str(vectors["b"].tolist())],
        )
        connection.execute(
            "insert into knowledge.query_embeddings"
            " values ('q', 'words@1', 'Why?', %s)",
            [str(vectors["a"].tolist())],
        )
    return vectors


def test_nothing_is_lost_and_nothing_is_embedded_again(old_url: str):
    vectors = fill(old_url)
    query = (
        "select passage_id, source_id, chunk_no, content_sha256, chunker_version,"
        " is_current,"
        " kind, title, passage_text, language_code, movements, issues, payload,"
        " search_text::text from knowledge.passages order by passage_id"
    )
    with psycopg.connect(old_url) as connection:
        before = connection.execute(query).fetchall()
    assert migrate(old_url)[0] == FIRST_NEW
    with psycopg.connect(old_url) as connection:
        assert connection.execute(query).fetchall() == before
        stored = connection.execute(
            "select passage_id, embedding::text from knowledge.vectors_1"
            " inner join knowledge.passages using (text_key, collection)"
            " order by passage_id"
        ).fetchall()
        questions = connection.execute(
            "select query from knowledge.query_embeddings"
        ).fetchall()
    assert [passage_id for passage_id, _ in stored] == ["a", "b", "c"]
    for passage_id, text in stored:
        found = np.array(text.strip("[]").split(","), dtype=float)
        np.testing.assert_allclose(found, vectors[passage_id], atol=1e-3)
    assert questions == [("Why?",)]
    registry = ModelRegistry(old_url)
    assert registry.find_active().name == "words@1"
    assert registry.find("former@7").state == "retired"
    embedder = WordEmbedder()
    assert embed_passages(old_url, embedder).embedded_now == 0
    assert embedder.embedded == []
    (found, *_) = PostgresRetriever(old_url, embedder).retrieve("The knee bends.")
    assert found.passage_id == "a"
    assert KnowledgeStore(old_url).count_rows() == {"sources": 2, "passages": 2}


def test_the_version_of_an_old_knowledge_base_does_not_depend_on_when_it_was_moved(
    old_url: str,
):
    fill(old_url)
    migrate(old_url)
    store = KnowledgeStore(old_url)
    version = store.compute_version()
    with psycopg.connect(old_url) as connection:
        connection.execute(
            "update knowledge.sources set"
            " passages_sha256 = knowledge.compute_passages_sha256(source_id)"
        )
    assert store.compute_version() == version
