"""Judges what a file is by its content; its name is asked where content cannot say.

Nothing is parsed here beyond what the judgment needs.
"""

import codecs
import io
import json
import re
import zipfile
from pathlib import PurePosixPath

from kb_ingest.parsing import (
    articles,
    cnxml,
    epub,
    markdown,
    plain_text,
    rows,
    web_pages,
    word_documents,
)
from kb_ingest.parsing.characters import decode_text, find_utf16_order
from kb_ingest.parsing.document import Finding
from kb_ingest.parsing.packages import DAMAGES
from sportsgpt_lib.errors import DocumentError

PDF = "application/pdf"
ARCHIVE = "application/x-archive"
HEAD_BYTES = 64 * 1024
ENDINGS: dict[str, frozenset[str]] = {
    PDF: frozenset({".pdf"}),
    ARCHIVE: frozenset({".zip", ".tar", ".gz", ".tgz", ".bz2", ".xz"}),
    epub.MEDIA_TYPE: frozenset({".epub"}),
    word_documents.MEDIA_TYPE: frozenset({".docx", ".docm"}),
    web_pages.MEDIA_TYPE: frozenset({".html", ".htm", ".xhtml"}),
    cnxml.MEDIA_TYPE: frozenset({".cnxml", ".xml"}),
    articles.JATS_MEDIA_TYPE: frozenset({".xml", ".nxml", ".jats"}),
    articles.TEI_MEDIA_TYPE: frozenset({".xml", ".tei"}),
    rows.JSON_MEDIA_TYPE: frozenset({".json"}),
    rows.JSONL_MEDIA_TYPE: frozenset({".jsonl", ".ndjson", ".json"}),
    rows.CSV_MEDIA_TYPE: frozenset({".csv", ".tsv"}),
    markdown.MEDIA_TYPE: frozenset({".md", ".markdown"}),
    plain_text.MEDIA_TYPE: frozenset({".txt", ".text", ""}),
}
_SIGNATURES = (
    (b"{\\rtf", "an RTF document", "save it as .docx"),
    (b"\x89PNG", "a picture", "run OCR on it, and admit the text"),
    (b"\xff\xd8\xff", "a picture", "run OCR on it, and admit the text"),
    (b"II*\0", "a picture", "run OCR on it, and admit the text"),
    (b"MM\0*", "a picture", "run OCR on it, and admit the text"),
    (b"7z\xbc\xaf'\x1c", "a 7z archive", "pack it as .zip or .tar.gz"),
    (b"Rar!", "a RAR archive", "pack it as .zip or .tar.gz"),
    (b"\x7fELF", "a program", "do not use this file"),
    (b"MZ", "a program", "do not use this file"),
    (b"PAR1", "a Parquet file", "export it as CSV or JSONL"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UTF32_MARK = b"\0\0\xfe\xff"
_COMPRESSED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_XML_ROOT = re.compile(rb"<(?![?!])(?:[\w.-]+:)?([\w.-]+)([^>]*)")
_BEFORE_ROOT = re.compile(rb"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.S)
_HTML_START = re.compile(rb"\s*(<!doctype\s+html|<html|<head|<body)", re.IGNORECASE)
_MOST_CONTROL_SHARE_RATIO = 0.02
_MOST_CONTROLS_COUNT = 8
"""Chosen: text has none; a dump of a terminal has some."""


def detect_media_type(name: str, data: bytes) -> str:
    """Judge the type of a file by its content.

    Raises
    ------
    DocumentError
        It is nothing that can be parsed; the fix says what to make of it.
    """
    head = data[:HEAD_BYTES]
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _detect_zip(data)
    if head.startswith(_COMPRESSED) or head[257:262] == b"ustar":
        return ARCHIVE
    _refuse_other(name, head)
    return _detect_text(name, data, head)


def find_wrong_ending(name: str, media_type: str) -> Finding | None:
    """Find a name that says something else than the content."""
    suffix = PurePosixPath(name).suffix.lower()
    allowed = ENDINGS[media_type]
    if suffix in allowed or suffix not in frozenset().union(*ENDINGS.values()):
        return None
    return Finding(
        name,
        f"named {suffix or 'without an ending'}, but its content is {media_type}; read "
        "as its content",
        f"rename it to {min(allowed, key=len) or '.txt'} and admit it again",
    )


def _detect_zip(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            members = frozenset(package.namelist())
    except DAMAGES:
        return ARCHIVE
    if "META-INF/container.xml" in members:
        return epub.MEDIA_TYPE
    if "word/document.xml" in members:
        return word_documents.MEDIA_TYPE
    return ARCHIVE


def _refuse_other(name: str, head: bytes) -> None:
    if head.startswith(_OLE):
        raise DocumentError(
            name,
            "an encrypted or an old Office document",
            "open it, take the password off, and save it as .docx",
        )
    for signature, what, fix in _SIGNATURES:
        if head.startswith(signature):
            raise DocumentError(name, f"{what}, which is not read", fix)
    controls = sum(head.count(bytes([code])) for code in (*range(9), *range(14, 27)))
    most = max(_MOST_CONTROLS_COUNT, _MOST_CONTROL_SHARE_RATIO * len(head))
    if controls > most and not _is_wide(head):
        raise DocumentError(
            name,
            "binary content of no type that is read",
            "convert it to PDF, DOCX, EPUB, HTML, Markdown or text",
        )


def _is_wide(head: bytes) -> bool:
    has_mark = head[:2] in (b"\xff\xfe", b"\xfe\xff") or head[:4] == _UTF32_MARK
    return has_mark or find_utf16_order(head) is not None


def _detect_text(name: str, data: bytes, head: bytes) -> str:
    if not _is_utf8(head) and _is_wide(head):
        data = decode_text(data).text.encode("utf-8", "replace")
        head = data[:HEAD_BYTES]
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if _HTML_START.match(start):
        return web_pages.MEDIA_TYPE
    if start[:1] == b"<" and (kind := _detect_markup(start)):
        return kind
    if start[:1] in (b"[", b"{") and (kind := _detect_json(name, data, start)):
        return kind
    suffix = PurePosixPath(name).suffix.lower()
    by_name = (markdown.MEDIA_TYPE, rows.CSV_MEDIA_TYPE, rows.JSONL_MEDIA_TYPE)
    named = (kind for kind in by_name if suffix in ENDINGS[kind])
    return next(named, plain_text.MEDIA_TYPE)


def _detect_markup(start: bytes) -> str | None:
    found = _XML_ROOT.search(_BEFORE_ROOT.sub(b"", start))
    if found is None:
        return None
    root, attributes = found.group(1).lower(), found.group(2)
    if root == b"html":
        return web_pages.MEDIA_TYPE
    if root == b"document" and b"cnx.rice.edu" in attributes:
        return cnxml.MEDIA_TYPE
    if root in (b"tei", b"teicorpus"):
        return articles.TEI_MEDIA_TYPE
    if root in (b"article", b"pmc-articleset") and not start.startswith(b"<article>"):
        return articles.JATS_MEDIA_TYPE
    is_jats = root == b"article" and (b"<front" in start or b"JATS" in start)
    return articles.JATS_MEDIA_TYPE if is_jats else None


def _detect_json(name: str, data: bytes, start: bytes) -> str | None:
    if b'"nbformat"' in data:
        raise DocumentError(
            name,
            "a Jupyter notebook, which is not read",
            "export it with `jupyter nbconvert --to markdown`, and admit that file",
        )
    first, _, rest = start.partition(b"\n")
    if start[:1] == b"{" and rest.strip()[:1] == b"{" and _is_json(first):
        return rows.JSONL_MEDIA_TYPE
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in ENDINGS[rows.JSONL_MEDIA_TYPE] - {".json"}:
        return rows.JSONL_MEDIA_TYPE
    if suffix == ".json" or _is_json(data):
        return rows.JSON_MEDIA_TYPE
    return None


def _is_utf8(head: bytes) -> bool:
    """Whether this is the beginning of UTF-8; its last character may be cut."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return "\0" not in text


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True
