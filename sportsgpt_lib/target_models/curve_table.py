"""The CSV file of a target model: one row an instant, one column an angle."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sportsgpt_lib.arrays import FloatArray

# Chosen: ten minutes of 17 angles at 240 Hz; a movement takes seconds.
_MOST_BYTES = 20_000_000
# Chosen: ten turns of the body; a larger angle is a slip, and overflows a spline.
_LARGEST_ANGLE_DEG = 3600.0
# Chosen: whoever sees as many knows that the file is another one.
_MOST_PROBLEMS = 20
_SHOWN_LETTERS = 40


@dataclass(frozen=True)
class CurveTable:
    """A CSV file's text and the wanted columns ``(T, 1 + Q)``; NaN = an empty cell.

    ``problems`` says why it cannot be used.
    """

    text: str
    rows: FloatArray
    problems: tuple[str, ...] = ()


def read_curve_table(
    path: Path, names: Sequence[str], *, may_have_gaps: bool
) -> CurveTable:
    """Read position and angles; nothing raises.

    Parameters
    ----------
    path
        The CSV file.
    names
        The position's column and the angles' columns, as wanted; others are not read.
    may_have_gaps
        Whether a cell of an angle may be empty.
    """
    try:
        text = _read_text(path)
        lines = csv.reader(io.StringIO(text, newline=""), strict=True)
        header = next(lines, [])
        rows = [(lines.line_num, row) for row in lines if row]
    except (OSError, ValueError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        problem = f"{path.name}: cannot be read ({reason}); correct or restore it"
        return CurveTable("", np.empty((0, len(names))), (problem,))
    values = np.full((len(rows), len(names)), np.nan)
    problems = list(_list_header_problems(path.name, header, names))
    if not problems:
        columns = {name: header.index(name) for name in names}
        optional = names[1:] if may_have_gaps else ()
        for place, (line, row) in enumerate(rows):
            where = f"{path.name} line {line}"
            if len(row) == len(header):
                cells = {name: row[column] for name, column in columns.items()}
                values[place] = [_parse_cell(cell) for cell in cells.values()]
                problems += _list_cell_problems(where, cells, optional)
            else:
                problems.append(
                    f"{where}: {len(row)} cells, but {len(header)} columns; correct it"
                )
    return CurveTable(text, values, tuple(_shorten(path.name, problems)))


def write_curve_table(names: Sequence[str], rows: FloatArray, decimals: int = 2) -> str:
    """Write rows ``(T, 1 + Q)`` as CSV; the first column with four decimals.

    NaN is left empty.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(names)
    for row in rows:
        cells = [
            f"{value:.{decimals}f}" if np.isfinite(value) else "" for value in row[1:]
        ]
        writer.writerow([f"{row[0]:.4f}", *cells])
    return stream.getvalue()


def _read_text(path: Path) -> str:
    """Read the file without the byte order mark that spreadsheets put before it."""
    with path.open("rb") as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ValueError(f"longer than {_MOST_BYTES} bytes")
    return content.decode("utf-8-sig")


def _list_header_problems(
    file: str, header: Sequence[str], names: Sequence[str]
) -> Iterator[str]:
    if len(header) == 1 and ";" in header[0]:
        yield f"{file} line 1: columns are separated by ;, write commas instead"
        return
    for name in names:
        if name not in header:
            yield f"{file} line 1: column {name} is missing; add it"
        elif header.count(name) > 1:
            yield f"{file} line 1: column {name} stands there twice; keep one"


def _list_cell_problems(
    where: str, cells: Mapping[str, str], optional: Sequence[str]
) -> Iterator[str]:
    for name, cell in cells.items():
        if name in optional and not cell.strip():
            continue
        if not abs(_parse_cell(cell)) <= _LARGEST_ANGLE_DEG:
            yield (
                f"{where}: {name} = {cell[:_SHOWN_LETTERS]!r} is no number from "
                f"{-_LARGEST_ANGLE_DEG:g} to {_LARGEST_ANGLE_DEG:g}; correct it"
                + (", or leave it empty" if name in optional else "")
            )


def _parse_cell(cell: str) -> float:
    """Read a number; NaN = an empty cell, or no number."""
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _shorten(file: str, problems: list[str]) -> list[str]:
    more = len(problems) - _MOST_PROBLEMS
    if more <= 0:
        return problems
    return [*problems[:_MOST_PROBLEMS], f"{file}: and {more} more problems like these"]
