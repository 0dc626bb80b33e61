"""Puts the pieces of a page into reading order: columns, lines, tables without rules.

Pure geometry; reading the page is in ``pdf_pages.py``, paragraphs in ``pdf_blocks.py``.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb_ingest.parsing.pdf_pages import Page, Piece

_LEAST_COLUMN_ROWS_COUNT = 4
_LONG_COLUMN_ROWS_COUNT = 8
_MOST_CROSSING_RATIO = 0.3
_LEAST_FILL_RATIO = 0.6
_LEAST_WORDS_COUNT = 3
_LEAST_TEXT_RATIO = 0.5
"""Chosen: lines of a column of text fill it and have words; cells of a table do not."""
_LEAST_GUTTER_PT = 5.0
_LEAST_TABLE_ROWS_COUNT = 3
_LEAST_CELL_GAP_PT = 4.0
_SAME_ROW_RATIO = 0.5
_MOST_PIECES_COUNT = 3000
"""Chosen: a page of text has some hundreds; more are a map or a drawing, in which
neither columns nor tables are looked for: that took a minute for 20,000."""


@dataclass(slots=True)
class Line:
    """One line in reading order. ``rows`` = a whole table; ``column`` from 0."""

    text: str
    page: int
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    is_bold: bool
    column: int
    rows: list[list[str]] | None = None


def order_lines(page: Page) -> list[Line]:
    """Order all text of a page as a reader would read it."""
    if len(page.pieces) > _MOST_PIECES_COUNT:
        return [_build_line(row, page.number, 0) for row in _group_rows(page.pieces)]
    lines: list[Line] = []
    for column, region in enumerate(_split_regions(page.pieces)):
        lines.extend(_build_lines(region, page.number, column))
    return lines


def _split_regions(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Split into regions of one column each, in reading order."""
    gutter = _find_gutter(pieces)
    if gutter is None:
        return [list(pieces)] if pieces else []
    spanning = sorted(
        (p for p in pieces if p.x0 < gutter < p.x1), key=lambda piece: piece.middle
    )
    bounds = [piece.middle for piece in spanning]
    bands: list[tuple[list[Piece], list[Piece]]] = [
        ([], []) for _ in range(len(bounds) + 1)
    ]
    for piece in pieces:
        if not piece.x0 < gutter < piece.x1:
            side = 0 if piece.x1 <= gutter else 1
            bands[bisect_right(bounds, piece.middle)][side].append(piece)
    return _join_bands(bands, spanning)


def _join_bands(
    bands: list[tuple[list[Piece], list[Piece]]], spanning: list[Piece]
) -> list[list[Piece]]:
    regions: list[list[Piece]] = []
    across: list[Piece] = []
    for number, (left, right) in enumerate(bands):
        if left or right:
            regions += [across] if across else []
            across = []
            regions += _split_regions(left)
            regions += _split_regions(right)
        if number < len(spanning):
            across.append(spanning[number])
    return [*regions, across] if across else regions


def _find_gutter(pieces: Sequence[Piece]) -> float | None:
    """Find where two columns of text part, if there are two."""
    best: tuple[int, float, float] | None = None
    starts = sorted(piece.x0 for piece in pieces)
    ends = sorted(piece.x1 for piece in pieces)
    most_crossing = _MOST_CROSSING_RATIO * len(pieces)
    for x in sorted({round(piece.x1) + 1.0 for piece in pieces}):
        crossing = bisect_left(starts, x) - bisect_right(ends, x)
        if crossing > min(most_crossing, best[0] if best else most_crossing):
            continue
        left = [p for p in pieces if p.x1 <= x]
        right = [p for p in pieces if p.x0 >= x]
        least_rows = _judge_columns(left, right)
        if least_rows is None:
            continue
        width = min(p.x0 for p in right) - max(p.x1 for p in left)
        is_beside = _lie_side_by_side(left, right, least_rows)
        if width < _LEAST_GUTTER_PT or not is_beside:
            continue
        if best is None or (crossing, -width) < (best[0], -best[1]):
            best = crossing, width, x
    return None if best is None else best[2]


