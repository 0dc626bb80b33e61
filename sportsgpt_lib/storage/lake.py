"""The Parquet lake: one file per table and partition, whole or absent.

Layout: ``<root>/training/<table>/day=YYYY-MM-DD/team=<team>.parquet``. The partition
columns are inside the files too, so every engine reads them without special options.
Serving (DuckDB, Postgres) and judging rows happen elsewhere.
"""

import io
import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import polars as pl
from upath import UPath

from sportsgpt_lib.errors import MissingTableError
from sportsgpt_lib.storage.atomic_files import write_atomically
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.parquet_bytes import rows_from_parquet
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import (
    conform_partition,
    conform_rows,
    empty_rows,
    find_table,
)

_FILE = re.compile(r"day=(\d{4}-\d{2}-\d{2})/team=(.+)\.parquet$")


@dataclass(frozen=True)
class StoredRows:
    """One partition of a table as it is stored, far smaller than its rows."""

    table: Table
    partition: PartitionKey
    path: UPath
    content: bytes = b""

    def read(self, only: pl.Expr | None = None) -> pl.DataFrame:
        """Read the rows that meet a condition, or all, as ``Lake.read`` does."""
        try:
            rows = rows_from_parquet(self.content, only)
        except pl.exceptions.PolarsError as error:
            found = f"cannot be read from {self.path} ({error})"
            raise self.missing(found) from error
        return conform_rows(self.table, self._with_new_columns(rows))

    def _with_new_columns(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Add the columns that the contract got after the file was written, as null.

        Only those that may be null; for want of any other one the file is refused.
        """
        return rows.with_columns(
            pl.lit(None).alias(column.name)
            for column in self.table.columns
            if column.nullable and column.name not in rows.columns
        )

    def missing(self, found: str) -> MissingTableError:
        """Build the error that says which partition lacks and how to get it."""
        name = self.table.qualified_name
        return MissingTableError(
            f"{name} of {self.partition}",
            found,
            f"materialise {name} for partition {self.partition}.",
        )


class Lake:
    """All tables of the training graph as Parquet files under one root.

    ``root`` is a local folder or any location fsspec knows (``s3://bucket/lake``).
    """

    def __init__(self, root: str | Path | UPath) -> None:
        self.root = UPath(root)

    def path(self, table: Table | str, partition: PartitionKey) -> UPath:
        """Name the file of one table and partition; it need not exist."""
        return (
            self.table_root(table)
            / f"day={partition.session_day.isoformat()}"
            / f"team={partition.team_id}.parquet"
        )

    def table_root(self, table: Table | str) -> UPath:
        """Name the folder that holds every partition of a table."""
        contract = find_table(table)
        return self.root / contract.schema / contract.name

    def has(self, table: Table | str, partition: PartitionKey) -> bool:
        """Whether the partition was ever written."""
        return bool(self.path(table, partition).is_file())

    def write(
        self, table: Table | str, partition: PartitionKey, rows: pl.DataFrame
    ) -> UPath:
        """Replace one partition of a table; equal rows give equal bytes.

        Raises
        ------
        TableContractError
            The rows lack the contract's shape, or belong to another partition.
        """
        contract = find_table(table)
        conformed = conform_partition(contract, partition, rows)
        buffer = io.BytesIO()
        conformed.write_parquet(buffer, compression="zstd", statistics=True)
        path = self.path(contract, partition)
        write_atomically(path, buffer.getvalue())
        return path

    def read(self, table: Table | str, partition: PartitionKey) -> pl.DataFrame:
        """Read one partition, columns and types as in the contract.

        Raises
        ------
        MissingTableError
            The partition was never written, or its file is damaged.
        TableContractError
            The file was written under an older contract and lacks a column that may not
            be null. Those that may are filled with null.
        """
        return self.load(table, partition).read()

    def load(self, table: Table | str, partition: PartitionKey) -> "StoredRows":
        """Load one partition as it is stored, to read a part of it at a time.

        Raises
        ------
        MissingTableError
            The partition was never written.
        """
        contract = find_table(table)
        stored = StoredRows(contract, partition, self.path(contract, partition))
        try:
            return replace(stored, content=stored.path.read_bytes())
        except FileNotFoundError:
            raise stored.missing("is not in the lake") from None

    def write_contract_file(self, table: Table | str) -> UPath:
        """Write a file without rows beside the partitions; returns its path.

        An engine that reads ``<table>/**/*.parquet`` then finds the columns even where
        no partition was ever written.
        """
        path = self.table_root(table) / "_contract.parquet"
        buffer = io.BytesIO()
        empty_rows(table).write_parquet(buffer)
        if not path.is_file() or path.read_bytes() != buffer.getvalue():
            write_atomically(path, buffer.getvalue())
        return path

    def partitions(self, table: Table | str) -> list[PartitionKey]:
        """List every partition of a table that is in the lake, sorted."""
        root = self.table_root(table)
        if not root.is_dir():
            return []
        # Writers' temporary files end in .tmp, so the pattern never sees them.
        found = (_FILE.search(str(path)) for path in root.glob("day=*/team=*.parquet"))
        return sorted(
            PartitionKey(match[2], date.fromisoformat(match[1]))
            for match in found
            if match
        )
