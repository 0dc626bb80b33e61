"""Stage ``training.findings``: deviations to ranked technique issues.

The aggregation is in ``sportsgpt_lib/kismam/aggregation.py``; here rows are converted.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.kismam.aggregation import IssueAssessment, assess_issues
from sportsgpt_lib.kismam.deviation import build_target_limits
from sportsgpt_lib.kismam.ranking import compute_nearness, compute_ranks
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

CODE_VERSION = "4"
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
        repetitions = list(iterate_repetitions(stage_input.tables["kismam_metrics"]))
        facts = [metric_facts_from_rows(movement, part) for _, part in repetitions]
        assessed = _assess(movement, facts) if facts else None
        rows = [
            {**identity, **row}
            for index, (identity, _) in enumerate(repetitions)
            if assessed is not None
            for row in _iterate_findings(movement, assessed, index)
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


@dataclass(frozen=True)
class _Assessed:
    """Issues of all repetitions of a recording, and their ranks ``(R, S)``."""

    issues: IssueAssessment
    ranks: npt.NDArray[np.int64]


def _assess(movement: Movement, metrics: Sequence[Sequence[MetricFacts]]) -> _Assessed:
    value, error, deviation, trust = (
        np.array([[getattr(metric, name) for metric in part] for part in metrics])
        for name in ("value", "error", "deviation", "trust")
    )
    issue_map = np.array(movement.issue_map)
    limits = build_target_limits([part.target for part in movement.indicators])
    issues = assess_issues(deviation, trust, issue_map)
    nearness = compute_nearness(value, error, trust, limits, issue_map)
    return _Assessed(issues, compute_ranks(issues, nearness))


def _iterate_findings(
    movement: Movement, assessed: _Assessed, repetition: int
) -> Iterator[dict[str, Any]]:
    issues, ranks = assessed.issues, assessed.ranks[repetition]
    for column in sorted(np.flatnonzero(ranks), key=lambda issue: ranks[issue]):
        issue = movement.issues[column]
        yield {
            "issue": issue.name,
            "issue_name": issue.title,
            "dimension": issue.dimension,
            "probability_ratio": float(issues.probability[repetition, column]),
            "severity_ratio": float(issues.severity[repetition, column]),
            "rank": int(ranks[column]),
            "is_reported": bool(issues.is_reported[repetition, column]),
            "evidence": json.dumps(
                _list_evidence(movement, issues.contribution[repetition, :, column])
            ),
        }


def _list_evidence(
    movement: Movement, shares: npt.NDArray[np.float64]
) -> list[dict[str, Any]]:
    """List the indicators that contributed, the strongest first."""
    order = sorted(np.flatnonzero(shares), key=lambda position: -shares[position])
    return [
        {
            "indicator": movement.indicators[position].name,
            "contribution_ratio": round(float(shares[position]), _DIGITS),
        }
        for position in order
    ]
