"""A table that breaks its contract stops its partition, and no other (ADR 0007)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import dagster as dg
import polars as pl
import pytest

from orchestration import training
from orchestration.jobs import TRAINING_JOB_NAME
from orchestration.resources import build_stage_catalog
from orchestration.settings import Settings, load_settings
from sportsgpt_lib.stages.catalog import StageCatalog
from sportsgpt_lib.stages.contract import Stage, StageInput, StageOutput, Subject
from sportsgpt_lib.storage.partition import PartitionKey
from tests.integration.conftest import WALK, Night
from tests.integration.data_home import DataHome, partition
from tests.integration.footage import write_walker_session

pytestmark = pytest.mark.integration

NEXT_DAY = partition(WALK.team_id, "2026-01-17")
IMPOSSIBLE_SCORE = 11.0
GATE = dg.AssetCheckKey(dg.AssetKey(["training", "technique_scores"]), "contract")


class ScoresBeyondTen:
    """The real stage, but its scores lie outside the contract's range."""

    def __init__(self, real: Stage) -> None:
        self._real = real
        self.table_name, self.grain = real.table_name, real.grain
        self.side_tables = real.side_tables
        self.reads, self.code_version = real.reads, real.code_version

    def fingerprint(self, subject: Subject) -> str:
        return f"{self._real.fingerprint(subject)} beyond ten"

    def compute(self, stage_input: StageInput) -> StageOutput:
        output = self._real.compute(stage_input)
        assert output.rows is not None
        score = pl.lit(IMPOSSIBLE_SCORE).alias("score_points")
        return StageOutput(output.rows.with_columns(score), output.verdict)


class BrokenCatalog(StageCatalog):
    def __init__(self, real: StageCatalog) -> None:
        super().__init__(lambda: real.pose_tracks)
        self._real = real

    @property
    def technique_scores(self) -> Stage:  # type: ignore[override]
        return ScoresBeyondTen(self._real.technique_scores)


@dataclass(frozen=True)
class GatedRun:
    home: DataHome
    result: dg.ExecuteInProcessResult
    rows_of_the_other_day: object


@pytest.fixture(scope="module")
def broken(walk: Night, walker_clip) -> Iterator[GatedRun]:
    """A run of another day of the same team, with a stage that breaks the contract."""
    home = walk.home
    write_walker_session(home.session_folder(NEXT_DAY), walker_clip)
    before = home.published_rows(walk.partition)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in home.dagster_environment().items():
            patch.setenv(name, value)
        settings = load_settings()
        catalog = BrokenCatalog(build_stage_catalog(settings))
        with dg.DagsterInstance.get() as instance:
            result = run(settings, instance, NEXT_DAY, stage_catalog=catalog)
            yield GatedRun(home, result, before)


def run(
    settings: Settings,
    instance: dg.DagsterInstance,
    day: PartitionKey,
    **overrides: object,
) -> dg.ExecuteInProcessResult:
    definitions = training.build_defs(settings, **overrides)
    return definitions.resolve_job_def(TRAINING_JOB_NAME).execute_in_process(
        instance=instance, partition_key=str(day), raise_on_error=False
    )


def test_the_run_is_red_for_the_broken_table(broken):
    assert not broken.result.success
    checks = {
        check.asset_check_key: check
        for check in broken.result.get_asset_check_evaluations()
    }
    assert not checks[GATE].passed
    assert checks[GATE].severity is dg.AssetCheckSeverity.ERROR
    assert "score_points" in str(checks[GATE].metadata["problems"].value)
    assert [key for key, check in checks.items() if not check.passed] == [GATE]


def test_the_failing_rows_are_named(broken):
    checks = broken.result.get_asset_check_evaluations()
    (failed,) = [check for check in checks if not check.passed]
    rows = broken.home.lake.read("technique_scores", NEXT_DAY)
    named = failed.metadata["keys_of_failing_rows"].value
    assert named == rows.select("recording_id", "repetition_idx").to_dicts()
    assert named


def test_nothing_of_the_partition_is_published(broken):
    finished = {
        event.step_key for event in broken.result.all_events if event.is_step_success
    }
    assert "training__technique_scores" in finished
    assert {step for step in finished if step.startswith("serving__")} == set()
    for name, rows in broken.home.published_rows(NEXT_DAY).items():
        assert (rows.in_duckdb, rows.in_postgres) == ([], []), name
    made = broken.home.report_folder(NEXT_DAY).glob("*.*")
    assert [file.name for file in made if file.suffix in {".html", ".mp4"}] == []


def test_published_rows_of_another_partition_stay(broken, walk):
    assert broken.home.published_rows(walk.partition) == broken.rows_of_the_other_day
    assert len(broken.rows_of_the_other_day["technique_scores"].in_duckdb) > 0


def test_each_partition_keeps_its_own_check_result(
    broken, walk, open_instance: Callable[[DataHome], dg.DagsterInstance]
):
    storage = open_instance(broken.home).event_log_storage
    infos = storage.get_asset_check_partition_info(
        [GATE], partition_keys=[str(walk.partition), str(NEXT_DAY)]
    )
    words = {info.partition_key: info.latest_execution_status.value for info in infos}
    assert words == {str(walk.partition): "SUCCEEDED", str(NEXT_DAY): "FAILED"}


def test_status_is_red_and_says_which_table(broken):
    done = broken.home.call("status", "--team", NEXT_DAY.team_id)
    assert done.returncode == 1
    assert "FAILED" in done.stdout
    assert "technique_scores" in done.stdout
