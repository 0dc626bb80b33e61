"""One source: what it is made from, and its passages, in memory.

Parsing is in ``parsing``, cutting in ``chunking``; what is saved, and in which order,
in ``ingest.py``.
"""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from kb_ingest.chunking.documents import DOCUMENT_CHUNKER_VERSION, chunk_document
from kb_ingest.faults import find_held
from kb_ingest.parsing import PARSER_VERSION, Document, Finding, parse_file
from sportsgpt_lib.errors import DocumentError
from sportsgpt_lib.knowledge.admission import validate_unchanged
from sportsgpt_lib.knowledge.collection import REFERENCES_FILE, Collection
from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer
from sportsgpt_lib.knowledge.passages import CHUNKER_VERSION, Passage, build_passages
from sportsgpt_lib.knowledge.sources import TOML_KINDS, Source

FAULTS_VERSION = "faults-2"
"""Raised whenever the same passage would be held for other reasons."""

# Whichever model embeds: so a passage stays the same when the model changes.
_TOKENIZER = MiniLmTokenizer()
_DIGITS = 12
# Chosen: fewer words may be names and numbers.
_LEAST_WORDS_TO_JUDGE = 200


@dataclass(frozen=True)
class KnowledgeFolder:
    """A folder of knowledge; ``collection`` is its name in the knowledge base."""

    collection: str
    path: Path


@dataclass(frozen=True)
class MadeSource:
    """All passages of a source, why some are held, and what was found on the way."""

    passages: tuple[Passage, ...]
    held: Mapping[str, tuple[str, ...]]
    page_count: int | None
    findings: tuple[Finding, ...]


@dataclass
class Stopwatch:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        """Add the seconds until the context ends."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - started
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent


def describe_making(folder: Path, source: Source) -> str:
    """Describe all that a source's passages depend on; where it is equal, so are they.

    It begins with the file's SHA-256. Names of people and reviewers don't count.
    """
    stated = {
        "kind": source.kind,
        "title": source.title,
        "language": source.language,
        "movements": source.movements,
        "columns": None if source.columns is None else dict(source.columns),
    }
    versions = [PARSER_VERSION, DOCUMENT_CHUNKER_VERSION]
    if source.kind in TOML_KINDS:
        versions = [CHUNKER_VERSION]
        stated["translations"] = {
            language: file.sha256 for language, file in source.translations.items()
        }
        stated["references"] = _hash((folder / REFERENCES_FILE).read_bytes())
    digest = _hash(json.dumps(stated, sort_keys=True).encode())[:_DIGITS]
    return " ".join((source.sha256, *versions, FAULTS_VERSION, digest))


def make_source(
    folder: Path, collection: Collection, source: Source, watch: Stopwatch
) -> MadeSource:
    """Make the passages of a source.

    Raises
    ------
    DocumentError
        Its file cannot be used at all, or changed while it was parsed.
    """
    if source.kind in TOML_KINDS:
        with watch.time("cut"):
            passages = build_passages(collection, source)
            return MadeSource(passages, find_held(passages), None, ())
    with watch.time("parse"):
        document = parse_file(
            folder / source.file, declared_kind=source.kind, columns=source.columns
        )
        validate_unchanged(folder / source.file, source.sha256)
    _validate_language(document, source)
    with watch.time("cut"):
        passages = chunk_document(document, source, _TOKENIZER)
        held = find_held(passages)
    return MadeSource(passages, held, _count_pages(document), document.findings)


def _count_pages(document: Document) -> int | None:
    """Count pages; rows with a page each have as many as the last one says."""
    pages = [b.page_last for b in document.blocks if b.page_last is not None]
    return document.page_count or max(pages, default=None)


def _validate_language(document: Document, source: Source) -> None:
    """Refuse a document that is surely not in the language that was admitted."""
    is_unknown = document.language == "und"
    if document.language == source.language or (
        is_unknown and document.word_count < _LEAST_WORDS_TO_JUDGE
    ):
        return
    found = "neither English nor Chinese" if is_unknown else repr(document.language)
    raise DocumentError(
        source.file,
        f"the manifest says its language is {source.language!r}, its text is {found}",
        "correct the language in the manifest; texts in others are not ingested",
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
