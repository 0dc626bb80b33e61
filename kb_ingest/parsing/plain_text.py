"""Plain text: paragraphs between empty lines, with their encoding found out."""

import re

from kb_ingest.parsing.builder import DocumentBuilder
from kb_ingest.parsing.characters import decode_text, validate_western
from kb_ingest.parsing.limits import validate_line_lengths

MEDIA_TYPE = "text/plain"
_BETWEEN_PARAGRAPHS = re.compile(r"\n[ \t\u3000]*\n\s*")
_MOST_LINES_SHOWN_COUNT = 5


def parse_plain_text(name: str, data: bytes, builder: DocumentBuilder) -> None:
    """Parse plain text: a form feed or an empty line ends a paragraph."""
    text = decode_checked(name, data, builder).replace("\f", "\n\n")
    for paragraph in _BETWEEN_PARAGRAPHS.split(text):
        builder.add("paragraph", paragraph)


def decode_checked(name: str, data: bytes, builder: DocumentBuilder) -> str:
    """Decode text with line feeds as its only line ends, and report an odd encoding.

    Raises
    ------
    DocumentError
        A line is longer than any text's, or its encoding cannot be found.
    """
    validate_line_lengths(name, data, builder.limits)
    return decode_reported(name, data, builder)


def decode_reported(name: str, data: bytes, builder: DocumentBuilder) -> str:
    """Decode text with lines of any length, and report an odd encoding.

    Raises
    ------
    DocumentError
        Its encoding cannot be found.
    """
    decoded = decode_text(data)
    validate_western(name, decoded)
    if decoded.odd_lines:
        shown = ", ".join(map(str, decoded.odd_lines[:_MOST_LINES_SHOWN_COUNT]))
        builder.report(
            f"lines {shown}"
            + (" …" if len(decoded.odd_lines) > _MOST_LINES_SHOWN_COUNT else ""),
            f"{len(decoded.odd_lines)} lines in another encoding ({decoded.encoding})",
            "save the whole file as UTF-8 and compare these lines",
        )
    elif decoded.encoding in ("cp1252", "gb18030"):
        builder.report(
            "",
            f"read as {decoded.encoding}, which its bytes look most like",
            "save it as UTF-8, and it is certain",
        )
    return decoded.text.replace("\r\n", "\n").replace("\r", "\n")
