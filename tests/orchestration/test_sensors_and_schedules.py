import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import dagster as dg
import pytest

from assets.partitions import DAY_BY_TEAM, FIRST_DAY, TEAMS
from orchestration.clock import utc_now
from orchestration.run_locks import hold_run
from orchestration.schedules import build_nightly_schedule
from orchestration.sensors import build_inbox_sensor

TODAY = utc_now().date()
LONG_AGO_S = 3600.0


@pytest.fixture
def instance(tmp_path):
    """On disk: a schedule opens the instance once more."""
    folder = tmp_path / "dagster"
    folder.mkdir()
    with dg.DagsterInstance.local_temp(str(folder)) as instance:
        yield instance


def put_session(
    home: Path, team: str, day: date, *names: str, age_s: float = LONG_AGO_S
) -> Path:
    folder = home / "inbox" / team / day.isoformat()
    folder.mkdir(parents=True, exist_ok=True)
    changed_at_s = utc_now().timestamp() - age_s
    for name in names or ("session.toml", "a.mp4"):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (changed_at_s, changed_at_s))
    return folder


def sense(settings, instance) -> dg.SensorResult:
    context = dg.build_sensor_context(instance=instance)
    return build_inbox_sensor(settings)(context)


def plan_night(settings, instance, night: datetime) -> list[dg.RunRequest]:
    with dg.build_schedule_context(
        instance=instance, scheduled_execution_time=night
    ) as context:
        return list(build_nightly_schedule(settings)(context))


def test_finished_session_registers_its_team_and_asks_for_its_run(
    settings, home, instance
):
    put_session(home, "blue", TODAY)
    result = sense(settings, instance)
    (request,) = result.run_requests
    assert request.partition_key == f"{TODAY}|blue"
    assert request.run_key.startswith(f"{TODAY}|blue|")
    (added,) = result.dynamic_partitions_requests
    assert (added.partitions_def_name, added.partition_keys) == ("team", ["blue"])


def test_known_team_is_not_registered_again(settings, home, instance):
    put_session(home, "blue", TODAY)
    instance.add_dynamic_partitions("team", ["blue"])
    result = sense(settings, instance)
    assert len(result.run_requests) == 1
    assert not result.dynamic_partitions_requests


def test_run_is_asked_for_again_only_when_files_changed(settings, home, instance):
    put_session(home, "blue", TODAY)
    first, again = (sense(settings, instance).run_requests[0] for _ in range(2))
    assert first.run_key == again.run_key
    put_session(home, "blue", TODAY, "late.mp4")
    (changed,) = sense(settings, instance).run_requests
    assert changed.run_key != first.run_key


def test_resting_session_is_asked_for_by_full_looks_only(settings, home, instance):
    put_session(home, "blue", TODAY)
    times = [utc_now() + timedelta(hours=hours) for hours in (30, 31, 32, 60, 61)]
    clock = iter(times)
    sensor = build_inbox_sensor(settings, lambda: next(clock))

    def tick(cursor: str | None) -> tuple[int, str | None]:
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        result = sensor(context)
        return len(result.run_requests), result.cursor

    first, second, third = (time.isoformat() for time in (times[0], times[3], times[4]))
    assert tick(None) == (1, first)
    assert tick(first) == (0, first)
    assert tick(first) == (0, first)
    assert tick(first) == (1, second), "a day after the last full look"
    assert tick("") == (1, third), "the cursor was reset"


def test_new_process_looks_at_all_once_whatever_the_cursor(settings, home, instance):
    put_session(home, "blue", TODAY)
    later = utc_now() + timedelta(hours=30)
    cursor = (later - timedelta(hours=1)).isoformat()
    sensor = build_inbox_sensor(settings, lambda: later)
    for expected in (1, 0):
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        assert len(sensor(context).run_requests) == expected


