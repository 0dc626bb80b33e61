from datetime import timedelta

import dagster as dg
import pytest

from assets.partitions import FIRST_DAY
from orchestration.clock import utc_now
from orchestration.runs import _run, run_training_day
from orchestration.step_log import STEP_LOGGER, build_step_logger
from sportsgpt_lib.errors import ClipError, SessionError, SettingError
from sportsgpt_lib.storage.partition import PartitionKey

STEPS = {STEP_LOGGER: build_step_logger(lambda *_: None)}


@pytest.fixture
def instance():
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def build_job(error: BaseException | None = None) -> dg.JobDefinition:
    @dg.op
    def work() -> None:
        if error is not None:
            raise error

    @dg.job(logger_defs=STEPS, executor_def=dg.in_process_executor)
    def tiny() -> None:
        work()

    return tiny


def test_finished_run_has_no_failures(settings, instance):
    outcome = _run(settings, instance, build_job(), "tiny")
    assert outcome.success
    assert outcome.failures == {}
    assert instance.get_run_by_id(outcome.run_id).is_success


def test_error_of_ours_is_told_in_its_own_words(settings, instance):
    error = ClipError("a.mp4", "it is empty", "copy it again")
    outcome = _run(settings, instance, build_job(error), "tiny")
    assert not outcome.success
    assert outcome.failures == {"work": "a.mp4: it is empty. Fix: copy it again"}


def test_innermost_error_counts_and_keeps_its_class(settings, instance):
    error = RuntimeError("outer")
    error.__cause__ = ZeroDivisionError("inner")
    outcome = _run(settings, instance, build_job(error), "tiny")
    assert outcome.failures == {"work": "ZeroDivisionError: inner"}


def test_signal_ends_the_run_as_a_signal(settings, instance):
    error = dg.DagsterExecutionInterruptedError()
    with pytest.raises(KeyboardInterrupt):
        _run(settings, instance, build_job(error), "tiny")
    (run,) = instance.get_runs()
    assert run.status in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)


def test_partition_is_run_by_one_process_at_a_time(settings, instance):
    errors: list[SettingError] = []

    @dg.op
    def work() -> None:
        with pytest.raises(SettingError, match="another process") as caught:
            _run(settings, instance, build_job(), "tiny")
        errors.append(caught.value)
        assert _run(settings, instance, build_job(), "another").success

    @dg.job(logger_defs=STEPS, executor_def=dg.in_process_executor)
    def outer() -> None:
        work()

    assert _run(settings, instance, outer, "tiny").success
    assert len(errors) == 1
    assert "sportsgpt status" in errors[0].fix
    assert _run(settings, instance, build_job(), "tiny").success


@pytest.mark.parametrize(
    "day",
    [FIRST_DAY - timedelta(days=1), utc_now().date() + timedelta(days=1)],
    ids=["before the first day", "tomorrow"],
)
def test_day_without_a_partition_is_refused(settings, home, day):
    with pytest.raises(SessionError, match="the day must lie between"):
        run_training_day(settings, PartitionKey("blue", day), lambda *_: None)
    assert not home.exists()
