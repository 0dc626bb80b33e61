"""A data home of its own for a test: real commands, real processes and databases."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

import duckdb
import psycopg

from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import TABLES

COMMAND = Path(sys.executable).with_name("sportsgpt")
MARTS = tuple(table.served for table in TABLES if table.is_mart)
_FOREIGN = ("SPORTSGPT_", "DAGSTER_")
_POLL_S = 0.05


@dataclass(frozen=True)
class DataHome:
    """One data home, and the commands run in it."""

    folder: Path

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    @property
    def server(self) -> EmbeddedPostgres:
        return EmbeddedPostgres(self.folder)

    @property
    def duckdb_file(self) -> Path:
        return self.folder / "published" / "sportsgpt.duckdb"

    def session_folder(self, partition: PartitionKey) -> Path:
        return self._of(partition, "inbox")

    def report_folder(self, partition: PartitionKey) -> Path:
        return self._of(partition, "reports")

    def environment(self, **more: str) -> dict[str, str]:
        """What a command sees: nothing of the machine's own settings."""
        own = {k: v for k, v in os.environ.items() if not k.startswith(_FOREIGN)}
        return {
            **own,
            "SPORTSGPT_HOME": str(self.folder),
            "PYTHONUNBUFFERED": "1",
            "NO_COLOR": "1",
            "COLUMNS": "400",
            **more,
        }

    def dagster_environment(self) -> dict[str, str]:
        """What a process needs to open this home's Dagster instance."""
        return {
            "DAGSTER_HOME": str(self.folder / "dagster"),
            "DAGSTER_POSTGRES_URL": self.server.url("dagster"),
            "SPORTSGPT_HOME": str(self.folder),
        }

    def call(self, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [str(COMMAND), *arguments],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    def call_well(self, *arguments: str, **more: str) -> str:
        """Call a command that must succeed; returns what it printed."""
        done = self.call(*arguments, **more)
        assert done.returncode == 0, f"{arguments}:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def start(self, *arguments: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(COMMAND), *arguments],
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def start_logged(
        self, arguments: Sequence[str], environment: Mapping[str, str], log: TextIO
    ) -> "subprocess.Popen[str]":
        """Start a command that goes on, and write what it says to a file."""
        return subprocess.Popen(
            [str(COMMAND), *arguments],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run_arguments(self, partition: PartitionKey) -> tuple[str, ...]:
        day = partition.session_day.isoformat()
        return ("run", "--day", day, "--team", partition.team_id)

    def query_postgres(self, query: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.server.url("owner")) as connection:
            return connection.execute(query).fetchall()  # type: ignore[arg-type]

    def query_duckdb(self, query: str) -> list[tuple[object, ...]]:
        with duckdb.connect(self.duckdb_file, read_only=True) as connection:
            return connection.execute(query).fetchall()

    def published_rows(self, partition: PartitionKey) -> Mapping[str, "Published"]:
        """All rows of a partition in both databases, each as text, sorted."""
        team, day = partition.team_id, partition.session_day
        where = f"where team_id = '{team}' and session_day = '{day}'"
        published = {}
        for table in MARTS:
            columns = ", ".join(table.column_names)
            query = f"select {columns} from {table.qualified_name} {where}"  # noqa: S608
            published[table.name] = Published(
                _as_texts(table, self.query_duckdb(query)),
                _as_texts(table, self.query_postgres(query)),
            )
        return published

    def table_files(self, partition: PartitionKey) -> dict[str, bytes]:
        """The bytes of every table of a partition in the lake."""
        return {
            table.name: self.lake.path(table, partition).read_bytes()
            for table in TABLES
        }

    def _of(self, partition: PartitionKey, kind: str) -> Path:
        day = partition.session_day.isoformat()
        return self.folder / kind / partition.team_id / day


@dataclass(frozen=True)
class Published:
    """The rows of one mart, as each database gives them."""

    in_duckdb: list[str]
    in_postgres: list[str]


def partition(team: str, day: str) -> PartitionKey:
    return PartitionKey(team, date.fromisoformat(day))


def wait_until(
    is_done: Callable[[], object], what: str, *, timeout_s: float = 240.0
) -> None:
    """Wait for something that another process does."""
    deadline_s = time.monotonic() + timeout_s
    while not is_done():
        assert time.monotonic() < deadline_s, f"waited {timeout_s} s in vain: {what}"
        time.sleep(_POLL_S)


def _as_texts(table: Table, rows: Sequence[Sequence[object]]) -> list[str]:
    """Write rows so that the same row gives the same text; Postgres reorders JSON."""
    json_at = {idx for idx, column in enumerate(table.columns) if column.type == "json"}
    return sorted(
        repr([_sorted_json(v) if i in json_at else v for i, v in enumerate(row)])
        for row in rows
    )


def _sorted_json(value: object) -> str:
    parsed = json.loads(value) if isinstance(value, str) else value
    return json.dumps(parsed, sort_keys=True)
