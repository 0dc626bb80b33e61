"""Saves one source as its manifest states it.

Only :mod:`sportsgpt_lib.knowledge.store` calls this; what a source is, is in
``sources.py``.
"""

from sportsgpt_lib.errors import DatabaseError
from sportsgpt_lib.knowledge.postgres import KnowledgeConnection, change_rows
from sportsgpt_lib.knowledge.sources import Source


def save_source(
    connection: KnowledgeConnection, collection: str, source: Source
) -> None:
    """Save what the manifest states of a source.

    Raises
    ------
    DatabaseError
        Another collection has a source of that name.
    """
    saved = change_rows(
        connection,
        "save_source",
        source.id,
        collection,
        source.title,
        list(source.authors),
        source.year,
        source.edition,
        source.licence,
        source.owner,
        source.trust_level,
        source.language,
        source.sha256,
        source.admitted_by,
        source.withdrawn_reason,
        list(source.topics),
        source.sport,
        list(source.audience),
        list(source.movements),
    )
    if not saved:
        raise DatabaseError(
            "knowledge.sources",
            f"source {source.id!r} belongs to another collection than {collection!r}",
            "give it another id in its manifest",
        )
