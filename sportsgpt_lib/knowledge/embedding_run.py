"""Embeds what a model has not embedded yet, indexes it, and lets readers use it.

Every batch is saved for itself, so that a killed run loses one batch at most and the
next goes on behind it. Who computes vectors is in ``embedder.py``.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from sportsgpt_lib.knowledge.embedder import Embedder
from sportsgpt_lib.knowledge.embedding_checks import validate_probe
from sportsgpt_lib.knowledge.embedding_models import (
    DEFAULT_INDEX,
    LEAST_RECALL_RATIO,
    IndexSettings,
    ModelRegistry,
)
from sportsgpt_lib.knowledge.embedding_vectors import (
    Coverage,
    TextToEmbed,
    VectorStore,
)
from sportsgpt_lib.knowledge.postgres import fetch_rows, open_knowledge_base

Report = Callable[[str, int, int], None]
"""Told of progress: the step in words, how many are done, how many there are."""

# Chosen: a few seconds of work on a CPU, which is what a kill may cost.
_BATCH_TEXTS = 128
# Batches are cut from so many texts sorted by length, so that a network pads little.
_WINDOW_TEXTS = 2048


@dataclass(frozen=True)
class EmbeddingOutcome:
    """What a run did, and the seconds of its steps.

    ``recall_ratio`` is the model's last measured one.
    """

    model: str
    embedded_now: int
    pruned: int
    coverage: Coverage
    recall_ratio: float | None
    is_active: bool
    embed_s: float
    index_s: float
    recall_s: float


def embed_passages(
    url: str,
    embedder: Embedder,
    *,
    index: IndexSettings = DEFAULT_INDEX,
    report: Report | None = None,
) -> EmbeddingOutcome:
    """Bring a model's vectors up to date and make it the active model.

    Another model that is active serves readers until this one has every passage and
    its index finds at least 95 % of what exact search finds.

    Raises
    ------
    DatabaseError
        The recall is below that, what the embedder gives does not fit the model, or
        another model answers under its name.
    ModelServiceError
        The model does not answer; what was embedded before stays saved.
    """
    registry = ModelRegistry(url)
    told = report or _tell_nobody
    with _only_run(url, embedder.model_name):
        model = registry.register(embedder, index)
        vectors = VectorStore(url, model)
        pruned = vectors.prune()
        times_s = [time.monotonic()]
        missing = _count_missing(vectors)
        if sum(missing.values()) or embedder.weights_sha256 is None:
            validate_probe(url, model, embedder)
        embedded = _embed_missing(vectors, embedder, missing, told)
        times_s.append(time.monotonic())
        built = _build_indexes(vectors, index, told)
        if embedded or built:
            vectors.refresh_statistics()
        times_s.append(time.monotonic())
        if embedded or built or model.recall_ratio is None:
            told("recall", 0, 1)
            probe = vectors.find_search_ef(LEAST_RECALL_RATIO)
            registry.save_recall(model.name, probe.recall_ratio, probe.search_ef)
            told("recall", 1, 1)
        times_s.append(time.monotonic())
        coverage = vectors.count_coverage()
        if model.state != "active" and coverage.embedded == coverage.readable:
            registry.activate(model.name)
    now = registry.find(model.name) or model
    return EmbeddingOutcome(
        model.name,
        embedded,
        pruned,
        coverage,
        now.recall_ratio,
        now.state == "active",
        *(end_s - start_s for start_s, end_s in pairwise(times_s)),
    )


def _count_missing(vectors: VectorStore) -> dict[str, int]:
    return {name: vectors.count_missing(name) for name in vectors.list_collections()}


def _embed_missing(
    vectors: VectorStore,
    embedder: Embedder,
    missing: Mapping[str, int],
    report: Report,
) -> int:
    total, done = sum(missing.values()), 0
    for collection, incoming in missing.items():
        if incoming:
            vectors.prepare_load(collection, incoming)
        for window in vectors.iter_missing(collection, _WINDOW_TEXTS):
            for batch in _cut_by_length(window):
                found = embedder.embed([text.text for text in batch])
                vectors.save(collection, batch, found)
                done += len(batch)
                report("embed", done, total)
    return done


def _build_indexes(vectors: VectorStore, index: IndexSettings, report: Report) -> int:
    collections = vectors.list_collections()
    built = 0
    report("index", built, len(collections))
    for number, collection in enumerate(collections, start=1):
        built += vectors.build_index(collection, index)
        report("index", number, len(collections))
    return built


def _cut_by_length(window: Sequence[TextToEmbed]) -> Iterator[list[TextToEmbed]]:
    by_length = sorted(window, key=lambda text: len(text.text))
    for first in range(0, len(by_length), _BATCH_TEXTS):
        yield by_length[first : first + _BATCH_TEXTS]


@contextmanager
def _only_run(url: str, model: str) -> Iterator[None]:
    """Wait until no other run embeds for the model; a killed run waits for nothing."""
    with open_knowledge_base(url) as connection:
        fetch_rows(connection, "lock_embedding_run", model)
        # The lock is the session's: an open transaction would hold back the vacuum.
        connection.commit()
        yield


def _tell_nobody(_step: str, _done: int, _total: int) -> None:
    return
