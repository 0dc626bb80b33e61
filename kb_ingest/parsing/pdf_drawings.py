"""Reads what is drawn on a page of a PDF, through PDFium: rules and pictures.

Text is read in ``pdf_pages.py``; which rules make a table is judged in
``pdf_tables.py``.
"""

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pypdfium2 import raw

_THIN_PT = 2.0
_LEAST_RULE_PT = 8.0
_MOST_SEGMENTS_COUNT = 400
"""Chosen: a rule is longer than a letter is wide; a path of many parts is a drawing."""
_PICTURE_COVERS_RATIO = 0.4
"""Chosen: a scan covers its page; a photograph beside text rarely so much."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line drawn level or upright."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def is_upright(self) -> bool:
        """Whether it parts columns, not rows."""
        return self.bottom - self.top > self.x1 - self.x0


@dataclass(frozen=True, slots=True)
class Frame:
    """A page turned by quarters: ``turn`` counts them counter-clockwise."""

    width: float
    height: float
    turn: int

    @property
    def shown_width(self) -> float:
        """Width as the page is read."""
        return self.height if self.turn % 2 else self.width

    @property
    def shown_height(self) -> float:
        """Height as the page is read."""
        return self.width if self.turn % 2 else self.height

    def place(self, box: Any) -> tuple[float, float, float, float]:
        """Place a box of PDFium's as left, top, right, bottom."""
        left, bottom, right, top = box.left, box.bottom, box.right, box.top
        width, height = self.width, self.height
        return (
            (left, height - top, right, height - bottom),
            (bottom, left, top, right),
            (width - right, bottom, width - left, top),
            (height - top, width - right, height - bottom, width - left),
        )[self.turn]


def read_drawings(page: Any, frame: Frame) -> tuple[list[Rule], bool]:
    """Read the drawn rules, and see whether one picture covers most of the page."""
    rules: list[Rule] = []
    is_covered = False
    for index in range(raw.FPDFPage_CountObjects(page)):
        item = raw.FPDFPage_GetObject(page, index)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            rules.extend(_read_rules(item, frame))
        elif kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            left, bottom, right, top = _read_bounds(item)
            area = (right - left) * (top - bottom)
            is_covered |= area > _PICTURE_COVERS_RATIO * frame.width * frame.height
    return rules, is_covered


def _read_bounds(item: Any) -> tuple[float, float, float, float]:
    sides = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(item, *sides)
    left, bottom, right, top = (side.value for side in sides)
    return left, bottom, right, top


def _read_rules(item: Any, frame: Frame) -> Iterator[Rule]:
    """Read the straight level and upright parts of a path; a thin box is one rule."""
    left, bottom, right, top = _read_bounds(item)
    if min(right - left, top - bottom) <= _THIN_PT:
        yield from _build_rule((left, bottom), (right, top), frame)
        return
    count = raw.FPDFPath_CountSegments(item)
    if count > _MOST_SEGMENTS_COUNT:
        return
    points = list(_read_points(item, count))
    for (start, _), (end, is_line) in pairwise(points):
        if is_line and min(abs(start[0] - end[0]), abs(start[1] - end[1])) <= _THIN_PT:
            yield from _build_rule(start, end, frame)


def _read_points(item: Any, count: int) -> Iterator[tuple[tuple[float, float], bool]]:
    """Read the points of a path, and whether a straight line leads to each."""
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    first = (0.0, 0.0)
    for index in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, index)
        kind = raw.FPDFPathSegment_GetType(segment)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if kind == raw.FPDF_SEGMENT_MOVETO:
            first = point
        yield point, kind == raw.FPDF_SEGMENT_LINETO
        if raw.FPDFPathSegment_GetClose(segment):
            yield first, True


def _build_rule(
    start: tuple[float, float], end: tuple[float, float], frame: Frame
) -> Iterator[Rule]:
    (x0, x1), (y0, y1) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    if max(x1 - x0, y1 - y0) >= _LEAST_RULE_PT:
        yield Rule(*frame.place(raw.FS_RECTF(left=x0, bottom=y0, right=x1, top=y1)))
