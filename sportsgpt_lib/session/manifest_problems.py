"""Puts what is wrong with a manifest into words: line, key, value, allowed, fix."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sportsgpt_lib.athlete_groups import find_contradiction
from sportsgpt_lib.session.manifest_keys import KEYS, TOP, Key

Place = tuple[str | int, ...]

# Chosen: what a person corrects in one go.
MAX_SHOWN_PROBLEMS = 50
MISSING = "it is missing"
_UNKNOWN = "this key is unknown"
_LISTS = ("athletes", "cameras", "recordings")
_NOT_SHOWN = "a value that is kept out of this message, as it is personal"
_SHOWN_CHARACTERS = 60
_HEADER = re.compile(r"^\s*\[+\s*([\w.-]+)\s*\]+")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong at one place of the manifest.

    ``place`` is a path of keys and positions, such as ``("recordings", 1, "view")``.
    """

    place: Place
    found: str
    allowed: str
    fix: str

    @property
    def meant(self) -> Place:
        """The place of the key that an unknown one stands for; else the place."""
        if self.found != _UNKNOWN:
            return self.place
        near = name_nearest(self.place[-1], KEYS.get(_table_of(self.place), {}))
        return (*self.place[:-1], near) if near else self.place


def describe_schema_problems(
    errors: Iterable[Mapping[str, Any]], raw: Mapping[str, Any]
) -> list[Problem]:
    """Turn pydantic's errors into problems, one for each key."""
    problems: dict[Place, Problem] = {}
    for error in errors:
        place = _up_to_known_key(tuple(error["loc"]))
        problems.setdefault(place, _describe(place, error, _look_up(raw, place)))
    return list(problems.values())


def drop_misspelt(problems: list[Problem]) -> list[Problem]:
    """Drop what is missing only because its key is spelt wrongly, which is told."""
    misspelt = {meant for p in problems if (meant := p.meant) != p.place}
    return [p for p in problems if p.found != MISSING or p.place not in misspelt]


def write_problem(problem: Problem, text: str, raw: Mapping[str, Any]) -> str:
    """Write a problem as one line of the error."""
    line = find_line(text, problem.place)
    start = f"line {line}, " if line else ""
    return (
        f"{start}{_name_place(problem.place, raw)}: {problem.found}; "
        f"allowed: {problem.allowed}. Fix: {problem.fix}"
    )


def write_place(problem: Problem, text: str) -> str:
    """Write where a problem is, without anything that the manifest says there."""
    line = find_line(text, problem.place)
    known = {TOP, *KEYS, *(key for keys in KEYS.values() for key in keys)}
    place = tuple(
        part if isinstance(part, int) or part in known else "an unknown key"
        for part in problem.place
    )
    return (f"line {line}, " if line else "") + _name_place(place, {})


def name_nearest(word: object, words: Iterable[str]) -> str | None:
    """Find the known word that is spelt most like another one."""
    near = difflib.get_close_matches(str(word).lower(), list(words), n=1)
    return near[0] if near else None


def find_line(text: str, place: Place) -> int | None:
    """Find the line of a place, counted from 1; None where it cannot be told."""
    if '"""' in text or "'''" in text:
        return None
    lines = text.splitlines()
    if len(place) > 1 and isinstance(place[1], int):
        starts = [
            number
            for number, line in enumerate(lines)
            if re.match(rf"\s*\[\[\s*{place[0]}\s*\]\]", line)
        ]
        if place[1] >= len(starts):
            return None
        start = starts[place[1]]
        return (_key_line(lines, start + 1, place[2:3]) or start) + 1
    found = _key_line(lines, 0, place[:1])
    return None if found is None else found + 1


def _key_line(lines: list[str], start: int, key: Place) -> int | None:
    for number in range(start, len(lines)):
        if key and re.match(rf"\s*[\"']?{re.escape(str(key[0]))}\b", lines[number]):
            return number
        if _HEADER.match(lines[number]):
            return None
    return None


def _table_of(place: Place) -> str:
    names = [part for part in place[:-1] if isinstance(part, str)]
    return names[-1] if names else TOP


def _up_to_known_key(place: Place) -> Place:
    """Cut off what lies below a key: a point's second number is still the point."""
    for end in range(len(place), 0, -1):
        last = place[end - 1]
        if isinstance(last, str) and last in KEYS.get(_table_of(place[:end]), {}):
            below = place[end:]
            is_entry = last in _LISTS and len(below) == 1
            is_unknown = len(below) > 0 and isinstance(below[-1], str)
            return place if is_entry or is_unknown else place[:end]
    return place


