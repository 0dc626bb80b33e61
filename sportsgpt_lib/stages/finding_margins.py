"""``training.finding_margins``: how far each threshold is from each reported issue.

Like ``session_findings`` it looks at whole sessions, so it is a function and not a
Stage. The numbers are made in ``sportsgpt_lib/kismam/margins.py``. They stand beside
what coaches answer; no threshold is changed by them.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.kismam.deviation import build_target_limits
from sportsgpt_lib.kismam.margins import Margin, SessionValues, compute_margins
from sportsgpt_lib.kismam.score import MetricFacts
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.metric_facts import metric_facts_from_rows
from sportsgpt_lib.stages.repetition_rows import build_stage_rows
from sportsgpt_lib.stages.runner import StageReport
from sportsgpt_lib.stages.session_table import (
    list_athletes_recordings,
    load_judged_findings,
    save_session_table,
)
from sportsgpt_lib.storage.feedback_tables import EVERY_INDICATOR
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import (
    FINDING_MARGINS,
    KISMAM_METRICS,
    RECORDINGS,
)

CODE_VERSION = "1"
READS = ("recordings", "kismam_metrics", "findings")
_REPETITION = ["recording_id", "repetition_idx"]
_PERFORMANCE = ["athlete_id", "movement"]


def write_finding_margins(lake: Lake, partition: PartitionKey) -> StageReport:
    """Write ``training.finding_margins`` of a partition.

    Only recordings that every stage up to the findings let through count.
    """
    rows = build_finding_margins(
        load_judged_findings(lake, partition),
        lake.read(KISMAM_METRICS, partition),
        lake.read(RECORDINGS, partition),
    )
    return save_session_table(lake, FINDING_MARGINS, partition, rows, CODE_VERSION)


def build_finding_margins(
    findings: pl.DataFrame, metrics: pl.DataFrame, recordings: pl.DataFrame
) -> pl.DataFrame:
    """Build one session's rows, without the columns of the runner.

    Parameters
    ----------
    findings, metrics, recordings
        Rows of these tables, of one partition. Recordings of exemplars are left out.
    """
    own = list_athletes_recordings(recordings)
    reported = findings.filter(
        pl.col("is_reported") & pl.col("recording_id").is_in(own)
    )
    rows = [
        row
        for part in reported.sort(*_PERFORMANCE, "issue", *_REPETITION).partition_by(
            _PERFORMANCE, maintain_order=True
        )
        for row in _iterate_rows(part, metrics)
    ]
    return build_stage_rows(FINDING_MARGINS, rows)


def _iterate_rows(
    reported: pl.DataFrame, metrics: pl.DataFrame
) -> Iterator[dict[str, Any]]:
    """Give the rows of one athlete and movement, issue by issue."""
    movement = load_movement(reported["movement"][0])
    for part in reported.partition_by("issue", maintain_order=True):
        own = metrics.join(part.select(_REPETITION), on=_REPETITION, how="semi")
        facts = [
            metric_facts_from_rows(movement, rows)
            for rows in own.partition_by(_REPETITION, maintain_order=True)
        ]
        issue = part["issue"][0]
        for margin in compute_margins(_collect(movement, issue, facts)):
            yield {
                "athlete_id": part["athlete_id"][0],
                "movement": movement.name,
                "issue": issue,
                "movement_sha256": part["movement_sha256"][0],
                **_describe(margin, movement.indicators),
            }


def _collect(
    movement: Movement, issue: str, facts: Sequence[Sequence[MetricFacts]]
) -> SessionValues:
    value, error, trust = (
        np.array([[getattr(fact, name) for fact in part] for part in facts])
        for name in ("value", "error", "trust")
    )
    column = [part.name for part in movement.issues].index(issue)
    return SessionValues(
        value,
        error,
        trust,
        build_target_limits([part.target for part in movement.indicators]),
        np.array(movement.issue_map)[:, column],
    )


def _describe(margin: Margin, indicators: Sequence[Indicator]) -> dict[str, Any]:
    own = None if margin.indicator is None else indicators[margin.indicator]
    return {
        "threshold": margin.threshold,
        "indicator": EVERY_INDICATOR if own is None else own.name,
        "unit": "ratio" if own is None else own.unit,
        "current_value": margin.current,
        "needed_value": margin.needed,
        "needed_move": None
        if margin.needed is None
        else abs(margin.needed - margin.current),
    }
