from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import psycopg
import pytest
from psycopg import sql
from psycopg.types.json import Jsonb

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage import migrations
from sportsgpt_lib.storage.mart_ddl import (
    describe_column,
)
from sportsgpt_lib.storage.migrations import list_migrations, migrate
from sportsgpt_lib.storage.rows import build_sort_key
from sportsgpt_lib.storage.sql_text import load_sql
from sportsgpt_lib.storage.tables import DATABASE_TABLES
from sportsgpt_lib.storage.views import list_views

pytestmark = pytest.mark.integration

_TYPES = {
    "text": "text",
    "integer": "bigint",
    "real": "double precision",
    "boolean": "boolean",
    "date": "date",
    "json": "jsonb",
}
_FIRST_OF_THIS_VERSION = "migrations/0010_report_languages.sql"
_VALUES = {
    "text": "a",
    "bigint": 1,
    "double precision": 0.5,
    "boolean": True,
    "date": date(2026, 1, 15),
    "jsonb": {"schema_version": "1.1"},
}


@pytest.fixture
def empty_database_url(postgres_url) -> Iterator[str]:
    name = "migration_test"
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        yield psycopg.conninfo.make_conninfo(postgres_url, dbname=name)
        connection.execute(
            sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
        )


def fetch(url: str, query: str, parameters: object = None):
    with psycopg.connect(url) as connection:
        return connection.execute(query, parameters).fetchall()  # type: ignore[arg-type]


def test_a_second_call_finds_nothing_to_do(empty_database_url):
    assert migrate(empty_database_url)[0] == "migrations/0001_training.sql"
    assert migrate(empty_database_url) == []


def test_two_at_once_apply_everything_once(empty_database_url):
    with ThreadPoolExecutor(2) as pool:
        applied = list(pool.map(migrate, [empty_database_url] * 2))
    assert sorted(map(len, applied)) == [0, len(list_migrations()) + 1]


def test_rows_of_an_older_version_are_carried_over(empty_database_url, monkeypatch):
    old = tuple(part for part in list_migrations() if part < _FIRST_OF_THIS_VERSION)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "list_sql", lambda _area: old)
        patch.setattr(migrations, "list_views", lambda: ())
        patch.setattr(migrations, "DATABASE_TABLES", ())
        migrate(empty_database_url)
    before = fill_tables(empty_database_url)
    assert "guidance_reports" in before
    assert migrate(empty_database_url)[0] == _FIRST_OF_THIS_VERSION
    for name, kept in before.items():
        columns = sql.SQL(", ").join(map(sql.Identifier, kept))
        table = sql.Identifier("training", name)
        query = sql.SQL("select {} from {}").format(columns, table)
        assert fetch(empty_database_url, query) == [tuple(kept.values())], name


def fill_tables(url: str) -> dict[str, dict[str, object]]:
    """Put one row into each table of training; its values by table and column."""
    columns = fetch(
        url,
        "select table_name, column_name, data_type from information_schema.columns "
        "inner join information_schema.tables using (table_schema, table_name) "
        "where table_schema = 'training' and table_type = 'BASE TABLE'",
    )
    rows: dict[str, dict[str, object]] = {}
    for table, column, data_type in columns:
        rows.setdefault(table, {})[column] = _VALUES[data_type]
    with psycopg.connect(url) as connection:
        for table, row in rows.items():
            connection.execute(
                sql.SQL("insert into {} ({}) values ({})").format(
                    sql.Identifier("training", table),
                    sql.SQL(", ").join(map(sql.Identifier, row)),
                    sql.SQL(", ").join([sql.Placeholder()] * len(row)),
                ),
                [Jsonb(v) if isinstance(v, dict) else v for v in row.values()],
            )
    return rows


def test_a_changed_file_is_refused(empty_database_url):
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("update platform.migrations set sha256 = 'other'")
    with pytest.raises(DatabaseError, match="applied with another text"):
        migrate(empty_database_url)


