import hashlib
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psycopg
import pytest

from sportsgpt_lib.knowledge.collection import Collection, load_collection
from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer
from sportsgpt_lib.knowledge.embedding_checks import PROBE_TEXT
from sportsgpt_lib.knowledge.passages import Passage, build_passages
from sportsgpt_lib.knowledge.sources import Source
from sportsgpt_lib.knowledge.store import KnowledgeStore

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"


class WordEmbedder:
    """Counts words into hashed places: texts that share words lie close together."""

    weights_sha256 = "0" * 64

    def __init__(
        self,
        model_name: str = "words@1",
        dimension: int = 384,
        languages: frozenset[str] | None = None,
    ) -> None:
        self.model_name = model_name
        self.dimension = dimension
        self.languages = languages
        self.tokenizer = MiniLmTokenizer()
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(text for text in texts if text != PROBE_TEXT)
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"[a-z]{4,}", text.lower()):
                place = int(hashlib.sha256(word.encode()).hexdigest(), 16)
                row[place % self.dimension] += 1.0
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(norms, 1e-9)


@pytest.fixture
def embedder() -> WordEmbedder:
    return WordEmbedder()


@pytest.fixture(scope="session")
def starter() -> Collection:
    return load_collection(STARTER_FOLDER)


@pytest.fixture
def empty_knowledge_url(postgres_url: str) -> str:
    with psycopg.connect(postgres_url) as connection:
        connection.execute(
            "update knowledge.embedding_models set state = 'retired';"
            "select knowledge.delete_embedding_model(embedding_model)"
            " from knowledge.embedding_models;"
            "truncate knowledge.sources, knowledge.query_embeddings,"
            " knowledge.embedding_models, knowledge.quarantine cascade"
        )
    return postgres_url


@pytest.fixture
def store(empty_knowledge_url: str) -> KnowledgeStore:
    return KnowledgeStore(empty_knowledge_url)


@pytest.fixture
def ingested(
    store: KnowledgeStore, starter: Collection
) -> dict[str, tuple[Passage, ...]]:
    """The starter's sources and passages, saved but not embedded."""
    store.save_sources("starter", starter.sources)
    built = {s.id: build_passages(starter, s) for s in starter.sources}
    for source_id, passages in built.items():
        store.save_passages(source_id, passages)
    return built


@pytest.fixture
def build_source() -> Callable[..., Source]:
    """Build an admitted source; keywords replace what it states."""

    def build(source_id: str, **stated: object) -> Source:
        fields = {
            "id": source_id,
            "title": f"Title of {source_id}",
            "authors": ("A. Author",),
            "year": 2020,
            "licence": "CC-BY-4.0",
            "owner": "The owner",
            "trust_level": "high",
            "topics": ("jumping",),
            "sport": "athletics",
            "language": "en",
            "kind": "document",
            "file": f"{source_id}.md",
            "sha256": "a" * 64,
            "admitted_by": "a librarian",
        }
        return Source.model_validate(fields | stated)

    return build


@pytest.fixture
def build_passage() -> Callable[..., Passage]:
    """Build a passage of running text; keywords replace what it states."""

    def build(source_id: str, chunk_no: int, text: str, **stated: object) -> Passage:
        fields = {
            "kind": "text",
            "title": "Landing",
            "language": "en",
            "movements": (),
            "issues": (),
            "payload": {},
            "chunker_version": "documents-1",
            "page_first": chunk_no + 1,
            "page_last": chunk_no + 1,
        }
        return Passage(source_id, chunk_no, text=text, **(fields | stated))  # type: ignore[arg-type]

    return build
