"""Reads JSON, JSONL and CSV into rows with a name each; a bad row never stops the rest.

What the rows mean, questions or exercises, is in ``records.py``.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.limits import MIB
from kb_ingest.parsing.plain_text import decode_checked, decode_reported
from sportsgpt_lib.errors import DocumentError

JSON_MEDIA_TYPE = "application/json"
JSONL_MEDIA_TYPE = "application/jsonl"
CSV_MEDIA_TYPE = "text/csv"
_MOST_CELL_CHARACTERS = 1 * MIB
_LIST_KEYS = ("data", "items", "questions", "exercises", "results", "rows")
_FIX_ROW = "correct the row in the file, or ask its owner"
_DEEP_ROW = "nested more deeply than any question or exercise"
_MOST_ROW_NESTING_COUNT = 50
"""Chosen: rows of knowledge are flat, with lists or a table in a field."""

Row = tuple[str, Mapping[str, Any]]


def read_rows(
    name: str, data: bytes, media_type: str, builder: DocumentBuilder
) -> Iterator[Row]:
    """Read the rows of a file, each with its place ("row 3", "line 3")."""
    if media_type == JSON_MEDIA_TYPE:
        yield from _read_json(name, data, builder)
    elif media_type == JSONL_MEDIA_TYPE:
        yield from _read_json_lines(name, data, builder)
    else:
        yield from _read_csv(name, data, builder)


class _TwiceKeyed(dict[str, Any]):
    """An object that gives a key twice, of which JSON keeps the last alone."""


def _load(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_build_object)


def _build_object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    return row if len(row) == len(pairs) else _TwiceKeyed(row)


def _read_json(name: str, data: bytes, builder: DocumentBuilder) -> Iterator[Row]:
    text = decode_reported(name, data, builder)
    try:
        content = _load(text)
    except RecursionError as error:
        raise DocumentError(name, _DEEP_ROW, _FIX_ROW) from error
    except ValueError as error:
        raise DocumentError(
            name,
            f"not JSON ({error})",
            "copy the whole file again from its owner; it may be cut off",
        ) from error
    if isinstance(content, dict):
        yield from _read_object(content, builder)
        return
    if not isinstance(content, list):
        raise DocumentError(
            name,
            f"holds {type(content).__name__}, not a list of rows",
            "write [{…}, {…}], one object for each row",
        )
    for number, row in enumerate(content, 1):
        yield from _keep_object(f"row {number}", row, builder)


def _read_object(content: dict[str, Any], builder: DocumentBuilder) -> Iterator[Row]:
    """Read the list of rows that an object holds, or its rows, each under its id."""
    listed = next((key for key in _LIST_KEYS if key in content), None)
    if listed is None or not isinstance(content[listed], list):
        for key, row in content.items():
            named = {"id": key, **row} if type(row) is dict else row
            yield from _keep_object(f"row {key!r}", named, builder)
        return
    for number, row in enumerate(content[listed], 1):
        yield from _keep_object(f"row {number}", row, builder)
    for key, other in content.items():
        if key != listed:
            builder.report(
                f"{key!r}",
                f"stands beside the rows of {listed!r}; left out",
                "put it into a file of its own if it holds rows",
                "quarantine" if isinstance(other, list) else "warning",
            )


def _read_json_lines(name: str, data: bytes, builder: DocumentBuilder) -> Iterator[Row]:
    text = decode_checked(name, data, builder)
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = _load(line)
        except RecursionError:
            builder.report(f"line {number}", _DEEP_ROW, _FIX_ROW, "quarantine")
            continue
        except ValueError as error:
            builder.report(
                f"line {number}", f"not JSON ({error})", _FIX_ROW, "quarantine"
            )
            continue
        yield from _keep_object(f"line {number}", row, builder)


def _keep_object(where: str, row: object, builder: DocumentBuilder) -> Iterator[Row]:
    if not isinstance(row, dict):
        found = f"{type(row).__name__}, not an object"
    elif any(isinstance(part, _TwiceKeyed) for part in _walk(row)):
        found = "gives a key twice, and only one of its values can be read"
    elif _is_deep(row):
        found = _DEEP_ROW
    else:
        yield where, row
        return
    builder.report(where, found, _FIX_ROW, "quarantine")


def _walk(value: object) -> Iterator[object]:
    """Walk through a value and all in it, however deeply it is nested."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        yield part
        waiting.extend(_list_parts(part))


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(_MOST_ROW_NESTING_COUNT):
        level = [inner for part in level for inner in _list_parts(part)]
        if not level:
            return False
    return True


def _list_parts(value: object) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _read_csv(name: str, data: bytes, builder: DocumentBuilder) -> Iterator[Row]:
    text = decode_checked(name, data, builder).lstrip("\n")
    csv.field_size_limit(_MOST_CELL_CHARACTERS)
    reader = csv.DictReader(io.StringIO(text), dialect=_find_dialect(text), strict=True)
    number = 0
    try:
        _validate_header(name, reader.fieldnames or ())
        for number, row in enumerate(reader, 1):
            if None in row or None in row.values():
                builder.report(
                    f"row {number}",
                    f"has not the {len(reader.fieldnames or ())} cells of the header",
                    "quote cells with a separator in them",
                    "quarantine",
                )
                continue
            yield f"row {number}", row
    except csv.Error as error:
        raise DocumentError(
            name,
            f"not CSV after row {number} ({error})",
            "save it again as CSV in UTF-8, cells with line ends in quotes",
        ) from error


def _validate_header(name: str, columns: Sequence[str]) -> None:
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise DocumentError(
            name,
            f"has columns of the same name: {', '.join(twice)}",
            "give each column a name of its own",
        )


def _find_dialect(text: str) -> type[csv.Dialect]:
    header = text.split("\n", 1)[0]
    counts = {mark: header.count(mark) for mark in ",;\t"}
    best = max(counts, key=lambda mark: counts[mark])

    class _Found(csv.excel):
        delimiter = best

    return _Found
