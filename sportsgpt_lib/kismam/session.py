"""One athlete's repetitions of a session put together, issue by issue.

Works on plain frames of findings; which rows of which tables they come from is decided
in ``sportsgpt_lib/stages/session_findings.py``.
"""

import json
from collections.abc import Iterator
from typing import Any

import polars as pl

from sportsgpt_lib.kismam.aggregation import REPORTED_SEVERITY
from sportsgpt_lib.kismam.consistency import compare_sides, compute_consistency
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY

_PERFORMANCE = ["athlete_id", "movement"]
_ISSUE = [*_PERFORMANCE, "issue"]
_DIGITS = 6
# Above every product of probability and severity.
_REPORTED_FIRST = 2.0


def summarise_findings(findings: pl.DataFrame) -> pl.DataFrame:
    """Summarise the findings of a session by athlete, movement and issue.

    Parameters
    ----------
    findings
        Rows of ``training.findings`` of one session with a column ``side`` more: the
        repetition's leg, ``left``, ``right`` or ``both``; null = not known. Only of
        repetitions that can show the issue: others would make it look absent.

    Returns
    -------
    One row per athlete, movement and issue, ranked by importance.

    Notes
    -----
    Probability and severity are medians over the repetitions, so that no single
    repetition decides. An error that all repetitions share stays in them.
    """
    shown = pl.col("is_reported")
    by_side = {
        f"{side}_{name}": expression.filter(pl.col("side") == side).sum()
        for side in ("left", "right")
        for name, expression in (("count", pl.lit(1)), ("shown_count", shown))
    }
    summary = findings.group_by(_ISSUE, maintain_order=True).agg(
        pl.col("issue_name", "dimension", "movement_sha256").last(),
        recording_count=pl.col("recording_id").n_unique(),
        repetition_count=pl.len(),
        shown_count=shown.sum(),
        probability_ratio=pl.col("probability_ratio").median(),
        severity_ratio=pl.col("severity_ratio").median(),
        evidence=pl.col("evidence"),
        is_evidence=shown,
        **by_side,
    )
    counts = [
        summary[name].cast(pl.Int64).to_numpy()
        for name in ("shown_count", "repetition_count")
    ]
    consistency = compute_consistency(*counts)
    is_reported = (pl.col("probability_ratio") >= REPORTED_PROBABILITY) & (
        pl.col("severity_ratio") >= REPORTED_SEVERITY
    )
    return _rank(summary.with_columns(is_reported=is_reported)).with_columns(
        pl.Series("shown_low_ratio", consistency.share_low),
        pl.Series("shown_high_ratio", consistency.share_high),
        pl.Series("pattern", consistency.pattern.tolist(), dtype=pl.String),
        pl.Series("side_pattern", list(_iterate_sides(summary)), dtype=pl.String),
        pl.Series("evidence", list(_iterate_evidence(summary)), dtype=pl.String),
    )


def _rank(summary: pl.DataFrame) -> pl.DataFrame:
    """Rank what is reported before the rest, as in a repetition.

    Each by probability × severity; ties as in the first repetition.
    """
    weight = pl.col("probability_ratio") * pl.col("severity_ratio")
    first = weight + pl.when("is_reported").then(_REPORTED_FIRST).otherwise(0.0)
    return summary.with_columns(
        rank=(-first).rank("ordinal").over(_PERFORMANCE).cast(pl.Int64)
    )


def _iterate_sides(summary: pl.DataFrame) -> Iterator[str | None]:
    for row in summary.iter_rows(named=True):
        has_sides = row["left_count"] + row["right_count"] > 0
        yield (
            compare_sides(
                row["left_shown_count"],
                row["left_count"],
                row["right_shown_count"],
                row["right_count"],
            )
            if has_sides
            else None
        )


def _iterate_evidence(summary: pl.DataFrame) -> Iterator[str]:
    """Average the contributions over the repetitions that show the issue, else all."""
    for row in summary.iter_rows(named=True):
        lists = [json.loads(text) for text in row["evidence"]]
        shown = [
            items
            for items, is_shown in zip(lists, row["is_evidence"], strict=True)
            if is_shown
        ]
        yield json.dumps(_average(shown or lists))


def _average(lists: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    totals: dict[str, float] = {}
    for items in lists:
        for item in items:
            name = item["indicator"]
            totals[name] = totals.get(name, 0.0) + item["contribution_ratio"]
    return [
        {"indicator": name, "contribution_ratio": round(total / len(lists), _DIGITS)}
        for name, total in sorted(totals.items(), key=lambda part: -part[1])
    ]
