"""Rows as the contract wants them: columns, types, order; nothing about values.

Structure is enforced here, by raising. Whether the *values* obey the contract (nulls,
ranges, keys) is the audit's question, because a gate must be able to see bad rows.
"""

import difflib
import json
from collections.abc import Callable, Mapping

import polars as pl

from sportsgpt_lib.errors import TableContractError
from sportsgpt_lib.storage.contract import Column, ColumnType, Table
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import TABLES_BY_NAME

POLARS_TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "real": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "json": pl.String(),
}
_FIX = "change the stage that made the rows, or the contract in storage/tables.py."


def find_table(table: Table | str) -> Table:
    """Find a table of the contract by its name; a Table is handed back as it is.

    Raises
    ------
    TableContractError
        No table has this name.
    """
    if isinstance(table, Table):
        return table
    if table in TABLES_BY_NAME:
        return TABLES_BY_NAME[table]
    near = difflib.get_close_matches(table, TABLES_BY_NAME, n=1)
    hint = f"did you mean {near[0]!r}?" if near else ", ".join(TABLES_BY_NAME)
    raise TableContractError(
        f"table {table!r}", "is not in the contract", f"use a table's name: {hint}"
    )


def build_schema(table: Table | str) -> dict[str, pl.DataType]:
    """Build the polars schema of a table, columns in the contract's order."""
    return {
        column.name: POLARS_TYPES[column.type] for column in find_table(table).columns
    }


def build_sort_key(table: Table | str) -> list[str]:
    """Build the order rows are stored in: the partition first, then the key."""
    names = ["team_id", "session_day", *find_table(table).key]
    return list(dict.fromkeys(names))


def empty_rows(table: Table | str) -> pl.DataFrame:
    """Build a frame without rows that has the table's columns and types."""
    return pl.DataFrame(schema=build_schema(table))


def conform_rows(table: Table | str, rows: pl.DataFrame) -> pl.DataFrame:
    """Bring rows into the contract's column order and types, sorted by the key.

    NaN becomes null. Numbers are cast only where nothing is lost.

    Raises
    ------
    TableContractError
        Columns are missing or unknown, a column cannot be cast without loss, a number
        is infinite, or a JSON column holds what is not JSON. Lists every problem.
    """
    contract = find_table(table)
    problems = _list_column_problems(contract, rows)
    converted: list[pl.Series] = []
    for column in contract.columns:
        if column.name in rows.columns:
            series, problem = _convert(column, rows[column.name])
            converted.append(series)
            problems.extend([f"{column.name}: {problem}"] if problem else [])
    if problems:
        raise TableContractError(
            contract.qualified_name,
            f"{len(problems)} problem(s) in rows that were to be stored",
            _FIX,
            problems=problems,
        )
    # Stable total order: equal rows in, equal bytes in the lake.
    return pl.DataFrame(converted).sort(build_sort_key(contract), maintain_order=True)


def conform_partition(
    table: Table | str, partition: PartitionKey, rows: pl.DataFrame
) -> pl.DataFrame:
    """Conform rows of which each must belong to one partition.

    Raises
    ------
    TableContractError
        As ``conform_rows``, or a row's team or day is another than the partition's.
    """
    contract = find_table(table)
    conformed = conform_rows(contract, rows)
    strangers = conformed.filter(
        pl.col("team_id").ne_missing(partition.team_id)
        | pl.col("session_day").ne_missing(partition.session_day)
    )
    if strangers.height:
        first = strangers.row(0, named=True)
        raise TableContractError(
            f"{contract.qualified_name} of {partition}",
            f"{strangers.height} row(s) belong to another partition, the first to "
            f"{first['session_day']}|{first['team_id']}",
            "set team_id and session_day from the partition that is written.",
        )
    return conformed


def conform_marts(
    partition: PartitionKey, rows_by_table: Mapping[str, pl.DataFrame]
) -> list[tuple[Table, pl.DataFrame]]:
    """Bring rows of one partition into the contract's shape, mart by mart.

    Raises
    ------
    TableContractError
        A table is no mart, or rows do not fit the contract or the partition.
    """
    marts: list[tuple[Table, pl.DataFrame]] = []
    for name, rows in rows_by_table.items():
        table = find_table(name)
        if not table.is_mart:
            raise TableContractError(
                table.qualified_name,
                "is not a mart, so it is not published",
                "leave it in the lake, where DuckDB reads it through a view.",
            )
        marts.append((table, conform_partition(table, partition, rows)))
    return marts


def _list_column_problems(contract: Table, rows: pl.DataFrame) -> list[str]:
    missing = [name for name in contract.column_names if name not in rows.columns]
    unknown = [name for name in rows.columns if name not in contract.column_names]
    problems = [f"{name}: column is missing" for name in missing]
    for name in unknown:
        near = difflib.get_close_matches(name, missing, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        problems.append(f"{name}: column is not in the contract{hint}")
    return problems


def _convert(column: Column, series: pl.Series) -> tuple[pl.Series, str | None]:
    """Cast one column; the second part says what is wrong, None = nothing."""
    wanted = POLARS_TYPES[column.type]
    if series.dtype == pl.Null:
        return series.cast(wanted), None
    if not _IS_CASTABLE[column.type](series.dtype):
        return series, f"holds {series.dtype}, where the contract says {column.type}"
    if column.type == "real":
        return _convert_real(series)
    if column.type == "json":
        return series, _find_json_problem(series)
    if column.type == "integer" and series.dtype.is_float():
        return _convert_whole(series)
    return series.cast(wanted), None


def _convert_real(series: pl.Series) -> tuple[pl.Series, str | None]:
    number = series.cast(pl.Float64()).fill_nan(None)
    infinite = int(number.is_infinite().sum())
    return number, f"{infinite} infinite number(s)" if infinite else None


def _convert_whole(series: pl.Series) -> tuple[pl.Series, str | None]:
    number = series.fill_nan(None)
    broken = int((number.is_infinite() | (number != number.round())).sum())
    if broken:
        return series, f"{broken} number(s) that are not whole"
    return number.cast(pl.Int64()), None


def _find_json_problem(series: pl.Series) -> str | None:
    for row_idx, text in enumerate(series):
        if text is None:
            continue
        try:
            json.loads(text, parse_constant=_refuse_constant)
        except ValueError as error:
            return f"row {row_idx} is not JSON ({error})"
    return None


def _refuse_constant(word: str) -> None:
    # Python writes NaN and Infinity, which Postgres and browsers refuse.
    message = f"{word} is not JSON"
    raise ValueError(message)


_IS_CASTABLE: dict[ColumnType, Callable[[pl.DataType], bool]] = {
    "text": lambda dtype: dtype in (pl.String, pl.Categorical, pl.Enum),
    "integer": lambda dtype: dtype.is_numeric(),
    "real": lambda dtype: dtype.is_numeric(),
    "boolean": lambda dtype: dtype == pl.Boolean,
    "date": lambda dtype: dtype == pl.Date,
    "json": lambda dtype: dtype == pl.String,
}
