import multiprocessing
import os
import signal
from pathlib import Path

import dagster as dg
import pytest

from orchestration.run_locks import free_orphaned_runs, hold_run, is_orphaned


@dg.job
def nothing() -> None:
    return None


def _hold_for_ever(home: Path, run_id: str, began: "multiprocessing.Event") -> None:
    with hold_run(home, run_id):
        began.set()
        signal.pause()


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def start_run(
    instance: dg.DagsterInstance,
    status: dg.DagsterRunStatus = dg.DagsterRunStatus.STARTED,
) -> str:
    return instance.create_run_for_job(nothing, status=status).run_id


def test_run_that_ended_leaves_no_lock(tmp_path):
    with hold_run(tmp_path, "r"):
        assert not is_orphaned(tmp_path, "r")
    assert not is_orphaned(tmp_path, "r")
    assert list((tmp_path / "locks" / "runs").iterdir()) == []


def test_lock_that_is_held_already_is_let_be(tmp_path):
    with hold_run(tmp_path, "r"):
        with hold_run(tmp_path, "r"):
            pass
        assert (tmp_path / "locks" / "runs" / "r.lock").exists()


@pytest.mark.parametrize("status", ["NOT_STARTED", "STARTING", "STARTED"])
def test_killed_process_orphans_its_run_and_a_living_one_does_not(
    tmp_path, instance, status
):
    run_id = start_run(instance, dg.DagsterRunStatus(status))
    spawn = multiprocessing.get_context("spawn")
    began = spawn.Event()
    process = spawn.Process(target=_hold_for_ever, args=(tmp_path, run_id, began))
    process.start()
    try:
        assert began.wait(60)
        assert free_orphaned_runs(instance, tmp_path) == []
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    assert free_orphaned_runs(instance, tmp_path) == [run_id]
    assert instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.FAILURE
    assert free_orphaned_runs(instance, tmp_path) == []


def test_run_of_another_machine_is_never_touched(tmp_path, instance):
    run_id = start_run(instance)
    assert free_orphaned_runs(instance, tmp_path) == []
    assert instance.get_run_by_id(run_id).status is dg.DagsterRunStatus.STARTED
