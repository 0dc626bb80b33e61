"""Stage ``training.technique_scores``: a score, strengths and weaknesses.

Points are computed in ``sportsgpt_lib/kismam/score.py``, sentences written in
``sentences.py`` beside it; here rows are converted.
"""

import json
import math
from collections.abc import Sequence
from typing import Any

import polars as pl

from sportsgpt_lib.kismam.score import (
    MetricFacts,
    compute_measured_share,
    compute_score,
)
from sportsgpt_lib.kismam.sentences import (
    FindingFacts,
    describe_repetition,
    describe_strengths,
    describe_unreported,
    describe_visibility,
    describe_weaknesses,
    find_unreported,
)
from sportsgpt_lib.sports.definition import Dimension, Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.contract import Grain, StageInput, StageOutput, Subject
from sportsgpt_lib.stages.metric_facts import metric_facts_from_rows
from sportsgpt_lib.stages.repetition_rows import build_stage_rows, iterate_repetitions
from sportsgpt_lib.storage.tables import TECHNIQUE_SCORES

CODE_VERSION = "3"
_POINTS_DIGITS = 2


class TechniqueScoresStage:
    """Scores each repetition and says what is done well and what to improve."""

    table_name = TECHNIQUE_SCORES.name
    side_tables: tuple[str, ...] = ()
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("kismam_metrics", "findings")
    code_version = CODE_VERSION

    def fingerprint(self, subject: Subject) -> str:
        """Name the movement definition, which holds targets and dimensions."""
        return load_movement(subject.movement).sha256

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute the scores of one recording."""
        movement = load_movement(stage_input.subject.movement)
        findings = stage_input.tables["findings"]
        rows = [
            {
                **identity,
                **_score_repetition(
                    movement,
                    metric_facts_from_rows(movement, part),
                    _read_findings(findings, identity["repetition_idx"]),
                ),
            }
            for identity, part in iterate_repetitions(
                stage_input.tables["kismam_metrics"]
            )
        ]
        return StageOutput(build_stage_rows(TECHNIQUE_SCORES, rows))


def _read_findings(rows: pl.DataFrame, repetition_idx: int) -> list[FindingFacts]:
    reported = rows.filter(
        (pl.col("repetition_idx") == repetition_idx) & pl.col("is_reported")
    ).sort("rank")
    return [
        FindingFacts(
            title=row["issue_name"],
            dimension=row["dimension"],
            probability=row["probability_ratio"],
            evidence=tuple(item["indicator"] for item in json.loads(row["evidence"])),
        )
        for row in reported.iter_rows(named=True)
    ]


def _score_repetition(
    movement: Movement,
    metrics: Sequence[MetricFacts],
    findings: Sequence[FindingFacts],
) -> dict[str, Any]:
    score = compute_score(metrics)
    dimensions = [
        _score_dimension(movement, dimension, metrics, findings)
        for dimension in movement.dimensions
    ]
    return {
        "score_points": score.points,
        "score_error_points": score.error_points,
        "measured_ratio": compute_measured_share(metrics),
        "dimensions": json.dumps(dimensions, ensure_ascii=False),
        "summary": describe_repetition(movement, score, metrics, findings),
    }


def _score_dimension(
    movement: Movement,
    dimension: Dimension,
    metrics: Sequence[MetricFacts],
    findings: Sequence[FindingFacts],
) -> dict[str, Any]:
    own = [m for m in metrics if m.indicator.dimension == dimension.name]
    weak = [finding for finding in findings if finding.dimension == dimension.name]
    score = compute_score(own)
    notes = (
        describe_unreported(movement, find_unreported(own, findings)),
        describe_visibility(dimension, own),
    )
    return {
        "dimension": dimension.name,
        "is_seen": any(metric.is_measured for metric in own),
        "score_points": _round_points(score.points),
        "score_error_points": _round_points(score.error_points),
        "strengths": describe_strengths(own),
        "weaknesses": describe_weaknesses(
            weak, {metric.indicator.name: metric for metric in metrics}
        ),
        "note": " ".join(filter(None, notes)) or None,
    }


def _round_points(points: float) -> float | None:
    return None if math.isnan(points) else round(points, _POINTS_DIGITS)
