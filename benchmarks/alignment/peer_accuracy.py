"""The same trials with other libraries: share found and keyframe error.

Peers always name a place; that "nowhere" is an answer, and several repetitions, is in
``absence.py`` and ``repetitions.py``, where they have none to give.
"""

from collections.abc import Iterator

from benchmarks.alignment.faults import HARD, MILD
from benchmarks.alignment.jumps import MM_40, MM_80_GAPS_SWAPS, UNDISTURBED
from benchmarks.alignment.peers import PEERS, SLOW_PEERS, PathFinder, find_with_peer
from benchmarks.alignment.recordings import Trial
from benchmarks.alignment.scoring import score_single
from benchmarks.alignment.trial_sets import draw_jumps, draw_synthetic
from benchmarks.figures import Figure

_COUNT, _SLOW_COUNT = 30, 4


def measure() -> list[Figure]:
    """Measure every peer on every kind of trial."""
    figures: list[Figure] = []
    sets = {
        "synthetic mild": draw_synthetic(MILD),
        "synthetic hard": draw_synthetic(HARD),
        "real jumps, clean": draw_jumps(UNDISTURBED),
        "real jumps, 40 mm": draw_jumps(MM_40),
        "real jumps, 80 mm, gaps, swaps": draw_jumps(MM_80_GAPS_SWAPS),
    }
    for title, trials in sets.items():
        for name, (find_path, form) in PEERS.items():
            figures += _measure_peer(title, name, trials[:_COUNT], find_path, form)
    for name, (find_path, form) in SLOW_PEERS.items():
        title = "synthetic mild"
        few = sets[title][:_SLOW_COUNT]
        figures += _measure_peer(title, name, few, find_path, form)
    return figures


def _measure_peer(
    title: str,
    name: str,
    trials: tuple[Trial, ...],
    find_path: PathFinder,
    form: str,
) -> Iterator[Figure]:
    accuracy = score_single(
        [(trial, find_with_peer(trial, find_path, form)) for trial in trials]
    )
    share = f"found {accuracy.found_share:.2f} of {len(trials)} recordings of 60 s"
    is_found = accuracy.found_share > 0
    yield Figure(
        f"{title}, {name}: keyframe error",
        accuracy.mean_frames if is_found else None,
        "60-fps frames",
        note=share if is_found else f"never found in {len(trials)} recordings",
    )
