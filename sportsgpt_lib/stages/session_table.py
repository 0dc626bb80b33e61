"""What tables over whole sessions share: what they read, and how they are kept.

They look at all recordings of a partition at once, so they are made by a function and
not by a Stage.
"""

import polars as pl

from sportsgpt_lib.stages.publishing import keep_published
from sportsgpt_lib.stages.runner import StageReport, with_partition
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import FINDINGS, RECORDINGS, STAGES

_STAGES_BEFORE = STAGES[: STAGES.index(FINDINGS.name) + 1]


def load_judged_findings(lake: Lake, partition: PartitionKey) -> pl.DataFrame:
    """Load the findings of recordings that every stage up to them let through."""
    findings = lake.read(FINDINGS, partition)
    return keep_published(lake, partition, findings, _STAGES_BEFORE)


def list_athletes_recordings(recordings: pl.DataFrame) -> list[str]:
    """List the recordings of athletes under study; those of exemplars are left out."""
    return recordings.filter(pl.col("role") == "athlete")["recording_id"].to_list()


def save_session_table(
    lake: Lake,
    table: Table,
    partition: PartitionKey,
    rows: pl.DataFrame,
    code_version: str,
) -> StageReport:
    """Save a session's rows, which lack the columns of the runner."""
    complete = conform_rows(table, with_partition(rows, partition, code_version))
    lake.write(table, partition, complete)
    return StageReport(complete, lake.read(RECORDINGS, partition).height, 0, 0)
