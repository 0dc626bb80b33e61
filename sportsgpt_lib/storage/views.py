"""The views people query: one definition each, the same on DuckDB and Postgres.

A file of ``sql/views`` holds one comment block (what a row is) and one ``select`` in
the SQL that both engines speak. This module wraps it for each engine.
"""

from dataclasses import dataclass

from sportsgpt_lib.storage.sql_text import list_sql, load_sql

_SCHEMA = "training"


@dataclass(frozen=True)
class View:
    """One view: its name without schema, what a row is, and its ``select``."""

    name: str
    meaning: str
    query: str

    @property
    def qualified_name(self) -> str:
        """Schema and name, as queried."""
        return f"{_SCHEMA}.{self.name}"


def list_views() -> tuple[View, ...]:
    """List all views, sorted by name; none leans on another."""
    return tuple(_parse_view(name, load_sql(name)) for name in list_sql("views"))


def build_postgres_view_statements(view: View) -> list[str]:
    """Build what creates a view in Postgres, under the reader's own row security."""
    meaning = view.meaning.replace("'", "''")
    return [
        f"create view {view.qualified_name} with (security_invoker = true) as "
        f"{view.query}",
        f"comment on view {view.qualified_name} is '{meaning}'",
        f"grant select on {view.qualified_name} "
        "to sportsgpt_pipeline, sportsgpt_analyst, sportsgpt_reader",
    ]


def build_duckdb_view_statements(view: View) -> list[str]:
    """Build what creates or replaces a view in DuckDB."""
    meaning = view.meaning.replace("'", "''")
    return [
        f"create or replace view {view.qualified_name} as {view.query}",
        f"comment on view {view.qualified_name} is '{meaning}'",
    ]


def _parse_view(file_name: str, text: str) -> View:
    lines = text.splitlines()
    head = [line for line in lines if line.startswith("--")]
    name = file_name.rpartition("/")[2].removesuffix(".sql")
    meaning = " ".join(line.removeprefix("--").strip() for line in head)
    query = "\n".join(line for line in lines if not line.startswith("--"))
    return View(name, meaning, query.strip().rstrip(";"))
