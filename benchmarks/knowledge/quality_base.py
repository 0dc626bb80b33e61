"""A knowledge base of all shared collections, the starter and a Chinese document.

What is asked of it is in ``quality_questions.toml``.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from benchmarks.knowledge.collections import load_documents
from kb_ingest.chunking.documents import chunk_document
from kb_ingest.chunking.duplicates import (
    SignatureIndex,
    find_near_duplicates,
    rank_sources,
)
from kb_ingest.chunking.instructions import find_instructions
from kb_ingest.parsing import parse_file
from sportsgpt_lib.knowledge.collection import load_collection
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer
from sportsgpt_lib.knowledge.embedding_run import embed_passages
from sportsgpt_lib.knowledge.passages import Passage, build_passages
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store import KnowledgeStore
from sportsgpt_lib.storage.embedded_postgres import EmbeddedPostgres
from sportsgpt_lib.storage.migrations import migrate

CHINESE_COLLECTION = "quality_zh"
_HERE = Path(__file__).parent
_STARTER = _HERE.parents[1] / "kb_ingest" / "starter"


@contextmanager
def open_base(embedder: Embedder) -> Iterator[str]:
    """Fill a database of its own; gives its URL."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder))
        try:
            migrate(server.start())
            url = server.url("owner")
            fill_base(url, embedder)
            yield url
        finally:
            server.remove()


def fill_base(url: str, embedder: Embedder) -> None:
    """Save and embed everything, near duplicates as links, instructions held."""
    store = KnowledgeStore(url)
    made = [*_make_starter(), *_make_documents()]
    for collection, group in groupby(made, key=lambda one: one[0]):
        store.save_sources(collection, [source for _, source, _ in group])
    index = SignatureIndex(rank_sources([source for _, source, _ in made]))
    for _, source, passages in made:
        held = {
            passage.passage_id: reasons
            for passage in passages
            if (reasons := find_instructions(passage.text))
        }
        links = find_near_duplicates(
            [one for one in passages if one.passage_id not in held], index
        )
        own = [link for link in links if link.source_id == source.id]
        linked = {link.chunk_no for link in own}
        kept = [one for one in passages if one.chunk_no not in linked]
        store.save_passages(source.id, kept, own, held)
        for link in links:
            if link.source_id != source.id:
                store.replace_by_link(link)
    store.refresh_word_counts()
    embed_passages(url, embedder)


def _make_starter() -> Iterator[tuple[str, Source, Sequence[Passage]]]:
    starter = load_collection(_STARTER)
    for source in starter.sources:
        yield "starter", source, build_passages(starter, source)


def _make_documents() -> Iterator[tuple[str, Source, Sequence[Passage]]]:
    """Cut the collections, each of which is one source, and the Chinese document."""
    tokenizer = MiniLmTokenizer()
    pairs = groupby(load_documents(), key=lambda pair: pair[0])
    for source, group in pairs:
        cut = [p for _, doc in group for p in chunk_document(doc, source, tokenizer)]
        passages = [replace(one, chunk_no=number) for number, one in enumerate(cut)]
        yield source.id, source, passages
    chinese = source.model_copy(
        update={
            "id": CHINESE_COLLECTION,
            "title": "技术要点",
            "language": "zh",
            "kind": "document",
        }
    )
    document = parse_file(_HERE / "quality_zh.md")
    yield CHINESE_COLLECTION, chinese, chunk_document(document, chinese, tokenizer)
