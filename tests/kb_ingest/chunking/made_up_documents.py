"""Documents made of given blocks, and one source for them."""

from collections.abc import Iterable, Mapping
from typing import Any

from kb_ingest.parsing.document import Block, Document
from sportsgpt_lib.knowledge.passages import Passage
from sportsgpt_lib.knowledge.sources import Source


def build_source(source_id: str = "book", **changes: Any) -> Source:
    return Source(
        **{
            "id": source_id,
            "title": "A book",
            "authors": ("A",),
            "year": 2020,
            "licence": "CC BY 4.0",
            "owner": "O",
            "trust_level": "medium",
            "topics": (),
            "sport": "all",
            "language": "en",
            "kind": "document",
            "file": "book.md",
            "sha256": "0" * 64,
            "admitted_by": "a librarian",
            **changes,
        }
    )


def build_document(blocks: Iterable[tuple[Any, ...]], language: Any = "en") -> Document:
    """Build from (kind, text, section path, page, payload); later parts may miss."""
    text, built = "", []
    for kind, part, *rest in blocks:
        path, page, payload = (*rest, *((), None, None)[len(rest) :])
        text += "\n\n" if text else ""
        start = len(text)
        text += part
        built.append(
            Block(kind, part, tuple(path), start, len(text), page, page, payload)
        )
    return Document(text, tuple(built), None, "text/markdown", language)


def build_passage(text: str, source_id: str = "book", **changes: Any) -> Passage:
    fields: Mapping[str, Any] = {
        "chunk_no": 0,
        "kind": "text",
        "title": "Title",
        "language": "en",
        "movements": (),
        "issues": (),
        "payload": {},
        **changes,
    }
    return Passage(source_id=source_id, text=text, **fields)
