"""Runs one partition of the training graph, or the knowledge graph, in this process.

The same jobs run under Dagster's daemon; this module is the way in for the command
line. It frees what a killed run of this machine left behind before it starts its own.
"""

import fcntl
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import dagster as dg

from assets.evaluation import EVALUATION_STEPS
from assets.partitions import FIRST_DAY, TEAMS
from orchestration import knowledge, training
from orchestration.clock import utc_now
from orchestration.jobs import (
    EVALUATION_JOB_NAME,
    KNOWLEDGE_JOB_NAME,
    TRAINING_JOB_NAME,
)
from orchestration.resources import build_lake
from orchestration.run_locks import free_orphaned_runs, hold_run
from orchestration.settings import Settings
from orchestration.step_log import (
    RUN_CONFIG,
    STEP_LOGGER,
    ReportStep,
    build_step_logger,
)
from orchestration.unchanged import (
    describe_state,
    find_last_success,
    has_computed,
)
from sportsgpt_lib.errors import SessionError, SettingError, SportsGptError
from sportsgpt_lib.storage.partition import PartitionKey

INTERRUPTED = "it was stopped by a signal, such as Ctrl-C"
_OUR_ERRORS = re.escape(SportsGptError.__module__)


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended; ``failures`` maps a failed step to its error text.

    ``unchanged_since`` is the end of the run before it where this one brought nothing
    new; None where it did.
    """

    run_id: str
    success: bool
    failures: Mapping[str, str]
    has_computed: bool = True
    unchanged_since: datetime | None = None


def run_training_day(
    settings: Settings,
    partition: PartitionKey,
    report_step: ReportStep,
    **overrides: object,
) -> RunOutcome:
    """Run the training graph for one training day of one team.

    Parameters
    ----------
    settings
        Settings of the platform.
    partition
        What to run.
    report_step
        Called with a step's name and a word, see ``step_log``.
    overrides
        Resources that replace those of the settings, by name.

    Raises
    ------
    SessionError
        The day has no partition.
    SettingError
        Another process is running this partition.
    KeyboardInterrupt
        A signal such as Ctrl-C ended the run; Dagster has recorded it as failed.
    """
    if not FIRST_DAY <= partition.session_day <= utc_now().date():
        raise SessionError(
            str(partition),
            f"the day must lie between {FIRST_DAY} and today",
            "correct the day of the session",
        )
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(str(TEAMS.name), [partition.team_id])
        definitions = training.build_defs(
            settings,
            loggers={STEP_LOGGER: build_step_logger(report_step)},
            **overrides,
        )
        job = definitions.resolve_job_def(TRAINING_JOB_NAME)
        name = f"{partition.team_id}.{partition.session_day}"
        lake = build_lake(settings)
        before = describe_state(lake, partition)
        since = find_last_success(instance, partition)
        outcome = _run(settings, instance, job, name, str(partition))
        if outcome.has_computed or before != describe_state(lake, partition):
            return outcome
        return replace(outcome, unchanged_since=since)


def run_knowledge_base(
    settings: Settings, report_step: ReportStep, **overrides: object
) -> RunOutcome:
    """Run the knowledge graph; unchanged passages are not embedded again.

    ``overrides`` are resources that replace those of the settings, by name.
    """
    with dg.DagsterInstance.get() as instance:
        definitions = knowledge.build_defs(
            settings,
            loggers={STEP_LOGGER: build_step_logger(report_step)},
            **overrides,
        )
        job = definitions.resolve_job_def(KNOWLEDGE_JOB_NAME)
        return _run(settings, instance, job, "knowledge")


def run_evaluation(
    settings: Settings,
    config: Mapping[str, object],
    report_step: ReportStep,
    **overrides: object,
) -> RunOutcome:
    """Evaluate the guidance.

    ``config`` holds the fields of ``assets.evaluation.EvaluationConfig``; ``overrides``
    are resources that replace those of the settings, by name.
    """
    with dg.DagsterInstance.get() as instance:
        definitions = training.build_defs(
            settings,
            loggers={STEP_LOGGER: build_step_logger(report_step)},
            **overrides,
        )
        job = definitions.resolve_job_def(EVALUATION_JOB_NAME)
        ops = {name: {"config": dict(config)} for name in EVALUATION_STEPS}
        run_config = {**RUN_CONFIG, "ops": ops}
        return _run(settings, instance, job, "evaluation", run_config=run_config)


def _run(
    settings: Settings,
    instance: dg.DagsterInstance,
    job: dg.JobDefinition,
    name: str,
    partition_key: str | None = None,
    *,
    run_config: Mapping[str, Any] = RUN_CONFIG,
) -> RunOutcome:
    with _only_process(settings.home / "locks" / f"{name}.lock", name):
        free_orphaned_runs(instance, settings.home)
        run_id = str(uuid4())
        try:
            with hold_run(settings.home, run_id):
                result = job.execute_in_process(
                    instance=instance,
                    partition_key=partition_key,
                    raise_on_error=False,
                    run_config=dict(run_config),
                    run_id=run_id,
                )
        except dg.DagsterExecutionInterruptedError as error:
            raise KeyboardInterrupt from error
    failed = [event for event in result.all_events if event.is_step_failure]
    failures = {event.step_key or "run": describe_failure(event) for event in failed}
    if INTERRUPTED in failures.values():
        raise KeyboardInterrupt
    return RunOutcome(
        result.run_id, result.success, failures, has_computed(result.all_events)
    )


def describe_failure(event: dg.DagsterEvent) -> str:
    """Tell the innermost error of a failed step, in its own words."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return "no error was recorded"
    if error.cls_name == dg.DagsterExecutionInterruptedError.__name__:
        return INTERRUPTED
    # Python writes the class in front of the text; ours say all in the text.
    return re.sub(rf"^{_OUR_ERRORS}\.\w+: ", "", error.message.strip())


@contextmanager
def _only_process(path: Path, name: str) -> Iterator[None]:
    """Hold a lock that the kernel releases when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingError(
                name,
                "another process is running this partition",
                "wait for it, or stop it; `sportsgpt status` shows what it does",
            ) from None
        yield
