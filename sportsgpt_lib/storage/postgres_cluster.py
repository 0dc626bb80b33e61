"""One Postgres data directory: made, started on a free port, found again, stopped.

Who may run it is decided in ``postgres_binaries.py``, where it lies and when it starts
in ``embedded_postgres.py``.
"""

import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.atomic_files import is_process_alive
from sportsgpt_lib.storage.postgres_binaries import PostgresPrograms

HOST = "127.0.0.1"
WHERE = "embedded Postgres"
_LOG_TAIL_LINES = 12
_START_TRIES = 8
_RETRY_WAIT_S = 0.5
# Long enough for recovery after a crash under load.
_START_TIMEOUT_S = 300
# Chosen for one machine that also runs the pose network: small memory, connections for
# a handful of processes, and no just-in-time compilation, which costs short queries
# more than it saves.
_SERVER_SETTINGS = {
    "listen_addresses": HOST,
    # A socket's path is limited to 107 bytes, and data homes may lie deep.
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


@dataclass(frozen=True)
class PostgresCluster:
    """A data directory ``folder/cluster`` and its log ``folder/postgres.log``."""

    folder: Path

    @property
    def data(self) -> Path:
        """Postgres' data directory."""
        return self.folder / "cluster"

    @property
    def log_file(self) -> Path:
        """What the server writes about itself."""
        return self.folder / "postgres.log"

    def find_server_pid(self) -> int | None:
        """Find the running server; None where the pid file is stale or absent.

        A process id may have been given to another program since: pg_ctl starts the
        server with the data directory among its arguments.
        """
        pid = self._read_pid()
        if pid is None:
            return None
        try:
            # Not the working directory: root in a container may not read that.
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return None
        return pid if os.fsencode(self.data) in arguments else None

    def find_port(self) -> int | None:
        """Find the running server's port; None where it is not up."""
        if self.find_server_pid() is None:
            return None
        try:
            # Fourth line of the pid file, see the Postgres manual, "postmaster.pid".
            return int((self.data / "postmaster.pid").read_text().splitlines()[3])
        except (OSError, ValueError, IndexError):
            return None

    def build(self, programs: PostgresPrograms, owner: str, password: str) -> None:
        """Run initdb beside and rename, so that an interrupted one is redone."""
        unfinished = self.folder / "cluster.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        password_file = self.folder / "initdb.password"
        password_file.touch(mode=0o600)
        password_file.write_text(password, encoding="ascii")
        programs.give(password_file)
        arguments = [
            f"--username={owner}",
            "--auth=scram-sha-256",
            f"--pwfile={password_file}",
            "--encoding=UTF8",
            # Byte order, as in DuckDB, and independent of the machine's locales.
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            f"--pgdata={unfinished}",
        ]
        try:
            done = programs.run("initdb", arguments)
        finally:
            password_file.unlink()
        if done.returncode:
            raise DatabaseError(
                WHERE,
                f"initdb failed in {self.folder}: {done.stderr.strip()}",
                "free disk space or choose another data home, then start again.",
            )
        unfinished.rename(self.data)

    def start(self, programs: PostgresPrograms, remembered_port: int | None) -> int:
        """Start the server, on the remembered port if it is free; returns the port.

        Raises
        ------
        DatabaseError
            It does not come up; the message ends with the log's last lines.
        """
        port = find_free_port(remembered_port)
        for _ in range(_START_TRIES):
            self._drop_foreign_pid_file()
            log_size = self.log_file.stat().st_size if self.log_file.exists() else 0
            if self._try_start(programs, port):
                return port
            log_text = self._read_log(log_size)
            if "Address already in use" in log_text:
                port = find_free_port(None)
            elif "shared memory block" not in log_text:
                break
            # Children of a killed server need a moment to notice and let go.
            time.sleep(_RETRY_WAIT_S)
        tail = "\n".join(self._read_log(0).splitlines()[-_LOG_TAIL_LINES:])
        raise DatabaseError(
            WHERE,
            f"the server in {self.folder} does not start. Its log ends:\n{tail}\n",
            "remove what the log names (full disk, lack of memory), start again, or "
            "set SPORTSGPT_POSTGRES_URL to a server of your own.",
        )

    def stop(self, programs: PostgresPrograms) -> None:
        """Stop the server, ending open transactions; raises DatabaseError."""
        data = f"--pgdata={self.data}"
        done = programs.run("pg_ctl", ["stop", "--wait", "--mode=fast", data])
        if done.returncode and self.find_server_pid() is not None:
            raise DatabaseError(
                WHERE,
                f"the server does not stop: {done.stderr.strip()}",
                f"look into {self.log_file}.",
            )

    def _try_start(self, programs: PostgresPrograms, port: int) -> bool:
        settings = _SERVER_SETTINGS | {"port": str(port)}
        options = " ".join(f"-c {name}='{text}'" for name, text in settings.items())
        arguments = [
            "start",
            "--wait",
            f"--timeout={_START_TIMEOUT_S}",
            f"--pgdata={self.data}",
            f"--log={self.log_file}",
            f"--options={options}",
        ]
        return programs.run("pg_ctl", arguments).returncode == 0

    def _read_pid(self) -> int | None:
        try:
            return int((self.data / "postmaster.pid").read_text().splitlines()[0])
        except (OSError, ValueError, IndexError):
            return None

    def _drop_foreign_pid_file(self) -> None:
        """Drop a stale pid file whose number now belongs to another program.

        Postgres itself copes with a number nobody has; with this it would refuse.
        """
        pid = self._read_pid()
        if pid and is_process_alive(pid) and self.find_server_pid() is None:
            (self.data / "postmaster.pid").unlink(missing_ok=True)

    def _read_log(self, offset_bytes: int) -> str:
        try:
            content = self.log_file.read_bytes()
        except OSError:
            return ""
        return content[offset_bytes:].decode("utf-8", errors="replace")


def find_free_port(wanted: int | None) -> int:
    """Find a free TCP port on this machine: the wanted one, or any."""
    for candidate in (wanted or 0, 0):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As Postgres does: closed connections of a former server do not count.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, candidate))
            except OSError:
                continue
            port: int = probe.getsockname()[1]
            return port
    raise DatabaseError(WHERE, "no TCP port is free", "close programs that listen.")
