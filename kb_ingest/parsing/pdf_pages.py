"""Reads a page of a PDF into pieces of text with their places, through PDFium.

A piece is text on one line without a wide gap. What order pieces are read in is in
``pdf_layout.py``. Places are in points, from the top left corner.
"""

import ctypes
import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from kb_ingest.parsing.pdf_annotations import Annotations, read_annotations
from kb_ingest.parsing.pdf_drawings import Frame, Rule, read_drawings

WIDE_GAP_EMS = 0.9
"""Chosen: above the widest space between two words that was met in justified text."""
_NEXT_LINE_EMS = 0.6
_BOLD = re.compile(r"bold|black|heavy|semibold|demi", re.IGNORECASE)
_FONT_NAME_BYTES = 128
_HYPHEN_AT_LINE_END = 0x02
_SKIPPED = frozenset({0, 0x0A, 0x0D, 0xFFFE, 0xFFFF})
_SPACE = 0x20
_SPACES = frozenset({_SPACE, 0xA0, 0x09})


@dataclass(slots=True)
class Piece:
    """Text in one place. ``rows`` = a whole table instead of text."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    is_bold: bool
    rows: list[list[str]] | None = None

    @property
    def middle(self) -> float:
        """Height of its middle on the page."""
        return (self.top + self.bottom) / 2


@dataclass(slots=True)
class Page:
    """One page: its pieces, text that is turned, and what else lies on or over it."""

    number: int
    width: float
    height: float
    pieces: list[Piece]
    turned_text: str
    rules: list[Rule]
    is_covered_by_picture: bool
    annotations: Annotations


@dataclass(slots=True)
class _Character:
    code: int
    index: int
    x0: float
    top: float
    x1: float
    bottom: float


def read_page(document: pdfium.PdfDocument, number: int) -> Page:
    """Read one page, counted from 1, turned so that most of its text stands upright."""
    page = document[number - 1]
    text_page = page.get_textpage()
    try:
        page.set_rotation(0)
        width, height = page.get_size()
        groups = list(_group_characters(text_page, Frame(width, height, 0)))
        turn = _find_main_turn(text_page, groups)
        frame = Frame(width, height, turn)
        if turn:
            groups = list(_group_characters(text_page, frame))
        rules, is_covered = read_drawings(page, frame)
        pieces: list[Piece] = []
        turned: list[str] = []
        for group in groups:
            if _read_size(text_page, _find_first(group))[1] == turn:
                pieces.append(_build_piece(text_page, group))
            else:
                turned.append(_write_text(group))
        return Page(
            number,
            frame.shown_width,
            frame.shown_height,
            pieces,
            "".join(turned),
            rules,
            is_covered,
            read_annotations(page),
        )
    finally:
        text_page.close()
        page.close()


def _find_main_turn(text_page: Any, groups: Sequence[list[_Character]]) -> int:
    counts: Counter[int] = Counter({0: 1})
    for group in groups:
        counts[_read_size(text_page, _find_first(group))[1]] += len(group)
    return counts.most_common(1)[0][0]


def _find_first(group: Sequence[_Character]) -> _Character:
    return next(character for character in group if character.code != _SPACE)


def _read_characters(text_page: Any, frame: Frame) -> Iterator[_Character]:
    box = raw.FS_RECTF()
    for index in range(text_page.count_chars()):
        code = raw.FPDFText_GetUnicode(text_page, index)
        if code in _SPACES:
            yield _Character(_SPACE, index, 0.0, 0.0, 0.0, 0.0)
        elif code not in _SKIPPED:
            raw.FPDFText_GetLooseCharBox(text_page, index, box)
            yield _Character(code, index, *frame.place(box))


def _group_characters(text_page: Any, frame: Frame) -> Iterator[list[_Character]]:
    group: list[_Character] = []
    last: _Character | None = None
    for character in _read_characters(text_page, frame):
        if character.code == _SPACE:
            if group:
                group.append(character)
            continue
        if last is not None and _starts_piece(last, character):
            yield group
            group = []
        group.append(character)
        last = character
    if group:
        yield group


def _starts_piece(last: _Character, character: _Character) -> bool:
    em = max(last.bottom - last.top, character.bottom - character.top, 1.0)
    gap = character.x0 - last.x1
    shift = abs(character.top + character.bottom - last.top - last.bottom) / 2
    return shift > _NEXT_LINE_EMS * em or gap > WIDE_GAP_EMS * em or gap < -em


def _build_piece(text_page: Any, group: list[_Character]) -> Piece:
    """Build a piece; its size is that of most of it, as three characters tell."""
    shown = [character for character in group if character.code != _SPACE]
    samples = (shown[0], shown[len(shown) // 2], shown[-1])
    sizes = [_read_size(text_page, character)[0] for character in samples]
    usual = samples[sizes.index(sorted(sizes)[1])]
    return Piece(
        text=_write_text(group).strip(),
        x0=min(character.x0 for character in shown),
        top=usual.top,
        x1=max(character.x1 for character in shown),
        bottom=usual.bottom,
        size=sorted(sizes)[1],
        is_bold=all(_is_bold(text_page, sample.index) for sample in samples),
    )


def _write_text(group: list[_Character]) -> str:
    codes = (0x2D if c.code == _HYPHEN_AT_LINE_END else c.code for c in group)
    text = "".join(map(chr, codes))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _read_size(text_page: Any, character: _Character) -> tuple[float, int]:
    """Read the size as printed, and by how many quarters the character is turned.

    PDFium's own size leaves out how the text is scaled.
    """
    size = raw.FPDFText_GetFontSize(text_page, character.index)
    matrix = raw.FS_MATRIX()
    if not raw.FPDFText_GetMatrix(text_page, character.index, matrix):
        return size, 0
    turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    return size * math.hypot(matrix.c, matrix.d), turn


def _is_bold(text_page: Any, index: int) -> bool:
    name = ctypes.create_string_buffer(_FONT_NAME_BYTES)
    flags = ctypes.c_int()
    raw.FPDFText_GetFontInfo(text_page, index, name, _FONT_NAME_BYTES, flags)
    return _BOLD.search(name.value.decode("latin-1")) is not None
