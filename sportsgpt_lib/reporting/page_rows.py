"""Rows of the training tables as a page reads them: by table, athlete and repetition.

Selecting and grouping only; words are made in the view modules.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

Row = Mapping[str, Any]
RepetitionKey = tuple[str, int]
MetricKey = tuple[str, int, str]


class PageRows:
    """The tables of one partition; a table that was not handed over is empty."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self._rows = {name: frame.to_dicts() for name, frame in tables.items()}

    def select(self, table: str, **wanted: object) -> list[Row]:
        """Select the rows whose columns have the wanted values, in stored order."""
        return [
            row
            for row in self._rows.get(table, [])
            if all(row[column] == value for column, value in wanted.items())
        ]

    def list_athletes(self) -> list[str]:
        """List the athletes under study; exemplars are not among them."""
        seen = {row["athlete_id"] for row in self.select("recordings", role="athlete")}
        seen |= {row["athlete_id"] for row in self.select("guidance_reports")}
        return sorted(name for name in seen if name)


def metric_key(row: Row) -> MetricKey:
    """Find what a row of ``kismam_metrics`` is known by on the page."""
    return row["recording_id"], row["repetition_idx"], row["indicator"]


def group_rows(rows: list[Row], key: Callable[[Row], Any]) -> dict[Any, list[Row]]:
    """Group rows by a key; groups and rows keep the order of their first row."""
    groups: dict[Any, list[Row]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    return groups


def parse_json(text: str | None) -> Any:
    """Parse a JSON column; null is an empty list."""
    return json.loads(text) if text else []
