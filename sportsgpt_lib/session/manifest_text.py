"""From the bytes of a manifest to its TOML tables; what is said of other bytes.

The text comes from a team's folder, so its size and its nesting are bounded before it
is parsed.
"""

import re
import tomllib
from typing import Any

from sportsgpt_lib.errors import SessionError

# Chosen: some 7,000 recordings; a training day has a few hundred.
MAX_MANIFEST_BYTES = 1_000_000
# Chosen: a manifest nests two keys. The time and memory that tomllib needs for a dotted
# key grow with the square of its parts.
_LONG_DOTTED_KEY = re.compile(r"(?:[\w\"'-]{1,64}[ \t]*\.[ \t]*){20}")
# Source: TOML 1.0.0, section "Integer".
_INTEGER_BITS = 64
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FORMAT = "the format is in docs/operations.md"
_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_SHOWN_CHARACTERS = 80
_FIXES = (
    ("Cannot overwrite a value", "this key is there twice; keep one"),
    ("Cannot declare", "this table is there twice; keep one, or write [[name]]"),
    ("Unescaped '\\'", "write / between folder and file, never \\"),
    ("Illegal character '\\n'", "close the quotation marks on the same line"),
    ("Invalid value", 'put text between straight quotation marks: "..."'),
    ("Expected '='", "write key = value"),
    ("Expected ']", "close the brackets: [[recordings]]"),
    ("Unclosed array", "close the list with ]"),
    (
        "Expected newline",
        "one key and value to a line; numbers with a point and without a unit (1.75), "
        "days as 2026-01-15",
    ),
)


def parse_tables(content: bytes, where: str) -> tuple[str, dict[str, Any]]:
    """Parse the bytes of a manifest into its text and its tables.

    Raises
    ------
    SessionError
        The bytes are too many, no UTF-8 text, no TOML, or nested beyond reason.
    """
    check_size(len(content), where)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        kind = "is UTF-16" if content.startswith(_UTF_16_MARKS) else "is not UTF-8 text"
        line = content.count(b"\n", 0, error.start) + 1
        raise SessionError(
            where,
            f"the manifest {kind}; only UTF-8 is allowed (line {line})",
            "save it once more with the encoding UTF-8",
        ) from error
    if "\0" in text:
        raise SessionError(
            where,
            "the manifest holds zero bytes, so it is not UTF-8 text; perhaps UTF-16",
            "save it once more with the encoding UTF-8",
        )
    if _LONG_DOTTED_KEY.search(text):
        raise _too_deep(where)
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _no_toml(where, text, str(error)) from error
    except RecursionError as error:
        raise _too_deep(where) from error
    except ValueError as error:  # Python reads numbers of some 4,300 digits at most
        raise _too_large(where) from error
    if _holds_large_number(tables):
        raise _too_large(where)
    return text, tables


def check_size(size_bytes: int, where: str) -> None:
    """Refuse a manifest that is too large to be one.

    Raises
    ------
    SessionError
        It has more than ``MAX_MANIFEST_BYTES``.
    """
    if size_bytes > MAX_MANIFEST_BYTES:
        raise SessionError(
            where,
            f"the manifest has {size_bytes:,} bytes; at most {MAX_MANIFEST_BYTES:,} "
            "are allowed",
            f"write it anew with `sportsgpt session new`; {_FORMAT}",
        )


def _too_deep(where: str) -> SessionError:
    return SessionError(
        where,
        "the manifest nests its keys or lists too deep",
        f"write it anew with `sportsgpt session new`; {_FORMAT}",
    )


def _holds_large_number(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_large_number, value.values()))
    if isinstance(value, list):
        return any(map(_holds_large_number, value))
    return isinstance(value, int) and value.bit_length() >= _INTEGER_BITS


def _too_large(where: str) -> SessionError:
    return SessionError(
        where,
        f"the manifest holds a whole number of more than {_INTEGER_BITS} bits, which "
        "TOML does not allow",
        f"search it for a long row of digits and correct it; {_FORMAT}",
    )


def _no_toml(where: str, text: str, message: str) -> SessionError:
    fix = next((fix for start, fix in _FIXES if message.startswith(start)), None)
    place = _PLACE.search(message)
    lines = text.rstrip().splitlines()
    number = min(int(place[1]) if place and place[1] else len(lines), len(lines))
    shown = lines[number - 1].strip()[:_SHOWN_CHARACTERS] if lines else ""
    return SessionError(
        where,
        f"the manifest is not TOML: {_PLACE.sub('', message)}, line {number}, "
        f"which reads: {shown}",
        f"{fix or 'correct that line'}; {_FORMAT}",
        found_without_values=f"the manifest is not TOML, line {number}",
    )
