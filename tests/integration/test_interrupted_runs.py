"""Killed in any stage, and the same command again: the same tables as if never killed.

One home is killed again and again, each time in a later stage, and must end exactly as
the home in which the same session ran through.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import dagster as dg
import pytest

from tests.integration.conftest import Night
from tests.integration.data_home import DataHome, wait_until
from tests.integration.footage import write_walker_session

pytestmark = pytest.mark.integration

STARTED = dg.DagsterEventType.STEP_START
FINISHED = dg.DagsterEventType.STEP_SUCCESS
INTERRUPTED_EXIT = 130
IN_THE_MIDDLE_S = 1.5


@dataclass(frozen=True)
class Moment:
    """When to interrupt a run: ``delay_s`` after a step started or finished."""

    step: str
    event: dg.DagsterEventType
    delay_s: float = 0.0


KILLED_AT = (
    Moment("training__recordings", FINISHED),
    Moment("training__pose_tracks", STARTED, IN_THE_MIDDLE_S),
    Moment("training__keyframes", FINISHED),
    Moment("serving__duckdb_marts", STARTED),
    Moment("serving__session_pages", STARTED, 0.3),
)
STOPPED_AT = Moment("training__pose_tracks", STARTED, IN_THE_MIDDLE_S)


@dataclass
class Interrupted:
    """A home whose runs were interrupted, and what was seen meanwhile."""

    home: DataHome
    killed_run_ids: list[str] = field(default_factory=list)
    stopped_run_id: str = ""
    stopped_exit: int = 0
    stopped_text: str = ""
    last_text: str = ""


@pytest.fixture(scope="module")
def interrupted(
    walk: Night,
    walker_clip,
    make_home: Callable[[str], DataHome],
) -> Interrupted:
    seen = Interrupted(make_home("killed"))
    home, arguments = seen.home, seen.home.run_arguments(walk.partition)
    write_walker_session(home.session_folder(walk.partition), walker_clip)
    home.call_well("kb", "ingest")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in home.dagster_environment().items():
            patch.setenv(name, value)
        with dg.DagsterInstance.get() as instance:
            kill(
                instance,
                home,
                ("kb", "ingest"),
                Moment("knowledge__passages", FINISHED),
            )
            seen.killed_run_ids.append(kill(instance, home, arguments, KILLED_AT[0]))
            process, seen.stopped_run_id = start_until(
                instance, home, arguments, STOPPED_AT
            )
            process.send_signal(signal.SIGINT)
            seen.stopped_text, _ = process.communicate(timeout=60)
            seen.stopped_exit = process.returncode
            for moment in KILLED_AT[1:]:
                seen.killed_run_ids.append(kill(instance, home, arguments, moment))
    seen.last_text = home.call_well(*arguments)
    return seen


def kill(
    instance: dg.DagsterInstance,
    home: DataHome,
    arguments: tuple[str, ...],
    moment: Moment,
) -> str:
    process, run_id = start_until(instance, home, arguments, moment)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    return run_id


def start_until(
    instance: dg.DagsterInstance,
    home: DataHome,
    arguments: tuple[str, ...],
    moment: Moment,
) -> "tuple[subprocess.Popen[str], str]":
    """Start a command and come back at a moment of its run."""
    known = {run.run_id for run in instance.get_runs()}
    process = home.start(*arguments)
    found: list[str] = []

    def has_come() -> bool:
        assert process.poll() is None, f"it ended: {process.communicate()[0]}"
        if not found:
            found.extend({run.run_id for run in instance.get_runs(limit=1)} - known)
            return False
        events = instance.all_logs(found[0], of_type=moment.event)
        return any(event.step_key == moment.step for event in events)

    wait_until(has_come, f"{moment.step} {moment.event}")
    time.sleep(moment.delay_s)
    return process, found[0]


def test_tables_in_the_lake_are_the_same_files(interrupted, walk):
    expected = walk.home.table_files(walk.partition)
    assert interrupted.home.table_files(walk.partition) == expected


def test_both_databases_hold_the_same_rows(interrupted, walk):
    expected = walk.home.published_rows(walk.partition)
    assert interrupted.home.published_rows(walk.partition) == expected
    assert len(expected["kismam_metrics"].in_postgres) > 0


def test_the_page_is_the_same(interrupted, walk):
    pages = [
        home.report_folder(walk.partition) / "index.html"
        for home in (interrupted.home, walk.home)
    ]
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_no_half_file_is_left(interrupted):
    for folder in ("lake", "published", "reports"):
        leftovers = [
            str(path)
            for path in (interrupted.home.folder / folder).rglob("*")
            if path.name.endswith((".part", ".tmp", ".wal"))
        ]
        assert leftovers == []


def test_killed_runs_are_marked_failed_and_why(interrupted, open_instance):
    instance = open_instance(interrupted.home)
    assert len(interrupted.killed_run_ids) == len(KILLED_AT)
    for run_id in interrupted.killed_run_ids:
        run = instance.get_run_by_id(run_id)
        assert run is not None
        assert run.status is dg.DagsterRunStatus.FAILURE
        messages = [entry.message for entry in instance.all_logs(run_id)]
        assert any("its process was killed" in message for message in messages)


def test_no_run_stays_under_way_and_no_pool_slot_claimed(interrupted, open_instance):
    instance = open_instance(interrupted.home)
    assert all(run.is_finished for run in instance.get_runs())
    storage = instance.event_log_storage
    for pool in storage.get_concurrency_keys():
        info = storage.get_concurrency_info(pool)
        assert (info.claimed_slots, info.pending_steps) == ([], [])


def test_ctrl_c_ends_with_a_clear_message(interrupted, open_instance):
    assert interrupted.stopped_exit == INTERRUPTED_EXIT
    assert "Stopped." in interrupted.stopped_text
    assert "Traceback" not in interrupted.stopped_text
    run = open_instance(interrupted.home).get_run_by_id(interrupted.stopped_run_id)
    assert run is not None
    assert run.is_finished


def test_status_is_not_red_once_the_night_went_through(interrupted):
    assert "1 of 1 recordings published" in interrupted.last_text
    done = interrupted.home.call("status")
    assert done.returncode == 0
    assert "finished" in done.stdout
