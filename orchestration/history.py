"""What Dagster remembers of recent runs of the training graph."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from assets.partitions import TEAMS
from orchestration.jobs import TRAINING_JOB_NAME
from orchestration.run_locks import KILLED, free_orphaned_runs
from orchestration.runs import INTERRUPTED, describe_failure
from orchestration.unchanged import PARTITION_TAG
from sportsgpt_lib.session.inbox import Inbox
from sportsgpt_lib.storage.partition import PartitionKey


@dataclass(frozen=True)
class PastRun:
    """The newest run of a partition; ``failures`` maps failed steps to their error."""

    run_id: str
    partition: PartitionKey
    status: str
    changed_at: datetime
    failures: Mapping[str, str]

    @property
    def was_stopped(self) -> bool:
        """Whether it ended from outside, so that the next run goes on where it was."""
        reasons = " ".join(self.failures.values())
        return KILLED in reasons or INTERRUPTED in reasons


def load_recent_runs(home: Path, since: datetime) -> list[PastRun]:
    """Load the newest run of every partition that ran since a time, newest first."""
    with dg.DagsterInstance.get() as instance:
        free_orphaned_runs(instance, home)
        records = instance.get_run_records(
            dg.RunsFilter(job_name=TRAINING_JOB_NAME, updated_after=since)
        )
        newest: dict[str, dg.RunRecord] = {}
        for record in records:
            key = record.dagster_run.tags.get(PARTITION_TAG)
            if key is not None:
                newest.setdefault(key, record)
        return [
            PastRun(
                record.dagster_run.run_id,
                PartitionKey.parse(key),
                record.dagster_run.status.value,
                record.update_timestamp.replace(tzinfo=UTC),
                _failures(instance, record.dagster_run),
            )
            for key, record in newest.items()
        ]


def load_known_teams(inbox: Inbox) -> list[str]:
    """Load the teams that have a folder in the inbox, or ever had a run."""
    folders = inbox.root.iterdir() if inbox.root.is_dir() else ()
    with dg.DagsterInstance.get() as instance:
        run = instance.get_dynamic_partitions(str(TEAMS.name))
    return sorted({*run, *(folder.name for folder in folders if folder.is_dir())})


def _failures(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dict[str, str]:
    if run.status is not dg.DagsterRunStatus.FAILURE:
        return {}
    entries = instance.all_logs(
        run.run_id,
        of_type={dg.DagsterEventType.STEP_FAILURE, dg.DagsterEventType.RUN_FAILURE},
    )
    events = [e.dagster_event for e in entries if e.dagster_event is not None]
    steps = {e.step_key: describe_failure(e) for e in events if e.step_key}
    if steps:
        return steps
    return {"run": events[-1].message or "no reason was recorded"} if events else {}
