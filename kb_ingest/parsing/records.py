"""Rows that are knowledge: question-answer pairs, exercises, and texts with a page.

A column is found by its name; names that say nothing are mapped in the manifest
(``columns``). A row that cannot be used is named in a finding; the others go on.
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.rows import read_rows
from sportsgpt_lib.errors import DocumentError
from sportsgpt_lib.knowledge.licences import states_licence

RecordKind = Literal["questions", "exercises", "document"]
_NAMES: Mapping[RecordKind, Mapping[str, tuple[str, ...]]] = {
    "questions": {
        "question": ("question", "q", "query", "prompt", "问题", "题目"),
        "answer": ("answer", "a", "response", "output", "答案", "回答"),
        "id": ("id", "qid", "question_id", "pk"),
        "licence": ("licence", "license"),
    },
    "exercises": {
        "name": ("name", "title", "exercise_name", "名称", "动作"),
        "instructions": (
            *("instructions", "steps", "text", "description", "how_to", "说明"),
            *("动作要领", "步骤"),
        ),
        "id": ("id", "pk", "exercise_id", "uuid"),
        "licence": ("licence", "license"),
    },
    "document": {
        "text": ("text", "chunk", "content", "passage", "正文"),
        "page": ("page", "page_number", "page_no", "页码"),
        "title": ("title", "section", "heading", "标题"),
        "id": ("id", "chunk_id"),
        "licence": ("licence", "license"),
    },
}
_NEEDED: Mapping[RecordKind, tuple[str, ...]] = {
    "questions": ("question", "answer"),
    "exercises": ("name", "instructions"),
    "document": ("text",),
}
_SHOWN_FACTS = (
    *("level", "category", "equipment", "force", "mechanic"),
    *("primary_muscles", "secondary_muscles", "muscles"),
)
_MOST_PAGE_DIGITS = 6
_HTML_MARK = re.compile(r"</?[a-zA-Z][^<>]*>")


def parse_records(
    name: str,
    data: bytes,
    builder: DocumentBuilder,
    *,
    media_type: str,
    kind: RecordKind | None,
    columns: Mapping[str, str] | None,
) -> None:
    """Parse rows into one block each.

    Parameters
    ----------
    name
        The file, as errors name it.
    data
        Its bytes.
    builder
        Takes the blocks and findings.
    media_type
        JSON, JSONL or CSV.
    kind
        What the rows are; None = judged by the columns of all of them.
    columns
        Field to column, for names that are not known.

    Raises
    ------
    DocumentError
        The file cannot be read, or its columns are not those of the kind.
    """
    rows = list(read_rows(name, data, media_type, builder))
    if not rows:
        return
    every = {key: None for _, row in rows for key in row}
    found = kind or _judge_kind(name, every)
    fields = _map_columns(name, found, every, columns or {})
    seen: set[str] = set()
    for where, row in rows:
        values = {field: row.get(column) for field, column in fields.items()}
        if _is_usable(where, values, _NEEDED[found], seen, builder):
            rest = {k: v for k, v in row.items() if k not in fields.values()}
            _WRITERS[found](where, values, rest, builder)


def _judge_kind(name: str, row: Mapping[str, Any]) -> RecordKind:
    for kind in _NAMES:
        if all(_find_column(kind, field, row) for field in _NEEDED[kind]):
            return kind
    raise DocumentError(
        name,
        f"rows of {', '.join(row)}: neither questions, exercises nor texts",
        'give the source kind = "questions" or "exercises", and say in columns which '
        "column is which field",
    )


def _find_column(kind: RecordKind, field: str, row: Mapping[str, Any]) -> str | None:
    names = {re.sub(r"[\s-]+", "_", key.strip().lower()): key for key in row}
    return next((names[n] for n in _NAMES[kind][field] if n in names), None)


def _map_columns(
    name: str, kind: RecordKind, every: Mapping[str, Any], columns: Mapping[str, str]
) -> dict[str, str]:
    problems = [
        f"columns.{field} = {column!r}: the rows have no such column"
        for field, column in columns.items()
        if column not in every
    ]
    problems += [
        f"columns.{field}: no such field; fields are {', '.join(_NAMES[kind])}"
        for field in columns
        if field not in _NAMES[kind]
    ]
    mapped = {
        field: column
        for field in _NAMES[kind]
        if (column := columns.get(field) or _find_column(kind, field, every))
    }
    problems += [
        f"no column for {field}: none is called {', '.join(_NAMES[kind][field])}"
        for field in _NEEDED[kind]
        if field not in mapped
    ]
    if problems:
        raise DocumentError(
            name,
            f"its columns are not those of {kind}",
            f"map them in the manifest, as in columns = {{ {_NEEDED[kind][0]} = "
            f'"…" }}; the file has {", ".join(every)}',
            problems=problems,
        )
    return mapped


def _is_usable(
    where: str,
    values: Mapping[str, Any],
    needed: tuple[str, ...],
    seen: set[str],
    builder: DocumentBuilder,
) -> bool:
    row_id = values.get("id")
    place = where if row_id in (None, "") else f"{where} (id {row_id})"
    for field in needed:
        if not _read_text(values.get(field)):
            builder.report(
                place, f"no {field}", "fill it in, or take the row out", "quarantine"
            )
            return False
    licence = values.get("licence")
    if licence is not None and not states_licence(str(licence)):
        builder.report(
            place,
            f"its licence is {str(licence)!r}",
            "ask its author for a licence, or take the row out",
            "quarantine",
        )
        return False
    if row_id not in (None, "") and str(row_id) in seen:
        builder.report(
            place,
            "this id was used before",
            "give each row an id of its own, or take the copy out",
            "quarantine",
        )
        return False
    if row_id not in (None, ""):
        seen.add(str(row_id))
    return True


def _write_question(
    where: str,
    values: Mapping[str, Any],
    rest: Mapping[str, Any],
    builder: DocumentBuilder,
) -> None:
    question, answer = _read_text(values["question"]), _read_text(values["answer"])
    payload = {"id": _read_id(values), "row": where} | {
        "question": question,
        "answer": answer,
        "licence": values.get("licence"),
        "fields": rest,
    }
    builder.add("question_answer", f"{question}\n\n{answer}", payload=payload)


def _write_exercise(
    where: str,
    values: Mapping[str, Any],
    rest: Mapping[str, Any],
    builder: DocumentBuilder,
) -> None:
    name = _read_text(values["name"])
    steps = list(_read_steps(values["instructions"]))
    facts = dict(_read_facts(rest))
    line = " ".join(f"{key}: {value}." for key, value in facts.items())
    text = "\n".join(part for part in (name, line, "", *steps))
    payload = {"id": _read_id(values), "row": where} | {
        "name": name,
        "instructions": steps,
        "licence": values.get("licence"),
        "fields": rest,
    }
    builder.add("exercise", text, payload=payload)


def _write_text(
    where: str,
    values: Mapping[str, Any],
    rest: Mapping[str, Any],
    builder: DocumentBuilder,
) -> None:
    page = values.get("page")
    is_number = str(page).isdecimal() and len(str(page)) <= _MOST_PAGE_DIGITS
    number = int(str(page)) if is_number else None
    if title := _read_text(values.get("title")):
        builder.add_heading(title, 1, number)
    payload = {"row": where, "fields": rest} if rest else None
    for paragraph in re.split(r"\n\s*\n", _read_text(values["text"])):
        builder.add("paragraph", paragraph, pages=(number, number), payload=payload)


def _read_id(values: Mapping[str, Any]) -> str | None:
    return None if values.get("id") in (None, "") else str(values["id"])


def _read_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(text for part in value if (text := _read_text(part)))
    return html.unescape(_HTML_MARK.sub(" ", str(value))).strip()


def _read_steps(value: Any) -> Iterator[str]:
    for part in value if isinstance(value, list) else [value]:
        if text := _read_text(part):
            yield text


def _read_facts(rest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for column, value in rest.items():
        key = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower()
        if key in _SHOWN_FACTS and value:
            values = value if isinstance(value, list) else [value]
            shown = ", ".join(map(_read_text, values))
            yield key.replace("_", " ").capitalize(), shown


_Writer = Callable[[str, Mapping[str, Any], Mapping[str, Any], DocumentBuilder], None]
_WRITERS: Mapping[RecordKind, _Writer] = {
    "questions": _write_question,
    "exercises": _write_exercise,
    "document": _write_text,
}
