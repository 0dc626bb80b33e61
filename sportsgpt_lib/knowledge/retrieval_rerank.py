"""Puts the best passages in a new order: by closeness, or by a re-ranker.

Closeness is what both channels found already, and costs nothing. A re-ranker reads
question and passage together, is optional, and is asked about the best few only: the
embedding model's token vectors, or a cross-encoder, of which none is shipped.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from sportsgpt_lib.torch_runtime import prepare_torchvision

CLOSENESS_DEPTH = 20
"""So many of the best passages are ordered by closeness: docs/retrieval.md."""

# Chosen: a small cross-encoder reads some tens of pairs a second on one core.
RERANK_DEPTH = 30
"""So many of the best passages are re-ranked."""

_BATCH_PAIRS = 16


class Reranker(Protocol):
    """Scores passages against a question."""

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Score each text; float64 ``(texts,)``, larger = fits better, all finite."""
        ...


class TokenEmbedder(Protocol):
    """A model that gives a vector for every token of a text."""

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Embed texts; float32 ``(tokens, dimension)`` each, rows of unit length."""
        ...


def order_by_closeness(
    passages: Sequence[EvidencePassage],
    word_shares: Mapping[str, float],
    word_relief: float,
) -> tuple[EvidencePassage, ...]:
    """Put the best passages in the order of their closeness; the rest stays behind.

    Parameters
    ----------
    passages
        As fused, best first.
    word_shares
        Weighed share of the question's words in a passage; where it lacks, 0.
    word_relief
        What a share of 1 counts against a cosine.
    """
    best, rest = passages[:CLOSENESS_DEPTH], passages[CLOSENESS_DEPTH:]
    close = [
        replace(
            passage,
            closeness=(passage.similarity or 0.0)
            + word_relief * word_shares.get(passage.passage_id, 0.0),
        )
        for passage in best
    ]
    close.sort(key=lambda passage: -(passage.closeness or 0.0))
    return (*close, *rest)


def rerank(
    reranker: Reranker, question: str, passages: Sequence[EvidencePassage]
) -> tuple[EvidencePassage, ...]:
    """Put the best passages in the re-ranker's order; the rest stays behind them."""
    best, rest = passages[:RERANK_DEPTH], passages[RERANK_DEPTH:]
    scores = reranker.score(question, [f"{one.title}. {one.text}" for one in best])
    scored = [
        replace(passage, rerank_score=float(score))
        for passage, score in zip(best, scores, strict=True)
    ]
    scored.sort(key=lambda passage: -(passage.rerank_score or 0.0))
    return (*scored, *rest)


class TokenReranker:
    """Late interaction: each token of the question with its best match in the text.

    The model is the one that embeds, so that nothing more must be had; the text's
    vectors are computed at every search.

    Source: the score of Khattab and Zaharia (2020), ColBERT, SIGIR, doi
    10.1145/3397271.3401075, as a mean; their model was trained for it, ours was not.
    """

    def __init__(self, embedder: TokenEmbedder) -> None:
        self._embedder = embedder

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Score each text; float64 ``(texts,)``, the mean best cosine, 1 = the same."""
        if not texts:
            return np.empty(0)
        asked, *found = self._embedder.embed_tokens([question, *texts])
        if not len(asked):
            return np.zeros(len(texts))
        return np.array([_score_tokens(asked, text) for text in found])


class CrossEncoderReranker:
    """A sentence-transformers CrossEncoder from a local folder; loaded at first use."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Score each text; float64 ``(texts,)``, larger = fits better.

        Raises
        ------
        ModelServiceError
            The folder holds no cross-encoder, or it does not give one number a pair.
        """
        if not texts:
            return np.empty(0)
        with self._lock:
            found = self._network.predict(
                [(question, text) for text in texts],
                batch_size=_BATCH_PAIRS,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        scores = np.asarray(found, dtype=np.float64)
        if scores.shape != (len(texts),) or not np.isfinite(scores).all():
            raise ModelServiceError(
                str(self._folder),
                f"gives scores of shape {scores.shape} for {len(texts)} pairs, or some "
                "that are not finite",
                "choose a cross-encoder with one output",
            )
        return scores

    @cached_property
    def _network(self) -> Any:
        if not (self._folder / "config.json").is_file():
            raise ModelServiceError(
                str(self._folder),
                "is not the folder of a model: it holds no config.json",
                "give the folder of a sentence-transformers CrossEncoder",
            )
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        prepare_torchvision()
        from sentence_transformers import CrossEncoder

        return CrossEncoder(str(self._folder), device="cpu", local_files_only=True)


def _score_tokens(asked: np.ndarray, text: np.ndarray) -> float:
    """Compute the mean over the question's tokens of the best cosine in the text."""
    return float((asked @ text.T).max(axis=1).mean()) if len(text) else 0.0
