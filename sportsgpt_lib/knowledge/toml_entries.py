"""Reads TOML files of a folder of knowledge and words what is wrong in them.

Every problem is added to a list that the caller raises. What the files mean is in
``collection.py`` and ``translations.py``.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

# pydantic's types of faults, in words.
_FAULTS = {
    "missing": "is missing",
    "extra_forbidden": "is not a known key",
    "string_too_short": "is empty",
    "too_short": "is empty",
}
_DIGEST_RULE = "is no SHA-256; `sportsgpt kb admit FILE` prints it"

_Model = TypeVar("_Model", bound=BaseModel)


def read_toml(path: Path, problems: list[str]) -> dict[str, Any]:
    """Read a TOML file; empty where it cannot be read."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: no such file")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: not TOML in UTF-8 ({error})")
    return {}


def parse_list(
    file: str,
    key: str,
    table: Mapping[str, Any],
    model: type[_Model],
    problems: list[str],
) -> tuple[_Model, ...]:
    """Parse the entries ``[[key]]`` of a file that holds nothing else."""
    parsed = []
    entries = table.get(key, [])
    if not isinstance(entries, list):
        problems.append(f"{file}: write [[{key}]], not [{key}]")
        return ()
    for index, entry in enumerate(entries):
        name = entry.get("id", index) if isinstance(entry, dict) else index
        parsed.extend(parse_one(f"{file}: {key} {name}", entry, model, problems))
    problems.extend(
        f"{file}: unknown key {other!r}; allowed: {key}"
        for other in table
        if other != key
    )
    return tuple(parsed)


def parse_one(
    where: str, entry: object, model: type[_Model], problems: list[str]
) -> list[_Model]:
    """Parse one entry; empty where it breaks its schema."""
    try:
        return [model.model_validate(entry)]
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            path = ".".join(str(part) for part in detail["loc"]) or "entry"
            problems.append(f"{where}: {path}: {_describe_fault(detail)}")
        return []


def _describe_fault(detail: ErrorDetails) -> str:
    """Say in words what is wrong with a value."""
    found, said = detail["input"], detail["msg"].removeprefix("Value error, ")
    if detail["type"] in _FAULTS:
        return _FAULTS[detail["type"]]
    if detail["type"] == "string_pattern_mismatch":
        is_digest = detail["loc"][-1] == "sha256"
        rule = _DIGEST_RULE if is_digest else "may hold small letters, digits, - _ only"
        return f"{found!r} {rule}"
    if said.startswith("Input "):
        return f"{found!r} {said.removeprefix('Input ')}"
    return said
