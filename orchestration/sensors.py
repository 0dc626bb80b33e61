"""The sensor that sees finished session folders and requests their runs."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

import dagster as dg

from assets.partitions import FIRST_DAY, TEAMS
from orchestration.clock import utc_now
from orchestration.jobs import TRAINING_JOB
from orchestration.resources import build_inbox
from orchestration.run_locks import free_orphaned_runs
from orchestration.settings import Settings
from sportsgpt_lib.session.inbox import WaitingSession
from sportsgpt_lib.session.inbox_watch import InboxWatch

FULL_LOOK_EVERY = timedelta(days=1)


def build_inbox_sensor(
    settings: Settings, read_clock: Callable[[], datetime] = utc_now
) -> dg.SensorDefinition:
    """Build the sensor for the inbox of the settings."""

    @cache
    def watch() -> InboxWatch:
        return InboxWatch(build_inbox(settings))

    @dg.sensor(
        name="finished_sessions",
        job=TRAINING_JOB,
        minimum_interval_seconds=60,
        default_status=dg.DefaultSensorStatus.RUNNING,
    )
    def finished_sessions(context: dg.SensorEvaluationContext) -> dg.SensorResult:
        """Request one run per finished session folder, and again when it changes.

        The cursor is the time of the last full look; resetting it asks for another.
        """
        for run_id in free_orphaned_runs(context.instance, settings.home):
            context.log.warning("run %s was killed; it is marked as failed", run_id)
        now = read_clock()
        look_at_all = not watch().has_looked or _is_full_look_due(context.cursor, now)
        found = watch().find_changed(
            settings.inbox_quiet_s, now, look_at_all=look_at_all
        )
        usable = [session for session in found if _has_partition(context, session, now)]
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
            cursor=now.isoformat() if look_at_all else context.cursor,
        )

    return finished_sessions


def _is_full_look_due(cursor: str | None, now: datetime) -> bool:
    try:
        age = now - datetime.fromisoformat(cursor or "")
    except (ValueError, TypeError):  # none yet, or one that somebody typed
        return True
    return not timedelta(0) <= age < FULL_LOOK_EVERY


def _has_partition(
    context: dg.SensorEvaluationContext, session: WaitingSession, now: datetime
) -> bool:
    if FIRST_DAY <= session.partition.session_day <= now.date():
        return True
    context.log.warning(
        "session %s has no partition: its day must lie between %s and %s",
        session.partition,
        FIRST_DAY,
        now.date(),
    )
    return False
