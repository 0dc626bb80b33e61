"""What is handed on to people and databases, and what is tried again."""

from pathlib import Path

import dagster as dg
import polars as pl
import psycopg
import pytest

from assets.publish import data_docs, duckdb_marts, postgres_marts, session_pages
from sportsgpt_lib.errors import DatabaseError, TableContractError
from sportsgpt_lib.stages.session_pages import WrittenPages
from sportsgpt_lib.storage.audit_log import AuditLog
from sportsgpt_lib.storage.duckdb_marts import DuckDbMarts, read_duckdb
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from sportsgpt_lib.storage.tables import TABLES


class RefusingPublisher:
    """Fails as its port may fail."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def publish(self, partition, rows_by_table):
        raise self._error


@pytest.fixture
def two_tables(lake, partition, build_rows):
    """Three recordings, all in order, and a score for each."""
    for table in ("recordings", "technique_scores"):
        lake.write(table, partition, build_rows(table, partition))


def test_duckdb_gets_the_marts_and_the_step_counts_them(
    two_tables, context, lake, tmp_path
):
    file = tmp_path / "sportsgpt.duckdb"
    result = duckdb_marts(context, lake, DuckDbMarts(file, lake))
    assert result.metadata["rows_by_table"] == {"recordings": 3, "technique_scores": 3}
    assert result.metadata["dagster/row_count"] == 6
    shown = read_duckdb(file, "select count(*) as n from training.technique_scores")
    assert shown["n"][0] == 3


@pytest.mark.integration
def test_postgres_gets_the_marts_and_the_step_counts_them(
    two_tables, context, lake, postgres_url
):
    result = postgres_marts(context, lake, PostgresMarts(postgres_url))
    assert result.metadata["rows_by_table"] == {"recordings": 3, "technique_scores": 3}


def test_a_server_that_cannot_be_reached_is_tried_again(two_tables, context, lake):
    nobody = PostgresMarts("postgresql://nobody@127.0.0.1:1/sportsgpt")
    with pytest.raises(dg.RetryRequested) as caught:
        postgres_marts(context, lake, nobody)
    assert caught.value.max_retries == 3
    assert isinstance(caught.value.__cause__, DatabaseError)


def test_rows_that_postgres_refuses_are_not_tried_again(two_tables, context, lake):
    refusing = RefusingPublisher(TableContractError("marts", "a null", "audit it"))
    with pytest.raises(TableContractError):
        postgres_marts(context, lake, refusing)


def test_a_server_without_its_tables_is_not_tried_again(two_tables, context, lake):
    error = DatabaseError("Postgres", "no such table", "migrate it")
    error.__cause__ = psycopg.errors.UndefinedTable()
    with pytest.raises(DatabaseError):
        postgres_marts(context, lake, RefusingPublisher(error))


def test_data_docs_show_every_table(context, lake, partition, build_rows, tmp_path):
    for table in TABLES:
        lake.write(table, partition, build_rows(table.name, partition))
    result = data_docs(context, AuditLog(lake, lambda _: tmp_path / "docs"))
    page = Path(result.metadata["pages"].value)
    text = page.read_text(encoding="utf-8")
    assert [table.name for table in TABLES if table.name not in text] == []


def test_pages_report_what_was_written(context, tmp_path):
    class Pages:
        def write(self, partition):
            return WrittenPages(
                tmp_path / "index.html", (tmp_path / "a.mp4",), 7, was_reused=True
            )

    metadata = session_pages(context, Pages()).metadata
    assert metadata["report"].value == str(tmp_path / "index.html")
    assert metadata["overlay_videos"] == 1
    assert metadata["pictures_made"] == 7
    assert metadata["was_reused"]


def test_a_stopped_recording_is_not_published(
    context, lake, partition, build_rows, tmp_path
):
    scores = build_rows("technique_scores", partition)
    lake.write("technique_scores", partition, scores)
    stopped = build_rows("quality_verdicts", partition, 1).with_columns(
        verdict=pl.lit("REJECT"),
        stage=pl.lit("keyframes"),
        subject_id=pl.lit(scores["recording_id"][0]),
    )
    from sportsgpt_lib.stages.verdict_rows import verdict_table

    lake.write(verdict_table("keyframes"), partition, stopped)
    file = tmp_path / "sportsgpt.duckdb"
    duckdb_marts(context, lake, DuckDbMarts(file, lake))
    shown = read_duckdb(file, "select recording_id from training.technique_scores")
    assert sorted(shown["recording_id"]) == sorted(scores["recording_id"][1:])