def test_a_database_of_newer_code_is_refused(empty_database_url):
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        connection.execute(
            "insert into platform.migrations values ('migrations/9999_next.sql', '')"
        )
    with pytest.raises(DatabaseError, match=r"9999_next.*not in this version"):
        migrate(empty_database_url)


def test_a_failing_migration_leaves_no_trace(empty_database_url, monkeypatch):
    broken = "create table training.half (); select no_such_function();"
    names = ("migrations/0001_training.sql", "migrations/0009_broken.sql")
    monkeypatch.setattr(migrations, "list_sql", lambda _area: names)
    monkeypatch.setattr(
        migrations,
        "load_sql",
        lambda name: broken if "0009" in name else load_sql(name),
    )
    with pytest.raises(DatabaseError, match="no_such_function"):
        migrate(empty_database_url)
    assert fetch(empty_database_url, "select to_regclass('training.half')") == [(None,)]
    monkeypatch.undo()
    assert "migrations/0001_training.sql" not in migrate(empty_database_url)


def test_two_files_with_one_number_are_refused(monkeypatch):
    names = ("migrations/0001_a.sql", "migrations/0001_b.sql")
    monkeypatch.setattr(migrations, "list_sql", lambda _area: names)
    with pytest.raises(DatabaseError, match="0001_b"):
        list_migrations()


def test_an_unreachable_server_is_said_to_be_so():
    with pytest.raises(DatabaseError, match="Postgres says"):
        migrate("postgresql://nobody:x@127.0.0.1:1/none")


@pytest.mark.parametrize("table", DATABASE_TABLES, ids=lambda table: table.name)
def test_columns_of_the_migrated_database_are_the_contract(postgres_url, table):
    found = fetch(
        postgres_url,
        "select column_name, data_type, is_nullable = 'YES' "
        "from information_schema.columns "
        "where table_schema = %s and table_name = %s",
        [table.schema, table.name],
    )
    wanted = [(c.name, _TYPES[c.type], c.nullable) for c in table.columns]
    assert sorted(found) == sorted(wanted)


@pytest.mark.parametrize("table", DATABASE_TABLES, ids=lambda table: table.name)
def test_keys_begin_with_the_team(postgres_url, table):
    found = fetch(
        postgres_url,
        "select attname from pg_index, "
        "unnest(indkey) with ordinality as k (num, place) "
        "join pg_attribute on attnum = k.num "
        "where indrelid = %s::regclass and attrelid = indrelid and indisprimary "
        "order by place",
        [table.qualified_name],
    )
    assert [name for (name,) in found] == build_sort_key(table)


@pytest.mark.parametrize("table", DATABASE_TABLES, ids=lambda table: table.name)
def test_every_column_has_its_comment_and_unit(postgres_url, table):
    found = fetch(
        postgres_url,
        "select attname, col_description(attrelid, attnum) from pg_attribute "
        "where attrelid = %s::regclass and attnum > 0",
        [table.qualified_name],
    )
    assert dict(found) == {c.name: describe_column(c) for c in table.columns}


def test_row_security_is_forced_on_every_mart(postgres_url):
    found = fetch(
        postgres_url,
        "select relname from pg_class join pg_namespace on relnamespace = "
        "pg_namespace.oid where nspname = 'training' and relkind = 'r' "
        "and relrowsecurity and relforcerowsecurity",
    )
    assert {name for (name,) in found} == {table.name for table in DATABASE_TABLES}


def test_every_view_runs_as_whoever_asks(postgres_url):
    found = fetch(
        postgres_url,
        "select relname from pg_class join pg_namespace on relnamespace = "
        "pg_namespace.oid where nspname = 'training' and relkind = 'v' "
        "and 'security_invoker=true' = any(reloptions)",
    )
    assert {name for (name,) in found} == {view.name for view in list_views()}
