"""The nightly schedule: every session folder of the last two days once more.

The sensor requests a session as soon as it is finished; this is the net below it, for
folders that arrived while the daemon was down. What is done already costs seconds.
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from assets.partitions import TEAMS
from orchestration.jobs import TRAINING_JOB
from orchestration.resources import build_inbox
from orchestration.settings import Settings

NIGHTLY_DAYS = timedelta(days=2)


def build_nightly_schedule(settings: Settings) -> dg.ScheduleDefinition:
    """Build the schedule from the cron expression of the settings."""

    @dg.schedule(
        name="nightly",
        cron_schedule=settings.nightly_cron,
        job=TRAINING_JOB,
        execution_timezone="UTC",
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def nightly(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        """Request a run for every session folder of the last two days."""
        night = context.scheduled_execution_time
        for session in build_inbox(settings).find_finished(
            settings.inbox_quiet_s, night
        ):
            partition = session.partition
            age = night.date() - partition.session_day
            # A day that is yet to come has no partition and would fail the whole tick.
            if timedelta(0) <= age <= NIGHTLY_DAYS:
                context.instance.add_dynamic_partitions(
                    str(TEAMS.name), [partition.team_id]
                )
                yield dg.RunRequest(
                    run_key=f"{night.isoformat()}|{partition}",
                    partition_key=str(partition),
                )

    return nightly
