import dagster as dg

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