def _look_up(raw: object, place: Place) -> object:
    for part in place:
        if isinstance(raw, Mapping):
            raw = raw.get(str(part))
        elif isinstance(raw, list | tuple) and isinstance(part, int):
            raw = raw[part] if part < len(raw) else None
        else:
            return None
    return raw


def _describe(place: Place, error: Mapping[str, Any], value: object) -> Problem:
    table = _table_of(place)
    key = KEYS.get(table, {}).get(str(place[-1])) if place else None
    if error["type"] == "extra_forbidden":
        return _unknown_key(place, table)
    if error["type"] == "missing" and value is None:
        example = key.example if key else "..."
        return Problem(
            place, MISSING, key.allowed if key else "", _set_to(place, example)
        )
    if key is None:
        return Problem(
            place,
            f"found {show(value)}",
            f"a table, opened by [[{place[0]}]]",
            f"write [[{place[0]}]] on a line of its own and its keys below",
        )
    message = str(error["msg"])
    is_own_text = error["type"] == "value_error"
    found = f"found {show(value) if key.is_shown else _NOT_SHOWN}"
    if is_own_text:
        found = f"{found}: {message.removeprefix('Value error, ')}"
    fix = _fix(place, key, value) if key.is_shown else _set_to(place, key.example)
    return Problem(place, found, key.allowed, fix)


def _unknown_key(place: Place, table: str) -> Problem:
    name = str(place[-1])
    keys = KEYS.get(table, {})
    near = name_nearest(name, keys)
    fix = f"write {near} instead of {name}" if near else f"remove {name}"
    return Problem(place, _UNKNOWN, ", ".join(keys), fix)


def _fix(place: Place, key: Key, value: object) -> str:
    if key.words and key.example.startswith("["):
        return _fix_list(place, key, value)
    if key.words and isinstance(value, str):
        near = name_nearest(value, key.words)
        if near:
            return f'write {place[-1]} = "{near}"'
    if isinstance(value, str) and not key.example.startswith('"'):
        bare = value.strip()
        if place[-1] == "day" and (day := _read_day(bare)) is not None:
            return f"write it as day = {day}"
        if re.fullmatch(r"\d+(\.\d+)?|true|false", bare):
            return f"leave the quotes away: {place[-1]} = {bare}"
    if isinstance(value, str) and "\\" in value:
        return f'write {place[-1]} = "{value.replace(chr(92), "/")}"'
    return _set_to(place, key.example)


def _fix_list(place: Place, key: Key, value: object) -> str:
    """Propose the list with each word put right; the example where one has no like."""
    words = [value] if isinstance(value, str) else value
    if not isinstance(words, list | tuple):
        return _set_to(place, key.example)
    nearest = [name_nearest(word, key.words) for word in words]
    if isinstance(value, list | tuple) and words and list(nearest) == list(value):
        return "keep those that are true"
    known = [word for word in nearest if word is not None]
    is_whole = len(set(known)) == len(nearest) and not find_contradiction(known)
    return _set_to(place, json.dumps(known) if known and is_whole else key.example)


def _read_day(text: str) -> date | None:
    """Read a day written 2026-11-20 or 20.11.2026; with strokes it could be two."""
    if match := re.fullmatch(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", text):
        day, month, year = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", text):
        year, month, day = map(int, match.groups())
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _set_to(place: Place, example: str) -> str:
    is_header = example.startswith("[") and example.strip("[]") in KEYS
    return f"write {example}" if is_header else f"write it as {place[-1]} = {example}"


def _name_place(place: Place, raw: Mapping[str, Any]) -> str:
    if len(place) > 1 and isinstance(place[1], int):
        entry = _look_up(raw, place[:2])
        name = (
            entry.get("file", entry.get("id")) if isinstance(entry, Mapping) else None
        )
        shown = f" ({name!r:.{_SHOWN_CHARACTERS}})" if isinstance(name, str) else ""
        rest = "".join(f", {part}" for part in place[2:])
        return f"[[{place[0]}]] no. {place[1] + 1}{shown}{rest}"
    return ".".join(map(str, place)) or "the whole file"


def show(value: object) -> str:
    """Show a value as the manifest has it, shortened."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple) and not all(
        isinstance(item, int | float | str) for item in value
    ):
        return f"a list of {len(value)}"
    if isinstance(value, list | tuple):
        return str(list(value))[:_SHOWN_CHARACTERS]
    if isinstance(value, str):
        return f"{value!r:.{_SHOWN_CHARACTERS}} (text)"
    return str(value)[:_SHOWN_CHARACTERS]
