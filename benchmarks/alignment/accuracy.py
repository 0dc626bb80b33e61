"""Whether the movement is found in 60 s of others, and how exactly its keyframes lie.

The cheapest repetition that was reported counts; one whose keyframes are off by 10
frames or more on average is not found, and its errors are not in the mean.
"""

from collections.abc import Iterator

import numpy as np

from benchmarks.alignment.faults import BRUTAL, HARD, MILD, Severity
from benchmarks.alignment.jumps import (
    JUMP_KEYFRAMES,
    MM_20,
    MM_40,
    MM_80_GAPS_SWAPS,
    UNDISTURBED,
    Disturbance,
)
from benchmarks.alignment.scoring import Accuracy, score_single
from benchmarks.alignment.trial_sets import align_jumps, align_synthetic
from benchmarks.figures import Figure

_UNIT = "60-fps frames"
# The smoothness and the weights of the warp were chosen on pairs of these jumps, too.
_SEEN_NOTE = "; constants of the warp saw these jumps, left out: docs/alignment.md"
_Limits = tuple[float | None, float | None]
# Limits of the error (must, aim) and of the share found.
_SYNTHETIC: tuple[tuple[Severity, _Limits, _Limits], ...] = (
    (MILD, (0.75, 0.55), (None, None)),
    (HARD, (1.4, 1.1), (None, None)),
    (BRUTAL, (None, None), (None, None)),
)
_JUMPS: tuple[tuple[Disturbance, _Limits, _Limits], ...] = (
    (UNDISTURBED, (1.3, 1.1), (None, None)),
    (MM_20, (None, None), (None, None)),
    (MM_40, (2.0, 1.6), (0.95, 0.99)),
    (MM_80_GAPS_SWAPS, (None, None), (0.85, 0.95)),
)


def measure() -> list[Figure]:
    """Measure error and share found, synthetic and real."""
    figures: list[Figure] = []
    for severity, errors, shares in _SYNTHETIC:
        accuracy = score_single(align_synthetic(severity))
        figures += _describe(f"synthetic {severity.name}", accuracy, errors, shares)
    for disturbance, errors, shares in _JUMPS:
        accuracy = score_single(align_jumps(disturbance))
        title = f"real jumps, {disturbance.name}"
        figures += _describe(title, accuracy, errors, shares, _SEEN_NOTE)
        if disturbance is UNDISTURBED:
            figures += _describe_kinds(title, accuracy)
    return figures


def _describe(
    title: str,
    accuracy: Accuracy,
    errors: _Limits,
    shares: _Limits,
    caveat: str = "",
) -> Iterator[Figure]:
    note = f"{accuracy.all_frames.size} recordings of 60 s{caveat}"
    yield Figure(
        f"{title}: keyframe error", accuracy.mean_frames, _UNIT, *errors, note=note
    )
    yield Figure(
        f"{title}: found",
        accuracy.found_share,
        "share",
        *shares,
        is_at_least=True,
        note=note,
    )


def _describe_kinds(title: str, accuracy: Accuracy) -> Iterator[Figure]:
    means = np.nanmean(np.abs(accuracy.errors_frames), axis=0)
    for name, mean in zip(JUMP_KEYFRAMES, means, strict=True):
        yield Figure(f"{title}: {name} error", float(mean), _UNIT)
