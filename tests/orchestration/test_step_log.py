import dagster as dg
import pytest

from orchestration.step_log import RUN_CONFIG, STEP_LOGGER, build_step_logger


@dg.op
def works(context: dg.OpExecutionContext) -> int:
    context.log.info("a message of the step is no news of its state")
    return 1


@dg.op
def breaks(number: int) -> int:
    raise ValueError(number)


@dg.op
def never_begins(number: int) -> int:
    return number


def test_listener_hears_each_step_start_end_and_fail() -> None:
    heard: list[tuple[str, str]] = []

    @dg.job(
        logger_defs={
            STEP_LOGGER: build_step_logger(lambda *words: heard.append(words))
        },
        executor_def=dg.in_process_executor,
    )
    def tiny() -> None:
        never_begins(breaks(works()))

    result = tiny.execute_in_process(run_config=RUN_CONFIG, raise_on_error=False)
    assert not result.success
    assert heard == [
        ("works", "started"),
        ("works", "finished"),
        ("breaks", "started"),
        ("breaks", "failed"),
    ]


def run_stage(metadata: dict[str, int]) -> list[tuple[str, str]]:
    heard: list[tuple[str, str]] = []

    @dg.asset
    def pose_tracks() -> dg.MaterializeResult:
        return dg.MaterializeResult(metadata=metadata)

    job = dg.Definitions(
        [pose_tracks],
        jobs=[dg.define_asset_job("tiny", executor_def=dg.in_process_executor)],
        loggers={STEP_LOGGER: build_step_logger(lambda *words: heard.append(words))},
    ).resolve_job_def("tiny")
    job.execute_in_process(run_config=RUN_CONFIG)
    return heard


@pytest.mark.parametrize(
    ("computed", "reused", "word"),
    [(0, 2, "kept"), (1, 2, "finished"), (0, 0, "finished")],
)
def test_stage_that_computed_nothing_is_kept(computed, reused, word) -> None:
    heard = run_stage({"computed_subjects": computed, "reused_subjects": reused})
    assert heard == [("pose_tracks", "started"), ("pose_tracks", word)]


def test_step_that_counts_nothing_is_finished() -> None:
    assert run_stage({"rows": 0})[-1] == ("pose_tracks", "finished")
