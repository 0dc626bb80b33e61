"""Brings a Postgres database to the schema this version of the code expects.

Numbered files of ``sql/migrations`` run once each, in order. The views of ``sql/views``
and the comments on tables and columns are rebuilt whenever their text changes.
"""

import hashlib
import re
from collections.abc import Sequence
from itertools import chain

import psycopg

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.mart_ddl import build_comment_statements
from sportsgpt_lib.storage.sql_text import list_sql, load_sql
from sportsgpt_lib.storage.tables import DATABASE_TABLES
from sportsgpt_lib.storage.views import build_postgres_view_statements, list_views

_NAME = re.compile(r"migrations/(\d{4})_[a-z0-9_]+\.sql")
_VIEWS = "views and comments"
# Any number, the same for everybody who migrates.
_LOCK_KEY = 0x5907_5607


def migrate(owner_url: str) -> list[str]:
    """Apply what the database has not seen yet; returns the names that were applied.

    Each migration is one transaction. Two processes may call it at once: the second
    waits and finds nothing left to do.

    Raises
    ------
    DatabaseError
        The server cannot be reached, a migration fails, or a file that was applied
        earlier has changed or is gone. The failing migration leaves no trace.
    """
    try:
        with psycopg.connect(owner_url, autocommit=True) as connection:
            connection.execute("select pg_advisory_lock(%s)", [_LOCK_KEY])
            connection.execute(load_sql("bootstrap/groups.sql"))
            connection.execute(load_sql("bootstrap/migration_log.sql"))
            return _apply_all(connection)
    except psycopg.errors.InsufficientPrivilege as error:
        raise DatabaseError(
            "migrations",
            f"the login of the URL may not do what is needed: {error}",
            "let the server's administrator prepare the database: docs/operations.md, "
            '"A Postgres of your own".',
        ) from error
    except psycopg.Error as error:
        raise DatabaseError(
            "migrations",
            f"Postgres says: {error}",
            "check that the server is up and the URL names its owner.",
        ) from error


def list_migrations() -> tuple[str, ...]:
    """List the migration files in the order they run.

    Raises
    ------
    DatabaseError
        A file name lacks its number, or two files share one.
    """
    names = list_sql("migrations")
    numbers: dict[str, str] = {}
    for name in names:
        match = _NAME.fullmatch(name)
        if match is None or match[1] in numbers:
            raise DatabaseError(
                f"sql/{name}",
                "its number is missing or taken",
                "name it NNNN_words.sql with the next free number.",
            )
        numbers[match[1]] = name
    return names


def _apply_all(connection: psycopg.Connection) -> list[str]:
    names = list_migrations()
    seen: dict[str, str] = dict(
        connection.execute(
            "select file_name, sha256 from platform.migrations"
        ).fetchall()
    )
    known_views = seen.pop(_VIEWS, None)
    _validate_history(names, seen)
    missing = [name for name in names if name not in seen]
    rebuilt = [
        *chain.from_iterable(map(build_postgres_view_statements, list_views())),
        *chain.from_iterable(map(build_comment_statements, DATABASE_TABLES)),
    ]
    if not missing and known_views == _compute_sha256(rebuilt):
        return []
    # Views lean on tables a migration may alter, so they go first and come last.
    _run(connection, _VIEWS, [load_sql("bootstrap/drop_views.sql")])
    for name in missing:
        _run(connection, name, [load_sql(name)])
    _run(connection, _VIEWS, rebuilt)
    return [*missing, _VIEWS]


def _validate_history(names: tuple[str, ...], seen: dict[str, str]) -> None:
    problems = [
        f"{name}: was applied, but is not in this version"
        for name in seen
        if name not in names
    ]
    problems += [
        f"{name}: was applied with another text"
        for name in names
        if name in seen and seen[name] != _compute_sha256([load_sql(name)])
    ]
    if problems:
        raise DatabaseError(
            "migrations",
            "the database was made by other files than these",
            "never change an applied migration: put the file back and add a new one, "
            "or use the code version the database was made with.",
            problems=problems,
        )


def _run(connection: psycopg.Connection, name: str, statements: Sequence[str]) -> None:
    with connection.transaction():
        for statement in statements:
            connection.execute(statement)
        connection.execute(
            "insert into platform.migrations (file_name, sha256) values (%s, %s) "
            "on conflict (file_name) do update "
            "set sha256 = excluded.sha256, applied_at = now()",
            [name, _compute_sha256(statements)],
        )


def _compute_sha256(statements: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(statements).encode()).hexdigest()
