"""Scores of a ranking against graded judgements, and how sure their means are.

A ranking is a list of passage ids, best first; gains are 2 = answers, 1 = helps.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np

_RESAMPLES = 2000
_SEED = 20261121


def compute_ndcg(ranking: Sequence[str], gains: Mapping[str, int], depth: int) -> float:
    """Compute nDCG: the discounted gain as a share of the best order's.

    Source: Järvelin and Kekäläinen (2002), Cumulated gain-based evaluation of IR
    techniques, doi 10.1145/582415.582418; gain 2 ** grade - 1, as in BEIR.
    """
    found = [gains.get(name, 0) for name in ranking[:depth]]
    best = sorted(gains.values(), reverse=True)[:depth]
    return _discount(found) / _discount(best)


def compute_recall(
    ranking: Sequence[str], gains: Mapping[str, int], depth: int
) -> float:
    """Compute the share of all judged relevant passages among the first ones."""
    return len(set(ranking[:depth]) & set(gains)) / len(gains)


def compute_interval(values: Sequence[float]) -> tuple[float, float]:
    """Compute the 95 % interval of a mean by drawing the questions anew."""
    draw = np.random.default_rng(_SEED)
    sample = np.asarray(values, dtype=np.float64)
    chosen = draw.integers(0, len(sample), size=(_RESAMPLES, len(sample)))
    low, high = np.percentile(sample[chosen].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def _discount(grades: Sequence[int]) -> float:
    return math.fsum(
        (2.0**grade - 1.0) / math.log2(place + 2) for place, grade in enumerate(grades)
    )
