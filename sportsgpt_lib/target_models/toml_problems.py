"""Reads a TOML file of a target model and says what is wrong with it, line by line.

Serves the files of target models and the annotations they are made from; what the keys
mean is theirs.
"""

import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from sportsgpt_lib.sports.problem_wording import list_allowed

# Chosen: a target model of an hour at 240 Hz says less in its TOML file.
_MOST_BYTES = 1_000_000
_HEADER = re.compile(r"^\s*\[+\s*([\w.-]+)\s*\]+")
# What pydantic puts into a place besides keys: the kind that tells the schemas apart.
_KINDS = ("cyclic", "once")

Place = tuple[str | int, ...]


@dataclass(frozen=True)
class TomlFile:
    """A TOML file's text and tables; ``problem`` says why there are none."""

    name: str
    text: str
    tables: Mapping[str, Any]
    problem: str | None = None

    def point(self, place: Place) -> str:
        """Write where a key stands: file, line and key."""
        line = find_line(self.text, place)
        where = f"{self.name} line {line}" if line else self.name
        return f"{where}: {_name_place(place)}"


def read_toml(path: Path) -> TomlFile:
    """Read a TOML file; what stands in the way is told in ``problem``."""
    try:
        content = path.read_bytes()[: _MOST_BYTES + 1]
    except OSError as error:
        reason = f"{path.name}: cannot be read ({error.strerror}); give its right path"
        return TomlFile(path.name, "", {}, reason)
    if len(content) > _MOST_BYTES:
        reason = f"{path.name}: is longer than {_MOST_BYTES} bytes; is it the right one"
        return TomlFile(path.name, "", {}, reason)
    try:
        text = content.decode("utf-8-sig")
        return TomlFile(path.name, text, tomllib.loads(text))
    except (ValueError, RecursionError) as error:
        reason = f"{path.name}: is no valid TOML in UTF-8 ({error}); correct that place"
        return TomlFile(path.name, "", {}, reason)


def quote_toml(text: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's, but for the letter DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def find_line(text: str, place: Place) -> int | None:
    """Find the line of a key, from 1; of its table where the key is not there.

    ``place`` is a key, or a table, its number where it stands several times, and a key.
    """
    table = str(place[0]) if len(place) > 1 or isinstance(place[-1], int) else ""
    number = next((step for step in place if isinstance(step, int)), 0)
    key = str(place[-1]) if isinstance(place[-1], str) else None
    header_line, here, seen = None, "", -1
    for line, content in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(content):
            here = header[1]
            seen += here == table
            if here == table and seen == number:
                header_line = line
        is_inside = here == table and (not table or seen == number)
        if key and is_inside and re.match(rf"^\s*{re.escape(key)}\s*=", content):
            return line
    return header_line


def describe_schema_problems(
    file: TomlFile, errors: Iterable[ErrorDetails], schema: type[BaseModel]
) -> list[str]:
    """Word pydantic's errors: file, line, key, what was found, what is allowed."""
    return [_describe(file, error, schema) for error in errors]


def _describe(file: TomlFile, error: ErrorDetails, schema: type[BaseModel]) -> str:
    place = tuple(step for step in error["loc"] if step not in _KINDS)
    where = file.point(place) if place else file.name
    kind, found = error["type"], error["input"]
    if kind == "missing":
        return f"{where} is missing; add it"
    if kind == "extra_forbidden":
        known = _list_keys(schema) - set(file.tables)
        return f"{where} is not a known key; {_nearest(place[-1], known)}"
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        found = file.tables.get("kind")
        return f"{file.point(('kind',))} = {found!r}; {list_allowed(found, _KINDS)}"
    if found == "":
        return f"{where} is empty; write what it asks for"
    return f"{where}{_describe_value(place, error)}"


def _describe_value(place: Place, error: ErrorDetails) -> str:
    found = error["input"]
    if error["type"] == "value_error":
        return f": {error['msg'].removeprefix('Value error, ')}; add one of them"
    if place[-1:] == ("id",):
        return f" = {found!r} is no id; use 2 to 64 small letters, digits, _ and -"
    if isinstance(expected := error.get("ctx", {}).get("expected"), str):
        options = re.findall(r"'([^']*)'", expected) or [expected]
        return f" = {found!r}; {list_allowed(found, options)}"
    return f" = {found!r}; {error['msg']}"


def _nearest(found: object, known: Iterable[str]) -> str:
    text = list_allowed(found, sorted(known))
    return text.rpartition("; ")[2] if "nearest" in text else "remove it"


def _list_keys(schema: type[BaseModel]) -> set[str]:
    keys = set(schema.model_fields)
    for info in schema.model_fields.values():
        parts = (info.annotation, *getattr(info.annotation, "__args__", ()))
        for part in parts:
            if isinstance(part, type) and issubclass(part, BaseModel):
                keys |= _list_keys(part)
    return keys


def _name_place(place: Place) -> str:
    """Write a place as people count: ``keyframes no. 2 time_s``."""
    words = [f"no. {step + 1}" if isinstance(step, int) else step for step in place]
    return " ".join(words)
