"""Judges the knowledge tables by their contract, with Great Expectations.

Rows come in windows, so that memory stays flat; each window is judged by the suite of
its table, and the findings are added up. Which tables and columns there are is in
``knowledge_tables.py``, how answers are added up in ``audit_sums.py``, their pages in
``audit_pages.py``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any

from kb_ingest.audit_sums import add_answer
from kb_ingest.chunking.instructions import find_instructions
from kb_ingest.faults import find_broken_characters, find_foreign_script
from kb_ingest.knowledge_tables import (
    ALWAYS_FALSE,
    ALWAYS_TRUE,
    PASSAGES,
    SOURCES,
    VECTORS,
)
from sportsgpt_lib.knowledge.licences import states_licence
from sportsgpt_lib.knowledge.store_audit import (
    AuditRow,
    iter_passage_rows,
    iter_source_rows,
    iter_vector_rows,
)
from sportsgpt_lib.storage.audit import build_context
from sportsgpt_lib.storage.contract import Column, Table

_MOST_SHOWN = 10


@dataclass
class TableAudit:
    """What was found in a table: how many rows break which rule, and which rows.

    ``result`` is Great Expectations' answer on all of them; empty without rows.
    """

    table_name: str
    row_count: int = 0
    broken: dict[str, int] = field(default_factory=dict)
    keys: list[dict[str, str]] = field(default_factory=list)
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def evaluated_expectations(self) -> int:
        """How many rules every row was judged by; 0 = there were no rows."""
        return len(self.result.get("results", ()))

    @property
    def success(self) -> bool:
        """Whether every row keeps the contract."""
        return not self.broken

    @property
    def problems(self) -> list[str]:
        """What is wrong, in words."""
        return [
            f"{rule} in {count} of {self.row_count} rows"
            for rule, count in self.broken.items()
        ]


def audit_sources(url: str) -> TableAudit:
    """Judge every source in use."""
    return _audit(SOURCES, map(_describe_sources, iter_source_rows(url)))


def audit_passages(url: str) -> TableAudit:
    """Judge every passage in use."""
    return _audit(PASSAGES, map(_describe_passages, iter_passage_rows(url)))


def audit_vectors(url: str, vectors: str, dimension: int) -> TableAudit:
    """Judge every vector of a model's table; each must have that dimension."""
    windows = (
        [{**row, "has_dimension": row["dimension"] == dimension} for row in window]
        for window in iter_vector_rows(url, vectors)
    )
    return _audit(VECTORS, windows)


def build_suite(table: Table) -> Any:
    """Build the Great Expectations suite of a knowledge table from its contract."""
    import great_expectations as gx
    from great_expectations import expectations as gxe

    expectations: list[Any] = [
        gxe.ExpectTableColumnsToMatchOrderedList(column_list=list(table.column_names)),
        *_build_key_expectation(table),
    ]
    for column in table.columns:
        expectations.extend(_build_expectations(column))
    return gx.ExpectationSuite(name=name_suite(table), expectations=expectations)


def name_suite(table: Table) -> str:
    """Name the suite of a knowledge table."""
    return f"{table.schema}_{table.name}"


def _build_key_expectation(table: Table) -> Iterator[Any]:
    from great_expectations import expectations as gxe

    if len(table.key) == 1:
        yield gxe.ExpectColumnValuesToBeUnique(column=table.key[0])
    else:
        yield gxe.ExpectCompoundColumnsToBeUnique(column_list=list(table.key))


def _build_expectations(column: Column) -> Iterator[Any]:
    from great_expectations import expectations as gxe

    about = {"column": column.name, "notes": column.meaning}
    if not column.nullable:
        yield gxe.ExpectColumnValuesToNotBeNull(**about)
    if column.minimum is not None or column.maximum is not None:
        yield gxe.ExpectColumnValuesToBeBetween(
            min_value=column.minimum, max_value=column.maximum, **about
        )
    if column.allowed:
        yield gxe.ExpectColumnValuesToBeInSet(value_set=list(column.allowed), **about)
    if column.name in ALWAYS_FALSE | ALWAYS_TRUE:
        yield gxe.ExpectColumnValuesToBeInSet(
            value_set=[column.name in ALWAYS_TRUE], **about
        )


