"""Publishes marts to Postgres: one partition, all its tables, one transaction.

Schema, roles and row-level security come from the migrations; which rows may be
published is the publisher's decision, not taken here.
"""

from collections.abc import Mapping

import polars as pl
import psycopg
from psycopg import sql

from sportsgpt_lib.errors import DatabaseError, TableContractError
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_marts


class PostgresMarts:
    """The marts of one Postgres database, written by the pipeline or the owner."""

    def __init__(self, url: str) -> None:
        self._url = url

    def publish(
        self, partition: PartitionKey, rows_by_table: Mapping[str, pl.DataFrame]
    ) -> dict[str, int]:
        """Replace a partition in the given marts; returns rows per table.

        Readers see the old partition or the new one, in all tables together.

        Raises
        ------
        TableContractError
            Rows lack the contract's shape, belong to another partition, break a null
            rule or a key, or a table is no mart. Nothing is published.
        DatabaseError
            The server cannot be reached or has not been migrated.
        """
        marts = conform_marts(partition, rows_by_table)
        try:
            with psycopg.connect(self._url) as connection:
                for table, rows in marts:
                    _replace_partition(connection, table, partition, rows)
        except psycopg.errors.IntegrityError as error:
            raise TableContractError(
                f"marts of {partition}",
                f"Postgres refuses a row: {error}",
                "let the audit of this table pass before it is published.",
            ) from error
        except psycopg.Error as error:
            raise DatabaseError(
                f"Postgres, publishing {partition}",
                str(error),
                "run `sportsgpt doctor`; it checks server, URL and migrations.",
            ) from error
        return {table.name: rows.height for table, rows in marts}


def _replace_partition(
    connection: psycopg.Connection,
    table: Table,
    partition: PartitionKey,
    rows: pl.DataFrame,
) -> None:
    target = sql.Identifier(table.schema, table.name)
    staging = sql.Identifier(f"incoming_{table.name}")
    columns = sql.SQL(", ").join(map(sql.Identifier, table.column_names))
    connection.execute(
        sql.SQL("delete from {} where team_id = %s and session_day = %s").format(
            target
        ),
        [partition.team_id, partition.session_day],
    )
    if rows.is_empty():
        return
    # Postgres has no COPY FROM into a table under row-level security.
    connection.execute(
        sql.SQL("create temporary table {} (like {}) on commit drop").format(
            staging, target
        )
    )
    copy_text = sql.SQL("copy {} ({}) from stdin").format(staging, columns)
    with connection.cursor() as cursor, cursor.copy(copy_text) as copy:
        for row in rows.iter_rows():
            copy.write_row(row)
    connection.execute(
        sql.SQL("insert into {} ({}) select {} from {}").format(
            target, columns, columns, staging
        )
    )
