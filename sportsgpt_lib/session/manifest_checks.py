"""What the entries of a manifest say of each other: names that meet, times, doubles.

Looks at the raw tables, so that these problems are told together with wrong values.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sportsgpt_lib.session.manifest_problems import (
    MAX_SHOWN_PROBLEMS,
    MISSING,
    Problem,
    name_nearest,
    show,
)

Raw = Mapping[str, Any]

# Chosen: a line that can be read.
_MOST_LISTED = 20
# Chosen: more than the athletes of any day; comparing one word takes 0.04 ms for each.
_MOST_COMPARED = 500


def check_entries(raw: Raw) -> list[Problem]:
    """Find every contradiction between the entries of a manifest."""
    return [
        *_check_empty(raw),
        *_check_doubles(raw, "athletes"),
        *_check_doubles(raw, "cameras"),
        *_check_references(raw, "athlete", "athletes"),
        *_check_references(raw, "camera", "cameras"),
        *_check_times(raw),
        *_check_same_recordings(raw),
        *_check_what_names_tell(raw),
    ]


def _entries(raw: Raw, name: str) -> list[tuple[int, Raw]]:
    value = raw.get(name)
    if not isinstance(value, list | tuple):
        return []
    return [(i, entry) for i, entry in enumerate(value) if isinstance(entry, Mapping)]


def _ids(raw: Raw, name: str) -> list[str]:
    return [str(entry["id"]) for _, entry in _entries(raw, name) if "id" in entry]


def _pattern(raw: Raw) -> str | None:
    table = raw.get("file_names")
    pattern = table.get("pattern") if isinstance(table, Mapping) else None
    return pattern if isinstance(pattern, str) else None


def _check_empty(raw: Raw) -> Iterator[Problem]:
    if raw.get("athletes") in ([], ()):
        yield Problem(
            ("athletes",),
            "the list is empty",
            "at least one [[athletes]]",
            'write [[athletes]] and below it id = "runner-07"',
        )
    if not raw.get("recordings", ()) and "file_names" not in raw:
        yield Problem(
            ("recordings",),
            "there is no recording",
            "at least one [[recordings]], or a table [file_names]",
            "write [[recordings]] with file, athlete and movement below it",
        )


def _check_doubles(raw: Raw, name: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for idx, entry in _entries(raw, name):
        if "id" not in entry:
            continue
        word = str(entry["id"])
        first = seen.setdefault(word, idx)
        if first != idx:
            yield Problem(
                (name, idx, "id"),
                f"{show(word)} is listed twice, first as no. {first + 1}",
                "every id once",
                f"keep one [[{name}]] of that id",
            )


def _check_references(raw: Raw, key: str, name: str) -> Iterator[Problem]:
    ids = _ids(raw, name)
    known = frozenset(ids)
    allowed = _join(ids) or f"nothing, as there is no [[{name}]]"
    nearest: dict[str, str | None] = {}
    for idx, entry in _entries(raw, "recordings"):
        word = entry.get(key)
        if isinstance(word, str) and word not in known:
            # What comes after so many different words is counted, not shown.
            if word not in nearest and len(nearest) < MAX_SHOWN_PROBLEMS:
                nearest[word] = name_nearest(word, ids[:_MOST_COMPARED])
            near = nearest.get(word)
            yield Problem(
                ("recordings", idx, key),
                f"found {show(word)}, which [[{name}]] lacks",
                allowed,
                f'write {key} = "{near}"' if near else f"add it to [[{name}]]",
            )


def _join(ids: list[str]) -> str:
    left = len(ids) - _MOST_LISTED
    more = f" and {left} more" if left > 0 else ""
    return ", ".join(ids[:_MOST_LISTED]) + more


def _check_times(raw: Raw) -> Iterator[Problem]:
    for idx, entry in _entries(raw, "recordings"):
        start_s, end_s = entry.get("start_s", 0.0), entry.get("end_s")
        are_numbers = all(isinstance(s, int | float) for s in (start_s, end_s))
        if are_numbers and end_s <= start_s:
            yield Problem(
                ("recordings", idx, "end_s"),
                f"found end_s = {end_s} and start_s = {start_s}",
                "end_s must be later than start_s",
                "correct one of them",
            )


def _check_same_recordings(raw: Raw) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for idx, entry in _entries(raw, "recordings"):
        first = seen.setdefault(repr(sorted(entry.items())), idx)
        if first != idx:
            yield Problem(
                ("recordings", idx),
                f"the same recording is listed twice, first as no. {first + 1}",
                "every recording once",
                "remove one of the two",
            )


def _check_what_names_tell(raw: Raw) -> Iterator[Problem]:
    pattern = _pattern(raw)
    if pattern is not None and "{camera}" in pattern and not _ids(raw, "cameras"):
        yield Problem(
            ("file_names", "pattern"),
            "{camera} is asked for, but there is no [[cameras]]",
            "{camera} only beside [[cameras]]",
            'write [[cameras]] and below it id = "side", or take {camera} away',
        )
    for idx, entry in _entries(raw, "recordings"):
        for key in ("athlete", "movement"):
            if entry.get(key) == "":
                yield Problem(
                    ("recordings", idx, key),
                    "it is empty",
                    f"a text, or no {key} where {{{key}}} is in the pattern of "
                    "[file_names]",
                    f"write the {key} between the quotation marks",
                )
            elif key not in entry and (pattern is None or f"{{{key}}}" not in pattern):
                yield Problem(
                    ("recordings", idx, key),
                    MISSING,
                    f"a text, or {{{key}}} in the pattern of [file_names]",
                    f'add {key} = "..." to this entry',
                )
