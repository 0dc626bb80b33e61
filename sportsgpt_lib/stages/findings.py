"""Stage ``training.findings``: deviations to ranked technique issues.

The aggregation is in ``sportsgpt_lib/kismam/aggregation.py``; here rows are converted.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from sportsgpt_lib.kismam.aggregation import (
    IssueAssessment,
    assess_issues,
    rank_issues,
)
from sportsgpt_lib.kismam.score import MetricFacts
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.contract import (
    PASS,
    Grain,
    StageInput,
    StageOutput,
    Subject,
    Verdict,
)
from sportsgpt_lib.stages.metric_facts import metric_facts_from_rows
from sportsgpt_lib.stages.repetition_rows import build_stage_rows, iterate_repetitions
from sportsgpt_lib.storage.tables import FINDINGS

CODE_VERSION = "1"
_DIGITS = 6


class FindingsStage:
    """Says which issues each repetition shows, how surely, and on what evidence."""

    table_name = FINDINGS.name
    side_tables: tuple[str, ...] = ()
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("kismam_metrics",)
    code_version = CODE_VERSION

    def fingerprint(self, subject: Subject) -> str:
        """Name the movement definition, which holds the mapping matrix."""
        return load_movement(subject.movement).sha256

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute the findings of one recording."""
        movement = load_movement(stage_input.subject.movement)
        rows = [
            {**identity, **row}
            for identity, part in iterate_repetitions(
                stage_input.tables["kismam_metrics"]
            )
            for row in _iterate_findings(
                movement, metric_facts_from_rows(movement, part)
            )
        ]
        return StageOutput(
            build_stage_rows(FINDINGS, rows), PASS if rows else _NOTHING_TO_JUDGE
        )


_NOTHING_TO_JUDGE = Verdict(
    "WARN",
    "nothing_to_judge",
    "no issue could be judged, because none of its indicators was measured",
    "see the reasons in training.kismam_metrics",
)


def _iterate_findings(
    movement: Movement, metrics: Sequence[MetricFacts]
) -> Iterator[dict[str, Any]]:
    assessment = assess_issues(
        np.array([metric.deviation for metric in metrics]),
        np.array([metric.trust for metric in metrics]),
        np.array(movement.issue_map),
    )
    for rank, column in enumerate(rank_issues(assessment), start=1):
        issue = movement.issues[column]
        yield {
            "issue": issue.name,
            "issue_name": issue.title,
            "dimension": issue.dimension,
            "probability_ratio": float(assessment.probability[column]),
            "severity_ratio": float(assessment.severity[column]),
            "rank": rank,
            "is_reported": bool(assessment.is_reported[column]),
            "evidence": json.dumps(_list_evidence(movement, assessment, column)),
        }


def _list_evidence(
    movement: Movement, assessment: IssueAssessment, column: int
) -> list[dict[str, Any]]:
    """List the indicators that contributed, the strongest first."""
    shares = assessment.contribution[:, column]
    order = sorted(np.flatnonzero(shares), key=lambda position: -shares[position])
    return [
        {
            "indicator": movement.indicators[position].name,
            "contribution_ratio": round(float(shares[position]), _DIGITS),
        }
        for position in order
    ]
