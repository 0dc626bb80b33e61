import os
import stat

import psycopg
import pytest

from orchestration.environment import _with_database, prepare, start_databases
from orchestration.settings import PROJECT_ROOT, Settings, load_settings
from sportsgpt_lib.errors import DatabaseError

OWNER = "postgresql://owner:p%40ss%2Fword@db.example.org:6432/sportsgpt"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (OWNER, "postgresql://owner:p%40ss%2Fword@db.example.org:6432/dagster"),
        (
            f"{OWNER}?sslmode=require&connect_timeout=5",
            "postgresql://owner:p%40ss%2Fword@db.example.org:6432/dagster"
            "?sslmode=require&connect_timeout=5",
        ),
        ("postgresql://db", "postgresql://db/dagster"),
        (
            "postgresql:///sportsgpt?host=/run/postgresql",
            "postgresql:///dagster?host=/run/postgresql",
        ),
    ],
)
def test_only_the_database_of_an_address_changes(url, expected):
    changed = _with_database(url, "dagster")
    assert changed == expected
    before, after = map(psycopg.conninfo.conninfo_to_dict, (url, changed))
    assert {**before, "dbname": "dagster"} == after


def test_server_of_ones_own_is_taken_as_it_is(home):
    databases = start_databases(Settings(postgres_url=OWNER))
    assert databases.owner_url == OWNER
    assert databases.pipeline_url == OWNER
    assert databases.dagster_url.endswith("/dagster")
    assert not home.exists()


def test_each_login_of_ones_own_server_may_be_named(home):
    databases = start_databases(
        Settings(
            postgres_url=OWNER,
            postgres_pipeline_url="postgresql://pipeline@db/a",
            postgres_dagster_url="postgresql://dagster@db/b",
        )
    )
    assert databases.pipeline_url == "postgresql://pipeline@db/a"
    assert databases.dagster_url == "postgresql://dagster@db/b"


@pytest.mark.integration
def test_prepared_process_is_ready_for_dagster(own_server, home):
    databases = prepare(load_settings())
    assert os.environ["DAGSTER_POSTGRES_URL"] == databases.dagster_url
    dagster_home = home / "dagster"
    assert os.environ["DAGSTER_HOME"] == str(dagster_home)
    assert os.environ["DAGSTER_DISABLE_TELEMETRY"] == "1"
    instance_file = dagster_home / "dagster.yaml"
    assert instance_file.read_bytes() == (PROJECT_ROOT / "dagster.yaml").read_bytes()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_server_that_does_not_answer_is_one_clear_error(home):
    settings = Settings(postgres_url="postgresql://o:hunter2@127.0.0.1:1/sportsgpt")
    with pytest.raises(DatabaseError) as caught:
        prepare(settings)
    assert "hunter2" not in str(caught.value)
    assert "DAGSTER_HOME" not in os.environ
