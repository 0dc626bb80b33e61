import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.postgres_binaries import PostgresPrograms, prepare_programs

pytestmark = pytest.mark.integration

_STARTER = """
import sys, time
from pathlib import Path
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
print(EmbeddedPostgres(Path(sys.argv[1])).start(), flush=True)
time.sleep(float(sys.argv[2]))
"""
_AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account made")


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path_factory.mktemp("home"))
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def fresh_server(tmp_path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path)
    try:
        yield server
    finally:
        server.remove()


@pytest.fixture
def public_folder() -> Iterator[Path]:
    """Make a folder that every account can reach, unlike tmp_path."""
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="sportsgpt-test-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def ask(url: str, query: str):
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchone()


def test_a_server_that_never_ran_has_no_address(tmp_path):
    with pytest.raises(DatabaseError, match="never started"):
        EmbeddedPostgres(tmp_path).url()


def test_start_is_idempotent_and_stop_stops(server):
    url = server.start()
    assert server.start() == url
    assert ask(url, "select current_user, current_database()") == (
        "sportsgpt_owner",
        "sportsgpt",
    )
    server.stop()
    assert not server.is_running()
    server.stop()
    assert server.start() == url


def test_it_listens_on_loopback_without_a_socket_file_or_jit(server):
    url = server.start()
    query = (
        "select current_setting('listen_addresses'), "
        "current_setting('unix_socket_directories'), current_setting('jit'), "
        "current_setting('max_connections'), current_setting('password_encryption')"
    )
    assert ask(url, query) == ("127.0.0.1", "", "off", "100", "scram-sha-256")


def test_pgvector_is_new_enough_to_be_trusted(server):
    url = server.start()
    found = ask(
        url,
        "select default_version from pg_available_extensions where name = 'vector'",
    )
    assert tuple(map(int, found[0].split("."))) >= (0, 8, 4)


def test_every_login_needs_its_password_and_stays_in_its_database(server):
    server.start()
    dagster = server.url("dagster")
    assert ask(dagster, "select current_database()") == ("dagster",)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(dagster, password="wrong")
    with pytest.raises(psycopg.OperationalError, match="CONNECT privilege"):
        psycopg.connect(dagster, dbname="sportsgpt")


def test_passwords_are_readable_by_their_owner_only(server):
    server.start()
    path = server.home / "secrets" / "postgres.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(server.cluster.data.stat().st_mode) == 0o700


def test_modes_of_folders_that_were_there_do_not_change(fresh_server):
    folders = [fresh_server.home, *fresh_server.home.parents, Path("/var/lib")]
    before = [folder.stat().st_mode for folder in folders]
    fresh_server.start()
    assert [folder.stat().st_mode for folder in folders] == before


def test_it_survives_the_death_of_its_starter_and_ctrl_c(fresh_server):
    starter = subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(fresh_server.home), "60"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        process_group=0,
    )
    with starter:
        assert starter.stdout is not None
        url = starter.stdout.readline().strip()
        os.killpg(starter.pid, signal.SIGINT)
        starter.wait(timeout=20)
    assert fresh_server.is_running()
    assert fresh_server.start() == url


def test_two_processes_may_start_it_at_once(fresh_server):
    command = [sys.executable, "-c", _STARTER, str(fresh_server.home), "0"]
    starters = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    answers = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert answers == {fresh_server.url()}
    assert ask(fresh_server.url(), "select 1") == (1,)


def test_rows_survive_kill_9(server):
    url = server.start()
    with psycopg.connect(url) as connection:
        connection.execute("create table if not exists kept (answer int)")
        connection.execute("insert into kept values (42)")
    pid = server.cluster.find_server_pid()
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while server.is_running() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert ask(server.start(), "select answer from kept limit 1") == (42,)


def test_a_stale_pid_file_with_a_reused_number_does_not_stop_it(server):
    server.start()
    server.stop()
    (server.cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not server.is_running()
    assert ask(server.start(), "select 1") == (1,)


def test_it_moves_when_its_port_was_taken(server):
    before = psycopg.conninfo.conninfo_to_dict(server.start())["port"]
    server.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int(before)))
        squatter.listen()
        url = server.start()
    assert psycopg.conninfo.conninfo_to_dict(url)["port"] != before
    assert ask(url, "select 1") == (1,)


