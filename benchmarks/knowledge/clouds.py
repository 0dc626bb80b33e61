"""Vectors and texts in any number that lie like real ones.

Independent random vectors have no neighbours worth finding. Here each one is a real
embedding moved along the directions in which real embeddings differ, and each text is
sentences of real documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.figures import OUT
from benchmarks.knowledge.texts import cut_chunks, list_sentences, list_texts
from sportsgpt_lib.knowledge.embedder import (
    MINILM_SHA256,
    MiniLmEmbedder,
    normalize_rows,
)

_SEEDS, _QUESTIONS = 1500, 400
_TOKENS = 254
# Share of the real spread by which a copy leaves its seed: cosine of about 0.86 between
# them, as between passages of one section.
_SPREAD_RATIO = 0.6
_BLOCK_ROWS = 20_000
_SENTENCES_A_TEXT = 6


@dataclass(frozen=True)
class RealVectors:
    """Embeddings of chunks ``(S, D)``, and of sentences of other chunks ``(Q, D)``."""

    seeds: np.ndarray
    questions: np.ndarray
    question_texts: tuple[str, ...]


def load_real_vectors() -> RealVectors:
    """Embed real chunks and questions, once for a machine: kept in benchmarks/out."""
    rng = np.random.default_rng(6)
    embedder = MiniLmEmbedder()
    chunks = [
        chunk
        for text in list_texts()
        for chunk in cut_chunks(text, embedder.tokenizer, _TOKENS)
    ]
    order = rng.permutation(len(chunks))
    seeds = [chunks[place] for place in order[:_SEEDS]]
    asked = [
        sentences[0]
        for place in order[_SEEDS:]
        if (sentences := list_sentences(chunks[place]))
    ][:_QUESTIONS]
    file = OUT / f"knowledge_vectors_{MINILM_SHA256[:8]}.npz"
    if not file.is_file():
        _save(file, embedder.embed(seeds), embedder.embed(asked))
    with np.load(file) as kept:
        return RealVectors(kept["seeds"], kept["questions"], tuple(asked))


def build_vectors(real: RealVectors, count: int) -> np.ndarray:
    """Build unit vectors ``(count, D)``, float32."""
    rng = np.random.default_rng(60)
    centered = real.seeds - real.seeds.mean(axis=0)
    _, spread, directions = np.linalg.svd(centered, full_matrices=False)
    moves = (spread[:, None] / np.sqrt(len(real.seeds))) * directions
    vectors = np.empty((count, real.seeds.shape[1]), dtype=np.float32)
    for first in range(0, count, _BLOCK_ROWS):
        rows = min(_BLOCK_ROWS, count - first)
        seeds = real.seeds[rng.integers(len(real.seeds), size=rows)]
        noise = rng.standard_normal((rows, len(moves)), dtype=np.float32)
        moved = seeds + _SPREAD_RATIO * noise @ moves.astype(np.float32)
        vectors[first : first + rows] = normalize_rows(moved)
    return vectors


def iter_texts(count: int) -> Iterator[str]:
    """Iterate over texts of six real sentences each."""
    rng = np.random.default_rng(61)
    sentences = [s for text in list_texts() for s in list_sentences(text)]
    for _ in range(count):
        places = rng.integers(len(sentences), size=_SENTENCES_A_TEXT)
        yield " ".join(sentences[place] for place in places)


def find_exact(vectors: np.ndarray, questions: np.ndarray, wanted: int) -> list[float]:
    """Find how far the last of the nearest is, with the slack of half precision."""
    best = np.full((len(questions), 0), np.inf, dtype=np.float32)
    for first in range(0, len(vectors), 100_000):
        distances = 1.0 - questions @ vectors[first : first + 100_000].T
        nearest = np.partition(distances, wanted, axis=1)[:, :wanted]
        best = np.sort(np.concatenate([best, nearest], axis=1), axis=1)[:, :wanted]
    return [float(row[-1]) + 1e-4 for row in best]


def _save(file: Path, seeds: np.ndarray, questions: np.ndarray) -> None:
    OUT.mkdir(exist_ok=True)
    np.savez(file, seeds=seeds, questions=questions)