def _judge_columns(left: Sequence[Piece], right: Sequence[Piece]) -> int | None:
    """Judge whether both sides are columns; how many rows must lie side by side.

    Where one is a long column, the other may be its short end, as at a chapter's end.
    """
    shorter, longer = sorted((_count_text_rows(left), _count_text_rows(right)))
    if shorter >= _LEAST_COLUMN_ROWS_COUNT:
        return _LEAST_COLUMN_ROWS_COUNT
    return 1 if shorter and longer >= _LONG_COLUMN_ROWS_COUNT else None


def _count_text_rows(pieces: Sequence[Piece]) -> int:
    """Count the rows of a column of text; 0 where most of it is no running text."""
    if not pieces:
        return 0
    width = max(p.x1 for p in pieces) - min(p.x0 for p in pieces)
    text = [
        p
        for p in pieces
        if p.x1 - p.x0 >= _LEAST_FILL_RATIO * width
        and _count_words(p.text) >= _LEAST_WORDS_COUNT
    ]
    least = _LEAST_TEXT_RATIO * sum(len(p.text) for p in pieces)
    return len(text) if sum(len(p.text) for p in text) >= least else 0


@lru_cache(maxsize=4096)
def _count_words(text: str) -> int:
    """Chinese has no spaces: two characters count as a word.

    Remembered, because a page's pieces are judged anew for each gutter it may have.
    """
    wide = sum(character > "\u2e80" for character in text)
    return len(text.split()) + wide // 2


def _lie_side_by_side(
    left: Sequence[Piece], right: Sequence[Piece], least_rows: int
) -> bool:
    top = max(min(p.top for p in left), min(p.top for p in right))
    bottom = min(max(p.bottom for p in left), max(p.bottom for p in right))
    return all(
        sum(top - 1 <= p.middle <= bottom + 1 for p in side) >= least_rows
        for side in (left, right)
    )


def _build_lines(pieces: Iterable[Piece], page: int, column: int) -> list[Line]:
    rows = _group_rows(pieces)
    lines: list[Line] = []
    at = 0
    while at < len(rows):
        end = _find_table_end(rows, at)
        if end > at:
            lines.append(_build_table(rows[at:end], page, column))
            at = end
        else:
            lines.append(_build_line(rows[at], page, column))
            at += 1
    return lines


def _group_rows(pieces: Iterable[Piece]) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(pieces, key=lambda p: (p.middle, p.x0)):
        last = rows[-1][0] if rows else None
        if last is not None and _is_same_row(last, piece):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    for row in rows:
        row.sort(key=lambda p: p.x0)
    return rows


def _is_same_row(first: Piece, second: Piece) -> bool:
    if first.rows is not None or second.rows is not None:
        return False
    overlap = min(first.bottom, second.bottom) - max(first.top, second.top)
    least = min(first.bottom - first.top, second.bottom - second.top)
    return overlap > _SAME_ROW_RATIO * least


def _find_table_end(rows: Sequence[list[Piece]], start: int) -> int:
    """Find where the table that starts here ends; ``start`` = there is none."""
    end = start
    while end < len(rows) and len(rows[end]) > 1:
        end += 1
    while end - start >= _LEAST_TABLE_ROWS_COUNT:
        if len(_find_cell_columns(rows[start:end])) > 1:
            return end
        end -= 1
    return start


def _find_cell_columns(rows: Sequence[list[Piece]]) -> list[tuple[float, float]]:
    spans = sorted((piece.x0, piece.x1) for row in rows for piece in row)
    columns: list[tuple[float, float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1] + _LEAST_CELL_GAP_PT:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _build_table(rows: Sequence[list[Piece]], page: int, column: int) -> Line:
    starts = [x0 for x0, _ in _find_cell_columns(rows)]
    cells = [[""] * len(starts) for _ in rows]
    for row, pieces in zip(cells, rows, strict=True):
        for piece in pieces:
            place = bisect_right(starts, piece.x0 + 0.01) - 1
            row[place] = f"{row[place]} {piece.text}".strip()
    line = _build_line([piece for row in rows for piece in row], page, column)
    line.rows = cells
    return line


def _build_line(row: Sequence[Piece], page: int, column: int) -> Line:
    largest = max(row, key=lambda piece: len(piece.text))
    return Line(
        text=" ".join(piece.text for piece in row),
        page=page,
        x0=min(piece.x0 for piece in row),
        x1=max(piece.x1 for piece in row),
        top=largest.top,
        bottom=largest.bottom,
        size=largest.size,
        is_bold=all(piece.is_bold for piece in row),
        column=column,
        rows=row[0].rows,
    )
