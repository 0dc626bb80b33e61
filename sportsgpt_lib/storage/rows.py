"""Rows as the contract wants them: columns, types, order; nothing about values.

Structure is enforced here, by raising. Whether the *values* obey the contract (nulls,
ranges, keys) is the audit's question, because a gate must be able to see bad rows.
"""

import difflib
import json
from collections.abc import Callable, Mapping, Sequence

import polars as pl

from sportsgpt_lib.errors import TableContractError
from sportsgpt_lib.storage.contract import Column, ColumnType, Table
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.tables import KEPT_TABLES, TABLES_BY_NAME

POLARS_TYPES: dict[ColumnType, pl.DataType] = {
    "text": pl.String(),
    "integer": pl.Int64(),
    "real": pl.Float64(),
    "boolean": pl.Boolean(),
    "date": pl.Date(),
    "json": pl.String(),
}
_COMPARED_ROWS = 65_536
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
    # Expressions, not Series: a column that repeats one value then stays one value.
    converted: list[pl.Expr] = []
    for column in contract.columns:
        if column.name in rows.columns:
            expression, problem = _convert(column, rows)
            converted.append(expression)
            problems.extend([f"{column.name}: {problem}"] if problem else [])
    if problems:
        raise TableContractError(
            contract.qualified_name,
            f"{len(problems)} problem(s) in rows that were to be stored",
            _FIX,
            problems=problems,
        )
    # Stable total order: equal rows in, equal bytes in the lake.
    conformed = rows.select(converted)
    key = build_sort_key(contract)
    if _is_sorted(conformed, key):
        return conformed
    return conformed.sort(key, maintain_order=True)


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

    Tables and rows come without the columns that stay in the lake.

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
        served = table.served
        conformed = conform_partition(table, partition, rows)
        marts.append((served, conformed.select(served.column_names)))
    return marts


def conform_kept(
    rows_by_table: Mapping[str, pl.DataFrame],
) -> list[tuple[Table, pl.DataFrame]]:
    """Bring rows of tables that people write into the contract's shape.

    Raises
    ------
    TableContractError
        A table is made by runs, or rows do not fit the contract.
    """
    kept: list[tuple[Table, pl.DataFrame]] = []
    for name, rows in rows_by_table.items():
        table = find_table(name)
        if table not in KEPT_TABLES:
            raise TableContractError(
                table.qualified_name,
                "is made by runs, partition by partition",
                "publish it with its partition.",
            )
        kept.append((table, conform_rows(table, rows)))
    return kept


def _list_column_problems(contract: Table, rows: pl.DataFrame) -> list[str]:
    missing = [name for name in contract.column_names if name not in rows.columns]
    unknown = [name for name in rows.columns if name not in contract.column_names]
    problems = [f"{name}: column is missing" for name in missing]
    for name in unknown:
        near = difflib.get_close_matches(name, missing, n=1)
        hint = f" (did you mean {near[0]}?)" if near else ""
        problems.append(f"{name}: column is not in the contract{hint}")
    return problems


def _convert(column: Column, rows: pl.DataFrame) -> tuple[pl.Expr, str | None]:
    """Cast one column; the second part says what is wrong, None = nothing."""
    wanted, dtype = POLARS_TYPES[column.type], rows.schema[column.name]
    values = pl.col(column.name)
    if dtype == pl.Null:
        return values.cast(wanted), None
    if not _IS_CASTABLE[column.type](dtype):
        return values, f"holds {dtype}, where the contract says {column.type}"
    if column.type == "real":
        return _convert_real(column.name, rows)
    if column.type == "json":
        return values, _find_json_problem(rows[column.name])
    if column.type == "integer" and dtype.is_float():
        return _convert_whole(column.name, rows)
    return values.cast(wanted), None


def _convert_real(name: str, rows: pl.DataFrame) -> tuple[pl.Expr, str | None]:
    number = pl.col(name).cast(pl.Float64())
    found = rows.select(
        infinite=number.is_infinite().sum(), has_nan=number.is_nan().any()
    )
    infinite, has_nan = found.row(0)
    problem = f"{infinite} infinite number(s)" if infinite else None
    return number.fill_nan(None) if has_nan else number, problem


def _convert_whole(name: str, rows: pl.DataFrame) -> tuple[pl.Expr, str | None]:
    number = pl.col(name).fill_nan(None)
    is_broken = number.is_infinite() | (number != number.round())
    broken = int(rows.select(is_broken.sum()).item())
    if broken:
        return pl.col(name), f"{broken} number(s) that are not whole"
    return number.cast(pl.Int64()), None


def _is_sorted(rows: pl.DataFrame, key: Sequence[str]) -> bool:
    """Whether rows are known to be in order; False where a key is null."""
    is_in_order = pl.lit(value=True)
    for name in reversed(key):
        earlier, later = pl.col(name).slice(0, pl.len() - 1), pl.col(name).slice(1)
        is_in_order = (earlier < later) | ((earlier == later) & is_in_order)
    verdict = is_in_order.fill_null(value=False).all()
    # In parts that share a row, because comparing takes room as well.
    return all(
        rows.slice(start, _COMPARED_ROWS + 1).select(verdict).item()
        for start in range(0, rows.height - 1, _COMPARED_ROWS)
    )


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
