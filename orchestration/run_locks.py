"""Which runs are alive: each holds a file lock that the kernel frees when it ends.

Dagster marks a run as failed when its process says so. A process that was killed, or
whose machine lost power, says nothing, and Dagster's default launcher never asks.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

KILLED = "its process was killed"
_UNDER_WAY = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
)


@contextmanager
def hold_run(home: Path, run_id: str) -> Iterator[None]:
    """Hold the lock of a run while it is under way; does nothing where it is held."""
    path = _path(home, run_id)
    if path.exists():
        yield
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    # Locked before it gets its name, so that nobody ever finds it unlocked.
    beside = path.with_name(f".{run_id}.{os.getpid()}")
    with beside.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        beside.rename(path)
        try:
            yield
        finally:
            path.unlink(missing_ok=True)


def free_orphaned_runs(instance: dg.DagsterInstance, home: Path) -> list[str]:
    """Fail the runs of this data home whose process is gone, and free their slots.

    Returns
    -------
    Identifiers of the runs that were freed.
    """
    freed = []
    for run in instance.get_runs(dg.RunsFilter(statuses=list(_UNDER_WAY))):
        if is_orphaned(home, run.run_id):
            instance.report_run_failed(run, KILLED)
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            _path(home, run.run_id).unlink(missing_ok=True)
            freed.append(run.run_id)
    return freed


def is_orphaned(home: Path, run_id: str) -> bool:
    """Whether a run of this data home lost its process.

    A run without a lock is of another machine, or has not begun: nothing is known.
    """
    try:
        with _path(home, run_id).open() as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, BlockingIOError):
        return False
    return True


def _path(home: Path, run_id: str) -> Path:
    return home / "locks" / "runs" / f"{run_id}.lock"
