import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import duckdb
import polars as pl
import pytest

from sportsgpt_lib.errors import DatabaseError, TableContractError
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts, read_duckdb
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.mart_ddl import describe_column
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import empty_rows, find_table
from sportsgpt_lib.storage.tables import TABLES

MARTS = [table.name for table in TABLES if table.is_mart]
FRAMES = [table.name for table in TABLES if not table.is_mart]
_ENDLESS_PUBLISHER = """
import sys
from datetime import date
from pathlib import Path
import polars as pl
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts, read_duckdb
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey

path, key = Path(sys.argv[1]), PartitionKey("blue", date(2026, 1, 15))
rows = read_duckdb(path, "select * from training.findings")
many = rows.with_columns(issue=pl.lit("new"))
while True:
    DuckDbMarts(path, Lake(path.parent / "lake")).publish(key, {"findings": many})
"""


@pytest.fixture
def lake(tmp_path) -> Lake:
    return Lake(tmp_path / "lake")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "sportsgpt.duckdb"


@pytest.fixture
def marts(path, lake) -> DuckDbMarts:
    return DuckDbMarts(path, lake)


def count(path, table: str) -> int:
    query = f"select count(*) from training.{table}"  # noqa: S608
    return read_duckdb(path, query).item()


def test_every_mart_is_published_and_republished_without_duplicates(
    marts, path, build_rows, partition
):
    rows = {name: build_rows(name, partition) for name in MARTS}
    for _ in range(2):
        assert marts.publish(partition, rows) == dict.fromkeys(MARTS, 3)
    for name in MARTS:
        query = f"select * from training.{name} order by all"  # noqa: S608
        served = rows[name].select(find_table(name).served.column_names)
        assert read_duckdb(path, query).equals(served.sort(served.columns))


def test_what_an_athlete_spares_stays_in_the_lake(marts, path, build_rows, partition):
    marts.publish(partition, {"recordings": build_rows("recordings", partition)})
    columns = read_duckdb(path, "select * from training.recordings").columns
    assert "spared_regions" not in columns
    assert "athlete_groups" in columns


def test_other_partitions_stay(marts, path, build_rows, partition):
    other = PartitionKey("blue", date(2026, 1, 16))
    for key in (partition, other):
        marts.publish(key, {"findings": build_rows("findings", key)})
    marts.publish(partition, {"findings": empty_rows("findings")})
    days = read_duckdb(path, "select distinct session_day from training.findings")
    assert days["session_day"].to_list() == [other.session_day]


def test_every_table_exists_before_the_first_row(marts, path, partition):
    marts.publish(partition, {})
    assert {name: count(path, name) for name in [*MARTS, *FRAMES]} == dict.fromkeys(
        [*MARTS, *FRAMES], 0
    )


@pytest.mark.parametrize("name", FRAMES)
def test_frames_of_unpublished_or_stopped_recordings_are_hidden(
    marts, path, build_rows, partition, name
):
    lake = Lake(path.parent / "lake")
    lake.write(name, partition, build_rows(name, partition))
    marts.publish(partition, {})
    assert count(path, name) == 0
    recordings = build_rows("recordings", partition).with_columns(
        verdict=pl.Series(["PASS", "QUARANTINE", "WARN"])
    )
    marts.publish(partition, {"recordings": recordings})
    query = f"select clip_sha256 from training.{name}"  # noqa: S608
    seen = read_duckdb(path, query)
    assert sorted(seen["clip_sha256"]) == ["clip_sha256-0", "clip_sha256-2"]


def write_one_clip(lake, build_rows, partition):
    """Write frames of two recordings; returns their rows of ``recordings``."""
    clip = pl.lit("one-clip").alias("clip_sha256")
    for name in FRAMES:
        lake.write(name, partition, build_rows(name, partition, 2).with_columns(clip))
    recordings = build_rows("recordings", partition, 2).with_columns(clip)
    return recordings.with_columns(verdict=pl.lit("PASS"))


def stop(build_rows, partition, recordings):
    verdicts = build_rows("quality_verdicts", partition, len(recordings))
    return verdicts.with_columns(
        subject_id=pl.Series(recordings),
        stage=pl.lit("keyframes"),
        verdict=pl.Series(["QUARANTINE", "REJECT"][: len(recordings)]),
    )


def test_frames_of_a_recording_that_a_later_stage_stopped_are_hidden(
    marts, lake, path, build_rows, partition
):
    recordings = write_one_clip(lake, build_rows, partition)
    stopped = stop(build_rows, partition, ["recording_id-1"])
    marts.publish(partition, {"recordings": recordings, "quality_verdicts": stopped})
    assert {name: count(path, name) for name in FRAMES} == {
        "athlete_poses": 1,
        "pose_repairs": 1,
        "joint_kinematics": 1,
        "alignment_costs": 1,
        "alignment_paths": 1,
        # The clip's other recording is published.
        "pose_tracks": 2,
        "person_sights": 2,
    }
    seen = read_duckdb(path, "select recording_id from training.athlete_poses")
    assert seen["recording_id"].to_list() == ["recording_id-0"]


def test_frames_of_a_clip_are_hidden_when_all_its_recordings_were_stopped(
    marts, lake, path, build_rows, partition
):
    recordings = write_one_clip(lake, build_rows, partition)
    stopped = stop(build_rows, partition, ["recording_id-0", "recording_id-1"])
    marts.publish(partition, {"recordings": recordings, "quality_verdicts": stopped})
    assert {name: count(path, name) for name in FRAMES} == dict.fromkeys(FRAMES, 0)


