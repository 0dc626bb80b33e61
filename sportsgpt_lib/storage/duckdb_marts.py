"""Publishes marts to the analysts' DuckDB file, and reads it.

A DuckDB file has one writer and no readers beside it. So nobody writes to the file that
people read: the publisher copies it, replaces one partition in the copy, and renames
the copy over it. Readers keep the file they opened; the next one they open is whole.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.storage.atomic_files import (
    build_temporary_path,
    sweep_abandoned,
    sync_folder,
    to_local_path,
)
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.mart_ddl import (
    build_comment_statements,
    build_duckdb_table_statement,
    build_lake_view_statement,
)
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_kept, conform_marts
from sportsgpt_lib.storage.tables import DATABASE_TABLES, TABLES
from sportsgpt_lib.storage.views import (
    DUCKDB_CONFIGURATION,
    build_duckdb_view_statements,
    list_views,
)

LoadKept = Callable[[], Mapping[str, pl.DataFrame]]
_Part = tuple[Table, PartitionKey, pl.DataFrame]

# What DuckDB 1.x says of a statement that would write.
_READ_ONLY = "attached in read-only mode"


class DuckDbMarts:
    """The analysts' DuckDB file: marts as tables, frame tables as views of the lake.

    Frame tables are served where the lake is on a local disk; DuckDB would need a
    downloaded extension to read an object store. ``load_kept`` loads the tables that
    people write, whole; None = there are none.
    """

    def __init__(
        self, path: Path, lake: Lake, load_kept: LoadKept | None = None
    ) -> None:
        self._path = Path(path)
        self._lake = lake
        self._load_kept = load_kept or dict

    def publish(
        self, partition: PartitionKey, rows_by_table: Mapping[str, pl.DataFrame]
    ) -> dict[str, int]:
        """Replace a partition in the given marts; returns rows per table.

        Publishers queue behind each other. One that is killed leaves the old file.
        Tables that people write are copied anew, whole.

        Raises
        ------
        TableContractError
            Rows lack the contract's shape, belong to another partition, or a table is
            no mart. Nothing is published.
        DatabaseError
            The present file cannot be read by this version of DuckDB, or what people
            wrote cannot be loaded.
        """
        marts = conform_marts(partition, rows_by_table)
        self._publish([(table, partition, rows) for table, rows in marts])
        return {table.name: rows.height for table, rows in marts}

    def refresh_kept(self) -> None:
        """Copy the tables that people write anew, where there is a file.

        Raises
        ------
        DatabaseError
            As ``publish``.
        """
        if self._path.exists():
            self._publish([])

    def _publish(self, parts: Sequence[_Part]) -> None:
        """Replace parts of marts in a copy, and rename it over the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._locked():
            sweep_abandoned(self._path)
            beside = build_temporary_path(self._path)
            try:
                if self._path.exists():
                    shutil.copyfile(self._path, beside)
                # Behind the lock, so that no older copy comes after a newer one.
                self._build(beside, parts, conform_kept(self._load_kept()))
                _sync_file(beside)
                beside.replace(self._path)
            except duckdb.Error as error:
                raise DatabaseError(
                    str(self._path),
                    f"cannot be published to: {error}",
                    "delete the file and publish every partition again; the lake and "
                    "Postgres hold all rows.",
                ) from error
            finally:
                beside.unlink(missing_ok=True)
        sync_folder(self._path.parent)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with self._path.with_name(f".{self._path.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _build(
        self,
        path: Path,
        parts: Sequence[_Part],
        kept: Sequence[tuple[Table, pl.DataFrame]],
    ) -> None:
        with duckdb.connect(path, config=DUCKDB_CONFIGURATION) as connection:
            connection.begin()
            connection.execute("create schema if not exists training")
            for table in DATABASE_TABLES:
                _ensure_table(connection, table)
            for table, partition, rows in parts:
                _replace_partition(connection, table, partition, rows)
            for table, rows in kept:
                connection.execute(f"delete from {table.qualified_name}")  # noqa: S608
                _insert(connection, table, rows)
            self._create_lake_views(connection)
            for view in list_views():
                for statement in build_duckdb_view_statements(view):
                    connection.execute(statement)
            connection.commit()
            connection.execute("checkpoint")

    def _create_lake_views(self, connection: duckdb.DuckDBPyConnection) -> None:
        for table in TABLES:
            if table.is_mart or to_local_path(self._lake.root) is None:
                continue
            self._lake.write_contract_file(table)
            folder = Path(self._lake.table_root(table).path).resolve()
            connection.execute(build_lake_view_statement(table, folder))
            for statement in build_comment_statements(table, "view"):
                connection.execute(statement)


def read_duckdb(path: Path, query: str) -> pl.DataFrame:
    """Answer one query from the analysts' file, opened read-only.

    Raises
    ------
    DatabaseError
        The file is absent, or DuckDB refuses the query.
    """
    if not Path(path).is_file():
        raise DatabaseError(
            str(path),
            "is not there yet",
            "publish a partition first, such as with `sportsgpt run`.",
        )
    try:
        with duckdb.connect(
            path, read_only=True, config=DUCKDB_CONFIGURATION
        ) as connection:
            answer: pl.DataFrame = connection.execute(query).pl()
            return answer
    except duckdb.Error as error:
        fix = "tables and columns are in docs/tables.md."
        if _READ_ONLY in str(error):
            fix = (
                "only queries that change nothing are allowed, such as select; the "
                "tables are written by runs alone."
            )
        raise DatabaseError(
            str(path), f"DuckDB refuses the query: {error}", fix
        ) from error


def _ensure_table(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create a mart, or rebuild one of an older contract with what it has in common."""
    found = connection.execute(
        "select column_name from information_schema.columns "
        "where table_schema = ? and table_name = ? order by ordinal_position",
        [table.schema, table.name],
    ).fetchall()
    names = tuple(name for (name,) in found)
    if names and names != table.column_names:
        kept = ", ".join(name for name in table.column_names if name in names)
        old = f"{table.name}_of_older_contract"
        connection.execute(f"alter table {table.qualified_name} rename to {old}")
        connection.execute(build_duckdb_table_statement(table))
        connection.execute(
            f"insert into {table.qualified_name} ({kept}) "  # noqa: S608
            f"select {kept} from {table.schema}.{old}"
        )
        connection.execute(f"drop table {table.schema}.{old}")
    else:
        connection.execute(build_duckdb_table_statement(table))
    for statement in build_comment_statements(table):
        connection.execute(statement)


def _replace_partition(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    partition: PartitionKey,
    rows: pl.DataFrame,
) -> None:
    name = table.qualified_name  # from the contract, never from outside
    connection.execute(
        f"delete from {name} where team_id = ? and session_day = ?",  # noqa: S608
        [partition.team_id, partition.session_day],
    )
    _insert(connection, table, rows)


def _insert(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: pl.DataFrame
) -> None:
    name = table.qualified_name
    connection.register("incoming", rows.to_arrow())
    connection.execute(f"insert into {name} by name select * from incoming")  # noqa: S608
    connection.unregister("incoming")


def _sync_file(path: Path) -> None:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
