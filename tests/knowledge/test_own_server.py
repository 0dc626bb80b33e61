"""A Postgres of a federation's own, whose login is no superuser."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.storage.migrations import migrate
from tests.knowledge.conftest import WordEmbedder

pytestmark = pytest.mark.integration
GROUPS = tuple(
    f"sportsgpt_{name}" for name in ("pipeline", "analyst", "reader", "coach")
)
LOGIN, NAME, WORD = "federation_owner", "federation_test", "a-test-word"


@pytest.fixture
def admin_url(postgres_url: str) -> Iterator[str]:
    """A database that a login owns which may make roles, as its administrator."""
    login, name = sql.Identifier(LOGIN), sql.Identifier(NAME)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        run = connection.execute
        run(sql.SQL("create role {} login createrole password {}").format(login, WORD))
        # On a server of its own it makes the groups, and so may grant them.
        groups = sql.SQL(", ").join(map(sql.Identifier, GROUPS))
        run(sql.SQL("grant {} to {} with admin option").format(groups, login))
        run(sql.SQL("create database {} owner {}").format(name, login))
        yield psycopg.conninfo.make_conninfo(postgres_url, dbname=NAME)
        run(sql.SQL("drop database {} with (force)").format(name))
        run(sql.SQL("revoke {} from {}").format(groups, login))
        run(sql.SQL("drop role {}").format(login))


@pytest.fixture
def owner_url(admin_url: str) -> str:
    return psycopg.conninfo.make_conninfo(admin_url, user=LOGIN, password=WORD)


def test_without_the_extension_nothing_is_changed_and_who_must_act_is_said(
    admin_url: str, owner_url: str
):
    with pytest.raises(DatabaseError) as caught:
        migrate(owner_url)
    assert 'create extension "vector"' in caught.value.found
    assert "administrator" in caught.value.fix
    assert "docs/operations.md" in caught.value.fix
    with psycopg.connect(admin_url) as connection:
        (made,) = connection.execute(
            "select count(*) from pg_namespace where nspname = 'knowledge'"
        ).fetchone()
    assert made == 0


def test_with_the_extension_the_owner_needs_no_superuser(
    admin_url: str, owner_url: str, build_source, build_passage
):
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("create extension vector")
    assert migrate(owner_url)
    store = KnowledgeStore(owner_url)
    store.save_sources("books", [build_source("book")])
    store.save_passages("book", [build_passage("book", 0, "Land softly on both feet")])
    assert embed_passages(owner_url, WordEmbedder()).is_active
