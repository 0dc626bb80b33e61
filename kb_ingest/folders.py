"""Reads a folder of knowledge and checks it against all that it must agree with.

What is wrong inside the folder itself is found by ``sportsgpt_lib/knowledge``.
"""

from collections.abc import Mapping
from pathlib import Path

from kb_ingest.source_making import KnowledgeFolder
from sportsgpt_lib.errors import KnowledgeError
from sportsgpt_lib.knowledge.card_lint import validate_cards
from sportsgpt_lib.knowledge.collection import (
    MANIFEST_FILE,
    Collection,
    load_collection,
)
from sportsgpt_lib.sports.loader import load_movement, movement_names


def load_checked_collection(
    folder: Path, *, must_cover_issues: bool = True
) -> Collection:
    """Load a folder of knowledge and check it against all movements.

    Raises
    ------
    KnowledgeError
        Anything in it is wrong, but for files that are not the admitted ones; all
        problems of the folder at once.
    """
    collection = load_collection(folder)
    movements = [load_movement(name) for name in movement_names()]
    must_cover = must_cover_issues and collection.has_all_statements
    validate_cards(collection, movements, must_cover_issues=must_cover)
    return collection


def validate_ids(
    folder: KnowledgeFolder, collection: Collection, known: Mapping[str, str]
) -> None:
    """Refuse a source that another collection has already.

    Raises
    ------
    KnowledgeError
        ``known``, which maps ids of sources to their collections, has one of them.
    """
    problems = [
        f"source id {source.id!r} belongs to the collection {known[source.id]!r}"
        for source in collection.sources
        if known.get(source.id, folder.collection) != folder.collection
    ]
    if problems:
        raise KnowledgeError(
            str(folder.path / MANIFEST_FILE),
            f"{len(problems)} source(s) have an id that another collection uses",
            "give each another id",
            problems=problems,
        )
