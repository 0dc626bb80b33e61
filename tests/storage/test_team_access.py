from datetime import date

import psycopg
import pytest

from sportsgpt_lib.storage.migrations import migrate
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.postgres_logins import grant_team_access
from sportsgpt_lib.storage.postgres_marts import PostgresMarts
from sportsgpt_lib.storage.tables import TABLES
from sportsgpt_lib.storage.views import list_views

pytestmark = pytest.mark.integration

DAY = date(2025, 3, 1)
MARTS = [table for table in TABLES if table.is_mart]


@pytest.fixture(scope="module")
def logins(embedded_postgres) -> dict[str, str]:
    """Make one login for each kind of person; returns their URLs."""
    owner_url = embedded_postgres.url("owner")
    people = {
        "analyst_a": ("sportsgpt_analyst", ["access-a"]),
        "analyst_both": ("sportsgpt_analyst", ["access-a", "access-b"]),
        "analyst_none": ("sportsgpt_analyst", []),
        "reader_a": ("sportsgpt_reader", ["access-a"]),
    }
    for name, (group, teams) in people.items():
        grant_team_access(owner_url, name, group, teams, password="pw")
    return {
        name: psycopg.conninfo.make_conninfo(owner_url, user=name, password="pw")
        for name in people
    }


@pytest.fixture
def published(embedded_postgres, build_rows):
    marts = PostgresMarts(embedded_postgres.url("pipeline"))
    for team_id in ("access-a", "access-b"):
        key = PartitionKey(team_id, DAY)
        marts.publish(key, {table.name: build_rows(table.name, key) for table in MARTS})


def see_teams(url: str, name: str) -> set[str]:
    with psycopg.connect(url) as connection:
        query = f"select team_id from {name}"  # noqa: S608
        rows = connection.execute(query).fetchall()
    return {team_id for (team_id,) in rows if team_id.startswith("access-")}


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("table", MARTS, ids=lambda table: table.name)
def test_each_person_sees_granted_teams_only(logins, embedded_postgres, table):
    name = table.qualified_name
    assert see_teams(logins["analyst_a"], name) == {"access-a"}
    assert see_teams(logins["reader_a"], name) == {"access-a"}
    assert see_teams(logins["analyst_none"], name) == set()
    assert see_teams(logins["analyst_both"], name) == {"access-a", "access-b"}
    assert see_teams(embedded_postgres.url("pipeline"), name) == {
        "access-a",
        "access-b",
    }


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("view", list_views(), ids=lambda view: view.name)
def test_views_hide_other_teams_too(logins, view):
    assert see_teams(logins["analyst_a"], view.qualified_name) <= {"access-a"}
    assert see_teams(logins["analyst_none"], view.qualified_name) == set()


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("person", ["analyst_a", "reader_a"])
@pytest.mark.parametrize(
    "statement",
    [
        "delete from training.findings",
        "update training.findings set rank = 1",
        "insert into training.findings select * from training.findings",
        "truncate training.findings",
        "insert into access.team_grants values ('analyst_a', 'access-b')",
        "select * from access.team_grants",
        "create table training.mine ()",
        "create table public.mine ()",
        "alter table training.findings disable row level security",
        "set role sportsgpt_pipeline",
    ],
)
def test_nobody_but_the_pipeline_writes_or_widens_rights(logins, person, statement):
    with (
        psycopg.connect(logins[person]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_only_analysts_may_make_temporary_tables(logins):
    with psycopg.connect(logins["analyst_a"]) as connection:
        connection.execute("create temporary table mine (answer int)")
    with (
        psycopg.connect(logins["reader_a"]) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("create temporary table mine (answer int)")


def test_an_analyst_made_a_reader_loses_the_analysts_rights(embedded_postgres):
    owner_url = embedded_postgres.url("owner")
    url = psycopg.conninfo.make_conninfo(owner_url, user="moved", password="pw")
    grant_team_access(owner_url, "moved", "sportsgpt_analyst", [], password="pw")
    grant_team_access(owner_url, "moved", "sportsgpt_reader", ["access-a"])
    with (
        psycopg.connect(url) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("create temporary table mine ()")


def test_an_owner_without_superuser_rights_migrates_and_publishes(
    embedded_postgres, build_rows
):
    owner_url = embedded_postgres.url("owner")
    with psycopg.connect(owner_url, autocommit=True) as connection:
        connection.execute("create role plain_owner login createrole password 'pw'")
        # As the server's own record of who made the group, on a server of one's own.
        connection.execute(
            "grant sportsgpt_pipeline to plain_owner with admin true, inherit false"
        )
        connection.execute("create database plain owner plain_owner")
    plain = psycopg.conninfo.make_conninfo(owner_url, dbname="plain")
    with psycopg.connect(plain) as connection:
        # Only a superuser may add pgvector; managed servers have a switch for it.
        connection.execute("create extension vector")
    url = psycopg.conninfo.make_conninfo(plain, user="plain_owner", password="pw")
    migrate(url)
    key = PartitionKey("access-a", DAY)
    rows = {"findings": build_rows("findings", key)}
    assert PostgresMarts(url).publish(key, rows) == {"findings": 3}
    assert see_teams(url, "training.findings") == {"access-a"}


def test_a_withdrawn_grant_takes_effect_at_once(logins, embedded_postgres, published):
    owner_url = embedded_postgres.url("owner")
    url = logins["analyst_both"]
    with psycopg.connect(url) as connection:
        count = "select count(distinct team_id) from training.findings"
        assert connection.execute(count).fetchone() == (2,)
        connection.commit()
        grant_team_access(owner_url, "analyst_both", "sportsgpt_analyst", ["access-a"])
        assert connection.execute(count).fetchone() == (1,)
    grant_team_access(
        owner_url, "analyst_both", "sportsgpt_analyst", ["access-a", "access-b"]
    )
