"""Rows read from Parquet are the same whether or not columns are kept as one value."""

import io

import polars as pl
import pytest

from sportsgpt_lib.storage import parquet_bytes
from sportsgpt_lib.storage.parquet_bytes import rows_from_parquet

SHA256 = "0" * 64
ROWS = pl.DataFrame(
    {
        "clip": [SHA256] * 5,
        "keypoint": ["nose", "neck", "nose", "neck", "hip"],
        "half": [SHA256, SHA256, SHA256, SHA256, None],
        "nothing": pl.Series([None] * 5, dtype=pl.String),
        "x_px": [1.0, None, 3.0, 4.0, 5.0],
    }
)


@pytest.fixture(autouse=True)
def _no_table_is_small(monkeypatch):
    monkeypatch.setattr(parquet_bytes, "_SMALL_ROWS", 0)


def to_parquet(rows):
    buffer = io.BytesIO()
    rows.write_parquet(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "rows",
    [
        ROWS,
        ROWS.clear(),
        ROWS.head(1),
        ROWS.select("clip"),
        ROWS.select("clip", again="clip"),
        ROWS.select("x_px"),
        ROWS.select("nothing"),
    ],
    ids=["all", "none", "one", "constant", "constants", "numbers", "nulls"],
)
def test_rows_are_those_that_were_written(rows):
    read = rows_from_parquet(to_parquet(rows))
    assert read.equals(rows)
    assert read.schema == rows.schema


@pytest.mark.parametrize(
    "columns", [ROWS.columns, ["clip", "keypoint"], ["keypoint"]], ids=str
)
def test_only_the_rows_that_meet_the_condition_are_read(columns):
    rows = ROWS.select(columns)
    only = pl.col("keypoint") == "neck"
    assert rows_from_parquet(to_parquet(rows), only).equals(rows.filter(only))
    nobody = pl.col("keypoint") == "knee"
    assert rows_from_parquet(to_parquet(rows), nobody).equals(rows.filter(nobody))


def test_a_column_that_repeats_one_value_writes_the_same_bytes_again():
    content = to_parquet(ROWS)
    assert to_parquet(rows_from_parquet(content)) == content


def test_bytes_that_are_no_parquet_are_an_error():
    with pytest.raises(pl.exceptions.PolarsError):
        rows_from_parquet(b"PAR1 and no more")
