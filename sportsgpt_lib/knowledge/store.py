"""The knowledge base in Postgres: sources, passages, known questions.

Every save is idempotent and counts what it wrote; savers of passages wait for each
other. Vectors are in ``embedding_vectors.py``, what could not be ingested in
``store_quarantine.py``; searching is in ``retrieval.py``.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.passages import Passage, PassageLink
from sportsgpt_lib.knowledge.postgres import (
    change_rows,
    fetch_rows,
    load_statement,
    open_knowledge_base,
)
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store_passages import (
    HeldReasons,
    SaveCounts,
    lock_writers,
    mark_broken_links,
    replace_passages,
    save_link,
)
from sportsgpt_lib.knowledge.store_records import (
    CitingReport,
    HeldPassage,
    PassageText,
    Withdrawal,
)
from sportsgpt_lib.knowledge.store_sources import save_source

__all__ = [
    "CitingReport",
    "HeldPassage",
    "HeldReasons",
    "KnowledgeStore",
    "PassageText",
    "SaveCounts",
    "Withdrawal",
    "compute_text_sha256",
]

_FETCH_ROWS = 2000
# Chosen: 2 s of counting; a word in one of 2,000 passages is still seen 50 times.
_WORD_SAMPLE_PASSAGES = 100_000
# Rarer words cost a search nothing.
_LEAST_COMMON_COUNT = 50
_NOT_LISTED = "no longer in the manifest"


class KnowledgeStore:
    """The knowledge base behind one database URL; safe to share between threads."""

    def __init__(self, url: str) -> None:
        self.url = url

    def save_sources(self, collection: str, sources: Sequence[Source]) -> SaveCounts:
        """Save the sources of a collection; those no longer listed are withdrawn.

        Raises
        ------
        DatabaseError
            Another collection has a source of that name; nothing is saved.
        """
        self._add_collection(collection)
        listed = [source.id for source in sources]
        with open_knowledge_base(self.url) as connection:
            lock_writers(connection)
            known = {
                row[0] for row in fetch_rows(connection, "list_source_ids", collection)
            }
            for source in sources:
                save_source(connection, collection, source)
            withdrawn = change_rows(
                connection, "withdraw_unlisted_sources", collection, listed, _NOT_LISTED
            )
            mark_broken_links(connection)
        new = len(set(listed) - known)
        return SaveCounts(new, len(listed) - new, withdrawn)

    def list_unlicensed_sources(self) -> list[str]:
        """List the sources in use that name no licence or no owner."""
        with open_knowledge_base(self.url) as connection:
            return [row[0] for row in fetch_rows(connection, "unlicensed_sources")]

    def list_due_sources(self) -> dict[str, str]:
        """List sources to ingest again although their files did not change: reasons."""
        with open_knowledge_base(self.url) as connection:
            return dict(fetch_rows(connection, "list_due_sources"))

    def save_passages(
        self,
        source_id: str,
        passages: Sequence[Passage],
        links: Sequence[PassageLink] = (),
        held: HeldReasons | None = None,
    ) -> SaveCounts:
        """Make these the current passages and links of a source, in one transaction.

        Parameters
        ----------
        source_id, passages
            All passages of one source; an empty sequence leaves it without any.
        links
            Places of the source whose text another source holds already.
        held
            Passages that are not retrieved before they are released.

        Raises
        ------
        DatabaseError
            The source is unknown, two passages stand in one place, or afterwards the
            source has another number of rows than were given; nothing is saved.
        """
        with open_knowledge_base(self.url) as connection:
            return replace_passages(connection, source_id, passages, links, held or {})

    def replace_by_link(self, link: PassageLink) -> None:
        """Keep a stored passage as a link only: a more trusted source has its text."""
        with open_knowledge_base(self.url) as connection:
            lock_writers(connection)
            changed = change_rows(
                connection, "demote_passage", link.source_id, link.chunk_no
            )
            if not changed:
                raise DatabaseError(
                    f"knowledge.passages of {link.source_id}",
                    f"there is no current passage in place {link.chunk_no}",
                    "save the passages of that source first",
                )
            save_link(connection, link)
            change_rows(connection, "renew_source_sha256", link.source_id)

    def count_passages(self, source_id: str) -> int:
        """Count the current passages of a source, links left out."""
        with open_knowledge_base(self.url) as connection:
            rows = fetch_rows(connection, "count_current_rows", source_id)
        return int(rows[0][0])

    def iter_passage_texts(self) -> Iterator[PassageText]:
        """Iterate over the passages in use; memory holds a few thousand at most."""
        with (
            open_knowledge_base(self.url) as connection,
            connection.cursor("passages") as cursor,
        ):
            cursor.itersize = _FETCH_ROWS
            cursor.execute(load_statement("passages_for_signatures"))
            for row in cursor:
                yield PassageText(*row)

    def list_held(self) -> tuple[HeldPassage, ...]:
        """List the passages that wait for a person to read them."""
        with open_knowledge_base(self.url) as connection:
            rows = fetch_rows(connection, "list_held")
        return tuple(HeldPassage(*row) for row in rows)

    def release(self, passage_id: str, released_by: str) -> None:
        """Let a held passage be retrieved.

        Raises
        ------
        DatabaseError
            No such passage is held.
        """
        with open_knowledge_base(self.url) as connection:
            lock_writers(connection)
            rows = fetch_rows(connection, "release_passage", passage_id, released_by)
            if not rows:
                raise DatabaseError(
                    "knowledge.passages",
                    f"no passage {passage_id!r} is held",
                    "take an id that `sportsgpt kb review` lists",
                )
            change_rows(connection, "renew_source_sha256", rows[0][0])

    def withdraw(self, source_id: str, reason: str) -> Withdrawal:
        """Take a source out of retrieval at once; its rows stay for past reports.

        Raises
        ------
        DatabaseError
            There is no such source.
        """
        with open_knowledge_base(self.url) as connection:
            lock_writers(connection)
            changed = change_rows(connection, "withdraw_source", source_id, reason)
            if not changed:
                raise DatabaseError(
                    "knowledge.sources",
                    f"there is no source {source_id!r}",
                    "check the id against the manifest of the collection",
                )
            mark_broken_links(connection, source_id)
            due = [row[0] for row in fetch_rows(connection, "list_due_sources")]
        return Withdrawal(self.list_reports_citing(source_id), tuple(due))

    def list_reports_citing(self, source_id: str) -> tuple[CitingReport, ...]:
        """List the past reports that cite a source, oldest first."""
        with open_knowledge_base(self.url) as connection:
            rows = fetch_rows(connection, "reports_citing", source_id)
        return tuple(CitingReport(*row) for row in rows)

    def find_unknown_questions(
        self, embedding_model: str, questions: Iterable[str]
    ) -> list[str]:
        """Find the questions whose embedding is not stored, without repeats."""
        by_sha256 = {compute_text_sha256(text): text for text in questions}
        with open_knowledge_base(self.url) as connection:
            rows = fetch_rows(
                connection, "cached_questions", embedding_model, list(by_sha256)
            )
        known = {row[0] for row in rows}
        return [text for sha256, text in by_sha256.items() if sha256 not in known]

    def save_questions(
        self, embedding_model: str, vectors: Mapping[str, np.ndarray]
    ) -> None:
        """Save the embeddings of questions, by their text."""
        from pgvector import HalfVector

        with open_knowledge_base(self.url) as connection:
            for text, vector in vectors.items():
                change_rows(
                    connection,
                    "save_question",
                    compute_text_sha256(text),
                    embedding_model,
                    text,
                    HalfVector(vector),
                )

    def compute_version(self) -> str:
        """Compute the SHA-256 over all sources in use: their metadata and passages."""
        with open_knowledge_base(self.url) as connection:
            rows = fetch_rows(connection, "content_keys")
        return compute_text_sha256(json.dumps(rows))

    def refresh_word_counts(self) -> None:
        """Count how common words are, in a sample; a search ranks by the rare ones."""
        with open_knowledge_base(self.url) as connection:
            passages = fetch_rows(connection, "count_rows")[0][1]
            change_rows(connection, "clear_word_counts")
            change_rows(
                connection,
                "count_words",
                _WORD_SAMPLE_PASSAGES,
                passages,
                _LEAST_COMMON_COUNT,
            )

    def count_rows(self) -> dict[str, int]:
        """Count sources and passages in use."""
        with open_knowledge_base(self.url) as connection:
            counts = fetch_rows(connection, "count_rows")[0]
        return dict(zip(("sources", "passages"), counts, strict=True))

    def _add_collection(self, collection: str) -> None:
        """Make a collection's partitions, which readers wait for, where they lack."""
        with open_knowledge_base(self.url) as connection:
            if not fetch_rows(connection, "has_collection", collection)[0][0]:
                fetch_rows(connection, "add_collection", collection)


def compute_text_sha256(text: str) -> str:
    """Compute the SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()