def _audit(table: Table, windows: Iterable[Iterable[AuditRow]]) -> TableAudit:
    import pandas as pd

    audit = TableAudit(name_suite(table))
    for window in windows:
        frame = pd.DataFrame(window, columns=list(table.column_names))
        frame = frame.astype(_list_types(table))
        definition, suite = _get_batch_definition_and_suite(table)
        batch = definition.get_batch({"dataframe": frame})
        wanted = {
            "result_format": "SUMMARY",
            "partial_unexpected_count": _MOST_SHOWN,
        }
        answer = batch.validate(suite, result_format=wanted).to_json_dict()
        audit.row_count += len(frame)
        audit.result = add_answer(audit.result, answer)
        for item in answer["results"]:
            if not item["success"]:
                _add(audit, table, item, frame)
    if audit.result:
        run_time = datetime.now(UTC).isoformat()
        run_id = {"run_name": audit.table_name, "run_time": run_time}
        audit.result["meta"] = audit.result["meta"] | {"run_id": run_id}
    return audit


def _list_types(table: Table) -> dict[str, str]:
    """List the types of columns whose gaps pandas would turn to floats."""
    return {c.name: "Int64" for c in table.columns if c.type == "integer"}


def _add(audit: TableAudit, table: Table, item: Mapping[str, Any], frame: Any) -> None:
    config, found = item["expectation_config"], item["result"]
    rule = _describe_rule(config["type"], config["kwargs"])
    count = int(found.get("unexpected_count") or len(frame))
    audit.broken[rule] = audit.broken.get(rule, 0) + count
    for place in found.get("partial_unexpected_index_list") or ():
        key = {name: str(frame.iloc[place][name]) for name in table.key}
        if len(audit.keys) < _MOST_SHOWN and key not in audit.keys:
            audit.keys.append(key)


def _describe_rule(kind: str, wanted: Mapping[str, Any]) -> str:
    name = wanted.get("column") or ", ".join(wanted.get("column_list", ()))
    match kind:
        case "expect_column_values_to_not_be_null":
            return f"{name} is missing"
        case "expect_column_values_to_be_between":
            low, high = wanted.get("min_value"), wanted.get("max_value")
            ends = ("…" if end is None else f"{end:g}" for end in (low, high))
            return f"{name} is outside {' to '.join(ends)}"
        case "expect_column_values_to_be_in_set":
            allowed = ", ".join(map(str, wanted["value_set"]))
            return f"{name} is none of {allowed}"
        case "expect_table_columns_to_match_ordered_list":
            return f"the columns are not {name}"
    return f"{name} is not unique"


def _describe_sources(window: Iterable[AuditRow]) -> list[AuditRow]:
    return [{**row, "states_licence": states_licence(row["licence"])} for row in window]


def _describe_passages(window: Iterable[AuditRow]) -> list[AuditRow]:
    return [{**row, **_describe_text(row)} for row in window]


def _describe_text(row: AuditRow) -> AuditRow:
    whole = f"{row['title']}\n{row['passage_text']}"
    is_released = row["is_released"]
    return {
        "character_count": len(row["passage_text"]),
        "has_page_fault": _has_page_fault(row),
        "has_broken_characters": not is_released
        and bool(find_broken_characters(whole)),
        "has_foreign_script": not is_released
        and bool(find_foreign_script(whole, row["language_code"])),
        "has_instructions": not is_released and bool(find_instructions(whole)),
    }


def _has_page_fault(row: AuditRow) -> bool:
    first, last, count = row["page_first"], row["page_last"], row["page_count"]
    if count is None:
        return False
    return first is None or last is None or not 1 <= first <= last <= count


@cache
def _get_source() -> Any:
    return build_context().data_sources.add_pandas("knowledge")


@cache
def _get_batch_definition_and_suite(table: Table) -> tuple[Any, Any]:
    asset = _get_source().add_dataframe_asset(table.name)
    return asset.add_batch_definition_whole_dataframe("window"), build_suite(table)
