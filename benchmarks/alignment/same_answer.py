"""The same dynamic program with the same answer, ours and a peer's, whole calls.

180 reference rows, 36,000 recording rows, 24 numbers each, double precision, as both
sides take them: whatever a side does to them first (copies, other types, norms) counts.
The recording is a hard one of ten minutes, with the movement once in it, as angles and
rates scaled by the reference. Two programs, squared distances in both:

- classic steps, open begin and end: dtaidistance, its C path, without penalty;
- asymmetric steps with slopes from 1/2 to 2, open ends: dtw-python's ``asymmetricP1``,
  which runs compiled, without a path. Ours also says where every match begins.

Each side gives the cost of the best match and where it ends. Calls take turns in one
process, on one thread.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.alignment.faults import HARD
from benchmarks.alignment.peers import build_features, check_c_library
from benchmarks.alignment.recordings import REPORTING_SEEDS, TrialOptions, draw_trial
from benchmarks.figures import Figure
from benchmarks.pose.pairs import Timings, time_by_the_clock
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kernels.classic_search import find_classic_ends
from sportsgpt_lib.kernels.subsequence_warp import find_warped_ends

_SEED = REPORTING_SEEDS[5100]
_ROW_COUNT, _COLUMN_COUNT = 180, 36_000
_RATE_HZ = 60.0
_ROUNDS = 15
_MOST_OFF = 1e-6
_MS, _NS = 1e3, 1e9


@dataclass(frozen=True)
class Match:
    """The best match: its sum of squared distances, and the row where it ends."""

    cost: float
    end: int


@dataclass(frozen=True)
class _Pair:
    """Our way and a peer's to the same answer, and by how much ours must be faster."""

    title: str
    peer: str
    find: Callable[[FloatArray, FloatArray], Match]
    find_with_peer: Callable[[FloatArray, FloatArray], Match]
    must: float
    aim: float


def measure() -> list[Figure]:
    """Measure both programs: the answers first, then the times."""
    check_c_library()
    reference_rows, query_rows = draw_rows()
    pairs = (
        _Pair(
            "classic subsequence",
            "dtaidistance C",
            find_classic,
            find_classic_with_dtaidistance,
            must=2.5,
            aim=12.0,
        ),
        _Pair(
            "asymmetric open ends",
            "dtw-python",
            find_asymmetric,
            find_asymmetric_with_dtw_python,
            must=14.0,
            aim=45.0,
        ),
    )
    ways: dict[str, Callable[[], object]] = {}
    for pair in pairs:
        ways[f"ours, {pair.title}"] = _bind(pair.find, reference_rows, query_rows)
        ways[pair.peer] = _bind(pair.find_with_peer, reference_rows, query_rows)
    with threadpool_limits(1):
        timings = time_by_the_clock(ways, _ROUNDS).processor
    figures: list[Figure] = []
    for pair in pairs:
        figures += _compare_answers(pair, reference_rows, query_rows)
        figures += _compare_times(pair, timings)
    return figures


def draw_rows() -> tuple[FloatArray, FloatArray]:
    """Draw the rows ``(180, 24)`` and ``(36000, 24)``."""
    options = TrialOptions(duration_s=_COLUMN_COUNT / _RATE_HZ)
    trial = draw_trial(_SEED, HARD, options)
    wanted, seen = build_features(trial.performers[0], trial, "scaled")
    return (
        np.ascontiguousarray(wanted[:_ROW_COUNT]),
        np.ascontiguousarray(seen[:_COLUMN_COUNT]),
    )


def find_classic(reference_rows: FloatArray, query_rows: FloatArray) -> Match:
    """Find the best match by classic steps with our kernel."""
    ends = find_classic_ends(reference_rows, query_rows, is_rooted=False)
    return _take_best(ends)


def find_classic_with_dtaidistance(
    reference_rows: FloatArray, query_rows: FloatArray
) -> Match:
    """Find it with dtaidistance; its value is the root of the sum by rows."""
    from dtaidistance.subsequence.dtw import subsequence_alignment

    found = subsequence_alignment(reference_rows, query_rows, penalty=0.0, use_c=True)
    return _take_best((found.matching_function() * len(reference_rows)) ** 2)


def find_asymmetric(reference_rows: FloatArray, query_rows: FloatArray) -> Match:
    """Find the best match by slope-limited steps with our kernel."""
    ends, _ = find_warped_ends(query_rows, reference_rows)
    return _take_best(ends)


def find_asymmetric_with_dtw_python(
    reference_rows: FloatArray, query_rows: FloatArray
) -> Match:
    """Find it with dtw-python, distances only: its fastest way."""
    import dtw

    found = dtw.dtw(
        reference_rows,
        query_rows,
        dist_method="sqeuclidean",
        step_pattern=dtw.asymmetricP1,
        open_begin=True,
        open_end=True,
        distance_only=True,
    )
    return Match(float(found.distance), int(found.jmin))


def _take_best(costs: np.ndarray) -> Match:
    end = int(np.argmin(costs))
    return Match(float(costs[end]), end)


def _bind(
    find: Callable[[FloatArray, FloatArray], Match],
    reference_rows: FloatArray,
    query_rows: FloatArray,
) -> Callable[[], object]:
    return lambda: find(reference_rows, query_rows)


def _compare_answers(
    pair: _Pair, reference_rows: FloatArray, query_rows: FloatArray
) -> list[Figure]:
    ours = pair.find(reference_rows, query_rows)
    peers = pair.find_with_peer(reference_rows, query_rows)
    return [
        Figure(
            f"{pair.title}: cost of the best match beside {pair.peer}'s",
            abs(ours.cost / peers.cost - 1.0),
            "relative",
            must=_MOST_OFF,
            note=f"ours in single precision, the peer's {peers.cost:.6g} in double",
        ),
        Figure(
            f"{pair.title}: its end beside {pair.peer}'s",
            float(abs(ours.end - peers.end)),
            "rows",
            must=0.0,
            note=f"row {peers.end} of {len(query_rows)}",
        ),
    ]


def _compare_times(pair: _Pair, timings: Timings) -> list[Figure]:
    own_name = f"ours, {pair.title}"
    cells = _ROW_COUNT * _COLUMN_COUNT
    figures = []
    for name in (own_name, pair.peer):
        best_s = float(timings.seconds[name].min())
        figures.append(
            Figure(
                f"{pair.title}: {'ours' if name == own_name else pair.peer}",
                _MS * best_s,
                "ms",
                note=f"best of {_ROUNDS}; {_NS * best_s / cells:.2f} ns a cell; "
                f"median {_MS * timings.median_s(name):.1f} ms",
            )
        )
    figures.append(
        Figure(
            f"{pair.title}: {pair.peer} / ours",
            timings.ratio(pair.peer, own_name),
            "times",
            must=pair.must,
            aim=pair.aim,
            is_at_least=True,
            note="median of the rounds' ratios",
        )
    )
    return figures
