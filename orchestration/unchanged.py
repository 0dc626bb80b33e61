"""Tells a run that brought nothing new from one that did."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import dagster as dg

from orchestration.jobs import TRAINING_JOB_NAME
from orchestration.step_log import count_subjects
from sportsgpt_lib.stages.runner import compute_rows_sha256
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS, RECORDINGS

PARTITION_TAG = "dagster/partition"
# Made anew by every run, whatever changed.
_ALWAYS_COMPUTED = (
    *("recordings", "session_findings", "finding_margins", "season_reports"),
)


def describe_state(lake: Lake, partition: PartitionKey) -> Sequence[str | None]:
    """Describe what a day's clips are and what was said of them, to compare it."""
    return [
        compute_rows_sha256(lake.read(table, partition))
        if lake.has(table, partition)
        else None
        for table in (RECORDINGS, QUALITY_VERDICTS)
    ]


def has_computed(events: Iterable[dg.DagsterEvent]) -> bool:
    """Whether a stage that keeps its results computed any in a run of these events."""
    found = (count_subjects(event) for event in events)
    return any(
        counts.computed > 0
        for counts in found
        if counts is not None and counts.table not in _ALWAYS_COMPUTED
    )


def find_last_success(
    instance: dg.DagsterInstance, partition: PartitionKey
) -> datetime | None:
    """Find when a day last went through; None where it never did."""
    records = instance.get_run_records(
        dg.RunsFilter(
            job_name=TRAINING_JOB_NAME,
            statuses=[dg.DagsterRunStatus.SUCCESS],
            tags={PARTITION_TAG: str(partition)},
        ),
        limit=1,
    )
    return records[0].update_timestamp.replace(tzinfo=UTC) if records else None
