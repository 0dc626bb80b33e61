"""The re-ranking port: reads question and passage together and says how well they fit.

Optional, and none is shipped. A cross-encoder reads every pair, so that it is asked
about the best few only.
"""

import os
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.retrieval_evidence import EvidencePassage
from sportsgpt_lib.torch_runtime import prepare_torchvision

# Chosen: a small cross-encoder reads some tens of pairs a second on one core.
RERANK_DEPTH = 30
"""So many of the best passages are re-ranked."""

_BATCH_PAIRS = 16


class Reranker(Protocol):
    """Scores passages against a question."""

    def score(self, question: str, texts: Sequence[str]) -> np.ndarray:
        """Score each text; float64 ``(texts,)``, larger = fits better, all finite."""
        ...


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
