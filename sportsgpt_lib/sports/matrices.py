"""The CSV files of a movement folder: alignment weights and the mapping matrix W.

Each function returns the numbers and the problems it met; nothing raises here, so that
the loader can list every problem of a folder at once.
"""

import csv
import io
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from sportsgpt_lib.sports.definition import Indicator, Issue
from sportsgpt_lib.sports.problem_wording import list_allowed, unknown_name
from sportsgpt_lib.sports.quantities import RULE_QUANTITY_UNITS
from sportsgpt_lib.sports.text_files import read_text

JOINT_WEIGHTS_FILE = "joint_weights.csv"
ISSUE_MAP_FILE = "issue_map.csv"
_WEIGHT_COLUMNS = ["quantity", "weight"]
_INDICATOR_COLUMN = "indicator"


class MatrixRow(NamedTuple):
    """A judged indicator, and on which sides its target has an end."""

    name: str
    has_low: bool
    has_high: bool


def list_matrix_rows(content: Mapping[str, Any]) -> list[MatrixRow]:
    """List the judged indicators of a movement file, whatever else is wrong in it."""
    return [
        MatrixRow(str(part.get("name")), "low" in target, "high" in target)
        for part in _list_parts(content, "indicators")
        if isinstance(target := part.get("target"), dict)
    ]


def list_matrix_columns(content: Mapping[str, Any]) -> list[str]:
    """List the names of a movement file's issues, whatever else is wrong in it."""
    return [str(part.get("name")) for part in _list_parts(content, "issues")]


def _list_parts(content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    parts = content.get(key)
    if not isinstance(parts, list):
        return []
    return [part for part in parts if isinstance(part, dict)]


@dataclass
class JointWeights:
    """Weights of the quantities in the alignment, and what was wrong with the file."""

    weights: dict[str, float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


@dataclass
class IssueMap:
    """The matrix W by (indicator, issue), and what was wrong with the file."""

    cells: dict[tuple[str, str], float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def to_rows(
        self, indicators: Sequence[Indicator], issues: Sequence[Issue]
    ) -> tuple[tuple[float, ...], ...]:
        """Arrange W ``(I, S)`` in the order of the movement file; absent = 0."""
        return tuple(
            tuple(self.cells.get((indicator.name, issue.name), 0.0) for issue in issues)
            for indicator in indicators
        )


def parse_joint_weights(path: Path) -> JointWeights:
    """Read ``joint_weights.csv``: one row per quantity, weight 0 or more."""
    parsed = JointWeights()
    table = _read_table(path, parsed.problems)
    if not table:
        return parsed
    if table[0] != _WEIGHT_COLUMNS:
        parsed.problems.append(
            f"{path.name}: header is {','.join(table[0])!r}; "
            f"allowed: {','.join(_WEIGHT_COLUMNS)!r}"
        )
        return parsed
    for line, row in enumerate(table[1:], start=2):
        if len(row) != len(_WEIGHT_COLUMNS):
            parsed.problems.append(
                f"{path.name}: line {line} has {len(row)} cells, not 2"
            )
            continue
        _add_weight(parsed, path.name, row)
    return parsed


def _add_weight(parsed: JointWeights, file: str, row: list[str]) -> None:
    quantity, text = row
    if quantity not in RULE_QUANTITY_UNITS:
        parsed.problems.append(
            unknown_name(file, "quantity", quantity, RULE_QUANTITY_UNITS)
        )
    elif quantity in parsed.weights:
        parsed.problems.append(f"{file}: quantity {quantity!r} stands in two rows")
    weight = _parse_number(text)
    if weight is None or weight < 0.0:
        parsed.problems.append(
            f"{file}: weight of {quantity} = {text!r}; allowed: a number, 0 or more"
        )
    else:
        parsed.weights[quantity] = weight


def parse_issue_map(
    path: Path, judged: Sequence[MatrixRow], issues: Sequence[str]
) -> IssueMap:
    """Read ``issue_map.csv``: judged indicators by issues, cells from -1 to 1.

    Indicators without a target judge nothing, so they have no row. An empty cell is 0.
    """
    parsed = IssueMap()
    table = _read_table(path, parsed.problems)
    if not table:
        return parsed
    header, rows = table[0], table[1:]
    named = {item.name: item for item in judged}
    parsed.problems += _list_label_problems(
        path.name, "column", header[1:], list(issues)
    )
    parsed.problems += _list_label_problems(
        path.name, "row", [row[0] for row in rows], list(named)
    )
    if header[0] != _INDICATOR_COLUMN:
        parsed.problems.append(
            f"{path.name}: first column is {header[0]!r}; "
            f"allowed: {_INDICATOR_COLUMN!r}"
        )
    for row in rows:
        if len(row) != len(header):
            parsed.problems.append(
                f"{path.name}: row {row[0]} has {len(row)} cells, not {len(header)}"
            )
            continue
        for column, text in zip(header[1:], row[1:], strict=True):
            _add_cell(parsed, path.name, named.get(row[0]), column, text)
    for issue in issues:
        if not any(name == issue for _, name in parsed.cells):
            parsed.problems.append(
                f"{path.name}: column {issue} is empty; "
                "at least one indicator must speak for it"
            )
    return parsed


def _add_cell(
    parsed: IssueMap, file: str, indicator: MatrixRow | None, issue: str, text: str
) -> None:
    if indicator is None or not text.strip():
        return
    where = f"{file}: row {indicator.name}, column {issue} = {text!r}"
    weight = _parse_number(text)
    if weight is None or not -1.0 <= weight <= 1.0:
        parsed.problems.append(f"{where}; allowed: a number from -1 to 1, or empty")
        return
    if weight > 0.0 and not indicator.has_high:
        parsed.problems.append(
            f"{where} speaks for values above the target, which has no upper end"
        )
    if weight < 0.0 and not indicator.has_low:
        parsed.problems.append(
            f"{where} speaks for values below the target, which has no lower end"
        )
    if weight != 0.0:
        parsed.cells[indicator.name, issue] = weight


def _list_label_problems(
    file: str, kind: str, found: Sequence[str], wanted: Sequence[str]
) -> list[str]:
    problems = [
        f"{file}: {kind} {name} is not in movement.toml; {list_allowed(name, wanted)}"
        for name in found
        if name not in wanted
    ]
    problems += [
        f"{file}: {kind} {name} is missing" for name in wanted if name not in found
    ]
    problems += [
        f"{file}: {kind} {name} stands there twice" for name in _repeated(found)
    ]
    return problems


def _repeated(names: Iterable[str]) -> list[str]:
    return sorted(name for name, count in Counter(names).items() if count > 1)


def _read_table(path: Path, problems: list[str]) -> list[list[str]]:
    """Read the cells of a file, without the spaces around them; one problem if none."""
    text, problem = read_text(path)
    if problem is None:
        problem = _find_fault_of_format(path.name, text)
    if problem is not None:
        problems.append(problem)
        return []
    rows = csv.reader(io.StringIO(text, newline=""))
    return [[cell.strip() for cell in row] for row in rows if any(row)]


def _find_fault_of_format(file: str, text: str) -> str | None:
    header = text.strip().partition("\n")[0]
    if not header:
        return f"{file}: is empty. Fix: copy it from a movement that is alike"
    for separator, name in (";", "semicolons"), ("\t", "tabs"):
        if separator in header and "," not in header:
            return (
                f"{file}: its cells are separated by {name}; allowed: commas between "
                "cells, points in numbers. Fix: save it once more as such a CSV"
            )
    return None


def _parse_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
