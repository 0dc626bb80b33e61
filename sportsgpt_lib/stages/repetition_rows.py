"""What the tables with one or more rows per repetition have in common.

Only grouping and typing of rows lives here.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl
from polars import selectors

from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.rows import build_schema

Row = Mapping[str, Any]

# The runner adds these to every table.
RUNNER_COLUMNS = ("team_id", "session_day", "code_version")
# Copied unchanged from the rows of a repetition to the rows made from them.
IDENTITY_COLUMNS = (
    "recording_id",
    "clip_sha256",
    "athlete_id",
    "movement",
    "repetition_idx",
    "movement_sha256",
    "pose_model",
    "pose_weights_sha256",
)


def build_stage_schema(table: Table) -> dict[str, pl.DataType]:
    """Build the table's columns and types, without the columns of the runner."""
    return {
        name: dtype
        for name, dtype in build_schema(table).items()
        if name not in RUNNER_COLUMNS
    }


def build_stage_rows(table: Table, rows: Sequence[Row]) -> pl.DataFrame:
    """Build a frame with the table's types; NaN becomes null."""
    frame = pl.DataFrame([dict(row) for row in rows], schema=build_stage_schema(table))
    return frame.with_columns(selectors.float().fill_nan(None))


def iterate_repetitions(rows: pl.DataFrame) -> Iterator[tuple[Row, pl.DataFrame]]:
    """Give each repetition's identity columns and its rows, in order."""
    for part in rows.sort("repetition_idx", maintain_order=True).partition_by(
        "repetition_idx", maintain_order=True
    ):
        yield part.select(IDENTITY_COLUMNS).row(0, named=True), part
