"""Whether every repetition is found and nothing else: F1 over whole sets of recordings.

A find is right where its keyframes are less than 10 frames off on average, and no other
find took that repetition. The limit of cost is the alignment's own, in every set.
"""

from collections.abc import Iterator, Sequence

from benchmarks.alignment.faults import BRUTAL, HARD, MILD, Severity
from benchmarks.alignment.jumps import (
    MM_40,
    REPORTING_DISTRACTORS,
    REPORTING_JUMPS,
    UNDISTURBED,
    Disturbance,
    draw_jump_trial,
    list_pairs,
)
from benchmarks.alignment.recordings import REPORTING_SEEDS, Trial, TrialOptions
from benchmarks.alignment.scoring import (
    compute_f1,
    count_matches,
    find_with_motion_dtw,
)
from benchmarks.alignment.trial_sets import draw_with
from benchmarks.figures import Figure

_SYNTHETIC_COUNT, _SERIES_COUNT = 20, 24
_REPETITION_COUNT = 6
_SYNTHETIC_SEED, _SERIES_SEED = 3000, 3100
_OPTIONS = TrialOptions(duration_s=120.0, repetition_count=_REPETITION_COUNT)

_Limits = tuple[float | None, float | None]


def measure() -> list[Figure]:
    """Measure F1, precision and recall of repetitions, synthetic and real."""
    figures: list[Figure] = []
    synthetic: tuple[tuple[Severity, _Limits], ...] = (
        (MILD, (None, None)),
        (HARD, (0.98, 0.995)),
        (BRUTAL, (None, None)),
    )
    for severity, limits in synthetic:
        trials = draw_with(
            severity, _OPTIONS, first=_SYNTHETIC_SEED, count=_SYNTHETIC_COUNT
        )
        figures += _measure_set(f"synthetic {severity.name}", trials, limits)
    real: tuple[tuple[Disturbance, _Limits], ...] = (
        (UNDISTURBED, (0.80, 0.90)),
        (MM_40, (None, None)),
    )
    for disturbance, limits in real:
        for is_mixed, word in ((False, "one athlete"), (True, "two in turn")):
            trials = draw_series(disturbance, _SERIES_COUNT, is_mixed=is_mixed)
            title = f"real jumps, {word}, {disturbance.name}"
            figures += _measure_set(title, trials, limits)
    return figures


def draw_series(
    disturbance: Disturbance, count: int, *, is_mixed: bool
) -> tuple[Trial, ...]:
    """Draw series of six real jumps in 60 s, of recordings beside the reference.

    All of one recording, or, where ``is_mixed``, of two different ones in turn, as if
    two athletes shared the film.
    """
    trials = []
    pairs = list_pairs(REPORTING_JUMPS)
    for number in range(count):
        reference, wanted = pairs[number % len(pairs)]
        others = [name for name in REPORTING_JUMPS if name != reference]
        jumps = others if is_mixed else [wanted]
        trials.append(
            draw_jump_trial(
                REPORTING_SEEDS[_SERIES_SEED + number],
                disturbance,
                reference=reference,
                wanted=(jumps * _REPETITION_COUNT)[:_REPETITION_COUNT],
                distractors=REPORTING_DISTRACTORS,
            )
        )
    return tuple(trials)


def _measure_set(
    title: str, trials: Sequence[Trial], limits: _Limits
) -> Iterator[Figure]:
    matches = finds = truths = 0
    for trial in trials:
        found = find_with_motion_dtw(trial)
        matches += count_matches(found, trial.truths)
        finds += len(found)
        truths += len(trial.truths)
    note = f"{truths} repetitions in {len(trials)} recordings"
    score = compute_f1(matches, finds, truths)
    yield Figure(f"{title}: F1", score, "share", *limits, is_at_least=True, note=note)
    yield Figure(f"{title}: recall", matches / truths, "share", note=note)
    yield Figure(f"{title}: false finds", float(finds - matches), "count", note=note)
