"""The same command once more: nothing is computed, and nothing changes."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
import pytest

from sportsgpt_lib.storage.tables import TABLES
from tests.integration.conftest import Night
from tests.integration.data_home import DataHome, Published

pytestmark = pytest.mark.integration

STAGES_THAT_KEEP_RESULTS = (
    "pose_tracks",
    "athlete_poses",
    "joint_kinematics",
    "keyframes",
    "kismam_metrics",
    "findings",
    "technique_scores",
    "guidance_reports",
)


@dataclass(frozen=True)
class State:
    """All that a run leaves behind, before and after the second one."""

    tables: dict[str, bytes]
    stage_cache: dict[str, str]
    pages: dict[str, str]
    published: dict[str, Published]


@pytest.fixture(scope="module")
def states(walk: Night) -> tuple[State, State]:
    before = read_state(walk)
    walk.home.call_well(*walk.home.run_arguments(walk.partition))
    return before, read_state(walk)


def read_state(night: Night) -> State:
    home = night.home
    return State(
        home.table_files(night.partition),
        hash_files(home.folder / "lake" / "stage_cache"),
        # Great Expectations writes the time of its run into its pages.
        hash_files(home.report_folder(night.partition), leave_out="data_docs"),
        dict(home.published_rows(night.partition)),
    )


def hash_files(folder: Path, leave_out: str | None = None) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and leave_out not in path.parts
    }


def metadata_of_latest(
    instance: dg.DagsterInstance, night: Night, table: str
) -> dict[str, object]:
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(
            asset_key=dg.AssetKey(["training", table]),
            asset_partitions=[str(night.partition)],
        ),
        limit=1,
    ).records
    materialization = records[0].asset_materialization
    assert materialization is not None
    return {name: value.value for name, value in materialization.metadata.items()}


def test_every_table_is_the_same_file(states):
    before, after = states
    assert set(before.tables) == {table.name for table in TABLES}
    assert before.tables == after.tables


def test_no_result_is_added_to_the_stage_cache(states):
    before, after = states
    assert before.stage_cache == after.stage_cache != {}


def test_page_and_overlay_are_not_made_again(states):
    before, after = states
    assert "index.html" in before.pages
    assert before.pages == after.pages


def test_the_databases_hold_no_row_twice(states):
    before, after = states
    assert before.published == after.published
    assert len(after.published["kismam_metrics"].in_postgres) > 0


@pytest.mark.parametrize("table", STAGES_THAT_KEEP_RESULTS)
def test_no_subject_is_computed_again(
    states, walk: Night, table, open_instance: Callable[[DataHome], dg.DagsterInstance]
):
    metadata = metadata_of_latest(open_instance(walk.home), walk, table)
    assert metadata["computed_subjects"] == 0
    assert metadata["reused_subjects"] == 1
