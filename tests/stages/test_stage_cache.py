import hashlib

import polars as pl
import pytest

from sportsgpt_lib.stages.contract import StageOutput, Verdict
from sportsgpt_lib.stages.stage_cache import StageCache

KEY = hashlib.sha256(b"one").hexdigest()
ROWS = pl.DataFrame({"frame_idx": [0, 1], "value": [1.5, None], "unit": ["deg", "deg"]})
WARNING = Verdict("WARN", "dark", "The clip is dark: über 80 %.", "Film by daylight.")


@pytest.fixture
def cache(tmp_path) -> StageCache:
    return StageCache(tmp_path)


def test_rows_and_verdict_come_back(cache):
    assert cache.load(KEY) is None
    cache.save(KEY, StageOutput(ROWS, WARNING))
    loaded = cache.load(KEY)
    assert loaded is not None
    assert loaded.rows is not None
    assert loaded.rows.equals(ROWS)
    assert loaded.verdict == WARNING


def test_a_stopped_subject_has_a_verdict_and_no_rows(cache):
    verdict = Verdict("REJECT", "empty_file", "The file is empty.", "Copy it again.")
    cache.save(KEY, StageOutput(None, verdict))
    assert cache.load(KEY) == StageOutput(None, verdict)


def test_side_tables_come_back_even_where_the_subject_is_stopped(cache):
    cache.save(KEY, StageOutput(None, WARNING, {"pose_quality": ROWS, "b": ROWS[:1]}))
    loaded = cache.load(KEY)
    assert loaded is not None
    assert loaded.rows is None
    assert loaded.side_rows["pose_quality"].equals(ROWS)
    assert loaded.side_rows["b"].equals(ROWS[:1])


def test_an_entry_of_an_earlier_layout_is_missing(cache):
    rest = b'{"word": "PASS"}\n'
    digest = hashlib.sha256(rest).hexdigest().encode()
    cache.path(KEY).parent.mkdir(parents=True)
    cache.path(KEY).write_bytes(digest + b"\n" + rest)
    assert cache.load(KEY) is None


def test_empty_rows_are_not_no_rows(cache):
    cache.save(KEY, StageOutput(ROWS.clear()))
    loaded = cache.load(KEY)
    assert loaded is not None
    assert loaded.rows is not None
    assert loaded.rows.schema == ROWS.schema


@pytest.mark.parametrize("offset", [0, 70, -1])
def test_any_flipped_byte_makes_the_entry_missing(cache, offset, caplog):
    cache.save(KEY, StageOutput(ROWS, WARNING))
    content = bytearray(cache.path(KEY).read_bytes())
    content[offset] ^= 0xFF
    cache.path(KEY).write_bytes(bytes(content))
    assert cache.load(KEY) is None
    assert "computed again" in caplog.text


@pytest.mark.parametrize("length", [0, 10, 64, 65, 200])
def test_a_cut_entry_is_missing_and_can_be_saved_again(cache, length):
    cache.save(KEY, StageOutput(ROWS))
    cache.path(KEY).write_bytes(cache.path(KEY).read_bytes()[:length])
    assert cache.load(KEY) is None
    cache.save(KEY, StageOutput(ROWS))
    assert cache.load(KEY) is not None


def test_a_key_that_is_no_digest_is_refused(cache):
    with pytest.raises(ValueError, match="not a SHA-256"):
        cache.load("../../etc/passwd")
