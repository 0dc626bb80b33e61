"""Reads measured values without KISMAM, for the ablation: the largest raw differences.

No errors, no tolerances, no mapping matrix: the indicators whose median lies farthest
outside the target, in their own units, and the issue whose words are nearest to a plain
sentence on each. How regularly each shows is counted as everywhere.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sportsgpt_lib.evaluation.synthetic_sessions import Tables, find_side
from sportsgpt_lib.evaluation.word_search import WordIndex
from sportsgpt_lib.kismam.session import summarise_findings
from sportsgpt_lib.sports.definition import Issue, Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.number_format import format_quantity
from sportsgpt_lib.stages.repetition_rows import build_stage_rows, build_stage_schema
from sportsgpt_lib.storage.tables import FINDINGS, SESSION_FINDINGS

# Chosen: as many exercises as a plan of the deterministic writer has.
_MOST_READINGS = 3
# A raw difference has neither probability nor severity; both must be stated.
_SURE = 1.0
_COPIED = (
    *("recording_id", "clip_sha256", "athlete_id", "movement", "repetition_idx"),
    *("movement_sha256", "pose_model", "pose_weights_sha256"),
)


@dataclass(frozen=True)
class RawReading:
    """Tables with raw readings in place of findings, and what each asks in words.

    ``questions`` are by movement and issue.
    """

    tables: Tables
    questions: Mapping[tuple[str, str], str]


def read_raw_values(tables: Tables) -> RawReading:
    """Put raw readings in the place of a session's findings and scores.

    Parameters
    ----------
    tables
        Those of ``build_session_tables``.

    Returns
    -------
    The tables, with no score and with a finding for each raw difference that could be
    given a name.
    """
    metrics = tables["kismam_metrics"].filter(pl.col("value").is_not_null())
    rows: list[dict[str, Any]] = []
    questions: dict[tuple[str, str], str] = {}
    for (name,), part in metrics.partition_by("movement", as_dict=True).items():
        movement = load_movement(name)
        for indicator, issue, question in _name_readings(movement, part):
            if (name, issue.name) in questions:
                continue
            questions[name, issue.name] = question
            shown = part.filter(pl.col("indicator") == indicator)
            rows += [_build_finding(issue, row) for row in shown.iter_rows(named=True)]
    findings = build_stage_rows(FINDINGS, rows)
    scores = tables["technique_scores"].with_columns(
        score_points=pl.lit(None, pl.Float64),
        score_error_points=pl.lit(None, pl.Float64),
    )
    changed = {
        "findings": findings,
        "technique_scores": scores,
        "session_findings": _summarise(findings),
    }
    return RawReading({**tables, **changed}, questions)


def _name_readings(
    movement: Movement, metrics: pl.DataFrame
) -> list[tuple[str, Issue, str]]:
    """Name the largest raw differences: indicator, issue, and the question in words."""
    words = WordIndex(
        [f"{part.title}. {part.consequence} {part.cause}" for part in movement.issues]
    )
    readings = []
    for indicator, question in _find_differences(metrics):
        ranked = words.rank(question)
        if ranked:
            readings.append((indicator, movement.issues[ranked[0]], question))
    return readings


def _find_differences(metrics: pl.DataFrame) -> list[tuple[str, str]]:
    medians = metrics.group_by("indicator", maintain_order=True).agg(
        pl.col("indicator_name", "unit", "target_low", "target_high").first(),
        pl.col("value").median(),
    )
    outside = [
        (_find_distance(row), row)
        for row in medians.iter_rows(named=True)
        if _find_distance(row) != 0.0
    ]
    outside.sort(key=lambda part: (-abs(part[0]), part[1]["indicator"]))
    return [
        (row["indicator"], _ask(row, distance))
        for distance, row in outside[:_MOST_READINGS]
    ]


def _find_distance(row: Mapping[str, Any]) -> float:
    """Find the signed distance outside the target; 0 inside it."""
    value, low, high = row["value"], row["target_low"], row["target_high"]
    if low is not None and value < low:
        return float(value - low)
    if high is not None and value > high:
        return float(value - high)
    return 0.0


def _ask(row: Mapping[str, Any], distance: float) -> str:
    way = "too large" if distance > 0.0 else "too small"
    value = format_quantity(row["value"], row["unit"])
    return f"{row['indicator_name']} of {value} is {way}."


def _build_finding(issue: Issue, metric: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: metric[name] for name in _COPIED},
        "issue": issue.name,
        "issue_name": issue.title,
        "dimension": issue.dimension,
        "probability_ratio": _SURE,
        "severity_ratio": _SURE,
        "rank": 1,
        "is_reported": _find_distance(metric) != 0.0,
        "evidence": json.dumps(
            [{"indicator": metric["indicator"], "contribution_ratio": _SURE}]
        ),
    }


def _summarise(findings: pl.DataFrame) -> pl.DataFrame:
    schema = build_stage_schema(SESSION_FINDINGS)
    if findings.is_empty():
        return pl.DataFrame(schema=schema)
    sides = [
        find_side(load_movement(movement), repetition)
        for movement, repetition in findings.select(
            "movement", "repetition_idx"
        ).iter_rows()
    ]
    sided = findings.with_columns(pl.Series("side", sides, dtype=pl.String))
    return summarise_findings(sided).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )
