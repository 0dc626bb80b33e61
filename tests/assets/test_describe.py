import base64

import dagster as dg
import polars as pl
import pytest

from assets.describe import describe_table, report_stage, show_preview
from sportsgpt_lib.stages.previews import Preview
from sportsgpt_lib.stages.runner import StageReport
from sportsgpt_lib.storage.tables import FINDINGS, KISMAM_METRICS, TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_of_the_contract_is_described(table):
    described = describe_table(table)
    schema = described["dagster/column_schema"]
    assert [column.name for column in schema.columns] == list(table.column_names)
    assert all(column.description for column in schema.columns)
    assert described["dagster/table_name"] == table.qualified_name
    assert described["grain"] == f"one row per {table.grain}"
    assert described["key"] == ", ".join(table.key)


def test_column_says_type_unit_null_rule_and_allowed_words():
    schema = describe_table(KISMAM_METRICS)["dagster/column_schema"]
    columns = {column.name: column for column in schema.columns}
    time = columns["keyframe_time_s"]
    assert time.type == "double"
    assert time.description.endswith("Unit: s.")
    assert time.constraints.nullable
    word = columns["validity"]
    assert word.type == "string"
    assert "One of: valid, limited, not_measurable." in word.description
    assert not word.constraints.nullable
    evidence = describe_table(FINDINGS)["dagster/column_schema"].columns
    assert {c.type for c in evidence if c.name == "evidence"} == {"json string"}


def report(rows: pl.DataFrame, **extra: object) -> dict[str, object]:
    result = report_stage(StageReport(rows, 3, 2, 1), extra)
    return dict(result.metadata)


def test_stage_reports_rows_gaps_and_work():
    rows = pl.DataFrame({"a": [1, None, 3, 4], "b": [None, None, "x", "y"]})
    assert report(rows, cited=7) == {
        "dagster/row_count": 4,
        "missing_ratio": 3 / 8,
        "computed_subjects": 3,
        "reused_subjects": 2,
        "stopped_subjects": 1,
        "cited": 7,
    }


@pytest.mark.parametrize(
    "rows",
    [pl.DataFrame(), pl.DataFrame(schema={"a": pl.Int64})],
    ids=["none", "empty"],
)
def test_table_without_rows_misses_nothing(rows):
    assert report(rows)["missing_ratio"] == 0.0


def test_preview_is_shown_inside_the_page_and_nothing_where_there_is_none():
    shown = show_preview(Preview(b"picture", "left knee"))
    encoded = base64.b64encode(b"picture").decode()
    assert isinstance(shown["preview"], dg.MarkdownMetadataValue)
    assert shown["preview"].value == f"![left knee](data:image/png;base64,{encoded})"
    assert shown["preview_shows"] == "left knee"
    assert show_preview(None) == {}
