import hashlib
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psycopg
import pytest

from sportsgpt_lib.knowledge.collection import Collection, load_collection
from sportsgpt_lib.knowledge.embedder import EMBEDDING_DIMENSION
from sportsgpt_lib.knowledge.store import KnowledgeStore

STARTER_FOLDER = Path(__file__).resolve().parents[2] / "kb_ingest" / "starter"


class WordEmbedder:
    """Counts words into hashed places: texts that share words lie close together."""

    model_name = "words@1"
    weights_sha256 = "0" * 64
    dimension = EMBEDDING_DIMENSION

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded.extend(texts)
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
            "truncate knowledge.sources, knowledge.query_embeddings cascade"
        )
    return postgres_url


@pytest.fixture
def store(empty_knowledge_url: str) -> KnowledgeStore:
    return KnowledgeStore(empty_knowledge_url)