def test_a_partition_written_later_is_seen_without_publishing_the_view_again(
    marts, lake, path, build_rows, partition
):
    marts.publish(partition, {"recordings": build_rows("recordings", partition)})
    name = "athlete_poses"
    lake.write(name, partition, build_rows(name, partition))
    assert count(path, name) == 3


def test_every_column_has_its_comment(marts, path, partition):
    marts.publish(partition, {})
    found = read_duckdb(
        path,
        "select table_name, column_name, comment from duckdb_columns() "
        "where schema_name = 'training'",
    )
    comments = {(table, column): text for table, column, text in found.iter_rows()}
    for table in TABLES:
        for column in table.served.columns:
            assert comments[table.name, column.name] == describe_column(column)


def test_readers_keep_what_they_opened_while_a_new_file_is_published(
    marts, path, build_rows, partition
):
    marts.publish(partition, {"findings": build_rows("findings", partition, 2)})
    with duckdb.connect(path, read_only=True) as reader:
        marts.publish(partition, {"findings": build_rows("findings", partition, 5)})
        query = "select count(*) from training.findings"
        assert reader.execute(query).fetchone() == (2,)
    assert count(path, "findings") == 5


def test_publishers_queue_and_none_is_lost(marts, path, build_rows):
    keys = [PartitionKey("blue", date(2026, 1, day)) for day in range(1, 7)]
    with ThreadPoolExecutor(3) as pool:
        for _ in pool.map(
            lambda key: marts.publish(key, {"findings": build_rows("findings", key)}),
            keys,
        ):
            pass
    assert count(path, "findings") == 3 * len(keys)


def test_a_publication_that_fails_leaves_the_old_file(
    marts, path, build_rows, partition
):
    marts.publish(partition, {"findings": build_rows("findings", partition)})
    before = path.read_bytes()
    path.write_bytes(b"not a database")
    with pytest.raises(DatabaseError, match="delete the file"):
        marts.publish(partition, {})
    assert path.read_bytes() == b"not a database"
    path.write_bytes(before)
    assert count(path, "findings") == 3


@pytest.mark.slow
def test_a_killed_publisher_leaves_a_whole_file(marts, path, build_rows, partition):
    rows = build_rows("findings", partition, 20_000)
    marts.publish(partition, {"findings": rows})
    for _ in range(2):
        _kill_while_publishing(path)
        issues = read_duckdb(
            path, "select count(*), count(issue) from training.findings"
        )
        assert issues.row(0) == (20_000, 20_000)
    marts.publish(partition, {"findings": rows})
    names = {entry.name for entry in path.parent.iterdir()}
    assert names == {path.name, f".{path.name}.lock", "lake"}


def _kill_while_publishing(path):
    command = [sys.executable, "-c", _ENDLESS_PUBLISHER, str(path)]
    publisher = subprocess.Popen(command)
    deadline = time.monotonic() + 30
    try:
        while time.monotonic() < deadline:
            if any(".tmp" in entry.name for entry in path.parent.iterdir()):
                return
            assert publisher.poll() is None
        pytest.fail("the publisher never published")
    finally:
        publisher.send_signal(signal.SIGKILL)
        publisher.wait()


def test_a_mart_of_an_older_contract_is_brought_up_to_date(
    marts, path, build_rows, partition
):
    marts.publish(partition, {"findings": build_rows("findings", partition)})
    with duckdb.connect(path) as connection:
        connection.execute("alter table training.findings drop column dimension")
        connection.execute("alter table training.findings add column gone int")
    other = PartitionKey("blue", date(2026, 1, 16))
    marts.publish(other, {"findings": build_rows("findings", other)})
    answer = read_duckdb(
        path, "select count(*), count(dimension), count(issue) from training.findings"
    )
    assert answer.row(0) == (6, 3, 6)


def test_no_extension_is_ever_downloaded(marts, path, partition):
    marts.publish(partition, {})
    settings = read_duckdb(
        path,
        "select name, value from duckdb_settings() "
        "where name like 'auto%_known_extensions'",
    )
    assert set(settings["value"]) == {"false"}


def test_readers_cannot_write(marts, path, partition):
    marts.publish(partition, {})
    with pytest.raises(DatabaseError, match="read-only"):
        read_duckdb(path, "delete from training.findings")


def test_a_file_that_is_not_there_says_what_makes_it(path):
    with pytest.raises(DatabaseError, match="publish a partition first"):
        read_duckdb(path, "select 1")


def test_what_people_wrote_is_copied_whole_and_anew(path, lake, build_rows, partition):
    written = [build_rows("coach_feedback", partition, 2)]
    marts = DuckDbMarts(path, lake, lambda: {"coach_feedback": written[-1]})
    marts.refresh_kept()
    assert not path.exists()
    marts.publish(partition, {"findings": build_rows("findings", partition)})
    assert count(path, "coach_feedback") == 2
    written.append(build_rows("coach_feedback", partition, 3))
    marts.refresh_kept()
    assert (count(path, "coach_feedback"), count(path, "findings")) == (3, 3)


def test_a_table_of_runs_is_not_replaced_whole(path, lake, build_rows, partition):
    rows = build_rows("findings", partition)
    marts = DuckDbMarts(path, lake, lambda: {"findings": rows})
    with pytest.raises(TableContractError, match="made by runs"):
        marts.publish(partition, {})
