"""Judges rows by the table contract, with Great Expectations.

A suite is generated for every table: columns and their order, types, null rules,
ranges, allowed values, the key. Nothing is stored, repaired or published here, and no
judgement on plausibility is made: that is the stages' and the checks' business.
"""

import os
import threading
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

import polars as pl

from sportsgpt_lib.storage.contract import Column, ColumnType, Table
from sportsgpt_lib.storage.mart_ddl import describe_column
from sportsgpt_lib.storage.rows import build_sort_key, find_table

_SHOWN_ROWS = 10
_SHOWN_VALUES = 3
# What pandas calls our types. Text is judged by its values alone: every expectation
# costs five milliseconds, and the lake stores nothing but the contract's types.
_PANDAS_TYPES: dict[ColumnType, str] = {
    "integer": "int64",
    "real": "float64",
    "boolean": "bool",
    "date": "datetime64",
}
# One context per process serves every audit, and it is not thread-safe.
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Audit:
    """What Great Expectations found in the rows of one table.

    ``problems`` say in words what is wrong; ``failing_rows`` are the first ten rows
    that are. ``statistics`` are Great Expectations' own (``evaluated_expectations``,
    ``success_percent`` …) and ``row_count``. ``result`` is its whole answer as JSON
    data, from which ``data_docs.py`` makes pages.
    """

    table_name: str
    success: bool
    problems: tuple[str, ...]
    failing_rows: pl.DataFrame
    statistics: Mapping[str, float]
    result: Mapping[str, Any]


def audit_rows(table: Table | str, rows: pl.DataFrame) -> Audit:
    """Judge rows as they are, before any cast; never raises for what they hold."""
    contract = find_table(table)
    frame = _to_pandas(rows)
    with _LOCK:
        batch_definition, suite = _get_batch_definition_and_suite(contract.name)
        # Not through a validation definition: it keeps every result in memory.
        batch = batch_definition.get_batch({"dataframe": frame})
        result = batch.validate(
            suite,
            result_format={
                "result_format": "SUMMARY",
                "partial_unexpected_count": _SHOWN_ROWS,
            },
        )
    answer: dict[str, Any] = result.to_json_dict()
    run_time = datetime.now(UTC).isoformat()
    answer["meta"]["run_id"] = {"run_name": contract.name, "run_time": run_time}
    failed = [item for item in answer["results"] if not item["success"]]
    problems = [
        _describe(contract, item["expectation_config"], item["result"], rows)
        for item in failed
    ]
    return Audit(
        table_name=contract.name,
        success=not failed,
        problems=tuple(problem for problem in problems if problem),
        failing_rows=_find_failing_rows(failed, rows),
        statistics={**answer["statistics"], "row_count": rows.height},
        result=answer,
    )


def build_suite(table: Table) -> Any:
    """Build the Great Expectations suite of a table from its contract."""
    import great_expectations as gx
    from great_expectations import expectations as gxe

    expectations: list[Any] = [
        gxe.ExpectTableColumnsToMatchOrderedList(
            column_list=list(table.column_names), notes=f"One row per {table.grain}."
        ),
        gxe.ExpectCompoundColumnsToBeUnique(
            column_list=build_sort_key(table), notes="The key of the table."
        ),
    ]
    for column in table.columns:
        expectations.extend(_build_column_expectations(column))
    return gx.ExpectationSuite(name=table.name, expectations=expectations)


def _build_column_expectations(column: Column) -> list[Any]:
    from great_expectations import expectations as gxe

    about = {"column": column.name, "notes": describe_column(column)}
    expectations: list[Any] = []
    if column.type in _PANDAS_TYPES:
        expectations.append(
            gxe.ExpectColumnValuesToBeOfType(type_=_PANDAS_TYPES[column.type], **about)
        )
    if not column.nullable:
        expectations.append(gxe.ExpectColumnValuesToNotBeNull(**about))
    if column.minimum is not None or column.maximum is not None:
        expectations.append(
            gxe.ExpectColumnValuesToBeBetween(
                min_value=column.minimum, max_value=column.maximum, **about
            )
        )
    if column.allowed:
        expectations.append(
            gxe.ExpectColumnValuesToBeInSet(value_set=list(column.allowed), **about)
        )
    return expectations


