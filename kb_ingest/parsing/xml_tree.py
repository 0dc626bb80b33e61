"""Reads XML and HTML from outside into a tree, without doing what it asks for.

No entity is expanded, nothing is loaded, nothing is nested without end. What the
elements mean is in ``tree_walker.py`` and the modules of the formats.
"""

from html.entities import html5
from typing import TypeAlias

from lxml import etree, html
from lxml.etree import _Element

from kb_ingest.parsing.characters import DecodedText, decode_text, validate_western
from kb_ingest.parsing.limits import ParseLimits
from sportsgpt_lib.errors import DocumentError

Element: TypeAlias = _Element
"""Under a public name, for every parser of a tree."""

_LINKS = frozenset({"a", "link", "ext-link", "ref", "uri"})
_ADDRESSES = ("href", "url", "target", "{http://www.w3.org/1999/xlink}href")
_XML_OPTIONS = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}


def parse_xml(name: str, data: bytes, limits: ParseLimits) -> Element:
    """Parse XML strictly.

    Raises
    ------
    DocumentError
        It is cut off or not well formed, declares entities of its own, or is nested
        too deeply.
    """
    try:
        root = etree.fromstring(data, etree.XMLParser(**_XML_OPTIONS))
    except etree.XMLSyntaxError as error:
        if "entity" in error.msg.lower() and "not defined" not in error.msg:
            raise _build_entity_error(name) from error
        raise DocumentError(
            name,
            f"not well-formed XML ({error.msg})",
            "copy the whole file again from its owner; it may be cut off",
        ) from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise _build_entity_error(name)
    _validate_nesting(name, root, limits)
    return root


def parse_html(name: str, data: bytes, limits: ParseLimits) -> Element:
    """Parse HTML as browsers do: whatever it looks like, there is a tree."""
    decoded = decode_html(data)
    validate_western(name, decoded)
    text = decoded.text
    # Without huge_tree all that follows a script or picture of 10 MB is silently lost.
    parser = html.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        no_network=True,
        huge_tree=True,
    )
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError) as error:
        raise DocumentError(
            name,
            f"not HTML ({error})",
            "open it in a browser; if it shows text, save the page again",
        ) from error
    _validate_nesting(name, root, limits)
    return root


def decode_html(data: bytes) -> DecodedText:
    """Decode HTML: what the bytes are goes before what the page says they are."""
    decoded = decode_text(data)
    declared = _find_declared_encoding(data[:4096])
    if decoded.encoding in ("cp1252", "gb18030") and declared:
        try:
            return DecodedText(data.decode(declared, "replace"), declared)
        except LookupError:
            return decoded
    return decoded


def get_local_name(element: Element) -> str:
    """Get a tag without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def get_address(element: Element) -> str | None:
    """Get where a link leads; None for all other elements."""
    if get_local_name(element) not in _LINKS:
        return None
    return next(filter(None, map(element.get, _ADDRESSES)), None)


def is_entity(element: Element) -> bool:
    """Whether this stands for a named character that was not resolved."""
    return element.tag is etree.Entity


def get_entity_text(entity: Element) -> str:
    """Get what a named character such as ``&nbsp;`` stands for."""
    return html5.get(f"{entity.name};", f"&{entity.name};")


def _build_entity_error(name: str) -> DocumentError:
    return DocumentError(
        name,
        "declares entities of its own, which can expand without end or read files",
        "have its owner export it with all entities resolved",
    )


def _find_declared_encoding(head: bytes) -> str | None:
    lowered = head.lower()
    start = lowered.find(b"charset=")
    if start < 0:
        return None
    value = lowered[start + len(b"charset=") :].lstrip(b"\"' ")
    end = min((at for stop in b"\"'> ;/" if (at := value.find(stop)) > 0), default=0)
    return value[:end].decode("ascii", "ignore") or None


def _validate_nesting(name: str, root: Element, limits: ParseLimits) -> None:
    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > limits.most_nesting_count:
            raise DocumentError(
                name,
                f"elements lie more than {limits.most_nesting_count} deep",
                "have its owner export it again; text is never nested so deeply",
            )
