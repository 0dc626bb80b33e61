"""Lake, stage cache and inbox in a real S3-compatible object store."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from upath import UPath

from sportsgpt_lib.errors import MissingTableError
from sportsgpt_lib.session.inbox import Inbox
from sportsgpt_lib.stages.contract import StageOutput, Verdict
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import FINDINGS

pytestmark = [
    pytest.mark.integration,
    pytest.mark.scale_out,
    # botocore and moto call datetime.utcnow(), which only their authors can change.
    pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"),
]
BLUE = PartitionKey("blue", date(2026, 1, 15))


@pytest.fixture(scope="module")
def bucket():
    pytest.importorskip("s3fs", reason="the scale-out extra is not installed")
    moto = pytest.importorskip("moto.server", reason="moto is not installed")
    server = moto.ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        root = UPath("s3://sportsgpt-test")
        root.fs.mkdir("sportsgpt-test")
        yield root
    server.stop()


def test_partition_written_to_s3_is_read_back(bucket, build_rows):
    lake = Lake(bucket / "lake")
    rows = build_rows(FINDINGS, BLUE, 3)
    lake.write(FINDINGS, BLUE, rows)
    assert lake.has(FINDINGS, BLUE)
    assert lake.partitions(FINDINGS) == [BLUE]
    assert lake.read(FINDINGS, BLUE).height == 3
    with pytest.raises(MissingTableError):
        lake.read(FINDINGS, PartitionKey("red", BLUE.session_day))


def test_second_write_replaces_the_first(bucket, build_rows):
    lake = Lake(bucket / "lake-2")
    lake.write(FINDINGS, BLUE, build_rows(FINDINGS, BLUE, 3))
    lake.write(FINDINGS, BLUE, build_rows(FINDINGS, BLUE, 2))
    assert lake.read(FINDINGS, BLUE).height == 2
    assert len(list((bucket / "lake-2").rglob("*.parquet"))) == 1


def test_stage_result_is_kept_in_s3(bucket):
    cache = StageCache(bucket / "cache")
    output = StageOutput(pl.DataFrame({"a": [1]}), Verdict("WARN", "x", "y", "z"))
    cache.save("0" * 64, output)
    loaded = cache.load("0" * 64)
    assert loaded is not None
    assert loaded.verdict == output.verdict
    assert loaded.rows is not None
    assert loaded.rows.equals(pl.DataFrame({"a": [1]}))
    assert cache.load("1" * 64) is None


def test_session_under_a_prefix_is_found_and_copied(bucket, tmp_path):
    folder = bucket / "inbox" / "blue" / "2026-01-15"
    (folder / "session.toml").write_text("manifest")
    (folder / "a.mp4").write_bytes(b"clip")
    inbox = Inbox(str(bucket / "inbox"), tmp_path / "copies")
    later = datetime(2100, 1, 1, tzinfo=UTC)
    assert [s.partition for s in inbox.find_finished(60, later)] == [BLUE]
    assert inbox.find_finished(60, datetime(2000, 1, 1, tzinfo=UTC)) == []
    local = inbox.fetch(BLUE)
    assert (local / "a.mp4").read_bytes() == b"clip"
