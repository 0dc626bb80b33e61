"""The index at 1,000,000 passages; needs about 10 GB of memory and of disk."""

from benchmarks.figures import Figure
from benchmarks.knowledge.clouds import load_real_vectors
from benchmarks.knowledge.index_trial import choose_count, open_trial

_PASSAGES = 1_000_000
_HYBRID_AIM_MS = 50.0


def measure() -> list[Figure]:
    """Fill, index and ask one knowledge base, the default index only."""
    with open_trial(choose_count(_PASSAGES), load_real_vectors()) as trial:
        trial.fill_passages()
        ef = trial.try_model("halfvec", "halfvec", 24, 128, (200, 400, 700, 1000))
        trial.try_hybrid("halfvec", None, _HYBRID_AIM_MS, ef=ef)
        return trial.figures
