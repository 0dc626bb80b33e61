"""Whether "not in this recording" is told from "in it".

AUC: how often the best cost in a recording that holds the movement is below that in one
that does not. Recordings without it still hold decoys of it. The shares say what
the alignment's own limit makes of the costs.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from benchmarks.alignment.faults import BRUTAL, HARD, MILD
from benchmarks.alignment.jumps import (
    MM_40,
    REPORTING_DISTRACTORS,
    REPORTING_JUMPS,
    UNDISTURBED,
    Disturbance,
    draw_jump_trial,
)
from benchmarks.alignment.recordings import REPORTING_SEEDS, Trial, TrialOptions
from benchmarks.alignment.scoring import align_trial, compute_auc
from benchmarks.alignment.trial_sets import draw_jumps, draw_synthetic, draw_with
from benchmarks.figures import Figure

_COUNT = 40
_SYNTHETIC_SEED, _JUMP_SEED = 4000, 4100
_ABSENT = TrialOptions(repetition_count=0)


def measure() -> list[Figure]:
    """Measure AUC and the alignment's own decision, synthetic and real."""
    figures: list[Figure] = []
    for severity in (MILD, HARD, BRUTAL):
        present = draw_synthetic(severity)[:_COUNT]
        absent = draw_with(severity, _ABSENT, first=_SYNTHETIC_SEED, count=_COUNT)
        figures += _measure_sets(f"synthetic {severity.name}", present, absent)
    for disturbance in (UNDISTURBED, MM_40):
        present = draw_jumps(disturbance)[:_COUNT]
        absent = _draw_without_jump(disturbance, _COUNT)
        figures += _measure_sets(f"real jumps, {disturbance.name}", present, absent)
    return figures


def _draw_without_jump(disturbance: Disturbance, count: int) -> tuple[Trial, ...]:
    return tuple(
        draw_jump_trial(
            REPORTING_SEEDS[_JUMP_SEED + number],
            disturbance,
            reference=REPORTING_JUMPS[number % len(REPORTING_JUMPS)],
            wanted=(),
            distractors=REPORTING_DISTRACTORS,
        )
        for number in range(count)
    )


def _measure_sets(
    title: str, present: Sequence[Trial], absent: Sequence[Trial]
) -> Iterator[Figure]:
    costs, shares = [], []
    for trials in (present, absent):
        alignments = [align_trial(trial) for trial in trials]
        costs.append(np.array([np.min(a.search.costs) for a in alignments]))
        shares.append(np.mean([bool(a.repetitions) for a in alignments]))
    note = f"{len(present)} recordings with it, {len(absent)} without"
    yield Figure(
        f"{title}: AUC",
        compute_auc(costs[0], costs[1]),
        "share",
        must=0.99,
        aim=1.0,
        is_at_least=True,
        note=note,
    )
    yield Figure(f"{title}: reported though absent", float(shares[1]), "share")
    yield Figure(f"{title}: not reported though present", float(1 - shares[0]), "share")
