import duckdb
import pytest

QUERY = "select * from pairs order by name"


@pytest.fixture
def published(settings):
    settings.duckdb_file.parent.mkdir(parents=True)
    with duckdb.connect(settings.duckdb_file) as connection:
        connection.execute(
            "create table pairs as select * from "
            "(values ('[b]old', 1.0 / 3, 7), ('empty', null, 8)) as t(name, share, n)"
        )


@pytest.mark.usefixtures("published")
def test_answer_is_a_table_whose_text_is_shown_as_it_is(call):
    result = call("sql", QUERY)
    assert result.exit_code == 0
    lines = [line.replace("│", " ").split() for line in result.stdout.splitlines()]
    assert ["[b]old", "0.333333", "7"] in lines
    assert ["empty", "–", "8"] in lines


@pytest.mark.usefixtures("published")
def test_answer_is_csv_where_it_is_asked_for(call):
    result = call("sql", QUERY, "--csv")
    assert result.stdout.splitlines() == [
        "name,share,n",
        "[b]old,0.3333333333333333,7",
        "empty,,8",
    ]


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    "query", ["select * from nothing", "drop table pairs", "this is no SQL"]
)
def test_refused_query_is_one_message_and_changes_nothing(call, query):
    result = call("sql", query)
    assert result.exit_code == 1
    assert "DuckDB refuses the query" in result.stderr
    assert "docs/tables.md" in result.stderr
    assert call("sql", QUERY).exit_code == 0


def test_before_the_first_run_the_error_says_what_to_do(call, settings):
    result = call("sql", "show all tables")
    assert result.exit_code == 1
    assert str(settings.duckdb_file) in result.stderr
    assert "sportsgpt run" in result.stderr
    assert not settings.duckdb_file.exists()
