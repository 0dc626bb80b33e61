"""Rows of ``training.kismam_metrics`` back to what KISMAM computes with."""

import polars as pl

from sportsgpt_lib.kismam.score import MetricFacts
from sportsgpt_lib.sports.definition import Movement


def metric_facts_from_rows(movement: Movement, rows: pl.DataFrame) -> list[MetricFacts]:
    """Read one repetition's metrics, in the movement's order.

    An indicator without a row counts as not measured.
    """
    by_name = {row["indicator"]: row for row in rows.iter_rows(named=True)}
    facts = []
    for indicator in movement.indicators:
        row = by_name.get(indicator.name, {})
        facts.append(
            MetricFacts(
                indicator=indicator,
                value=_number(row.get("value")),
                error=_number(row.get("error")),
                deviation=_number(row.get("deviation")),
                is_limited=row.get("validity") == "limited",
                reason=row.get("reason"),
            )
        )
    return facts


def _number(value: float | None) -> float:
    return float("nan") if value is None else value
