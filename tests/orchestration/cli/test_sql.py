import duckdb
import pytest

from orchestration.settings import PROJECT_ROOT

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
    ("query", "fix"),
    [
        ("select * from nothing", "docs/tables.md"),
        ("this is no SQL", "docs/tables.md"),
        ("drop table pairs", "only queries that change nothing are allowed"),
        ("delete from pairs", "only queries that change nothing are allowed"),
    ],
)
def test_refused_query_is_one_message_and_changes_nothing(call, query, fix):
    result = call("sql", query)
    assert result.exit_code == 1
    assert "DuckDB refuses the query" in result.stderr
    assert fix in result.stderr.partition("Fix:")[2]
    assert call("sql", QUERY).exit_code == 0


def test_before_the_first_run_the_error_says_what_to_do(call, settings):
    result = call("sql", "show all tables")
    assert result.exit_code == 1
    assert str(settings.duckdb_file) in result.stderr
    assert "sportsgpt run" in result.stderr
    assert not settings.duckdb_file.exists()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("comment", ["-- what is there?", "--what", "-- n = 7, --a=b"])
def test_query_may_begin_with_a_comment(call, comment):
    result = call("sql", f"{comment}\n{QUERY}", "--csv")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "name,share,n"


@pytest.mark.usefixtures("published")
def test_query_is_read_from_a_file(call, tmp_path):
    path = tmp_path / "query.sql"
    path.write_text(f"-- größer, in UTF-8\n{QUERY};\n", encoding="utf-8")
    result = call("sql", "--file", str(path), "--csv")
    assert result.stdout.splitlines()[0] == "name,share,n"


@pytest.mark.parametrize("arguments", [(), (QUERY, "--file", __file__)])
def test_neither_or_both_of_query_and_file_is_a_mistake_of_usage(call, arguments):
    result = call("sql", *arguments)
    assert result.exit_code == 2
    assert "--file" in result.stderr


@pytest.mark.usefixtures("published")
def test_answer_too_wide_for_the_terminal_is_printed_downwards(call):
    result = call(
        "sql", "select name, n, repeat('x', 90) as wide from pairs order by n"
    )
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["row", "1", "of", "2"],
        ["name", "[b]old"],
        ["n", "7"],
        ["wide", "x" * 90],
        ["row", "2", "of", "2"],
        ["name", "empty"],
        ["n", "8"],
        ["wide", "x" * 90],
    ]


@pytest.mark.parametrize(
    "path",
    sorted((PROJECT_ROOT / "sql" / "queries").glob("*.sql")),
    ids=lambda p: p.stem,
)
def test_every_documented_query_reaches_the_database(call, path):
    result = call("sql", path.read_text())
    assert result.exit_code == 1
    assert "is not there yet" in result.stderr
