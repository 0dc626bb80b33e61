"""Vectors that a benchmark has computed once for a machine, kept in benchmarks/out.

Filling a base with ten thousand passages takes minutes of embedding, which says
nothing about what is measured on it.
"""

import hashlib
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from benchmarks.figures import OUT
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.embedder_tokens import Tokenizer


class KeptVectorsEmbedder:
    """Embeds what it has not kept yet; else like the model that it stands for.

    Parameters
    ----------
    embedder
        The model.
    folder
        Where vectors are kept, in one file for each model and revision.
    """

    def __init__(self, embedder: Embedder, folder: Path = OUT) -> None:
        self._embedder = embedder
        self._file = folder / f"knowledge_{embedder.model_name}.sqlite"
        folder.mkdir(exist_ok=True)
        with closing(sqlite3.connect(self._file)) as kept, kept:
            kept.execute(
                "create table if not exists vectors (text_key blob primary key, "
                "vector blob not null)"
            )

    @property
    def model_name(self) -> str:
        """Model with its revision."""
        return self._embedder.model_name

    @property
    def weights_sha256(self) -> str | None:
        """SHA-256 of the weights."""
        return self._embedder.weights_sha256

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    @property
    def languages(self) -> frozenset[str] | None:
        """Languages that the model knows; None = all."""
        return self._embedder.languages

    @property
    def tokenizer(self) -> Tokenizer:
        """How long a text is to the model."""
        return self._embedder.tokenizer

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; float32 ``(texts, dimension)``, rows of unit length."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        with closing(sqlite3.connect(self._file, timeout=60)) as kept:
            found = {key: vector for key in keys if (vector := _load(kept, key))}
            missing = {
                key: text
                for key, text in zip(keys, texts, strict=True)
                if key not in found
            }
            if missing:
                computed = self._embedder.embed(list(missing.values()))
                new = {
                    key: row.astype(np.float32).tobytes()
                    for key, row in zip(missing, computed, strict=True)
                }
                with kept:
                    kept.executemany(
                        "insert or ignore into vectors values (?, ?)", new.items()
                    )
                found |= new
        rows = [np.frombuffer(found[key], dtype=np.float32) for key in keys]
        return np.stack(rows) if rows else np.empty((0, self.dimension), np.float32)


def _load(kept: sqlite3.Connection, key: bytes) -> bytes | None:
    row = kept.execute(
        "select vector from vectors where text_key = ?", [key]
    ).fetchone()
    return None if row is None else row[0]
