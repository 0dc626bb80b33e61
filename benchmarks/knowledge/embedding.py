"""How fast the offline model embeds real text on this machine's CPU.

Beside it, in the same run and by turns: the same texts by sentence-transformers as it
comes. The ratio is of processor time on one core: on a busy machine two threads wait
for each other.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.figures import Figure
from benchmarks.knowledge.texts import cut_chunks, list_texts
from sportsgpt_lib.knowledge.embedder import MiniLmEmbedder
from sportsgpt_lib.knowledge.embedder_tokens import find_minilm_folder
from sportsgpt_lib.torch_runtime import prepare_torchvision

_TEXTS = 32
# Two special tokens come on top: 256, all that the model reads.
_TOKENS = 254
_REPEATS = 2
_MUST_WITH_AMX, _MUST_WITHOUT = 100.0, 30.0


@dataclass(frozen=True)
class Taken:
    """What a run took: by the clock, and of all cores together."""

    clock_s: float
    processor_s: float


def measure() -> list[Figure]:
    """Embed chunks of 256 tokens, and of mixed length, best of two."""
    prepare_torchvision()
    import torch
    from sentence_transformers import SentenceTransformer

    embedder = MiniLmEmbedder()
    plain = SentenceTransformer(str(find_minilm_folder()), device="cpu")
    documents = list_texts()
    whole = [
        chunk
        for text in documents
        for chunk in cut_chunks(text, embedder.tokenizer, _TOKENS)
    ]
    rng = np.random.default_rng(6)
    chosen = [whole[place] for place in rng.permutation(len(whole))[:_TEXTS]]
    mixed = [text[: rng.integers(80, len(text))] for text in chosen]
    started = time.perf_counter()
    counts = embedder.tokenizer.count_tokens(whole)
    counting_s = time.perf_counter() - started
    ours = embedder.embed
    theirs = partial(plain.encode, show_progress_bar=False)
    for run in (ours, theirs):
        run(chosen[:8])
    ours_taken, theirs_taken = _time_by_turns((ours, theirs), chosen)
    (mixed_taken,) = _time_by_turns((ours,), mixed)
    torch.set_num_threads(1)
    ours_alone, theirs_alone = _time_by_turns((ours, theirs), chosen)
    nearest = float(
        np.min(np.sum(ours(chosen[:8]) * _normalize(theirs(chosen[:8])), axis=1))
    )
    has_amx = "amx_bf16" in Path("/proc/cpuinfo").read_text().split()
    return [
        Figure(
            "chunks of 256 tokens",
            _TEXTS / ours_taken.clock_s,
            "1/s",
            must=_MUST_WITH_AMX if has_amx else _MUST_WITHOUT,
            is_at_least=True,
            note="bfloat16, AMX" if has_amx else "float32, the CPU has no AMX",
        ),
        Figure(
            "the same by plain sentence-transformers",
            _TEXTS / theirs_taken.clock_s,
            "1/s",
        ),
        Figure(
            "chunks of 256 tokens, of processor time on one core",
            _TEXTS / ours_alone.processor_s,
            "1/s",
        ),
        Figure(
            "ours over plain, by processor time on one core",
            theirs_alone.processor_s / ours_alone.processor_s,
            "ratio",
        ),
        Figure("least cosine between ours and plain", nearest, ""),
        Figure("chunks of mixed length", _TEXTS / mixed_taken.clock_s, "1/s"),
        Figure("tokens counted", sum(counts) / counting_s, "1/s"),
    ]


def _time_by_turns(
    runs: Sequence[Callable[[list[str]], object]], texts: list[str]
) -> list[Taken]:
    """Time each run by turns; the best of each, by clock and by processor."""
    taken: list[list[Taken]] = [[] for _ in runs]
    for _ in range(_REPEATS):
        for run, times in zip(runs, taken, strict=True):
            clock_s, processor_s = time.perf_counter(), time.process_time()
            run(texts)
            times.append(
                Taken(time.perf_counter() - clock_s, time.process_time() - processor_s)
            )
    return [
        Taken(min(one.clock_s for one in times), min(one.processor_s for one in times))
        for times in taken
    ]


def _normalize(vectors: object) -> np.ndarray:
    rows = np.asarray(vectors, dtype=np.float64)
    unit: np.ndarray = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
