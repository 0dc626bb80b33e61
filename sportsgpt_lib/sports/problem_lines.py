"""Where in a movement folder's files a problem stands: the number of its line.

Problems name a file and a part; the line is found from these, so that checks need not
carry it along. What the problems are is in ``checks.py`` and ``matrices.py``.
"""

import re
from collections.abc import Sequence
from pathlib import Path

_OF_PART = re.compile(r"^(?P<file>[\w.]+\.toml): (?P<group>\w+)\.(?P<part>\w+)")
_OF_ROW = re.compile(r"^(?P<file>[\w.]+\.csv): (?:row|weight of) (?P<part>[\w{}]+)")
_OF_CELL = re.compile(r"^(?P<file>[\w.]+\.csv): \w+ (?:= )?'(?P<part>[\w{}]+)'")


def add_lines(folder: Path, problems: Sequence[str]) -> list[str]:
    """Say behind each problem on which line it stands, where that can be found."""
    return [_add_line(folder, problem) for problem in problems]


def _add_line(folder: Path, problem: str) -> str:
    for pattern in (_OF_PART, _OF_ROW, _OF_CELL):
        found = pattern.match(problem)
        if found is not None:
            number = _find_line(folder / found["file"], found.groupdict())
            return problem if number is None else f"{problem} (line {number})"
    return problem


def _find_line(path: Path, found: dict[str, str]) -> int | None:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    if "group" in found:
        return _find_part(lines, found["group"], found["part"])
    starts = (f"{found['part']},", found["part"])
    for number, line in enumerate(lines, start=1):
        if line == starts[1] or line.startswith(starts[0]):
            return number
    return None


def _find_part(lines: Sequence[str], group: str, part: str) -> int | None:
    """Find the table of a part, which names itself or stands in its heading."""
    is_in_group = False
    for number, line in enumerate(lines, start=1):
        text = line.strip()
        if text == f"[{group}.{part}]":
            return number
        if text.startswith("[["):
            is_in_group = text == f"[[{group}]]"
        key, _, value = text.partition("=")
        names_part = value.strip() == f'"{part}"'
        if is_in_group and names_part and key.strip() in ("name", "indicator"):
            return number
    return None
