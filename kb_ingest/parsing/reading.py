"""Parses one file, folder or archive in this very process, format by format.

For files from outside use ``file_parsing.parse_file``, which does this in a child
process with limits.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

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
from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.document import Document
from kb_ingest.parsing.file_types import (
    ARCHIVE,
    PDF,
    detect_media_type,
    find_wrong_ending,
)
from kb_ingest.parsing.folders import (
    FOLDER_MEDIA_TYPE,
    READ_ENDINGS,
    list_folder,
    parse_book,
)
from kb_ingest.parsing.limits import ParseLimits, validate_file_bytes
from kb_ingest.parsing.packages import read_archive
from kb_ingest.parsing.pdf import parse_pdf
from kb_ingest.parsing.records import RecordKind, parse_records
from sportsgpt_lib.errors import DocumentError

_ROWS = frozenset({rows.JSON_MEDIA_TYPE, rows.JSONL_MEDIA_TYPE, rows.CSV_MEDIA_TYPE})
_ROW_KINDS: Mapping[str, RecordKind] = {
    "questions": "questions",
    "exercises": "exercises",
}
_PARSERS: Mapping[str, Callable[[str, bytes, DocumentBuilder], None]] = {
    PDF: parse_pdf,
    epub.MEDIA_TYPE: epub.parse_epub,
    word_documents.MEDIA_TYPE: word_documents.parse_word_document,
    web_pages.MEDIA_TYPE: web_pages.parse_web_page,
    cnxml.MEDIA_TYPE: cnxml.parse_module,
    articles.JATS_MEDIA_TYPE: articles.parse_jats,
    articles.TEI_MEDIA_TYPE: articles.parse_tei,
    markdown.MEDIA_TYPE: markdown.parse_markdown,
    plain_text.MEDIA_TYPE: plain_text.parse_plain_text,
}


@dataclass(frozen=True)
class ParseRequest:
    """What the manifest says of a file; None = judged by its content."""

    declared_kind: str | None = None
    columns: Mapping[str, str] | None = None


def read_document(path: Path, request: ParseRequest, limits: ParseLimits) -> Document:
    """Parse a file, a folder or an archive.

    Raises
    ------
    DocumentError
        It cannot be used at all, or only in part.
    """
    if path.is_dir():
        builder = DocumentBuilder(path.name, FOLDER_MEDIA_TYPE, limits)
        members = list_folder(path, limits)
        parse_book(path.name, members, builder, _build_part_parser(request))
        return builder.build()
    validate_file_bytes(path.name, path.stat().st_size, limits)
    data = path.read_bytes()
    media_type = detect_media_type(path.name, data)
    builder = DocumentBuilder(path.name, media_type, limits)
    _parse_content(path.name, data, media_type, builder, request)
    return builder.build()


def _parse_content(
    name: str,
    data: bytes,
    media_type: str,
    builder: DocumentBuilder,
    request: ParseRequest,
) -> None:
    if wrong := find_wrong_ending(name, media_type):
        builder.report("", wrong.finding, wrong.fix)
    if request.declared_kind in _ROW_KINDS and media_type not in _ROWS:
        raise DocumentError(
            name,
            f"declared as {request.declared_kind}, but its content is {media_type}",
            'give the source kind = "document", or the file as JSON, JSONL or CSV',
        )
    if media_type in _ROWS:
        parse_records(
            name,
            data,
            builder,
            media_type=media_type,
            kind=_ROW_KINDS.get(request.declared_kind or ""),
            columns=request.columns,
        )
    elif media_type == ARCHIVE:
        members, findings = read_archive(name, data, builder.limits, READ_ENDINGS)
        for found in findings:
            builder.report(found.where, found.finding, found.fix, found.severity)
        parse_book(name, members, builder, _build_part_parser(request))
    else:
        _PARSERS[media_type](name, data, builder)


def _build_part_parser(
    request: ParseRequest,
) -> Callable[[str, bytes, DocumentBuilder], None]:
    def parse_part(name: str, data: bytes, builder: DocumentBuilder) -> None:
        media_type = detect_media_type(name, data)
        if media_type == ARCHIVE:
            raise DocumentError(
                name, "an archive inside an archive or folder", "unpack it"
            )
        _parse_content(name, data, media_type, builder, request)

    return parse_part
