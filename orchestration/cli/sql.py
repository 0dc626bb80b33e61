"""``sportsgpt sql``: one read-only query on the analysts' database."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import CONSOLE
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.storage.duckdb_marts import read_duckdb

# What a table draws beside a cell's text, and at its right edge.
_CELL_FRAME, _EDGE = 3, 1
# A documented query begins with a comment, which is no option though it begins with --.
TAKES_COMMENTS = {"ignore_unknown_options": True}


def sql(
    query: Annotated[
        str | None, typer.Argument(help="SQL, such as 'show all tables'.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Read the query from this file."
        ),
    ] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,  # noqa: FBT002 - Typer declares a flag so
) -> None:
    """Query the published DuckDB file, read-only; wide answers are printed downwards.

    The queries in sql/queries answer common questions:
    sportsgpt sql --file sql/queries/what_failed.sql
    """
    text = _take_query(query, file)
    settings = load_settings()
    if csv:
        rows = read_duckdb(settings.duckdb_file, text)
        typer.echo(rows.write_csv(), nl=False)
        return
    print_query(settings, text)


def _take_query(query: str | None, file: Path | None) -> str:
    if file is not None and query is None:
        return file.read_text(encoding="utf-8")
    if query is None or file is not None:
        message = "give one query: as text, or with --file"
        raise typer.BadParameter(message)
    return query


def print_query(settings: Settings, query: str) -> None:
    """Print the answer of a query; ``–`` stands for null.

    A table where it fits the terminal's width, else each row downwards, one value to a
    line.
    """
    answer = read_duckdb(settings.duckdb_file, query)
    rows = [[_cell(value) for value in row] for row in answer.iter_rows()]
    if _table_width(answer.columns, rows) > CONSOLE.width:
        _print_downwards(answer.columns, rows)
        return
    table = Table(*(escape(name) for name in answer.columns))
    for row in rows:
        table.add_row(*map(escape, row))
    CONSOLE.print(table)


def _table_width(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    lines = [columns, *rows]
    widest = (max(map(cell_len, cells)) for cells in zip(*lines, strict=True))
    return sum(width + _CELL_FRAME for width in widest) + _EDGE


def _print_downwards(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    width = max(map(cell_len, columns))
    for number, row in enumerate(rows, start=1):
        CONSOLE.print(f"[bold]row {number} of {len(rows)}[/]")
        for name, value in zip(columns, row, strict=True):
            label = name + " " * (width - cell_len(name))
            CONSOLE.print(f"  [dim]{escape(label)}[/]  {escape(value)}")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)
