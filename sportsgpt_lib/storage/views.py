"""The views people query: one definition each, the same on DuckDB and Postgres.

A file of ``sql/views`` holds one comment block and one ``select`` in the SQL that both
engines speak. The block says what a row is, then, in lines such as ``-- column NAME:
words`` (indented lines go on), what the columns are that no table has, or that mean
something else here. All other columns are described as in the table they come from.
This module wraps a view for each engine.
"""

import functools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from sportsgpt_lib.errors import TableContractError
from sportsgpt_lib.storage.mart_ddl import (
    build_duckdb_table_statement,
    describe_column,
    quote_sql_text,
)
from sportsgpt_lib.storage.sql_text import list_sql, load_sql
from sportsgpt_lib.storage.tables import DATABASE_TABLES, TABLES_BY_NAME

# Extensions come with the wheel or not at all; nothing is downloaded at run time.
DUCKDB_CONFIGURATION: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_SCHEMA = "training"
_COLUMN_NOTE = re.compile(r"-- column (\w+): (.+)")
_NOTE_GOES_ON = "--     "
_TABLE_NAME = re.compile(rf"\b{_SCHEMA}\.(\w+)")


@dataclass(frozen=True)
class View:
    """One view: its name without schema, what a row is, and its ``select``.

    ``comments`` has one line for each column, in the order of the columns.
    """

    name: str
    meaning: str
    query: str
    comments: Mapping[str, str]

    @property
    def qualified_name(self) -> str:
        """Schema and name, as queried."""
        return f"{_SCHEMA}.{self.name}"


@functools.cache
def list_views() -> tuple[View, ...]:
    """List all views, sorted by name; one may lean on those before it.

    Raises
    ------
    TableContractError
        A column has no comment, or a comment has no column.
    """
    with duckdb.connect(":memory:", config=DUCKDB_CONFIGURATION) as connection:
        connection.execute(f"create schema {_SCHEMA}")
        for table in DATABASE_TABLES:
            connection.execute(build_duckdb_table_statement(table))
        views: list[View] = []
        for name in list_sql("views"):
            view = parse_view(name, load_sql(name), connection, views)
            connection.execute(build_duckdb_view_statements(view)[0])
            views.append(view)
        return tuple(views)


def build_postgres_view_statements(view: View) -> list[str]:
    """Build what creates a view in Postgres, under the reader's own row security."""
    return [
        f"create view {view.qualified_name} with (security_invoker = true) as "
        f"{view.query}",
        *_build_comment_statements(view),
        f"grant select on {view.qualified_name} "
        "to sportsgpt_pipeline, sportsgpt_analyst, sportsgpt_reader",
    ]


def build_duckdb_view_statements(view: View) -> list[str]:
    """Build what creates or replaces a view in DuckDB."""
    return [
        f"create or replace view {view.qualified_name} as {view.query}",
        *_build_comment_statements(view),
    ]


def parse_view(
    file_name: str,
    text: str,
    connection: duckdb.DuckDBPyConnection,
    earlier: Sequence[View] = (),
) -> View:
    """Parse one file of ``sql/views``.

    Parameters
    ----------
    file_name
        Its name; without folder and ending it is the view's.
    text
        Its text.
    connection
        A database with the tables and views that the view reads; they may be empty.
    earlier
        Views that it may lean on.

    Raises
    ------
    TableContractError
        A column has no comment, or a comment has no column.
    """
    lines = text.splitlines()
    meaning, notes = _read_head([line for line in lines if line.startswith("--")])
    query = "\n".join(line for line in lines if not line.startswith("--"))
    query = query.strip().rstrip(";")
    columns = connection.execute(f"from ({query}) limit 0").description
    comments = _describe_columns(
        file_name,
        [str(column[0]) for column in columns],
        _inherit_comments(query, earlier),
        notes,
    )
    name = file_name.rpartition("/")[2].removesuffix(".sql")
    return View(name, meaning, query, comments)


def _build_comment_statements(view: View) -> list[str]:
    name = view.qualified_name
    return [
        f"comment on view {name} is {quote_sql_text(view.meaning)}",
        *(
            f"comment on column {name}.{column} is {quote_sql_text(comment)}"
            for column, comment in view.comments.items()
        ),
    ]


def _read_head(head: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Read what a row is, and the notes on columns, from the comment block."""
    meaning: list[str] = []
    notes: dict[str, str] = {}
    for line in head:
        note = _COLUMN_NOTE.fullmatch(line)
        if note is not None:
            notes[note[1]] = note[2]
        elif notes and line.startswith(_NOTE_GOES_ON):
            last = next(reversed(notes))
            notes[last] += f" {line.removeprefix('--').strip()}"
        else:
            meaning.append(line.removeprefix("--").strip())
    return " ".join(meaning), notes


def _inherit_comments(query: str, earlier: Sequence[View]) -> dict[str, str]:
    """Take each column's comment from the first table or view that has it."""
    views = {view.name: view.comments for view in earlier}
    inherited: dict[str, str] = {}
    for name in reversed(dict.fromkeys(_TABLE_NAME.findall(query))):
        if name in views:
            inherited |= views[name]
        else:
            columns = TABLES_BY_NAME[name].columns
            inherited |= {column.name: describe_column(column) for column in columns}
    return inherited


def _describe_columns(
    file_name: str,
    names: Sequence[str],
    inherited: Mapping[str, str],
    notes: Mapping[str, str],
) -> dict[str, str]:
    """Describe each column by its note, else as the table or view does it is from."""
    known = {**inherited, **notes}
    problems = [
        f"{name}: no table that the view reads has such a column"
        for name in names
        if name not in known
    ]
    problems += [
        f"{name}: described, but not selected" for name in notes if name not in names
    ]
    if problems:
        raise TableContractError(
            f"sql/{file_name}",
            "comments and columns do not agree",
            "write a line `-- column NAME: words` in its head for each computed "
            "column, and for no other name.",
            problems=problems,
        )
    return {name: known[name] for name in names}