@pytest.mark.parametrize("cursor", ["yesterday", "2026-01-15", "2999-01-01T00:00:00Z"])
def test_cursor_that_somebody_typed_asks_for_a_full_look(
    settings, home, instance, cursor
):
    put_session(home, "blue", TODAY)
    later = utc_now() + timedelta(hours=30)
    context = dg.build_sensor_context(instance=instance, cursor=cursor)
    result = build_inbox_sensor(settings, lambda: later)(context)
    assert (len(result.run_requests), result.cursor) == (1, later.isoformat())


@pytest.mark.parametrize(
    ("names", "age_s"),
    [
        (("session.toml", "a.mp4.part"), LONG_AGO_S),
        (("a.mp4",), LONG_AGO_S),
        (("session.toml", "a.mp4"), 5.0),
    ],
    ids=["still copied", "no manifest", "changed just now"],
)
def test_unfinished_session_waits(settings, home, instance, names, age_s):
    put_session(home, "blue", TODAY, *names, age_s=age_s)
    result = sense(settings, instance)
    assert not result.run_requests
    assert not result.dynamic_partitions_requests


@pytest.mark.parametrize(
    "day",
    [TODAY + timedelta(days=1), FIRST_DAY - timedelta(days=1)],
    ids=["tomorrow", "before the first day"],
)
def test_day_without_a_partition_is_warned_about(settings, home, instance, day, capfd):
    put_session(home, "blue", day)
    put_session(home, "green", TODAY)
    result = sense(settings, instance)
    assert [r.partition_key for r in result.run_requests] == [f"{TODAY}|green"]
    assert f"session {day}|blue has no partition" in capfd.readouterr().err


def test_first_and_present_day_have_a_partition(settings, home, instance):
    instance.add_dynamic_partitions("team", ["blue"])
    for day in (FIRST_DAY, TODAY):
        put_session(home, "blue", day)
    requests = sense(settings, instance).run_requests
    assert len(requests) == 2
    partitions = DAY_BY_TEAM.get_partition_keys(dynamic_partitions_store=instance)
    assert {request.partition_key for request in requests} <= set(partitions)


def test_sensor_frees_runs_whose_process_was_killed(settings, home, instance):
    @dg.job
    def nothing() -> None:
        return None

    run = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED)
    with hold_run(home, run.run_id):
        sense(settings, instance)
        assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED
    lock = home / "locks" / "runs" / f"{run.run_id}.lock"
    lock.touch()
    sense(settings, instance)
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE
    assert not lock.exists()


def test_night_asks_for_the_last_two_days_only(settings, home, instance):
    night = datetime.combine(TODAY, time(23, 30), tzinfo=UTC)
    for days_ago in range(4):
        put_session(home, "blue", TODAY - timedelta(days=days_ago))
    requests = plan_night(settings, instance, night)
    expected = [TODAY - timedelta(days=days_ago) for days_ago in (2, 1, 0)]
    assert [r.partition_key for r in requests] == [f"{day}|blue" for day in expected]
    assert instance.get_dynamic_partitions(str(TEAMS.name)) == ["blue"]


def test_every_night_asks_anew(settings, home, instance):
    put_session(home, "blue", TODAY)
    tonight = datetime.combine(TODAY, time(23, 30), tzinfo=UTC)
    (first,) = plan_night(settings, instance, tonight)
    (second,) = plan_night(settings, instance, tonight + timedelta(days=1))
    assert first.run_key != second.run_key


def test_mistyped_day_does_not_break_the_night_for_the_others(settings, home, instance):
    night = datetime.combine(TODAY, time(23, 30), tzinfo=UTC)
    put_session(home, "blue", TODAY + timedelta(days=400))
    put_session(home, "green", TODAY)
    requests = plan_night(settings, instance, night)
    assert [r.partition_key for r in requests] == [f"{TODAY}|green"]


def test_night_is_when_the_settings_say(home, monkeypatch, settings):
    changed = settings.model_copy(update={"nightly_cron": "15 4 * * 1"})
    schedule = build_nightly_schedule(changed)
    assert schedule.cron_schedule == "15 4 * * 1"
    assert schedule.execution_timezone == "UTC"
