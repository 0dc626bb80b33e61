"""The sensor that sees finished session folders and requests their runs."""

import dagster as dg

from assets.partitions import FIRST_DAY, TEAMS
from orchestration.clock import utc_now
from orchestration.jobs import TRAINING_JOB
from orchestration.resources import build_inbox
from orchestration.run_locks import free_orphaned_runs
from orchestration.settings import Settings


def build_inbox_sensor(settings: Settings) -> dg.SensorDefinition:
    """Build the sensor for the inbox of the settings."""

    @dg.sensor(
        name="finished_sessions",
        job=TRAINING_JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def finished_sessions(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        """Request one run per finished session folder, and again when it changes."""
        for run_id in free_orphaned_runs(context.instance, settings.home):
            context.log.warning("run %s was killed; it is marked as failed", run_id)
        now = utc_now()
        usable = []
        for session in build_inbox(settings).find_finished(settings.inbox_quiet_s, now):
            if FIRST_DAY <= session.partition.session_day <= now.date():
                usable.append(session)
            else:
                context.log.warning(
                    "session %s has no partition: its day must lie between %s and %s",
                    session.partition,
                    FIRST_DAY,
                    now.date(),
                )
        teams = sorted({session.partition.team_id for session in usable})
        known = set(context.instance.get_dynamic_partitions("team"))
        new_teams = [team for team in teams if team not in known]
        return dg.SensorResult(
            run_requests=[
                dg.RunRequest(
                    run_key=f"{session.partition}|{session.signature}",
                    partition_key=str(session.partition),
                )
                for session in usable
            ],
            dynamic_partitions_requests=[TEAMS.build_add_request(new_teams)]
            if new_teams
            else [],
        )

    return finished_sessions
