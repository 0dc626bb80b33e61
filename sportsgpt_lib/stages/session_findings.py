"""``training.session_findings``: each athlete's issues over a whole session.

Unlike the stages, it looks at all recordings of a partition at once, so it is a
function and not a Stage. The summary itself is in ``sportsgpt_lib/kismam/session.py``.
"""

from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.errors import MovementFileError
from sportsgpt_lib.kismam.aggregation import compute_reach
from sportsgpt_lib.kismam.repetition import KeyframeTime, find_own_side
from sportsgpt_lib.kismam.session import summarise_findings
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY
from sportsgpt_lib.stages.metric_facts import metric_facts_from_rows
from sportsgpt_lib.stages.repetition_rows import build_stage_schema
from sportsgpt_lib.stages.runner import StageReport
from sportsgpt_lib.stages.session_table import (
    list_athletes_recordings,
    load_judged_findings,
    save_session_table,
)
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import (
    KEYFRAMES,
    KISMAM_METRICS,
    RECORDINGS,
    SESSION_FINDINGS,
)

CODE_VERSION = "2"
READS = ("recordings", "keyframes", "kismam_metrics", "findings")
_REPETITION = ["recording_id", "repetition_idx"]


def write_session_findings(lake: Lake, partition: PartitionKey) -> StageReport:
    """Write ``training.session_findings`` of a partition.

    Only recordings that every stage up to the findings let through count.
    """
    rows = build_session_findings(
        load_judged_findings(lake, partition),
        lake.read(KISMAM_METRICS, partition),
        lake.read(KEYFRAMES, partition),
        lake.read(RECORDINGS, partition),
    )
    return save_session_table(lake, SESSION_FINDINGS, partition, rows, CODE_VERSION)


def build_session_findings(
    findings: pl.DataFrame,
    metrics: pl.DataFrame,
    keyframes: pl.DataFrame,
    recordings: pl.DataFrame,
) -> pl.DataFrame:
    """Build one session's rows, without the columns of the runner.

    Parameters
    ----------
    findings, metrics, keyframes, recordings
        Rows of these tables, of one partition. Recordings of exemplars are left out, as
        are repetitions whose view or gaps let no fault be reported.
    """
    own = list_athletes_recordings(recordings)
    sided = (
        findings.filter(pl.col("recording_id").is_in(own))
        .join(_find_reportable(metrics), on=[*_REPETITION, "issue"], how="semi")
        .join(_find_sides(keyframes), on=_REPETITION, how="left")
    )
    schema = build_stage_schema(SESSION_FINDINGS)
    return summarise_findings(sided.sort([*_REPETITION, "rank"])).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def _find_reportable(metrics: pl.DataFrame) -> pl.DataFrame:
    """Find the issues that each repetition could report."""
    rows = []
    for key, part in metrics.partition_by(_REPETITION, as_dict=True).items():
        movement = load_movement(part["movement"][0])
        facts = metric_facts_from_rows(movement, part)
        reach = compute_reach(
            np.array([fact.is_measured for fact in facts]),
            np.array([fact.trust for fact in facts]),
            np.array(movement.issue_map),
        )
        rows += [
            {**dict(zip(_REPETITION, key, strict=True)), "issue": issue.name}
            for issue, largest in zip(movement.issues, reach, strict=True)
            if largest >= REPORTED_PROBABILITY
        ]
    schema = {name: metrics.schema[name] for name in _REPETITION}
    return pl.DataFrame(rows, schema={**schema, "issue": pl.String})


def _find_sides(keyframes: pl.DataFrame) -> pl.DataFrame:
    """Find each repetition's leg; null where its movement is not known any more."""
    rows = [
        {**dict(zip(_REPETITION, key, strict=True)), "side": _find_side(part)}
        for key, part in keyframes.partition_by(_REPETITION, as_dict=True).items()
    ]
    schema = {name: keyframes.schema[name] for name in _REPETITION}
    return pl.DataFrame(rows, schema={**schema, "side": pl.String})


def _find_side(rows: pl.DataFrame) -> str | None:
    times: dict[tuple[str, str], Any] = {
        (row["keyframe"], row["side"]): KeyframeTime(row["time_s"], row["time_error_s"])
        for row in rows.iter_rows(named=True)
    }
    try:
        return find_own_side(load_movement(rows["movement"][0]), times)
    except MovementFileError:
        return None
