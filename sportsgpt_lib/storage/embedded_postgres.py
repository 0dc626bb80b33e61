"""A Postgres 18 with pgvector that needs no installation: start, stop, address.

One server per data home. It listens on 127.0.0.1 only, asks every login for a password
(scram-sha-256), outlives the process that started it, and is found again by the next.
What is in the databases (schemas, rows) is decided elsewhere, see ``migrations.py``.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.postgres_binaries import (
    SYSTEM_HOME,
    PostgresPrograms,
    make_folder,
    prepare_programs,
)
from sportsgpt_lib.storage.postgres_cluster import HOST, WHERE, PostgresCluster
from sportsgpt_lib.storage.postgres_logins import (
    PLATFORM_LOGINS,
    PasswordFile,
    PlatformRole,
    create_platform_logins,
)

# The database initdb makes; it holds nothing.
_MAINTENANCE_DATABASE = "postgres"


class EmbeddedPostgres:
    """The server of one data home.

    Parameters
    ----------
    home
        Folder that holds port and passwords, and, for a normal user, the data.
    system_home
        Where data and programs lie when we are root, which Postgres may not be.
    """

    def __init__(self, home: Path, *, system_home: Path = SYSTEM_HOME) -> None:
        # One spelling, however a process came here: the server is found by it.
        self.home = Path(home).resolve()
        self._system_home = system_home
        self._state = self.home / "postgres"
        self._port_file = self._state / "port"
        self._password_file = PasswordFile(self.home / "secrets" / "postgres.json")
        self.cluster = PostgresCluster(self._choose_folder())

    def is_running(self) -> bool:
        """Whether the server of this home is up."""
        return self.cluster.find_server_pid() is not None

    def url(self, role: PlatformRole = "owner") -> str:
        """Build the address for one of the platform's own logins.

        ``owner`` is the superuser (migrations), ``pipeline`` reads and writes every
        team's rows, ``dagster`` owns Dagster's database and sees no other.

        Raises
        ------
        DatabaseError
            The server was never started from this home.
        """
        return self._build_url(role, PLATFORM_LOGINS[role].database)

    def start(self) -> str:
        """Start the server unless it is up; returns the owner's URL.

        Safe from several processes at once, after a crash, and after another program
        has taken the port.

        Raises
        ------
        DatabaseError
            The server does not come up; the message ends with its log's last lines.
        """
        with self._locked():
            passwords = self._password_file.load()
            if passwords is None or not self.is_running():
                programs = prepare_programs(self._system_home)
                if passwords is None:
                    self._set_aside_cluster(programs)
                    passwords = self._password_file.create()
                self._ensure_cluster(programs, passwords["owner"])
                self._save_port(self.cluster.start(programs, self._load_port()))
            elif (port := self.cluster.find_port()) != self._load_port() and port:
                self._save_port(port)
            url = self._build_url("owner", _MAINTENANCE_DATABASE)
            try:
                create_platform_logins(url, passwords)
            except psycopg.Error as error:
                raise DatabaseError(
                    WHERE,
                    f"does not serve: {error}",
                    f"look into {self.cluster.log_file}.",
                ) from error
        return self.url("owner")

    def stop(self) -> None:
        """Stop the server in good order; does nothing where it is not up."""
        if self.is_running():
            with self._locked():
                self.cluster.stop(prepare_programs(self._system_home))

    def remove(self) -> None:
        """Stop the server and delete its data, port and passwords, for good."""
        self.stop()
        shutil.rmtree(self.cluster.folder, ignore_errors=True)
        shutil.rmtree(self._state, ignore_errors=True)
        self._password_file.path.unlink(missing_ok=True)

    def _choose_folder(self) -> Path:
        if os.geteuid() != 0:
            return self._state
        # The home may lie where the system account cannot go, such as under /root.
        name = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return self._system_home / name

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        make_folder(self._state, 0o700)
        with (self._state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _ensure_cluster(self, programs: PostgresPrograms, password: str) -> None:
        if self.cluster.data.is_dir():
            return
        folder = self.cluster.folder
        make_folder(folder.parent, 0o755)
        make_folder(folder, 0o700)
        # Also where it exists: a crash may have come before this line.
        programs.give(folder)
        owner = PLATFORM_LOGINS["owner"].name
        self.cluster.build(programs, owner, password)

    def _set_aside_cluster(self, programs: PostgresPrograms) -> None:
        """Keep, but use no longer, data whose passwords are gone with their home."""
        data = self.cluster.data
        if not data.is_dir():
            return
        if self.cluster.folder == self._state:
            raise DatabaseError(
                WHERE,
                f"{data} holds data, but {self._password_file.path} is gone",
                f"put the file back from a backup, or move {data} away to begin with "
                "empty databases.",
            )
        # As root the data lies outside the home: a fresh home is a fresh start.
        if self.is_running():
            self.cluster.stop(programs)
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        data.rename(data.with_name(f"cluster-set-aside-{stamp}"))

    def _build_url(self, role: PlatformRole, database: str) -> str:
        passwords, port = self._password_file.load(), self._load_port()
        if passwords is None or port is None:
            raise DatabaseError(
                WHERE, f"was never started from {self.home}", "call start() first."
            )
        name = PLATFORM_LOGINS[role].name
        return f"postgresql://{name}:{passwords[role]}@{HOST}:{port}/{database}"

    def _load_port(self) -> int | None:
        try:
            return int(self._port_file.read_text())
        except (OSError, ValueError):
            return None

    def _save_port(self, port: int) -> None:
        self._port_file.write_text(str(port))
