import subprocess
import sys

import polars as pl
import pytest

from sportsgpt_lib.storage.audit import audit_rows, build_suite
from sportsgpt_lib.storage.data_docs import write_data_docs
from sportsgpt_lib.storage.rows import empty_rows, find_table
from sportsgpt_lib.storage.tables import TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_lawful_and_empty_rows_pass(table, build_rows, partition):
    for rows in (build_rows(table.name, partition, 12), empty_rows(table)):
        audit = audit_rows(table, rows)
        assert audit.success, audit.problems
        assert audit.problems == ()
        assert audit.failing_rows.is_empty()
        assert audit.statistics["row_count"] == rows.height


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_nulls_are_let_through_exactly_where_the_contract_says(
    table, build_rows, partition
):
    rows = build_rows(table.name, partition, 4)
    gaps = [
        pl.lit(None).cast(rows.schema[column.name]).alias(column.name)
        for column in table.columns
        if column.nullable
    ]
    assert audit_rows(table, rows.with_columns(gaps)).success
    filled = [column.name for column in table.columns if not column.nullable]
    emptied = rows.with_columns(
        pl.lit(None).cast(rows.schema[n]).alias(n) for n in filled
    )
    problems = audit_rows(table, emptied).problems
    for name in filled:
        assert f"{name}: is null in 4 of 4 rows" in problems


@pytest.mark.parametrize(
    ("change", "problem", "failing_count"),
    [
        ({"issue": pl.lit(None, pl.String)}, "issue: is null in 3 of 3 rows", 3),
        (
            {"probability_ratio": pl.Series([0.5, 1.25, -0.1])},
            "probability_ratio: is outside 0 to 1 in 2 of 3 rows, such as 1.25, -0.1",
            2,
        ),
        ({"rank": pl.Series([1, 0, 2])}, "rank: is outside 1 to … in 1 of 3", 1),
        ({"rank": pl.Series([1.0, 1.5, 2.0])}, "rank: holds Float64, not integer", 0),
        (
            {
                "recording_id": pl.lit("r"),
                "issue": pl.lit("i"),
                "repetition_idx": pl.lit(0),
            },
            "key (team_id, session_day, recording_id, repetition_idx, issue): is not "
            "unique in 3 of 3 rows",
            3,
        ),
    ],
)
def test_each_kind_of_broken_rule_is_said_in_words(
    build_rows, partition, change, problem, failing_count
):
    rows = build_rows("findings", partition).with_columns(**change)
    audit = audit_rows("findings", rows)
    assert not audit.success
    assert len(audit.problems) == 1
    assert audit.problems[0].startswith(problem)
    assert audit.failing_rows.height == failing_count


def test_a_word_that_is_not_allowed_is_named(build_rows, partition):
    rows = build_rows("recordings", partition).with_columns(
        camera_view=pl.Series(["sagittal", "drone", None])
    )
    problems = audit_rows("recordings", rows).problems
    assert problems == (
        "camera_view: is null in 1 of 3 rows",
        "camera_view: is none of sagittal, frontal, oblique, unknown in 1 of 3 rows, "
        "such as drone",
    )


def test_a_missing_column_is_said_once(build_rows, partition):
    rows = build_rows("findings", partition).drop("movement", "issue")
    audit = audit_rows("findings", rows.with_columns(extra=1))
    assert audit.problems == (
        "columns: missing movement, issue; not in the contract extra",
    )


def test_no_more_than_ten_failing_rows_are_kept(build_rows, partition):
    rows = build_rows("findings", partition, 500).with_columns(severity_ratio=2.0)
    audit = audit_rows("findings", rows)
    assert audit.failing_rows.equals(rows.head(10))


def test_every_rule_of_the_contract_is_in_the_suite():
    table = find_table("findings")
    suite = build_suite(table)
    assert {e.column for e in suite.expectations if hasattr(e, "column")} == set(
        table.column_names
    )


def test_importing_the_module_does_not_import_great_expectations():
    code = (
        "import sys; import sportsgpt_lib.storage.audit; "
        "sys.exit('great_expectations' in sys.modules or 'pandas' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_data_docs_show_every_table_and_keep_earlier_ones(
    tmp_path, build_rows, partition
):
    good = audit_rows("keyframes", build_rows("keyframes", partition))
    rows = build_rows("findings", partition).with_columns(severity_ratio=2.5)
    write_data_docs(tmp_path, [good])
    index = write_data_docs(tmp_path, [audit_rows("findings", rows)])
    page = index.read_text()
    assert "keyframes" in page
    assert "findings" in page
    (details,) = index.parent.glob("validations/findings/**/*.html")
    assert "2.5" in details.read_text()
    assert {entry.name for entry in tmp_path.iterdir()} == {"pages", "results"}
