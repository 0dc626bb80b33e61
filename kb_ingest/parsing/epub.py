"""EPUB: the chapters of the book in reading order, each a web page."""

import posixpath
import zipfile
from collections.abc import Iterator
from urllib.parse import unquote

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.packages import open_zip, read_member
from kb_ingest.parsing.web_pages import parse_web_page
from kb_ingest.parsing.xml_tree import Element, get_local_name, parse_xml
from sportsgpt_lib.errors import DocumentError

MEDIA_TYPE = "application/epub+zip"
_CONTAINER = "META-INF/container.xml"
_ENCRYPTION = "META-INF/encryption.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html"})
_FONT_ENDINGS = (".otf", ".ttf", ".woff", ".woff2")


def parse_epub(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse a book chapter by chapter.

    Raises
    ------
    DocumentError
        It is encrypted, damaged, unpacks to too much, or names no chapters.
    """
    package = open_zip(name, data, builder.limits)
    _refuse_encryption(name, package, builder)
    for path in _find_chapters(name, package, builder):
        parse_web_page(f"{name}: {path}", read_member(name, package, path), builder)


def _refuse_encryption(
    name: str, package: zipfile.ZipFile, builder: DocumentBuilder
) -> None:
    if _ENCRYPTION not in package.namelist():
        return
    root = parse_xml(name, read_member(name, package, _ENCRYPTION), builder.limits)
    locked = [
        part.get("URI", "")
        for part in root.iter()
        if get_local_name(part) == "CipherReference"
    ]
    if any(not path.lower().endswith(_FONT_ENDINGS) for path in locked):
        raise DocumentError(
            name,
            "its chapters are encrypted (DRM)",
            "ask its owner for a copy without protection",
        )


def _find_chapters(
    name: str, package: zipfile.ZipFile, builder: DocumentBuilder
) -> Iterator[str]:
    container = parse_xml(name, read_member(name, package, _CONTAINER), builder.limits)
    root_file = next(
        (part.get("full-path") for part in container.iter("{*}rootfile")), None
    )
    if not root_file:
        raise DocumentError(
            name, f"{_CONTAINER} names no book", "export the book again"
        )
    book = parse_xml(name, read_member(name, package, root_file), builder.limits)
    yield from _read_spine(book, posixpath.dirname(root_file))


def _read_spine(book: Element, folder: str) -> Iterator[str]:
    items = {part.get("id"): part for part in book.iter("{*}item")}
    for place in book.iter("{*}itemref"):
        item = items.get(place.get("idref"))
        if item is None or item.get("media-type") not in _PAGES:
            continue
        if "nav" not in item.get("properties", "").split():
            yield posixpath.normpath(
                posixpath.join(folder, unquote(item.get("href", "")))
            )
