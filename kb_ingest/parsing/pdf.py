"""PDF: every page read in order, scanned pages named, then made into blocks."""

import re
from collections.abc import Sequence

import pypdfium2 as pdfium
from pypdfium2 import raw

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.pdf_blocks import find_running_lines, write_blocks
from kb_ingest.parsing.pdf_layout import Line, order_lines
from kb_ingest.parsing.pdf_pages import read_page
from kb_ingest.parsing.pdf_tables import gather_ruled_tables
from sportsgpt_lib.errors import DocumentError

_END_MARK = b"%%EOF"
_TAIL_BYTES = 8192
_LEAST_PAGE_CHARACTERS = 20
_MOST_UNREADABLE_RATIO = 0.05
_UNREADABLE = re.compile(r"[\ue000-\uf8ff\ufffd]")
_LEADER = re.compile(r"(?:\. ?){6,}|…{3,}")
"""Dots that lead to a page number."""

_COPY_BIT = 1 << 4
_FIX_SCAN = "run OCR (for example `ocrmypdf`), and admit the file it writes"


def parse_pdf(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse a PDF into the builder.

    Raises
    ------
    DocumentError
        It is encrypted, cut off, has too many pages, or is pictures only.
    """
    document = _open(name, data, builder)
    try:
        lines, height = _read_lines(name, document, builder)
    except pdfium.PdfiumError as error:
        raise _build_refusal(name, is_locked=False, error=error) from error
    finally:
        document.close()
    running = find_running_lines(lines, height)
    kept: list[Line] = []
    for line in lines:
        if id(line) in running:
            builder.leave_out("running headers and footers", line.text)
        elif _LEADER.search(line.text):
            builder.leave_out("tables of contents and indexes", line.text)
        else:
            kept.append(line)
    write_blocks(kept, builder)


def _open(name: str, data: bytes, builder: DocumentBuilder) -> pdfium.PdfDocument:
    if _END_MARK not in data[-_TAIL_BYTES:]:
        raise DocumentError(
            name,
            "it ends before its end mark; it is cut off",
            "copy the whole file again from its owner",
        )
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        is_locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise _build_refusal(
            name, is_locked=is_locked or "password" in str(error), error=error
        ) from error
    pages = len(document)
    if pages > builder.limits.most_pages_count:
        document.close()
        raise DocumentError(
            name,
            f"{pages} pages; at most {builder.limits.most_pages_count} are read",
            "split it into volumes, and admit each as a source",
        )
    is_protected = raw.FPDF_GetSecurityHandlerRevision(document) >= 0
    if is_protected and not raw.FPDF_GetDocPermissions(document) & _COPY_BIT:
        builder.report(
            "",
            "its owner protected it against copying",
            "check that the licence in the manifest is really the owner's",
        )
    if attached := document.count_attachments():
        builder.report(
            "",
            f"{attached} files are attached to it; left out",
            "save those with knowledge beside it, and admit each as a source",
        )
    builder.page_count = pages
    return document


def _build_refusal(name: str, *, is_locked: bool, error: Exception) -> DocumentError:
    if is_locked:
        return DocumentError(
            name,
            "encrypted: it opens with a password only",
            "ask its owner for a file without a password",
        )
    return DocumentError(
        name,
        f"damaged: it cannot be read to its end ({error})",
        "copy the whole file again from its owner",
    )


def _read_lines(
    name: str, document: pdfium.PdfDocument, builder: DocumentBuilder
) -> tuple[list[Line], float]:
    lines: list[Line] = []
    scanned: list[int] = []
    unreadable: list[int] = []
    height, field_count = 0.0, 0
    for number in range(1, len(document) + 1):
        page = read_page(document, number)
        height = max(height, page.height)
        builder.leave_out("text turned sideways", page.turned_text)
        builder.leave_out("comments on its pages", page.annotations.comments)
        builder.leave_out("what form fields hold", page.annotations.field_values)
        field_count += page.annotations.field_count
        text = "".join(piece.text for piece in page.pieces)
        if len(text) < _LEAST_PAGE_CHARACTERS and page.is_covered_by_picture:
            scanned.append(number)
        if len(_UNREADABLE.findall(text)) > _MOST_UNREADABLE_RATIO * len(text):
            unreadable.append(number)
        page.pieces = gather_ruled_tables(page)
        lines.extend(order_lines(page))
    _report_pages(name, scanned, unreadable, len(document), builder)
    if field_count:
        builder.report(
            "",
            f"it is a form with {field_count} fields, which are not read",
            "where they hold knowledge, print it to a new PDF and admit that",
        )
    return lines, height


def _report_pages(
    name: str,
    scanned: Sequence[int],
    unreadable: Sequence[int],
    page_count: int,
    builder: DocumentBuilder,
) -> None:
    if len(scanned) == page_count:
        raise DocumentError(
            name, f"all {page_count} pages are pictures without text", _FIX_SCAN
        )
    for number in scanned:
        builder.report(
            f"page {number}", "a picture without text", _FIX_SCAN, "quarantine"
        )
    for number in unreadable:
        builder.report(
            f"page {number}",
            "its fonts don't say which letters they show",
            _FIX_SCAN,
        )
