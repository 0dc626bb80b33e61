"""``docs/tables.md``, generated from the table contract.

``python -m sportsgpt_lib.storage.tables_page`` rewrites it; a test keeps it equal.
"""

import sys
from pathlib import Path

from sportsgpt_lib.storage.contract import Column, Table
from sportsgpt_lib.storage.mart_ddl import DUCKDB_TYPES, POSTGRES_TYPES
from sportsgpt_lib.storage.rows import POLARS_TYPES, build_sort_key
from sportsgpt_lib.storage.tables import KEPT_TABLES, TABLES
from sportsgpt_lib.storage.views import View, list_views

_HEAD = """# Tables

Generated from `sportsgpt_lib/storage/tables.py`; change that file, then run
`python -m sportsgpt_lib.storage.tables_page`. How to query: [analysts.md](analysts.md).

Every table has one partition per training day and team, and every row says by
`code_version`, weights and definition hashes what made it. Missing is null, never NaN.
Marts are tables in DuckDB and in Postgres; frame tables stay in the Parquet lake, where
DuckDB reads them through views. A kept table is written by people: Postgres keeps it,
no run replaces it, and DuckDB has a copy.
"""
_SERVED_AS = {
    (False, True): "mart",
    (False, False): "frame table",
    (True, False): "kept table",
}
_IN_LAKE_ONLY = " In the lake only, neither in DuckDB nor in Postgres."
_PAGE = Path(__file__).resolve().parents[2] / "docs" / "tables.md"


def build_tables_page() -> str:
    """Build the page: an overview, every table, every view."""
    overview = ["| table | one row per | served as |", "|---|---|---|"]
    overview += [
        f"| [{table.qualified_name}](#{_build_anchor(table)}) | {table.grain} | "
        f"{_SERVED_AS[table in KEPT_TABLES, table.is_mart]} |"
        for table in (*TABLES, *KEPT_TABLES)
    ]
    types = ["| type | Parquet (polars) | Postgres | DuckDB |", "|---|---|---|---|"]
    types += [
        f"| {word} | {POLARS_TYPES[word]} | {POSTGRES_TYPES[word]} | {duckdb_type} |"
        for word, duckdb_type in DUCKDB_TYPES.items()
    ]
    views = "## Views\n\nThe same on both engines; text in `sql/views`."
    parts = [
        _HEAD,
        "\n".join(overview),
        "\n".join(types),
        *map(_build_section, (*TABLES, *KEPT_TABLES)),
        views,
        *map(_build_view_section, list_views()),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _build_anchor(table: Table) -> str:
    # As GitHub and most Markdown renderers make anchors: the dot falls out.
    return table.qualified_name.replace(".", "")


def _build_section(table: Table) -> str:
    lines = [
        f"## {table.qualified_name}",
        "",
        f"One row per {table.grain}. Key: {', '.join(build_sort_key(table))}.",
        "",
        "| column | type | unit | null | range | meaning |",
        "|---|---|---|---|---|---|",
        *map(_build_row, table.columns),
    ]
    return "\n".join(lines)


def _build_view_section(view: View) -> str:
    lines = [
        f"### {view.qualified_name}",
        "",
        view.meaning,
        "",
        "| column | meaning |",
        "|---|---|",
        *(
            f"| {name} | {_escape(comment)} |"
            for name, comment in view.comments.items()
        ),
    ]
    return "\n".join(lines)


def _escape(words: str) -> str:
    return words.replace("|", "\\|")


def _build_row(column: Column) -> str:
    cells = (
        column.name,
        column.type,
        column.unit,
        "yes" if column.nullable else "",
        _describe_range(column),
        _escape(column.meaning + ("" if column.is_served else _IN_LAKE_ONLY)),
    )
    return "| " + " | ".join(cells) + " |"


def _describe_range(column: Column) -> str:
    if column.allowed:
        return ", ".join(column.allowed)
    if column.minimum is None and column.maximum is None:
        return ""
    low = "" if column.minimum is None else f"{column.minimum:g}"
    high = "" if column.maximum is None else f"{column.maximum:g}"
    return f"{low} … {high}".strip()


def main() -> None:
    """Rewrite the page in the source tree."""
    _PAGE.write_text(build_tables_page(), encoding="utf-8")
    sys.stdout.write(f"wrote {_PAGE}\n")


if __name__ == "__main__":
    main()
