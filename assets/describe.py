"""How tables show in the Dagster UI: column schemas and what a step reports.

Numbers, units, pseudonyms and drawings without a likeness go into metadata; names, file
names and pictures of people never.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg
import polars as pl

from assets.table_keys import training_key
from sportsgpt_lib.stages.previews import Preview
from sportsgpt_lib.stages.runner import StageReport
from sportsgpt_lib.storage.contract import Column, Table

_DAGSTER_TYPES = {"real": "double", "text": "string", "json": "json string"}


def describe_table(table: Table) -> dict[str, Any]:
    """Describe a table for an asset's metadata: grain, key and column schema."""
    return {
        "dagster/table_name": table.qualified_name,
        "grain": f"one row per {table.grain}",
        "key": ", ".join(table.key),
        "dagster/column_schema": describe_columns(table.columns),
    }


def describe_columns(columns: Sequence[Column]) -> dg.TableSchema:
    """Describe columns for an asset's metadata: type, meaning, unit, may it be null."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                column.name,
                type=_DAGSTER_TYPES.get(column.type, column.type),
                description=_describe_column(column),
                constraints=dg.TableColumnConstraints(nullable=column.nullable),
            )
            for column in columns
        ]
    )


def report_stage(
    report: StageReport,
    extra: Mapping[str, Any] | None = None,
    table: Table | None = None,
) -> dg.MaterializeResult[Any]:
    """Report what a stage did: rows, missing share, work done, work reused.

    ``table`` names the stage's own table where it has side tables.
    """
    return dg.MaterializeResult(
        asset_key=None if table is None else training_key(table.name),
        metadata={
            **_count_rows(report.rows),
            "computed_subjects": report.computed_count,
            "reused_subjects": report.reused_count,
            "stopped_subjects": report.stopped_count,
            **(extra or {}),
        },
    )


def report_side_tables(report: StageReport) -> Iterator[dg.MaterializeResult[Any]]:
    """Report the rows of a stage's side tables."""
    for name, rows in report.side_rows.items():
        yield dg.MaterializeResult(
            asset_key=training_key(name), metadata=_count_rows(rows)
        )


def _count_rows(rows: pl.DataFrame) -> dict[str, Any]:
    cells = rows.height * rows.width
    missing = sum(rows.null_count().row(0)) if cells else 0
    return {
        "dagster/row_count": rows.height,
        "missing_ratio": missing / cells if cells else 0.0,
    }


def show_preview(preview: Preview | None) -> dict[str, Any]:
    """Show a small picture in a step's metadata; nothing where there is none."""
    if preview is None:
        return {}
    encoded = base64.b64encode(preview.png).decode("ascii")
    markdown = f"![{preview.words}](data:image/png;base64,{encoded})"
    return {"preview": dg.MetadataValue.md(markdown), "preview_shows": preview.words}


def _describe_column(column: Column) -> str:
    unit = f" Unit: {column.unit}." if column.unit else ""
    allowed = f" One of: {', '.join(column.allowed)}." if column.allowed else ""
    return f"{column.meaning}{unit}{allowed}"
