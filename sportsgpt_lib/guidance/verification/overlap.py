"""How much of one text's words another says: shares, and when they count.

What follows from a share is in ``support.py``, ``moved_parts.py`` and
``contradictions.py``.
"""

from collections.abc import Sequence

from sportsgpt_lib.guidance.verification.words import Reading

# Below this many words a clause says too little to be compared by itself.
LEAST_CLAUSE_UNITS = 2
# From this on two clauses speak of the same. Chosen on half of the benchmark's cases.
LEAST_SHARED_UNITS = 2
LEAST_SHARED_SHARE = 0.5


def compute_share(units: frozenset[str], said: frozenset[str]) -> float:
    """Compute the share of units that are said; 1 where there are none."""
    return len(units & said) / len(units) if units else 1.0


def compute_best_share(units: frozenset[str], windows: Sequence[Reading]) -> float:
    """Compute the greatest share that one window says; 0 where there are none."""
    return max((compute_share(units, one.units) for one in windows), default=0.0)
