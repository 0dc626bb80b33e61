import psycopg
import pytest

from tests.feedback.conftest import FINDING

pytestmark = pytest.mark.integration
INSERT = (
    "insert into training.coach_feedback (report_id, item_kind, item_id, answer) "
    "values (%s, 'finding', %s, 'agree')"
)


@pytest.fixture
def coach(log_in, published):
    return log_in("coach_one", "sportsgpt_coach", [published.team_id])


def test_a_coach_answers_for_the_own_team_under_the_own_name(coach, published):
    with psycopg.connect(coach) as connection:
        connection.execute(INSERT, [published.report_id, FINDING])
        rows = connection.execute(
            "select team_id, given_by, recorded_by, athlete_id "
            "from training.coach_feedback"
        ).fetchall()
    assert rows == [(published.team_id, "coach_one", "coach_one", "walker-a")]


def test_a_coach_sees_reports_of_the_own_team_only(coach, published, publish_team):
    publish_team("feedback-others")
    with psycopg.connect(coach) as connection:
        seen = connection.execute(
            "select distinct team_id from training.guidance_reports"
        ).fetchall()
    assert seen == [(published.team_id,)]


def test_a_coach_cannot_answer_for_another_team(coach, publish_team):
    other = publish_team("feedback-others")
    with (
        psycopg.connect(coach) as connection,
        pytest.raises(psycopg.errors.ForeignKeyViolation, match="may not see"),
    ):
        connection.execute(INSERT, [other.report_id, FINDING])


@pytest.mark.parametrize(
    "statement",
    [
        "update training.coach_feedback set answer = 'disagree'",
        "delete from training.coach_feedback",
        "truncate training.coach_feedback",
        "insert into training.coach_feedback "
        "(report_id, item_kind, item_id, answer, given_by) "
        "values ('{report}', 'finding', '{item}', 'agree', 'coach_two')",
        "insert into training.coach_feedback "
        "(report_id, item_kind, item_id, answer, answered_at_utc) "
        "values ('{report}', 'finding', '{item}', 'agree', '2020-01-01T00:00:00Z')",
        "insert into training.coach_feedback "
        "(team_id, report_id, item_kind, item_id, answer) "
        "values ('x', '{report}', 'finding', '{item}', 'agree')",
        "insert into feedback.report_items select * from feedback.report_items",
        "delete from feedback.report_items",
        "insert into training.findings select * from training.findings",
        "update training.finding_margins set needed_value = 0",
        "insert into access.team_grants values ('coach_one', 'x')",
        "create table training.mine ()",
        "create temporary table mine ()",
        "alter table training.coach_feedback disable row level security",
        "alter table training.coach_feedback disable trigger all",
        "set role sportsgpt_pipeline",
    ],
)
def test_a_coach_adds_answers_and_nothing_else(coach, published, statement):
    text = statement.format(report=published.report_id, item=FINDING)
    with (
        psycopg.connect(coach) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(text)


@pytest.mark.parametrize("group", ["sportsgpt_reader", "sportsgpt_analyst"])
def test_readers_and_analysts_read_answers_and_give_none(log_in, published, group):
    url = log_in(f"{group}_only", group, [published.team_id])
    with psycopg.connect(url) as connection:
        assert connection.execute(
            "select count(*) from training.coach_feedback"
        ).fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(INSERT, [published.report_id, FINDING])


@pytest.mark.parametrize("verb", ["update", "delete", "truncate"])
def test_not_even_the_pipeline_changes_an_answer(embedded_postgres, verb):
    statement = {
        "update": "update training.coach_feedback set answer = 'agree'",
        "delete": "delete from training.coach_feedback",
        "truncate": "truncate training.coach_feedback",
    }[verb]
    with (
        psycopg.connect(embedded_postgres.url("pipeline")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_not_even_the_owner_changes_an_answer(embedded_postgres, coach, published):
    with psycopg.connect(coach) as connection:
        connection.execute(INSERT, [published.report_id, FINDING])
    with (
        psycopg.connect(embedded_postgres.url("owner")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"),
    ):
        connection.execute("update training.coach_feedback set answer = 'disagree'")


def test_a_login_that_stops_coaching_loses_the_right(log_in, published):
    log_in("was_coach", "sportsgpt_coach", [published.team_id])
    url = log_in("was_coach", "sportsgpt_reader", [published.team_id])
    with (
        psycopg.connect(url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(INSERT, [published.report_id, FINDING])
