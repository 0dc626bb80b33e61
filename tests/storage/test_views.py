import duckdb
import pytest

from sportsgpt_lib.errors import TableContractError
from sportsgpt_lib.storage.mart_ddl import build_duckdb_table_statement, describe_column
from sportsgpt_lib.storage.tables import TABLES_BY_NAME
from sportsgpt_lib.storage.views import parse_view

_TABLES = [TABLES_BY_NAME[name] for name in ("pose_quality", "recordings")]
_QUERY = """select q.verdict, r.role, q.value + 1 as more
from training.pose_quality as q
inner join training.recordings as r on q.recording_id = r.recording_id
"""


@pytest.fixture
def parse():
    with duckdb.connect(":memory:") as connection:
        connection.execute("create schema training")
        for table in _TABLES:
            connection.execute(build_duckdb_table_statement(table))
        yield lambda head: parse_view("views/made_up.sql", head + _QUERY, connection)


def test_a_column_is_described_as_in_the_first_table_that_has_it(parse):
    view = parse("-- One row.\n-- column more: The value,\n--     and one.\n")
    quality, recordings = _TABLES
    assert list(view.comments.items()) == [
        ("verdict", describe_column(quality.column("verdict"))),
        ("role", describe_column(recordings.column("role"))),
        ("more", "The value, and one."),
    ]
    assert view.meaning == "One row."


def test_a_note_of_the_view_goes_before_the_words_of_the_table(parse):
    view = parse("-- One row.\n-- column more: M.\n-- column role: Whose.\n")
    assert view.comments["role"] == "Whose."


def test_a_computed_column_without_words_is_refused(parse):
    with pytest.raises(TableContractError, match="more: no table"):
        parse("-- One row.\n")


def test_words_for_a_column_that_is_not_selected_are_refused(parse):
    with pytest.raises(TableContractError, match="gone: described, but not selected"):
        parse("-- One row.\n-- column more: M.\n-- column gone: G.\n")
