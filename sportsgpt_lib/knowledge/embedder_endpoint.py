"""An embedding model behind any OpenAI-compatible server, such as vLLM.

A server may be slow, refuse, answer too little or change its model: each request is
checked, tried again a fixed number of times, and spaced. What the port is, is in
``embedder.py``.
"""

import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from pydantic import SecretStr

from sportsgpt_lib.errors import ModelServiceError
from sportsgpt_lib.knowledge.embedder import normalize_rows
from sportsgpt_lib.knowledge.embedder_tokens import MiniLmTokenizer, Tokenizer
from sportsgpt_lib.model_service.openai_client import (
    Server,
    build_openai_client,
    build_quiet_headers,
    refuse_failures,
)
from sportsgpt_lib.model_service.refusal import Refusal

_MOST_ANSWER_BYTES = 64_000_000
"""Chosen: 64 texts of 8,192 numbers with 25 digits each are 14 MB."""
_CONNECTIONS = 8
"""Chosen: batches are asked one after the other, by few threads."""
_LONGEST_WAIT_S = 60.0
_PROBE_TEXT = "The knees bend too little when landing from a jump."


@dataclass(frozen=True)
class EndpointSettings:
    """Where the model is and how hard it may be asked; one number for each limit.

    ``revision`` says which weights are meant: change it when the server's model
    changes. ``dimension`` None = as many as the server gives. ``languages`` None = all.
    ``requests_per_minute`` None = no limit.
    """

    base_url: str
    model: str
    api_key: SecretStr
    revision: str = "1"
    dimension: int | None = None
    languages: frozenset[str] | None = None
    batch_texts: int = 64
    timeout_s: float = 60.0
    attempts: int = 5
    first_wait_s: float = 1.0
    requests_per_minute: float | None = None


class EndpointEmbedder:
    """Asks a server for vectors; gives them unit length.

    Parameters
    ----------
    tokenizer
        How long texts are to the model; the offline model's word pieces where None.
    sleep
        Waits so many seconds.
    """

    weights_sha256 = None

    def __init__(
        self,
        settings: EndpointSettings,
        *,
        tokenizer: Tokenizer | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._given_tokenizer = tokenizer
        self._sleep = sleep
        self._lock = threading.Lock()
        self._next_request_s = 0.0

    @property
    def model_name(self) -> str:
        """Model with the revision of the settings."""
        return f"{self._settings.model}@{self._settings.revision}"

    @property
    def languages(self) -> frozenset[str] | None:
        """Languages that it knows; None = all."""
        return self._settings.languages

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """How long a text is to this model."""
        return self._given_tokenizer or MiniLmTokenizer()

    @cached_property
    def dimension(self) -> int:
        """Length of a vector; asks the server once where the settings don't say it."""
        if self._settings.dimension is not None:
            return self._settings.dimension
        return len(self._ask([_PROBE_TEXT])[0])

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Embed texts; float32 ``(texts, dimension)``, rows of unit length.

        Raises
        ------
        ModelServiceError
            The server gives no usable answer in all attempts, or vectors of another
            length than before.
        """
        size = self._settings.batch_texts
        rows = [
            row
            for first in range(0, len(texts), size)
            for row in self._ask(texts[first : first + size])
        ]
        if not rows:
            return np.empty((0, self.dimension), dtype=np.float32)
        lengths = {len(row) for row in rows}
        if lengths != {self.dimension}:
            raise self._error(
                f"its vectors have {sorted(lengths)} numbers; {self.dimension} are "
                "expected",
                "set the dimension that the server gives, and a new revision",
            )
        vectors = np.asarray(rows, dtype=np.float64)
        if not np.isfinite(vectors).all() or not vectors.any(axis=1).all():
            raise self._error(
                "a vector is all zero or has a number that is not finite",
                "look into the server's log",
            )
        return normalize_rows(vectors)

    def _ask(self, texts: Sequence[str]) -> list[list[float]]:
        """Ask until an answer is usable, or the attempts are used up."""
        wait_s = self._settings.first_wait_s
        reason = "no attempt was allowed"
        for attempt in range(self._settings.attempts):
            if attempt:
                self._sleep(wait_s)
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
            try:
                return self._request(texts)
            except Refusal as refusal:
                reason = str(refusal)
                if not refusal.may_retry:
                    break
                wait_s = min(max(wait_s, refusal.wait_s), _LONGEST_WAIT_S)
        raise self._error(
            f"gave no vectors: {reason}",
            "check the server, the model's name and its key; docs/knowledge.md",
        )

    def _request(self, texts: Sequence[str]) -> list[list[float]]:
        import openai

        self._keep_rate()
        dimension = self._settings.dimension
        with refuse_failures("a list of embeddings"):
            answer = self._client.embeddings.create(
                model=self._settings.model,
                input=list(texts),
                encoding_format="float",
                dimensions=openai.omit if dimension is None else dimension,
                extra_headers=build_quiet_headers(),
            )
        return _read_rows(answer, len(texts))

    def _keep_rate(self) -> None:
        """Wait for this request's turn."""
        rate = self._settings.requests_per_minute
        if rate is None:
            return
        with self._lock:
            now_s = time.monotonic()
            turn_s = max(now_s, self._next_request_s)
            self._next_request_s = turn_s + 60.0 / rate
        if turn_s > now_s:
            self._sleep(turn_s - now_s)

    @cached_property
    def _client(self) -> Any:
        settings = self._settings
        client = build_openai_client(
            Server(
                base_url=settings.base_url,
                api_key=settings.api_key,
                timeout_s=settings.timeout_s,
                most_answer_bytes=_MOST_ANSWER_BYTES,
                connections=_CONNECTIONS,
            )
        )
        weakref.finalize(self, client.close)
        return client

    def _error(self, found: str, fix: str) -> ModelServiceError:
        address = urlsplit(self._settings.base_url)
        # A name and password in the address are as secret as the key.
        server = address.netloc.rpartition("@")[2]
        where = f"{self._settings.model} at {server}{address.path}"
        return ModelServiceError(where, found, fix)


def _read_rows(answer: Any, expected: int) -> list[list[float]]:
    """Read the vectors in the order of the texts."""
    try:
        rows = {
            int(part.index): list(map(float, part.embedding)) for part in answer.data
        }
    except (AttributeError, TypeError, ValueError) as error:
        raise Refusal("its answer is not a list of embeddings") from error
    if sorted(rows) != list(range(expected)):
        raise Refusal(f"it gave {len(rows)} vectors for {expected} texts")
    return [rows[place] for place in range(expected)]
