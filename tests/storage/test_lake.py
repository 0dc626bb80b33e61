import io
import signal
import subprocess
import sys
import time
import uuid
from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.errors import MissingTableError, TableContractError
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey

_ENDLESS_WRITER = """
import sys
from datetime import date
import polars as pl
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey

lake, key = Lake(sys.argv[1]), PartitionKey("blue", date(2026, 1, 15))
rows = pl.concat([lake.read("joint_kinematics", key)] * 400).with_row_index("frame")
rows = rows.with_columns(frame_idx="frame").drop("frame")
while True:
    lake.write("joint_kinematics", key, rows)
"""


@pytest.fixture(params=["disk", "object store"])
def lake(request, tmp_path) -> Lake:
    if request.param == "disk":
        return Lake(tmp_path / "lake")
    return Lake(f"memory://{uuid.uuid4()}")


def test_rows_come_back_as_they_were_written(lake, build_rows, partition):
    rows = build_rows("findings", partition)
    assert not lake.has("findings", partition)
    lake.write("findings", partition, rows.reverse())
    assert lake.has("findings", partition)
    assert lake.read("findings", partition).equals(rows)


def test_stored_rows_are_read_part_by_part(lake, build_rows, partition):
    rows = build_rows("findings", partition, 4)
    lake.write("findings", partition, rows)
    stored = lake.load("findings", partition)
    lake.write("findings", partition, rows.head(1))
    first = rows["recording_id"][0]
    wanted = pl.col("recording_id") == first
    assert stored.read(wanted).equals(rows.filter(wanted))
    assert stored.read().equals(rows)


def test_a_second_write_replaces_the_first(lake, build_rows, partition):
    lake.write("findings", partition, build_rows("findings", partition, 5))
    lake.write("findings", partition, build_rows("findings", partition, 2))
    assert lake.read("findings", partition).height == 2


def test_equal_rows_give_equal_bytes_in_any_order(lake, build_rows, partition):
    rows = build_rows("joint_kinematics", partition, 500)
    first = lake.write("joint_kinematics", partition, rows).read_bytes()
    shuffled = rows.sample(fraction=1, shuffle=True, seed=7)
    assert lake.write("joint_kinematics", partition, shuffled).read_bytes() == first


def test_partitions_are_listed_in_order(lake, build_rows, partition):
    later = PartitionKey("a.team_2", date(2026, 2, 1))
    assert lake.partitions("findings") == []
    for key in (later, partition):
        lake.write("findings", key, build_rows("findings", key))
    lake.write_contract_file("findings")
    assert lake.partitions("findings") == sorted([later, partition])


def test_a_missing_partition_says_what_to_materialise(lake, partition):
    with pytest.raises(MissingTableError, match=r"materialise training\.findings"):
        lake.read("findings", partition)
    with pytest.raises(MissingTableError, match="is not in the lake"):
        lake.load("findings", partition)


def test_a_damaged_file_is_a_missing_one(tmp_path, build_rows, partition):
    lake = Lake(tmp_path)
    path = lake.write("findings", partition, build_rows("findings", partition))
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(MissingTableError, match="cannot be read"):
        lake.read("findings", partition)


def test_columns_that_a_stored_file_does_not_know_yet_are_null(
    lake, build_rows, partition
):
    rows = build_rows("recordings", partition)
    path = lake.write("recordings", partition, rows)
    grown = ["is_interlaced", "is_hdr", "camera_id", "calibration"]
    write_parquet(path, rows.drop(grown))
    read = lake.read("recordings", partition)
    assert read.schema == rows.schema
    assert read.drop(grown).equals(rows.drop(grown))
    assert read.select(pl.col(grown).null_count()).row(0) == (rows.height,) * 4
    some = lake.load("recordings", partition).read(
        pl.col("recording_id") == rows["recording_id"][0]
    )
    assert some.schema == rows.schema


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda rows: rows.drop("clip_sha256"), "clip_sha256: column is missing"),
        (lambda rows: rows.rename({"role": "part"}), "part: column is not in"),
    ],
)
def test_a_stored_file_that_lacks_more_or_holds_other_columns_is_refused(
    lake, build_rows, partition, change, problem
):
    rows = build_rows("recordings", partition)
    write_parquet(lake.write("recordings", partition, rows), change(rows))
    with pytest.raises(TableContractError, match=problem):
        lake.read("recordings", partition)


def write_parquet(path, rows):
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    path.write_bytes(buffer.getvalue())


def test_rows_of_another_day_are_refused_and_nothing_is_written(
    tmp_path, build_rows, partition
):
    lake = Lake(tmp_path)
    stranger = PartitionKey("blue", date(2026, 1, 16))
    with pytest.raises(TableContractError, match="2026-01-16"):
        lake.write("findings", partition, build_rows("findings", stranger))
    assert not lake.has("findings", partition)


@pytest.mark.slow
def test_a_writer_killed_in_the_middle_leaves_whole_files_only(
    tmp_path, build_rows, partition
):
    lake = Lake(tmp_path)
    rows = build_rows("joint_kinematics", partition, 500)
    path = lake.write("joint_kinematics", partition, rows)
    heights = set()
    for _ in range(3):
        lake.write("joint_kinematics", partition, rows)
        kill_while_writing(tmp_path, path.parent)
        heights.add(lake.read("joint_kinematics", partition).height)
    assert heights <= {500, 200_000}
    lake.write("joint_kinematics", partition, rows)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def kill_while_writing(root, folder):
    writer = subprocess.Popen([sys.executable, "-c", _ENDLESS_WRITER, str(root)])
    deadline = time.monotonic() + 30
    try:
        while time.monotonic() < deadline:
            if any(entry.name.endswith(".tmp") for entry in folder.iterdir()):
                return
            assert writer.poll() is None
        pytest.fail("the writer never wrote")
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait()


def test_the_lake_reads_what_an_older_contract_lacked_as_an_error(
    tmp_path, build_rows, partition
):
    lake = Lake(tmp_path)
    path = lake.write("findings", partition, build_rows("findings", partition))
    pl.read_parquet(path.read_bytes()).drop("dimension").write_parquet(path)
    with pytest.raises(TableContractError, match="dimension: column is missing"):
        lake.read("findings", partition)