def load_great_expectations() -> Any:
    """Import Great Expectations with its telemetry switched off (three seconds)."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    with warnings.catch_warnings():
        # Its import of sre_constants warns of what only its authors can change.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx

    return gx


def build_context() -> Any:
    """Build a Great Expectations context that lives in memory and shows no progress."""
    gx = load_great_expectations()
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(
        globally=False, metric_calculations=False
    )
    return context


@cache
def _get_source() -> Any:
    return build_context().data_sources.add_pandas("lake")


@cache
def _get_batch_definition_and_suite(table_name: str) -> tuple[Any, Any]:
    asset = _get_source().add_dataframe_asset(table_name)
    definition = asset.add_batch_definition_whole_dataframe("partition")
    return definition, build_suite(find_table(table_name))


def _to_pandas(rows: pl.DataFrame) -> Any:
    import pandas as pd

    # One column after the other: all at once would be held twice.
    return pd.DataFrame(
        {name: _column_to_pandas(rows.select(name)) for name in rows.columns},
        copy=False,
    )


def _column_to_pandas(column: pl.DataFrame) -> Any:
    import pandas as pd

    (name, dtype), *_ = column.schema.items()
    if dtype == pl.String:
        # As categories: a number a row instead of a Python string.
        column = column.cast(pl.Categorical)
    elif dtype.is_integer():
        column = column.cast(pl.Int64)
    if dtype.is_numeric() and not column.to_series().has_nulls():
        # The same memory; Great Expectations only reads it.
        return pd.Series(column.to_series().to_numpy(), copy=False)
    values = column.to_pandas()[name]
    # pandas would hold whole numbers and flags with gaps as floats and objects.
    if dtype == pl.Boolean:
        return values.astype("boolean")
    if dtype.is_integer() and column.to_series().has_nulls():
        return values.astype("Int64")
    return values


def _describe(
    contract: Table,
    config: Mapping[str, Any],
    found: Mapping[str, Any],
    rows: pl.DataFrame,
) -> str:
    """Say one broken expectation in words; empty where another one says it already."""
    kind, wanted = config["type"], config["kwargs"]
    if kind == "expect_table_columns_to_match_ordered_list":
        return _describe_columns(contract, rows)
    name = wanted.get("column")
    if name is None:
        missing = set(wanted["column_list"]) - set(rows.columns)
        subject, rule = f"key ({', '.join(wanted['column_list'])})", "is not unique"
        return "" if missing else f"{subject}: {rule} in {_count(found, rows)}"
    if name not in rows.columns:
        return ""
    if kind == "expect_column_values_to_be_of_type":
        return f"{name}: holds {rows.schema[name]}, not {contract.column(name).type}"
    return f"{name}: {_describe_rule(kind, wanted)} in {_count(found, rows)}"


def _describe_rule(kind: str, wanted: Mapping[str, Any]) -> str:
    if kind == "expect_column_values_to_not_be_null":
        return "is null"
    if kind == "expect_column_values_to_be_in_set":
        return f"is none of {', '.join(wanted['value_set'])}"
    ends = (wanted.get("min_value"), wanted.get("max_value"))
    low, high = ("…" if end is None else f"{end:g}" for end in ends)
    return f"is outside {low} to {high}"


def _count(found: Mapping[str, Any], rows: pl.DataFrame) -> str:
    values = found.get("partial_unexpected_list") or []
    # Missing dates come back as the text NaT, all other missing values as None.
    distinct = dict.fromkeys(
        _write_example(value) for value in values if value not in (None, "NaT")
    )
    shown = ", ".join(list(distinct)[:_SHOWN_VALUES])
    examples = f", such as {shown}" if shown else ""
    return f"{found.get('unexpected_count', '?')} of {rows.height} rows{examples}"


def _write_example(value: object) -> str:
    """Write a value or a key; names of files stay out, as they may name people."""
    if isinstance(value, Mapping):
        return ", ".join(f"{k} {v}" for k, v in value.items() if k != "clip_file")
    return str(value)


def _describe_columns(contract: Table, rows: pl.DataFrame) -> str:
    missing = [name for name in contract.column_names if name not in rows.columns]
    unknown = [name for name in rows.columns if name not in contract.column_names]
    if not missing and not unknown:
        return "columns: are not in the contract's order"
    return (
        f"columns: missing {', '.join(missing) or 'none'}; "
        f"not in the contract {', '.join(unknown) or 'none'}"
    )


def _find_failing_rows(
    failed: list[Mapping[str, Any]], rows: pl.DataFrame
) -> pl.DataFrame:
    indices: dict[int, None] = {}
    for item in failed:
        for index in item["result"].get("partial_unexpected_index_list") or []:
            indices[int(index)] = None
    return rows[sorted(indices)[:_SHOWN_ROWS]]
