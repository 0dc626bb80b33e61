"""Equal rows have one digest, however they came about: reuse hangs on it."""

import polars as pl
import pytest

from sportsgpt_lib.stages import runner
from sportsgpt_lib.stages.runner import compute_rows_sha256

LONG = "a text that is too long to lie inside its cell"
ROWS = pl.DataFrame({"id": ["a", "c"], "text": [LONG, None], "value": [1.0, None]})


def with_stranger(text: str) -> pl.DataFrame:
    """The same rows, filtered out of a larger frame."""
    whole = pl.DataFrame(
        {"id": ["a", "b", "c"], "text": [LONG, text, None], "value": [1.0, 5.0, None]}
    )
    return whole.filter(pl.col("id") != "b")


@pytest.mark.parametrize(
    "same",
    [
        with_stranger(LONG.upper()),
        with_stranger(LONG[::-1]),
        pl.concat([ROWS.head(1), ROWS.tail(1)]),
        pl.concat([with_stranger(LONG), ROWS]).tail(2),
        ROWS.with_columns(value=pl.Series([1.0, 7.0])).with_columns(
            value=pl.when(pl.col("id") == "a").then(pl.col("value"))
        ),
    ],
    ids=["filtered", "filtered from others", "in parts", "cut", "masked"],
)
def test_equal_rows_have_one_digest(same: pl.DataFrame) -> None:
    assert same.equals(ROWS)
    assert compute_rows_sha256(same) == compute_rows_sha256(ROWS)


@pytest.mark.parametrize(
    "other",
    [
        ROWS.reverse(),
        ROWS.rename({"value": "error"}),
        ROWS.with_columns(pl.col("value").cast(pl.Float32)),
        ROWS.with_columns(pl.col("value").fill_null(0.0)),
        ROWS.with_columns(pl.col("text").fill_null("")),
        ROWS.head(1),
        ROWS.select("id", "value", "text"),
    ],
    ids=["order", "name", "type", "zero", "empty text", "fewer", "columns"],
)
def test_anything_else_has_another(other: pl.DataFrame) -> None:
    assert compute_rows_sha256(other) != compute_rows_sha256(ROWS)


def test_a_column_kept_as_one_value_has_the_digest_of_its_rows() -> None:
    named = ROWS.with_columns(clip=pl.lit(LONG))
    spelled_out = ROWS.with_columns(clip=pl.Series([LONG, LONG]))
    assert compute_rows_sha256(named) == compute_rows_sha256(spelled_out)


def test_no_rows_still_have_names_and_types() -> None:
    nothing = ROWS.clear()
    assert compute_rows_sha256(nothing) == compute_rows_sha256(ROWS.clear())
    for other in (nothing.rename({"id": "name"}), nothing.cast({"value": pl.Float32})):
        assert compute_rows_sha256(other) != compute_rows_sha256(nothing)


def test_parts_that_are_read_in_several_goes_count_as_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runner, "_HASHED_ROWS", 2)
    rows = pl.DataFrame({"frame_idx": range(7), "text": [LONG, None] * 3 + ["b"]})
    in_parts = pl.concat([rows[:3], rows[3:4], rows[4:]], rechunk=False)
    assert in_parts.n_chunks() > 1
    assert compute_rows_sha256(in_parts) == compute_rows_sha256(rows)
    for place in range(7):
        changed = rows.with_columns(
            text=pl.when(pl.col("frame_idx") == place)
            .then(pl.lit("changed"))
            .otherwise("text")
        )
        assert compute_rows_sha256(changed) != compute_rows_sha256(rows)
