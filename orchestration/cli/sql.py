"""``sportsgpt sql``: one read-only query on the analysts' database."""

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from orchestration.cli.console import CONSOLE
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.storage.duckdb_marts import read_duckdb


def sql(
    query: Annotated[str, typer.Argument(help="SQL, such as 'show all tables'.")],
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,  # noqa: FBT002 - Typer declares a flag so
) -> None:
    """Query the published DuckDB file, read-only."""
    settings = load_settings()
    if csv:
        rows = read_duckdb(settings.duckdb_file, query)
        typer.echo(rows.write_csv(), nl=False)
        return
    print_query(settings, query)


def print_query(settings: Settings, query: str) -> None:
    """Print the answer of a query as a table; ``–`` stands for null."""
    rows = read_duckdb(settings.duckdb_file, query)
    table = Table(*rows.columns)
    for row in rows.iter_rows():
        table.add_row(*(escape(_cell(value)) for value in row))
    CONSOLE.print(table)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:g}" if isinstance(value, float) else str(value)
