import math

import polars as pl
import pytest

from sportsgpt_lib.errors import TableContractError
from sportsgpt_lib.storage.rows import (
    build_sort_key,
    conform_partition,
    conform_rows,
    empty_rows,
    find_table,
)
from sportsgpt_lib.storage.tables import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_empty_rows_conform_to_every_table(table):
    assert conform_rows(table, empty_rows(table)).columns == list(table.column_names)


def test_unknown_table_names_the_nearest():
    with pytest.raises(TableContractError, match="did you mean 'findings'"):
        find_table("finding")


def test_columns_are_ordered_cast_and_sorted(build_rows, partition):
    rows = build_rows("findings", partition)
    shuffled = rows.reverse().select(reversed(rows.columns)).cast({"rank": pl.Int32})
    assert conform_rows("findings", shuffled).equals(rows)


@pytest.mark.parametrize("parts", [1, 2, 3, 100])
def test_rows_out_of_order_anywhere_are_sorted(
    build_rows, partition, monkeypatch, parts
):
    monkeypatch.setattr("sportsgpt_lib.storage.rows._COMPARED_ROWS", parts)
    rows = build_rows("joint_kinematics", partition, 7)
    for place in range(6):
        order = list(range(7))
        order[place], order[place + 1] = order[place + 1], order[place]
        assert conform_rows("joint_kinematics", rows[order]).equals(rows)


def test_rows_without_a_key_come_first_as_they_would_when_sorted(build_rows, partition):
    rows = build_rows("findings", partition)
    gap = rows.with_columns(
        recording_id=pl.Series(["a", None, "b"]), issue=pl.lit("same")
    )
    conformed = conform_rows("findings", gap)
    assert conformed["recording_id"].to_list() == [None, "a", "b"]


def test_nan_becomes_null(build_rows, partition):
    rows = build_rows("kismam_metrics", partition)
    conformed = conform_rows("kismam_metrics", rows.with_columns(value=math.nan))
    assert conformed["value"].null_count() == rows.height


def test_every_problem_is_listed_at_once(build_rows, partition):
    rows = build_rows("findings", partition).with_columns(
        rank=pl.lit(1.5),
        probability_ratio=math.inf,
        is_reported=pl.lit("yes"),
        evidence=pl.lit('{"contribution": NaN}'),
    )
    with pytest.raises(TableContractError) as caught:
        conform_rows("findings", rows.rename({"issue": "issues"}))
    listed = "\n".join(caught.value.problems)
    for part in (
        "issue: column is missing",
        "issues: column is not in the contract (did you mean issue?)",
        "rank: 3 number(s) that are not whole",
        "probability_ratio: 3 infinite",
        "is_reported: holds String",
        "evidence: row 0 is not JSON (NaN is not JSON)",
    ):
        assert part in listed
    assert len(caught.value.problems) == 6


def test_whole_floats_become_integers(build_rows, partition):
    rows = build_rows("findings", partition)
    floats = rows.cast({"rank": pl.Float64})
    assert conform_rows("findings", floats).schema["rank"] == pl.Int64


def test_a_row_of_another_team_is_refused(build_rows, partition):
    rows = build_rows("findings", partition).with_columns(team_id=pl.lit("red"))
    with pytest.raises(TableContractError, match="belong to another partition"):
        conform_partition("findings", partition, rows)


def test_sort_key_begins_with_the_team():
    assert all(build_sort_key(table)[0] == "team_id" for table in TABLES)
