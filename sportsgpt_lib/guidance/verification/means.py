"""What the verifier may ask besides its rules: an embedding model and a judge model.

Both are optional, and without them fewer paraphrases pass. Quotations and sentences
that rest on facts alone ask neither.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.language import Language

_KEPT_TEXTS = 20_000


@dataclass(frozen=True)
class Claim:
    """A sentence, and what it cites, for a judge."""

    sentence: str
    evidence: tuple[str, ...]


class Judge(Protocol):
    """Says whether evidence bears sentences out."""

    @property
    def fingerprint(self) -> str:
        """Names model and prompt, for the keys of stored results."""
        ...

    def judge(self, claims: Sequence[Claim]) -> tuple[bool | None, ...]:
        """Judge each claim; None = it was not asked or gave no usable answer."""
        ...


class SimilarityMeter:
    """Measures how near sentences are by an embedding model; safe between threads.

    Texts are embedded once. Where the model cannot be reached, or does not know the
    language, there is no similarity.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, np.ndarray] = {}
        self._lock = threading.Lock()

    @property
    def model_name(self) -> str:
        """Model with its revision."""
        return self._embedder.model_name

    def measure(
        self, text: str, others: Sequence[str], language: Language
    ) -> float | None:
        """Measure the greatest cosine between a text and others; None = unknown."""
        languages = self._embedder.languages
        if not others or (languages is not None and language not in languages):
            return None
        try:
            vectors = self._embed([text, *others])
        except ModelServiceError:
            return None
        return float(np.clip(np.max(vectors[1:] @ vectors[0]), -1.0, 1.0))

    def _embed(self, texts: Sequence[str]) -> np.ndarray:
        with self._lock:
            missing = [t for t in dict.fromkeys(texts) if t not in self._vectors]
            if missing:
                if len(self._vectors) > _KEPT_TEXTS:
                    self._vectors.clear()
                    missing = list(dict.fromkeys(texts))
                embedded = self._embedder.embed(missing)
                self._vectors.update(zip(missing, embedded, strict=True))
            return np.stack([self._vectors[text] for text in texts])


@dataclass(frozen=True)
class Means:
    """What may be asked. None = nothing of the kind."""

    similarity: SimilarityMeter | None = field(default=None, repr=False)
    judge: Judge | None = field(default=None, repr=False)

    @property
    def fingerprint(self) -> str:
        """Name what decides a verdict besides the rules, for cache keys."""
        meter = "none" if self.similarity is None else self.similarity.model_name
        judge = "none" if self.judge is None else self.judge.fingerprint
        return f"similarity={meter} judge={judge}"


RULES_ONLY = Means()
