"""How far athlete and reference may differ: speed, sides, frame rates; and votes."""

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.alignment.faults import HARD, MILD
from benchmarks.alignment.recordings import Trial, TrialOptions
from benchmarks.alignment.trial_sets import draw_with, score_trials
from benchmarks.figures import Figure

_UNIT = "60-fps frames"
_SPEEDS = (0.35, 0.5, 0.75, 1.0, 1.5, 2.0, 2.6)
_COUNT = 20
# Chosen: one of twenty recordings may be lost at each speed, side and frame rate.
_FOUND_AIM = 0.95
_RATES_HZ = ((24.0, 60.0), (30.0, 60.0), (120.0, 60.0), (240.0, 60.0), (60.0, 25.0))
_VOTER_COUNT = 3
_VOTE_COUNT = 40
# First number of each part's seeds, apart from those of the common trials.
_SPEED_SEED, _SIDE_SEED, _RATE_SEED, _VOTE_SEED = 2000, 2200, 2300, 2400


def measure() -> list[Figure]:
    """Measure speeds, mirrored athletes, frame rates and votes."""
    return [
        *_measure_speeds(),
        *_measure_sides(),
        *_measure_frame_rates(),
        *_measure_votes(),
    ]


def _measure_speeds() -> Iterator[Figure]:
    for speed_ratio in _SPEEDS:
        options = TrialOptions(speed_ratio=speed_ratio)
        trials = draw_with(MILD, options, first=_SPEED_SEED, count=_COUNT)
        yield from _describe(f"mild, speed {speed_ratio:g}", trials)


def _measure_sides() -> Iterator[Figure]:
    for is_mirrored in (False, True):
        options = TrialOptions(is_mirrored=is_mirrored)
        trials = draw_with(MILD, options, first=_SIDE_SEED, count=_COUNT)
        word = "mirrored" if is_mirrored else "not mirrored"
        title = f"mild, {word} athlete, both sides tried"
        yield from _describe(title, trials, is_mirror_tried=True)


def _measure_frame_rates() -> Iterator[Figure]:
    for rate_hz, reference_hz in _RATES_HZ:
        options = TrialOptions(frame_rate_hz=rate_hz, reference_rate_hz=reference_hz)
        trials = draw_with(MILD, options, first=_RATE_SEED, count=_COUNT)
        title = f"mild, athlete at {rate_hz:g} Hz, reference at {reference_hz:g} Hz"
        yield from _describe(title, trials)


def _measure_votes() -> Iterator[Figure]:
    """Compare one styled performer as reference with several."""
    options = TrialOptions(performer_count=_VOTER_COUNT, has_plain_performer=False)
    for severity in (MILD, HARD):
        trials = draw_with(severity, options, first=_VOTE_SEED, count=_VOTE_COUNT)
        alone = tuple(replace(t, performers=t.performers[:1]) for t in trials)
        one, several = score_trials(alone), score_trials(trials)
        title = f"{severity.name}, references of other performers"
        yield Figure(f"{title}, 1: keyframe error", one.mean_frames, _UNIT)
        yield Figure(
            f"{title}, {_VOTER_COUNT}: keyframe error", several.mean_frames, _UNIT
        )
        yield Figure(f"{title}, {_VOTER_COUNT}: found", several.found_share, "share")
        yield Figure(
            f"{title}: error of {_VOTER_COUNT} / error of 1",
            several.mean_frames / one.mean_frames,
            "ratio",
            must=0.8,
            aim=0.67,
        )


def _describe(
    title: str, trials: tuple[Trial, ...], *, is_mirror_tried: bool = False
) -> Iterator[Figure]:
    accuracy = score_trials(trials, is_mirror_tried=is_mirror_tried)
    note = f"{len(trials)} recordings of 60 s"
    yield Figure(f"{title}: keyframe error", accuracy.mean_frames, _UNIT, note=note)
    yield Figure(
        f"{title}: found",
        accuracy.found_share,
        "share",
        aim=_FOUND_AIM,
        is_at_least=True,
        note=note,
    )
