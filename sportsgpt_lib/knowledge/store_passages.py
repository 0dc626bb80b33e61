"""Saves the passages and links of one source in one transaction.

Only :mod:`sportsgpt_lib.knowledge.store` calls this; what a passage is, is in
``passages.py``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.types.json import Jsonb

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.passages import Passage, PassageLink
from sportsgpt_lib.knowledge.postgres import (
    KnowledgeConnection,
    change_rows,
    copy_rows,
    fetch_rows,
)
from sportsgpt_lib.knowledge.search_words import (
    build_search_words,
    build_translated_words,
)
from sportsgpt_lib.knowledge.translations import list_words

HeldReasons = Mapping[str, Sequence[str]]
"""Why a person must read a passage before it is retrieved, by passage id."""

# In the order of sql/knowledge/stage_passages.sql.
_STAGED_TYPES = (
    *("text", "int4", "text", "text", "text", "text", "text", "text"),
    *("text[]", "text[]", "jsonb", "text[]"),
    *("int4", "int4", "int8", "int8", "int4", "text", "text", "text[]"),
)
# A text's key is the first 128 bits of its SHA-256.
_KEY_DIGITS = 32
_BROKEN_LINK = "a passage it shares with another source is no longer in use"


@dataclass(frozen=True)
class SaveCounts:
    """What one save did: rows that are new, were there already, or were superseded."""

    new: int
    unchanged: int
    superseded: int


def replace_passages(
    connection: KnowledgeConnection,
    source_id: str,
    passages: Sequence[Passage],
    links: Sequence[PassageLink],
    held: HeldReasons,
) -> SaveCounts:
    """Make these the current passages and links of a source.

    Raises
    ------
    DatabaseError
        The source is unknown, two of them stand in one place, or afterwards the source
        has another number of rows than were given.
    """
    lock_writers(connection)
    found = fetch_rows(connection, "lock_source", source_id)
    if not found:
        raise DatabaseError(
            "knowledge.sources",
            f"there is no source {source_id!r}",
            "save the sources of its collection first",
        )
    collection = found[0][0]
    _validate_places(source_id, passages, links)
    connection.execute("drop table if exists pg_temp.staged_passages")
    change_rows(connection, "stage_passages")
    copy_rows(connection, "copy_passages", _STAGED_TYPES, _list_rows(passages, held))
    superseded = change_rows(connection, "supersede_passages", source_id, collection)
    new = int(fetch_rows(connection, "count_new_passages", collection)[0][0])
    change_rows(connection, "save_passages", source_id, collection)
    change_rows(connection, "delete_links", source_id)
    for link in links:
        save_link(connection, link)
    _validate_counts(connection, source_id, len(passages), len(links))
    change_rows(connection, "repoint_links", source_id)
    change_rows(connection, "finish_source", source_id)
    mark_broken_links(connection, source_id)
    return SaveCounts(new, len(passages) - new, superseded)


def lock_writers(connection: KnowledgeConnection) -> None:
    """Wait until no other transaction changes sources, passages or links.

    Two ingests at once would otherwise mark each other's sources in turns, and link to
    passages that the other one is taking out.
    """
    fetch_rows(connection, "lock_writers")


def save_link(connection: KnowledgeConnection, link: PassageLink) -> None:
    """Save one link, or put it in the place of an earlier one."""
    change_rows(
        connection,
        "save_link",
        link.source_id,
        link.chunk_no,
        link.page_first,
        link.page_last,
        link.kept_passage_id,
        link.similarity_ratio,
        None if link.text_sha256 is None else UUID(link.text_sha256[:_KEY_DIGITS]),
    )


def mark_broken_links(
    connection: KnowledgeConnection, source_id: str | None = None
) -> None:
    """Mark sources to be ingested again, whose links lead to a passage not in use.

    Where the link's own text is the same to the letter, it becomes a passage at once.
    ``source_id`` is a source with such passages or such links; None = any.
    """
    change_rows(connection, "mark_broken_links", _BROKEN_LINK, source_id)
    promoted = fetch_rows(connection, "promote_links", source_id)
    for linking_id, chunk_no in promoted:
        change_rows(connection, "delete_link", linking_id, chunk_no)
    for linking_id in {row[0] for row in promoted}:
        change_rows(connection, "renew_source_sha256", linking_id)


def _list_rows(
    passages: Sequence[Passage], held: HeldReasons
) -> Iterator[tuple[object, ...]]:
    for passage in passages:
        yield (
            passage.passage_id,
            passage.chunk_no,
            passage.content_sha256,
            passage.chunker_version,
            passage.kind,
            passage.title,
            passage.text,
            passage.language,
            list(passage.movements),
            list(passage.issues),
            Jsonb(dict(passage.payload)),
            list(passage.section_path),
            passage.page_first,
            passage.page_last,
            passage.char_start,
            passage.char_end,
            passage.token_count,
            build_search_words(f"{passage.title} {passage.text}", passage.language),
            build_translated_words(
                {
                    language: list_words(passage.payload, language)
                    for language in passage.payload.get("translations", {})
                }
            ),
            list(held.get(passage.passage_id, ())),
        )


def _validate_places(
    source_id: str, passages: Sequence[Passage], links: Sequence[PassageLink]
) -> None:
    parts: list[Passage | PassageLink] = [*passages, *links]
    places = [part.chunk_no for part in parts]
    strangers = {part.source_id for part in parts} - {source_id}
    if strangers or len(set(places)) != len(places):
        found = (
            f"passages of {', '.join(sorted(strangers))} were given"
            if strangers
            else f"{len(places)} passages and links were given for "
            f"{len(set(places))} places"
        )
        raise DatabaseError(
            f"knowledge.passages of {source_id}",
            f"{found}; nothing was saved",
            "number the passages and links of one source from 0, each once",
        )


def _validate_counts(
    connection: KnowledgeConnection, source_id: str, passages: int, links: int
) -> None:
    found = fetch_rows(connection, "count_current_rows", source_id)[0]
    if tuple(found) != (passages, links):
        raise DatabaseError(
            f"knowledge.passages of {source_id}",
            f"{passages} passages and {links} links went in, {found[0]} and {found[1]} "
            "rows came out; nothing was saved",
            "report this with the source's file",
        )
