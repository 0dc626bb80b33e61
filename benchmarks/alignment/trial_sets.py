"""The trials that figures are reported on, drawn once and aligned once per process.

Every set has seeds of its own within ``REPORTING_SEEDS``; real jumps take every pair of
``REPORTING_JUMPS`` in turn, with other noise and other distractors each time.
"""

from functools import cache

from benchmarks.alignment.faults import Severity
from benchmarks.alignment.jumps import (
    REPORTING_DISTRACTORS,
    REPORTING_JUMPS,
    Disturbance,
    draw_jump_trial,
    list_pairs,
)
from benchmarks.alignment.recordings import (
    REPORTING_SEEDS,
    Trial,
    TrialOptions,
    draw_trial,
)
from benchmarks.alignment.scoring import (
    Accuracy,
    Find,
    find_with_motion_dtw,
    score_single,
)

SYNTHETIC_COUNT = 60
JUMP_COUNT = 60

Aligned = tuple[tuple[Trial, list[Find]], ...]


@cache
def draw_synthetic(
    severity: Severity, count: int = SYNTHETIC_COUNT
) -> tuple[Trial, ...]:
    """Draw the trials of 60 s with the movement once in each."""
    return draw_with(severity, TrialOptions(), first=0, count=count)


def draw_with(
    severity: Severity, options: TrialOptions, *, first: int, count: int
) -> tuple[Trial, ...]:
    """Draw trials from the reporting seeds from number ``first`` on."""
    seeds = REPORTING_SEEDS[first : first + count]
    return tuple(draw_trial(seed, severity, options) for seed in seeds)


@cache
def draw_jumps(disturbance: Disturbance) -> tuple[Trial, ...]:
    """Draw the trials of 60 s with one real jump in each."""
    pairs = list_pairs(REPORTING_JUMPS)
    trials = []
    for number in range(JUMP_COUNT):
        reference, wanted = pairs[number % len(pairs)]
        trials.append(
            draw_jump_trial(
                REPORTING_SEEDS[1000 + number],
                disturbance,
                reference=reference,
                wanted=(wanted,),
                distractors=REPORTING_DISTRACTORS,
            )
        )
    return tuple(trials)


@cache
def align_synthetic(severity: Severity) -> Aligned:
    """Align the synthetic trials with MotionDTW."""
    return _align(draw_synthetic(severity))


@cache
def align_jumps(disturbance: Disturbance) -> Aligned:
    """Align the trials of real jumps with MotionDTW."""
    return _align(draw_jumps(disturbance))


def score_trials(
    trials: tuple[Trial, ...], *, is_mirror_tried: bool = False
) -> Accuracy:
    """Align trials with MotionDTW and score them."""
    return score_single(_align(trials, is_mirror_tried=is_mirror_tried))


def _align(trials: tuple[Trial, ...], *, is_mirror_tried: bool = False) -> Aligned:
    return tuple(
        (trial, find_with_motion_dtw(trial, is_mirror_tried=is_mirror_tried))
        for trial in trials
    )