def test_a_lost_port_is_read_from_the_running_server(server):
    url = server.start()
    (server.home / "postgres" / "port").unlink()
    assert server.start() == url


def test_a_password_that_no_longer_fits_is_a_database_error(server):
    with psycopg.connect(server.start()) as connection:
        connection.execute("alter role sportsgpt_owner password 'other'")
    with pytest.raises(DatabaseError, match="does not serve"):
        server.start()
    other = psycopg.conninfo.make_conninfo(server.url(), password="other")
    passwords = json.loads((server.home / "secrets" / "postgres.json").read_text())
    with psycopg.connect(other) as connection:
        connection.execute(
            f"alter role sportsgpt_owner password '{passwords['owner']}'"
        )
    assert ask(server.start(), "select 1") == (1,)


def test_a_damaged_password_file_is_a_database_error(tmp_path):
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "postgres.json").write_text("{")
    with pytest.raises(DatabaseError, match="restore it from a backup"):
        EmbeddedPostgres(tmp_path).start()


def test_an_interrupted_initdb_is_redone(fresh_server):
    unfinished = fresh_server.cluster.folder / "cluster.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    assert ask(fresh_server.start(), "select 1") == (1,)
    assert not unfinished.exists()


def test_a_server_that_cannot_start_shows_its_log_and_a_fix(fresh_server):
    fresh_server.start()
    fresh_server.stop()
    with (fresh_server.cluster.data / "postgresql.conf").open("a") as settings:
        settings.write("\nno_such_setting = 1\n")
    with pytest.raises(DatabaseError, match="no_such_setting") as caught:
        fresh_server.start()
    assert "SPORTSGPT_POSTGRES_URL" in caught.value.fix


@_AS_ROOT
def test_a_wiped_home_starts_afresh_and_keeps_the_old_data_aside(fresh_server):
    with psycopg.connect(fresh_server.start()) as connection:
        connection.execute("create table old ()")
    shutil.rmtree(fresh_server.home)
    assert ask(fresh_server.start(), "select to_regclass('old')") == (None,)
    assert list(fresh_server.cluster.folder.glob("cluster-set-aside-*"))


@_AS_ROOT
def test_programs_the_account_cannot_reach_are_copied(tmp_path, public_folder):
    tmp_path.chmod(0o700)
    package = prepare_programs().folder.parents[1]
    hidden = tmp_path / "site-packages"
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), hidden / name, symlinks=True)
    installed = hidden / package.name / "pginstall18" / "bin"
    system_home = public_folder / "state"

    programs = prepare_programs(system_home, installed)
    assert programs.folder.is_relative_to(system_home)
    assert programs.run("initdb", ["--version"]).stdout.startswith("initdb")
    assert prepare_programs(system_home, installed) == programs
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert [entry.name for entry in system_home.iterdir()] == ["postgres-0.6.0"]


@_AS_ROOT
def test_a_normal_user_keeps_everything_under_the_home(server, public_folder):
    server.start()  # has loaded every module a child without rights may need
    nobody = 65534
    if not _can_reach(prepare_programs(public_folder), nobody):
        pytest.skip("the virtual environment lies where only root can go")
    home = public_folder / "home"
    home.mkdir()
    os.chown(home, nobody, nobody)
    child = os.fork()
    if child == 0:
        os._exit(_start_and_stop_as(nobody, home))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert (home / "postgres" / "cluster" / "PG_VERSION").exists()


def _can_reach(programs: PostgresPrograms, user_id: int) -> bool:
    command = [str(programs.folder / "postgres"), "--version"]
    try:
        return subprocess.run(command, user=user_id, check=False).returncode == 0
    except PermissionError:
        return False


def _start_and_stop_as(user_id: int, home: Path) -> int:
    os.setgroups([])
    os.setgid(user_id)
    os.setuid(user_id)
    try:
        server = EmbeddedPostgres(home)
        answer = ask(server.start(), "select 1")
        server.stop()
    except Exception as error:  # noqa: BLE001 - a forked child must not unwind pytest
        sys.stderr.write(f"{error!r}\n")
        return 1
    return 0 if answer == (1,) and not server.is_running() else 2
