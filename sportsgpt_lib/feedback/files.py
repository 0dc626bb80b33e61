"""Reads answers of coaches from files: JSON as a plan sheet hands it out, or CSV.

A file is taken whole or not at all; every problem in it is listed. What was written in
it is not repeated in messages where it may be a name.
"""

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from sportsgpt_lib.errors import FeedbackError
from sportsgpt_lib.feedback.answers import CoachAnswer, FeedbackFile

# Chosen: a season of one coach's answers is a hundredth of it.
LARGEST_FILE_BYTES = 1_000_000
CSV_COLUMNS = (
    *("report_id", "item_kind", "item_id", "answer", "reason", "given_by"),
    "answered_at_utc",
)
_FIX = (
    "correct the file as docs/feedback.md shows, and import it again; nothing of it "
    "was stored"
)


def load_answers(path: Path, given_by: str | None = None) -> tuple[CoachAnswer, ...]:
    """Load the answers of one file.

    Parameters
    ----------
    path
        A ``.json`` or ``.csv`` file in UTF-8.
    given_by
        Pseudonym or role of whoever answered, where the file does not say.

    Raises
    ------
    FeedbackError
        The file cannot be read, is too large, or holds what is not allowed.
    """
    if path.suffix.lower() not in (".json", ".csv"):
        raise FeedbackError(
            path.name,
            f"the ending {path.suffix!r} is not known",
            "hand over .json or .csv",
        )
    text = _read(path)
    try:
        if path.suffix.lower() == ".csv":
            return _parse_csv(path.name, text, given_by)
        return FeedbackFile.model_validate_json(text).list_answers(given_by)
    except ValidationError as error:
        raise FeedbackError(
            path.name, "it cannot be read", _FIX, problems=_list_problems(error)
        ) from None
    except ValueError as error:
        if isinstance(error, FeedbackError):
            raise
        raise FeedbackError(path.name, str(error), _FIX) from None


def _read(path: Path) -> str:
    try:
        size = path.stat().st_size
        if size > LARGEST_FILE_BYTES:
            raise FeedbackError(
                path.name,
                f"it has {size} bytes; at most {LARGEST_FILE_BYTES} are read",
                "check that it is the file of a plan sheet",
            )
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FeedbackError(
            path.name, f"it cannot be read ({error})", "hand over a file in UTF-8"
        ) from error


def _parse_csv(name: str, text: str, given_by: str | None) -> tuple[CoachAnswer, ...]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    if set(reader.fieldnames or ()) != set(CSV_COLUMNS):
        raise FeedbackError(
            name, "its columns are others", f"write {','.join(CSV_COLUMNS)} on top"
        )
    answers: list[CoachAnswer] = []
    problems: list[str] = []
    try:
        for row in reader:
            try:
                answers.append(_parse_row(row, given_by))
            except ValidationError as error:
                problems += [
                    f"line {reader.line_num}: {problem}"
                    for problem in _list_problems(error)
                ]
    except csv.Error as error:
        problems.append(f"line {reader.line_num}: {error}")
    if problems or not answers:
        raise FeedbackError(name, "it cannot be read", _FIX, problems=problems)
    return tuple(answers)


def _parse_row(row: Mapping[str, Any], given_by: str | None) -> CoachAnswer:
    filled = {column: value or None for column, value in row.items() if column}
    filled["answered_at"] = filled.pop("answered_at_utc", None)
    filled["given_by"] = filled.get("given_by") or given_by
    # By way of JSON, in which a moment and a word are checked as in the other kind.
    return CoachAnswer.model_validate_json(json.dumps(filled))


def _list_problems(error: ValidationError) -> list[str]:
    """Name the places and what is wrong there, without what was written."""
    return [
        f"{'.'.join(map(str, one['loc'])) or 'file'}: {one['msg']}"
        for one in error.errors(include_input=False, include_url=False)
    ]
