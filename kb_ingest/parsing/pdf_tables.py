"""Finds tables with drawn rules on a page and puts its pieces into their cells.

Pure geometry on the rules that ``pdf_drawings.py`` reads; tables without rules are
found in ``pdf_layout.py``.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb_ingest.parsing.pdf_drawings import Rule
from kb_ingest.parsing.pdf_pages import Page, Piece

_TOUCH_PT = 3.0
"""Chosen: rules of one table touch or nearly touch; columns lie further apart."""
_LEAST_FILLED_RATIO = 0.4
_LEAST_ROWS_COUNT = 2
_MOST_RULES_COUNT = 600
"""Chosen: more rules on a page are a drawing or a chart."""


@dataclass(frozen=True)
class _Grid:
    """A table's places: the left of each column and the top of each row."""

    lefts: Sequence[float]
    tops: Sequence[float]
    right: float
    bottom: float

    def holds(self, piece: Piece) -> bool:
        """Whether the middle of a piece lies in the table."""
        x = (piece.x0 + piece.x1) / 2
        return (
            self.lefts[0] <= x <= self.right
            and self.tops[0] <= piece.middle <= self.bottom
        )


def gather_ruled_tables(page: Page) -> list[Piece]:
    """Replace the pieces inside each ruled table by one piece with its rows."""
    pieces = page.pieces
    if len(page.rules) <= _MOST_RULES_COUNT:
        for grid in _find_grids(page.rules):
            pieces = _fill(grid, pieces)
    return pieces


def _find_grids(rules: Sequence[Rule]) -> Iterator[_Grid]:
    for group in _group_touching(rules):
        lefts = _merge_near(rule.x0 for rule in group if rule.is_upright)
        tops = _merge_near(rule.top for rule in group if not rule.is_upright)
        rows, columns = len(tops) - 1, len(lefts) - 1
        if rows >= 1 and columns >= 1 and (rows, columns) != (1, 1):
            yield _Grid(lefts[:-1], tops[:-1], lefts[-1], tops[-1])


def _group_touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    groups: list[list[Rule]] = []
    for rule in rules:
        touching = [group for group in groups if any(_touch(rule, r) for r in group)]
        merged = [rule, *(other for group in touching for other in group)]
        groups = [group for group in groups if group not in touching]
        groups.append(merged)
    return groups


def _touch(first: Rule, second: Rule) -> bool:
    return (
        first.x0 - _TOUCH_PT <= second.x1
        and second.x0 - _TOUCH_PT <= first.x1
        and first.top - _TOUCH_PT <= second.bottom
        and second.top - _TOUCH_PT <= first.bottom
    )


def _merge_near(places: Iterable[float]) -> list[float]:
    merged: list[float] = []
    for place in sorted(places):
        if not merged or place - merged[-1] > _TOUCH_PT:
            merged.append(place)
    return merged


def _fill(grid: _Grid, pieces: list[Piece]) -> list[Piece]:
    inside = [piece for piece in pieces if grid.holds(piece)]
    rows = [[""] * len(grid.lefts) for _ in grid.tops]
    for piece in sorted(inside, key=lambda p: (round(p.middle), p.x0)):
        row = bisect_right(grid.tops, piece.middle) - 1
        column = bisect_right(grid.lefts, (piece.x0 + piece.x1) / 2) - 1
        rows[row][column] = f"{rows[row][column]} {piece.text}".strip()
    rows = [row for row in rows if any(row)]
    filled = sum(bool(cell) for row in rows for cell in row)
    places = sum(map(len, rows))
    if len(rows) < _LEAST_ROWS_COUNT or filled < _LEAST_FILLED_RATIO * places:
        return pieces
    table = Piece(
        "",
        grid.lefts[0],
        grid.tops[0],
        grid.right,
        grid.bottom,
        inside[0].size,
        is_bold=False,
        rows=rows,
    )
    return [*(piece for piece in pieces if not grid.holds(piece)), table]
