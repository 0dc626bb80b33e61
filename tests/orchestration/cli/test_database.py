from uuid import uuid4

import psycopg
import pytest

from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres

pytestmark = pytest.mark.integration


def test_granted_login_works_with_the_password_that_was_typed(
    call, own_server: EmbeddedPostgres
):
    login = f"coach_{uuid4().hex[:8]}"
    result = call(
        *("db", "grant", login, "--team", "blue", "--team", "green"),
        *("--group", "reader"),
        input="hunter2\nhunter2\n",
    )
    assert result.exit_code == 0
    assert f"{login} sees blue, green." in result.stdout
    assert "hunter2" not in result.output
    url = psycopg.conninfo.make_conninfo(
        own_server.url("owner"), user=login, password="hunter2"
    )
    with psycopg.connect(url) as connection:
        connection.execute("select count(*) from training.findings")
    with psycopg.connect(own_server.url("owner")) as connection:
        teams = connection.execute(
            "select team_id from access.team_grants where role_name = %s order by 1",
            [login],
        ).fetchall()
        groups = connection.execute(
            "select pg_has_role(%s, 'sportsgpt_reader', 'member'), "
            "pg_has_role(%s, 'sportsgpt_analyst', 'member')",
            [login, login],
        ).fetchone()
    assert teams == [("blue",), ("green",)]
    assert groups == (True, False)


def test_team_that_nobody_has_seen_is_granted_with_a_note(call, own_server, home):
    team = f"green-{uuid4().hex[:8]}"
    (home / "inbox" / f"{team}s").mkdir(parents=True)
    login = f"coach_{uuid4().hex[:8]}"
    result = call(
        *("db", "grant", login, "--team", team, "--team", f"{team}s"),
        input="hunter2\nhunter2\n",
    )
    assert result.exit_code == 0
    assert f"Note: no team {team} has a folder or a run yet" in result.stderr
    assert result.stderr.count("Note:") == 1


def test_a_coachs_login_is_a_pseudonym_because_answers_carry_it(call, own_server):
    refused = call(
        *("db", "grant", "Maria Berg", "--team", "blue", "--group", "coach"),
        input="hunter2\nhunter2\n",
    )
    assert refused.exit_code == 1
    assert "pseudonym" in refused.stderr
    login = f"coach-{uuid4().hex[:8]}"
    granted = call(
        *("db", "grant", login, "--team", "blue", "--group", "coach"),
        input="hunter2\nhunter2\n",
    )
    assert granted.exit_code == 0
    with psycopg.connect(own_server.url("owner")) as connection:
        groups = connection.execute(
            "select pg_has_role(%s, 'sportsgpt_coach', 'member'), "
            "pg_has_role(%s, 'sportsgpt_analyst', 'member')",
            [login, login],
        ).fetchone()
    assert groups == (True, False)


def test_login_without_a_team_is_a_mistake_of_usage(call, own_server):
    assert call("db", "grant", "coach_nobody").exit_code == 2


def test_passwords_that_differ_are_asked_for_again(call, own_server):
    result = call("db", "grant", "coach_never", "--team", "blue", input="one\ntwo\n")
    assert result.exit_code == 1
    with psycopg.connect(own_server.url("owner")) as connection:
        found = connection.execute(
            "select 1 from pg_roles where rolname = 'coach_never'"
        ).fetchone()
    assert found is None


def test_start_migrates_and_says_how_to_go_on(call, own_server):
    result = call("db", "start")
    assert result.exit_code == 0
    assert "sportsgpt db url" in result.stdout


def test_address_is_printed_for_programs_to_read(call, own_server):
    result = call("db", "url")
    assert result.stdout == own_server.url("owner") + "\n"


def test_server_of_ones_own_is_never_stopped(call, own_server: EmbeddedPostgres):
    result = call("db", "stop")
    assert result.exit_code == 1
    assert "SPORTSGPT_POSTGRES_URL" in result.stderr
    assert own_server.is_running()


def test_stop_of_a_server_that_was_never_started_is_well(call, home):
    result = call("db", "stop")
    assert result.exit_code == 0
    assert "Postgres is stopped." in result.stdout
