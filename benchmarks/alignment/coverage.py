"""Whether the stated uncertainty is true: how many keyframes lie inside its 95 %.

Over keyframes of found repetitions; 1.96 standard uncertainties on both sides. A share
above the limit means error bars wider than needed.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.alignment.faults import BRUTAL, HARD, MILD
from benchmarks.alignment.jumps import (
    JUMP_KEYFRAMES,
    MM_20,
    MM_40,
    MM_80_GAPS_SWAPS,
    UNDISTURBED,
)
from benchmarks.alignment.scoring import Accuracy, compute_coverage, score_single
from benchmarks.alignment.trial_sets import align_jumps, align_synthetic
from benchmarks.figures import Figure

_LEAST, _MOST = 0.90, 0.99
_LEAST_AIM, _MOST_AIM = 0.94, 0.97


def measure() -> list[Figure]:
    """Measure coverage of every set, of all together, and of every kind of jump."""
    figures: list[Figure] = []
    synthetic = {
        severity.name: score_single(align_synthetic(severity))
        for severity in (MILD, HARD, BRUTAL)
    }
    real = {
        disturbance.name: score_single(align_jumps(disturbance))
        for disturbance in (UNDISTURBED, MM_20, MM_40, MM_80_GAPS_SWAPS)
    }
    for area, sets in (("synthetic", synthetic), ("real jumps", real)):
        figures += _describe_limits(f"{area}, all", _merge(list(sets.values())))
        for name, accuracy in sets.items():
            figures.append(Figure(f"{area}, {name}", accuracy.covered_share, "share"))
    merged = _merge(list(real.values()))
    for column, name in enumerate(JUMP_KEYFRAMES):
        share = compute_coverage(
            merged.errors_frames[:, column], merged.stated_s[:, column]
        )
        figures.append(Figure(f"real jumps, {name}", share, "share"))
    return figures


def _merge(accuracies: list[Accuracy]) -> Accuracy:
    return Accuracy(
        np.concatenate([one.errors_frames for one in accuracies]),
        np.concatenate([one.stated_s for one in accuracies]),
        np.concatenate([one.all_frames for one in accuracies]),
    )


def _describe_limits(title: str, accuracy: Accuracy) -> Iterator[Figure]:
    share = accuracy.covered_share
    note = f"{accuracy.errors_frames.size} keyframes"
    yield Figure(
        f"{title}: at least",
        share,
        "share",
        must=_LEAST,
        aim=_LEAST_AIM,
        is_at_least=True,
        note=note,
    )
    yield Figure(
        f"{title}: at most", share, "share", must=_MOST, aim=_MOST_AIM, note=note
    )
    width_frames = 1.96 * float(np.nanmedian(accuracy.stated_s)) * 60.0
    yield Figure(f"{title}: median half width", width_frames, "60-fps frames")
