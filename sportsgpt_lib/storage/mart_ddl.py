"""SQL that creates tables, generated from the table contract.

``python -m sportsgpt_lib.storage.mart_ddl TABLE …`` prints what creates new marts in
Postgres, for a new file in ``sql/migrations``. Migrations that were applied anywhere
never change; a test compares the migrated database with the contract.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from sportsgpt_lib.storage.contract import Column, ColumnType, Table
from sportsgpt_lib.storage.rows import build_sort_key
from sportsgpt_lib.storage.tables import TABLES_BY_NAME

POSTGRES_TYPES: dict[ColumnType, str] = {
    "text": "text",
    "integer": "bigint",
    "real": "double precision",
    "boolean": "boolean",
    "date": "date",
    "json": "jsonb",
}
DUCKDB_TYPES: dict[ColumnType, str] = {
    "text": "varchar",
    "integer": "bigint",
    "real": "double",
    "boolean": "boolean",
    "date": "date",
    "json": "json",
}
_READERS = "sportsgpt_analyst, sportsgpt_reader"


def build_duckdb_table_statement(table: Table) -> str:
    """Build what creates an empty mart in DuckDB unless it is there.

    It has neither key nor null rules: DuckDB checks a key too early when one
    transaction deletes and inserts it, and rows of an older contract lack columns.
    """
    return f"create table if not exists {table.qualified_name} (\n" + (
        f"{_build_columns(table, DUCKDB_TYPES, has_null_rules=False)}\n)"
    )


def build_lake_view_statement(table: Table, folder: Path) -> str:
    """Build DuckDB's view of a frame table: the lake, less what was not published.

    A recording is published where no stage stopped it: ``recordings`` holds the first
    stage's verdict, ``quality_verdicts`` those of all. Rows of a clip carry no
    recording; any published recording of the clip lets them in.
    """
    names = table.column_names
    owner = "recording_id" if "recording_id" in names else "clip_sha256"
    columns = ",\n".join(f"    lake.{name}" for name in names)
    files = quote_sql_text(f"{folder}/**/*.parquet")
    return f"""create or replace view {table.qualified_name} as
select
{columns}
from read_parquet({files}, hive_partitioning = false, union_by_name = true) as lake
where exists (
    select 1
    from training.recordings as published
    where
        published.team_id = lake.team_id
        and published.session_day = lake.session_day
        and published.{owner} = lake.{owner}
        and published.verdict in ('PASS', 'WARN')
        and not exists (
            select 1
            from training.quality_verdicts as stopped
            where
                stopped.team_id = published.team_id
                and stopped.session_day = published.session_day
                and stopped.subject_id = published.recording_id
                and stopped.verdict in ('QUARANTINE', 'REJECT')
        )
)"""  # noqa: S608


def build_comment_statements(table: Table, kind: str = "table") -> list[str]:
    """Build comments with grain, meaning and unit; the same on both engines.

    They are no part of a migration: their words follow the contract at every start.
    """
    name = table.qualified_name
    statements = [
        f"comment on {kind} {name} is {quote_sql_text(_describe_table(table))}"
    ]
    statements += [
        f"comment on column {name}.{column.name} is "
        f"{quote_sql_text(describe_column(column))}"
        for column in table.columns
    ]
    return statements


def describe_column(column: Column) -> str:
    """Describe a column in one line: meaning, unit, allowed values."""
    allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
    unit = f" Unit: {column.unit}." if column.unit else ""
    return f"{column.meaning}{unit}{allowed}"


def build_postgres_mart(table: Table) -> str:
    """Build what creates a mart in Postgres: table, key, row security and grants."""
    name = table.qualified_name
    key = ", ".join(build_sort_key(table))
    security = [
        f"alter table {name} enable row level security",
        f"alter table {name} force row level security",
        f"create policy pipeline_writes_all on {name}\n"
        "to sportsgpt_pipeline using (true) with check (true)",
        f"create policy readers_see_granted_teams on {name}\n"
        f"for select to {_READERS}\n"
        "using (team_id in (select access.granted_teams()))",
        f"grant select, insert, update, delete on {name} to sportsgpt_pipeline",
        f"grant select on {name} to {_READERS}",
    ]
    columns = _build_columns(table, POSTGRES_TYPES, has_null_rules=True)
    create = f"create table {name} (\n{columns},\n    primary key ({key})\n)"
    return ";\n\n".join([create, ";\n".join(security)]) + ";\n"


def _describe_table(table: Table) -> str:
    return f"One row per {table.grain}."


def _build_columns(
    table: Table, types: dict[ColumnType, str], *, has_null_rules: bool
) -> str:
    lines: list[str] = []
    for column in table.columns:
        null_rule = " not null" if has_null_rules and not column.nullable else ""
        lines.append(f"    {column.name} {types[column.type]}{null_rule}")
    return ",\n".join(lines)


def quote_sql_text(text: str) -> str:
    """Quote words as a text literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def main(names: Sequence[str]) -> None:
    """Print what creates the named marts in Postgres."""
    marts = [build_postgres_mart(TABLES_BY_NAME[name].served) for name in names]
    sys.stdout.write("\n".join(marts))


if __name__ == "__main__":
    main(sys.argv[1:])
