"""A run brought nothing new only if nothing was computed and nothing is different."""

import dagster as dg
import pytest

from orchestration.jobs import TRAINING_JOB_NAME
from orchestration.unchanged import (
    PARTITION_TAG,
    describe_state,
    find_last_success,
    has_computed,
)
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import QUALITY_VERDICTS, RECORDINGS
from tests.reporting.session_rows import DAY, TEAM, build_recording, build_tables, table

PARTITION = PartitionKey(TEAM, DAY)


@pytest.fixture
def lake(settings):
    return Lake(settings.lake_root)


def test_state_is_of_clips_and_verdicts(lake):
    states = [describe_state(lake, PARTITION)]
    lake.write(RECORDINGS, PARTITION, table("recordings", [build_recording()]))
    states.append(describe_state(lake, PARTITION))
    verdicts = build_tables()["quality_verdicts"]
    lake.write(QUALITY_VERDICTS, PARTITION, verdicts)
    states.append(describe_state(lake, PARTITION))
    lake.write(QUALITY_VERDICTS, PARTITION, verdicts.head(1))
    states.append(describe_state(lake, PARTITION))
    assert all(states.count(state) == 1 for state in states)
    lake.write(QUALITY_VERDICTS, PARTITION, verdicts)
    assert describe_state(lake, PARTITION) == states[2]


def run_table(name: str, computed: int) -> list[dg.DagsterEvent]:
    @dg.asset(key=["training", name])
    def made() -> dg.MaterializeResult:
        counts = {"computed_subjects": computed, "reused_subjects": 3}
        return dg.MaterializeResult(metadata=counts)

    return dg.materialize([made]).all_events


@pytest.mark.parametrize(
    ("name", "computed", "expected"),
    [
        ("pose_tracks", 0, False),
        ("pose_tracks", 1, True),
        ("recordings", 3, False),
        ("season_reports", 3, False),
    ],
)
def test_only_what_could_have_been_kept_counts_as_computed(name, computed, expected):
    assert has_computed(run_table(name, computed)) is expected


def test_last_success_is_of_that_day_and_no_failure():
    @dg.op
    def work(context: dg.OpExecutionContext) -> None:
        if context.run.tags["end"] == "failure":
            raise ValueError

    @dg.job(name=TRAINING_JOB_NAME, executor_def=dg.in_process_executor)
    def day() -> None:
        work()

    with dg.DagsterInstance.ephemeral() as instance:

        def run(team: str, end: str) -> None:
            tags = {PARTITION_TAG: f"{DAY}|{team}", "end": end}
            day.execute_in_process(instance=instance, tags=tags, raise_on_error=False)

        run(TEAM, "failure")
        run("another", "success")
        assert find_last_success(instance, PARTITION) is None
        run(TEAM, "success")
        found = find_last_success(instance, PARTITION)
        run(TEAM, "failure")
        assert found is not None
        assert found.utcoffset().total_seconds() == 0
        assert find_last_success(instance, PARTITION) == found
