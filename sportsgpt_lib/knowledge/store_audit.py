"""Reads stored rows for the checks, a few thousand at a time; judges nothing.

The checks are in ``kb_ingest/checks.py``.
"""

from collections.abc import Iterator
from typing import Any

from sportsgpt_lib.knowledge.postgres import (
    fetch_rows,
    load_statement,
    open_knowledge_base,
)

_WINDOW_ROWS = 10_000
_MOST_SHOWN = 10

AuditRow = dict[str, Any]


def iter_source_rows(url: str) -> Iterator[tuple[AuditRow, ...]]:
    """Iterate over the sources in use, in windows."""
    return _iter_windows(url, "audit_sources")


def iter_passage_rows(url: str) -> Iterator[tuple[AuditRow, ...]]:
    """Iterate over the passages in use, in windows."""
    return _iter_windows(url, "audit_passages")


def iter_vector_rows(url: str, vectors: str) -> Iterator[tuple[AuditRow, ...]]:
    """Iterate over the vectors of a model's table, in windows."""
    return _iter_windows(url, "audit_vectors", vectors)


def list_duplicated_texts(url: str) -> dict[str, list[str]]:
    """List texts that several sources hold: passage to sources, ten at most."""
    with open_knowledge_base(url) as connection:
        return dict(fetch_rows(connection, "duplicated_texts", _MOST_SHOWN))


def _iter_windows(
    url: str, statement: str, vectors: str | None = None
) -> Iterator[tuple[AuditRow, ...]]:
    with (
        open_knowledge_base(url) as connection,
        connection.cursor(statement) as cursor,
    ):
        cursor.itersize = _WINDOW_ROWS
        cursor.execute(load_statement(statement, vectors))
        names = [column.name for column in cursor.description or ()]
        while rows := cursor.fetchmany(_WINDOW_ROWS):
            yield tuple(dict(zip(names, row, strict=True)) for row in rows)
