"""DOCX: the body in order, with headings by style, tables, lists and notes.

python-docx opens the package and resolves styles; the text is taken from the elements,
because its paragraphs leave out insertions, content controls and text boxes.
"""

import io
import re
from collections.abc import Iterator
from typing import Any

import docx
from docx.opc.exceptions import PackageNotFoundError
from lxml import etree

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.packages import DAMAGES, build_truncated_error, open_zip
from kb_ingest.parsing.xml_tree import Element, get_local_name, parse_xml
from sportsgpt_lib.errors import DocumentError

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_HEADING_STYLE = re.compile(r"(?:heading|überschrift|标题)\s*(\d)", re.IGNORECASE)
_DELETED = frozenset({"del", "moveFrom", "delText", "instrText", "Fallback"})
_OUTLINE_LEVELS = "012345678"
"""Word writes 9 for running text."""

_LINK = "/hyperlink"
_NOTES = ("/footnotes", "/endnotes")
_LEFT_OUT = {
    "/comments": "comments",
    "/header": "headers and footers",
    "/footer": "headers and footers",
}
"""Parts of a package that are not its text, by the end of their relation."""

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def parse_word_document(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse a DOCX file into the builder.

    Raises
    ------
    DocumentError
        It is encrypted, damaged, or unpacks to too much.
    """
    open_zip(name, data, builder.limits).close()
    try:
        document = docx.Document(io.BytesIO(data))
    except DAMAGES as error:
        raise build_truncated_error(name, error) from error
    except (PackageNotFoundError, KeyError, etree.XMLSyntaxError) as error:
        raise DocumentError(
            name,
            f"not a Word document that can be opened ({error})",
            "open it in a word processor and save it as .docx again",
        ) from error
    _WordReader(document, builder).read(document.element.body)
    for part in document.part.rels.values():
        if part.is_external and part.reltype.endswith(_LINK):
            builder.count_link(part.target_ref)
        if part.reltype.endswith(_NOTES) and not part.is_external:
            notes = parse_xml(name, part.target_part.blob, builder.limits)
            _read_notes(notes, builder)
        what = _LEFT_OUT.get("/" + part.reltype.rpartition("/")[2])
        if what is not None and not part.is_external:
            root = parse_xml(name, part.target_part.blob, builder.limits)
            builder.leave_out(what, " ".join(map(_collect, root.iter(f"{_W}p"))))


class _WordReader:
    """Writes the paragraphs, lists and tables of a body."""

    def __init__(self, document: Any, builder: DocumentBuilder) -> None:
        self._builder = builder
        self._levels = _read_heading_levels(document)
        self._items: list[str] = []

    def read(self, body: Element) -> None:
        for element in body:
            self._read_element(element)
        self._end_list()

    def _read_element(self, element: Element) -> None:
        tag = get_local_name(element)
        if tag == "p":
            self._read_paragraph(element)
        elif tag == "tbl":
            self._end_list()
            self._builder.add_table(list(_read_table(element)))
        elif tag not in _DELETED:
            for inner in element:
                self._read_element(inner)

    def _read_paragraph(self, paragraph: Element) -> None:
        text = _collect(paragraph)
        style = _get_value(paragraph, "pPr", "pStyle")
        level = self._levels.get(style or "") or _get_outline_level(paragraph)
        if level:
            self._end_list()
            self._builder.add_heading(text, level)
        elif paragraph.find(f"{_W}pPr/{_W}numPr") is not None or _is_list(style):
            self._items.append(text)
        else:
            self._end_list()
            is_caption = (style or "").lower().startswith("caption")
            self._builder.add("caption" if is_caption else "paragraph", text)
        for box in _find_boxes(paragraph):
            self._builder.add("paragraph", _collect_box(box))

    def _end_list(self) -> None:
        if self._items:
            self._builder.add_items(self._items)
            self._items = []


def _read_heading_levels(document: Any) -> dict[str, int]:
    levels = {}
    for style in document.styles:
        named = _HEADING_STYLE.match(style.name or "")
        if named:
            levels[style.style_id] = int(named.group(1))
        elif (style.name or "").lower() == "title":
            levels[style.style_id] = 1
        elif level := _get_outline_level(style.element):
            levels[style.style_id] = level
    return levels


def _get_outline_level(element: Element) -> int:
    value = _get_value(element, "pPr", "outlineLvl")
    is_heading = value is not None and value in _OUTLINE_LEVELS
    return int(value) + 1 if is_heading and value is not None else 0


def _get_value(element: Element, *path: str) -> str | None:
    found = element.find("/".join(f"{_W}{part}" for part in path))
    return None if found is None else found.get(f"{_W}val")


def _is_list(style: str | None) -> bool:
    return (style or "").lower().startswith("list") and style != "ListParagraph"


def _collect(element: Element) -> str:
    """Collect the text that a reader sees, without the boxes anchored in it."""
    return "".join(_collect_parts(element))


def _collect_parts(element: Element) -> Iterator[str]:
    for child in element:
        tag = get_local_name(child)
        if tag in ("t", "tab", "br", "cr", "noBreakHyphen"):
            yield {"t": child.text or "", "tab": " ", "noBreakHyphen": "-"}.get(
                tag, "\n"
            )
        elif tag not in _DELETED and tag != "txbxContent":
            yield from _collect_parts(child)


def _find_boxes(element: Element) -> Iterator[Element]:
    for child in element:
        tag = get_local_name(child)
        if tag == "txbxContent":
            yield child
        elif tag not in _DELETED:
            yield from _find_boxes(child)


def _collect_box(box: Element) -> str:
    return "\n".join(map(_collect, box.iter(f"{_W}p")))


def _read_table(table: Element) -> Iterator[list[str]]:
    for row in table.iterchildren(f"{_W}tr", f"{_W}sdt"):
        cells = []
        for cell in row.iter(f"{_W}tc"):
            if next(cell.iterancestors(f"{_W}tbl")) is not table:
                continue
            span = _get_value(cell, "tcPr", "gridSpan") or "1"
            cells.append("\n".join(map(_collect, cell.iter(f"{_W}p"))))
            cells.extend([""] * (min(int(span), 50) - 1 if span.isdecimal() else 0))
        yield cells


def _read_notes(root: Element, builder: DocumentBuilder) -> None:
    for note in root:
        if note.get(f"{_W}type") is None:
            builder.add("paragraph", "\n".join(map(_collect, note.iter(f"{_W}p"))))
