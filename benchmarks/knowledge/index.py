"""The index: build, size, latency, recall; the hybrid query.

At 20,000 passages it takes about three minutes on a busy machine. The figures of
docs/knowledge-at-size.md are at 100,000: ``BENCH_PASSAGES=100000``.
"""

from benchmarks.figures import Figure
from benchmarks.knowledge.clouds import load_real_vectors
from benchmarks.knowledge.index_trial import choose_count, open_trial

_PASSAGES = 20_000
_HYBRID_MUST_MS, _HYBRID_AIM_MS = 60.0, 50.0


def measure() -> list[Figure]:
    """Fill, index and ask one knowledge base."""
    with open_trial(choose_count(_PASSAGES), load_real_vectors()) as trial:
        trial.fill_passages()
        trial.try_model("halfvec", "halfvec", 24, 128, (100, 200, 300))
        trial.try_hybrid("halfvec", _HYBRID_MUST_MS, _HYBRID_AIM_MS)
        trial.try_unbounded_text()
        trial.try_model("halfvec, m 16", "halfvec", 16, 64, (40, 100, 200))
        trial.try_model("signs", "bit", 16, 64, (10, 20, 40))
        trial.try_plain_vectors(100)
        return trial.figures
