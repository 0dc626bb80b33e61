"""Connections to the knowledge base's Postgres, checked before they are used.

What is stored is in ``store.py``, what is searched in ``retrieval.py``. Statements live
in ``sql/knowledge`` and take their parameters by number (``$1``). Each model has a
table of vectors of its own; ``knowledge.model_vectors`` stands for it in their text.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.sql_text import load_sql

LEAST_PGVECTOR = (0, 8, 4)
"""Oldest version allowed: docs/knowledge.md."""

_CONNECT_TIMEOUT_S = 10
_VECTORS_TABLE = re.compile(r"vectors_\d+")
_MODEL_VECTORS = re.compile(r"\bmodel_vectors\b")

Row = tuple[Any, ...]
KnowledgeConnection = psycopg.Connection[Row]


@contextmanager
def open_knowledge_base(url: str) -> Iterator[KnowledgeConnection]:
    """Open a connection that speaks vectors; commits at the end, rolls back on error.

    Raises
    ------
    DatabaseError
        The server cannot be reached or is lost, is not migrated, or its pgvector is too
        old.
    """
    try:
        connection = psycopg.connect(
            url, connect_timeout=_CONNECT_TIMEOUT_S, cursor_factory=psycopg.RawCursor
        )
    except psycopg.OperationalError as error:
        raise DatabaseError(
            "knowledge base",
            f"Postgres cannot be reached ({str(error).strip()})",
            "start the server or correct its URL; see docs/knowledge.md",
        ) from error
    try:
        with connection:
            validate_server(connection)
            from pgvector.psycopg import register_vector

            register_vector(connection)
            yield connection
    except psycopg.OperationalError as error:
        if not connection.broken:
            raise
        raise DatabaseError(
            "knowledge base",
            f"the connection to Postgres was lost ({str(error).strip()})",
            "look after the server, then run again",
        ) from error


def fetch_rows(
    connection: KnowledgeConnection,
    statement: str,
    *parameters: object,
    vectors: str | None = None,
) -> list[Row]:
    """Run ``sql/knowledge/<statement>.sql`` and fetch its rows.

    ``vectors`` is the table of the model that the statement is about.
    """
    text = load_statement(statement, vectors)
    return connection.execute(text, parameters).fetchall()


def change_rows(
    connection: KnowledgeConnection,
    statement: str,
    *parameters: object,
    vectors: str | None = None,
) -> int:
    """Run ``sql/knowledge/<statement>.sql`` and count the rows it changed."""
    text = load_statement(statement, vectors)
    return connection.execute(text, parameters).rowcount


def copy_rows(
    connection: KnowledgeConnection,
    statement: str,
    types: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    vectors: str | None = None,
) -> int:
    """Copy rows in by ``sql/knowledge/<statement>.sql``; ``types`` are its columns'.

    Returns
    -------
    How many rows the server took.
    """
    text = load_statement(statement, vectors)
    with connection.cursor() as cursor:
        with cursor.copy(text) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)
        return cursor.rowcount


def load_statement(statement: str, vectors: str | None = None) -> str:
    """Load ``sql/knowledge/<statement>.sql``, about one model's table of vectors."""
    text = load_sql(f"knowledge/{statement}.sql")
    if vectors is None:
        return text
    if not _VECTORS_TABLE.fullmatch(vectors):
        raise ValueError(f"{vectors!r} is not a table of vectors")
    return _MODEL_VECTORS.sub(vectors, text)


def set_for_transaction(
    connection: KnowledgeConnection, setting: str, value: str
) -> None:
    """Set a server setting until the transaction ends."""
    fetch_rows(connection, "set_for_transaction", setting, value)


def validate_server(
    connection: KnowledgeConnection, least_pgvector: tuple[int, ...] = LEAST_PGVECTOR
) -> None:
    """Check that the database has pgvector, new enough, and the schema knowledge.

    Raises
    ------
    DatabaseError
        It has not.
    """
    rows = fetch_rows(connection, "check_server")
    if not rows:
        raise DatabaseError(
            "knowledge base",
            "the database has no pgvector extension",
            "install pgvector on the server, then migrate the database",
        )
    version, is_migrated = rows[0]
    if parse_pgvector_version(version) < least_pgvector:
        least = ".".join(map(str, least_pgvector))
        raise DatabaseError(
            "knowledge base",
            f"pgvector {version} is installed; at least {least} is needed",
            "install a later pgvector, then run 'alter extension vector update'",
        )
    if not is_migrated:
        raise DatabaseError(
            "knowledge base",
            "the schema knowledge is not there, or an earlier one",
            "migrate the database: start any `sportsgpt` command once",
        )


def parse_pgvector_version(text: str) -> tuple[int, ...]:
    """Parse ``0.8.5`` into numbers that can be compared."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())
