"""What each source's passages were made from, and what a librarian asks of the store.

Sources and passages are saved in ``store.py``; here it is remembered that this was done
to the end, and everything is told back: sources with their counts, one passage with its
history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.postgres import (
    change_rows,
    fetch_rows,
    open_knowledge_base,
)


@dataclass(frozen=True)
class SourceState:
    """A source, and how far it came. ``made_from`` None = not ingested to the end.

    ``chunk_count`` is how many passages and links the ingest gave; ``page_count``
    None = its format has no pages. ``passage_count`` counts held passages too.
    """

    source_id: str
    collection: str
    title: str
    licence: str
    owner: str
    trust_level: str
    language: str
    file_sha256: str
    admitted_by: str
    withdrawn_reason: str | None
    made_from: str | None
    chunk_count: int | None
    page_count: int | None
    passage_count: int
    link_count: int
    held_count: int


@dataclass(frozen=True)
class VectorCount:
    """Passages in use of a source in one language, and those that have a vector."""

    source_id: str
    language: str
    passage_count: int
    vector_count: int


@dataclass(frozen=True)
class StoredPassage:
    """One passage with its source, in use or not."""

    passage_id: str
    collection: str
    source_id: str
    chunk_no: int
    kind: str
    title: str
    text: str
    language: str
    section_path: tuple[str, ...]
    page_first: int | None
    page_last: int | None
    char_start: int | None
    char_end: int | None
    token_count: int | None
    payload: Mapping[str, Any] = field(hash=False)
    content_sha256: str
    chunker_version: str
    is_current: bool
    held_reasons: tuple[str, ...]
    released_by: str | None
    released_at: datetime | None
    source_title: str
    authors: tuple[str, ...]
    year: int
    edition: str | None
    licence: str
    owner: str
    trust_level: str
    admitted_by: str
    withdrawn_reason: str | None


@dataclass(frozen=True)
class RelatedPassage:
    """Another passage in the same place, or with the same text."""

    passage_id: str
    source_id: str
    chunk_no: int
    is_current: bool
    chunker_version: str
    has_same_text: bool


@dataclass(frozen=True)
class LinkedPlace:
    """A place in another source that links to a passage instead of repeating it."""

    source_id: str
    chunk_no: int
    page_first: int | None
    page_last: int | None
    similarity_ratio: float


@dataclass(frozen=True)
class PassageHistory:
    """A passage, what was in its place, where else its text is."""

    passage: StoredPassage
    related: tuple[RelatedPassage, ...]
    copies: tuple[LinkedPlace, ...]


def mark_ingested(
    url: str,
    source_id: str,
    made_from: str | None,
    *,
    chunk_count: int | None = None,
    page_count: int | None = None,
) -> None:
    """Remember what a source was made from; None = it must be made again."""
    with open_knowledge_base(url) as connection:
        change_rows(
            connection, "mark_ingested", source_id, made_from, chunk_count, page_count
        )


def readmit_source(url: str, source_id: str) -> None:
    """Take back a withdrawal by command; the next ingest makes the source again.

    Raises
    ------
    DatabaseError
        No command withdrew such a source.
    """
    with open_knowledge_base(url) as connection:
        if not change_rows(connection, "readmit_source", source_id):
            raise DatabaseError(
                "knowledge.sources",
                f"no command withdrew a source {source_id!r}",
                "take an id that `sportsgpt kb status` lists as withdrawn; what a "
                "manifest withdrew is taken back there",
            )


def list_source_states(url: str) -> tuple[SourceState, ...]:
    """List every source ever admitted, withdrawn ones too."""
    with open_knowledge_base(url) as connection:
        rows = fetch_rows(connection, "list_source_states")
    return tuple(SourceState(*row) for row in rows)


def count_source_vectors(url: str, vectors: str) -> tuple[VectorCount, ...]:
    """Count passages in use and vectors by source and language.

    ``vectors`` is the table of the model that is asked about.
    """
    with open_knowledge_base(url) as connection:
        rows = fetch_rows(connection, "count_source_vectors", vectors=vectors)
    return tuple(VectorCount(*row) for row in rows)


def load_passage_history(url: str, passage_id: str) -> PassageHistory:
    """Load one passage with all that is known of it.

    Raises
    ------
    DatabaseError
        There is no such passage.
    """
    with open_knowledge_base(url) as connection:
        rows = fetch_rows(connection, "show_passage", passage_id)
        if not rows:
            raise DatabaseError(
                "knowledge.passages",
                f"there is no passage {passage_id!r}",
                "take an id that `sportsgpt kb search` or a report shows",
            )
        related = fetch_rows(connection, "passage_history", passage_id)
        copies = fetch_rows(connection, "links_to_passage", passage_id)
    return PassageHistory(
        _build_passage(rows[0]),
        tuple(RelatedPassage(*row) for row in related),
        tuple(LinkedPlace(*row) for row in copies),
    )


def _build_passage(row: tuple[Any, ...]) -> StoredPassage:
    values: list[Any] = [tuple(v) if isinstance(v, list) else v for v in row]
    return StoredPassage(*values)
