from datetime import date

import polars as pl
import psycopg
import pytest

from sportsgpt_lib.errors import DatabaseError, TableContractError
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from sportsgpt_lib.storage.rows import empty_rows
from sportsgpt_lib.storage.tables import TABLES, TABLES_BY_NAME

pytestmark = pytest.mark.integration

KEY = PartitionKey("marts", date(2026, 1, 15))
MARTS = [table.name for table in TABLES if table.is_mart]


@pytest.fixture(params=["owner", "pipeline"])
def marts(request, embedded_postgres) -> PostgresMarts:
    return PostgresMarts(embedded_postgres.url(request.param))


def fetch_rows(url: str, table: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        # By name: a column that a migration added stands last in the database.
        names = ", ".join(TABLES_BY_NAME[table].served.column_names)
        query = f"select {names} from training.{table} where team_id = 'marts'"  # noqa: S608
        return connection.execute(f"{query} order by 1, 2, 3, 4").fetchall()


def test_every_mart_is_published_and_republished_without_duplicates(
    marts, postgres_url, build_rows
):
    rows = {name: build_rows(name, KEY) for name in MARTS}
    for _ in range(2):
        assert marts.publish(KEY, rows) == dict.fromkeys(MARTS, 3)
    for name in MARTS:
        assert len(fetch_rows(postgres_url, name)) == 3


def test_values_arrive_as_they_are(marts, postgres_url, build_rows):
    rows = build_rows("kismam_metrics", KEY).with_columns(
        value=pl.Series([0.1 + 0.2, None, -1e-300]),
        reason=pl.Series(["tab\tnewline\nbackslash\\", None, "\\N"]),
    )
    marts.publish(KEY, {"kismam_metrics": rows})
    assert fetch_rows(postgres_url, "kismam_metrics") == rows.rows()


def test_empty_rows_clear_the_partition_and_no_other(marts, postgres_url, build_rows):
    other = PartitionKey("marts", date(2026, 1, 16))
    for key in (KEY, other):
        marts.publish(key, {"findings": build_rows("findings", key)})
    marts.publish(KEY, {"findings": empty_rows("findings")})
    days = {row[1] for row in fetch_rows(postgres_url, "findings")}
    assert days == {other.session_day}
    marts.publish(other, {"findings": empty_rows("findings")})


def test_a_row_postgres_refuses_leaves_all_tables_as_they_were(
    marts, postgres_url, build_rows
):
    marts.publish(KEY, {name: build_rows(name, KEY, 2) for name in MARTS})
    bad = build_rows("findings", KEY).with_columns(issue=pl.lit("twice"))
    bad = bad.with_columns(recording_id=pl.lit("r"), repetition_idx=0)
    with pytest.raises(TableContractError, match="refuses a row"):
        marts.publish(KEY, {"keyframes": build_rows("keyframes", KEY), "findings": bad})
    assert len(fetch_rows(postgres_url, "keyframes")) == 2
    assert len(fetch_rows(postgres_url, "findings")) == 2


def test_frame_tables_are_not_published(marts, build_rows):
    with pytest.raises(TableContractError, match="not a mart"):
        marts.publish(KEY, {"pose_tracks": build_rows("pose_tracks", KEY)})


def test_a_server_that_is_down_is_a_database_error(build_rows):
    marts = PostgresMarts("postgresql://nobody:x@127.0.0.1:1/none")
    with pytest.raises(DatabaseError, match="sportsgpt doctor"):
        marts.publish(KEY, {"findings": build_rows("findings", KEY)})
