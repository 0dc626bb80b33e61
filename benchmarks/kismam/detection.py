"""Measures whether injected faults are found, ranked first and rightly weighed.

All movements, all frame rates; every figure is of ``REPORTED_SEED``. What was fitted,
in ``sportsgpt_lib/kismam/calibration.toml``, was fitted on ``TUNING_SEED``. That shows
that the rules do what they say on their own kind of data, not that a coach agrees.
``sprint_start`` and ``javelin_delivery`` have no events and no target model: their
keyframe times are made up here, and nothing finds them in a film yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figure
from benchmarks.kismam.cohorts import (
    CLEAN,
    LARGEST,
    PER_ISSUE,
    REPORTED_SEED,
    SMALLEST,
    collect_by_rate,
)
from benchmarks.kismam.reliability import (
    CalibrationPairs,
    compute_calibration_error,
    join_pairs,
    list_calibration_pairs,
    list_reliability,
)
from benchmarks.kismam.scoring import (
    Cases,
    compute_clean_false_share,
    compute_hard_false_share,
    compute_precision,
    join_cases,
    rank_by_hard_limits,
    rank_by_raw_difference,
)
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names

_FIRST_FEW = 3
# From here on a fault is called clear; below, it is of the size of the errors.
_CLEAR = 1.5
_SIZE_STEP, _SIZE_WINDOW = 0.25, 0.5
_FULL_PCT = 100.0
_LEAST_TOP_1_PCT, _LEAST_TOP_3_PCT, _MOST_FALSE_PCT = 90.0, 98.0, 5.0
_MOST_CALIBRATION_ERROR = 0.05
_FINER_BINS = 15
_RIVALS_HZ = 60.0


def measure() -> list[Figure]:
    """Measure every movement on the seed that nothing was fitted on."""
    by_movement = {
        name: collect_by_rate(load_movement(name), REPORTED_SEED)
        for name in movement_names()
    }
    joined = {
        name: join_cases(list(by_rate.values()))
        for name, (_, by_rate) in by_movement.items()
    }
    figures = _measure_all(joined)
    for name, (count, by_rate) in by_movement.items():
        figures += _measure_movement(joined[name].movement, count, by_rate)
    return figures


def _measure_all(joined: Mapping[str, Cases]) -> list[Figure]:
    """Measure all movements together: the mean over movements, one pool of pairs."""
    parts = [_measure_detection(cases) for cases in joined.values()]
    figures = [
        replace(
            same[0],
            name=f"all movements: {same[0].name}",
            value=float(np.mean([figure.value for figure in same])),
            note=_word_extremes(same, list(joined)),
        )
        for same in zip(*parts, strict=True)
    ]
    pairs = join_pairs([list_calibration_pairs(cases) for cases in joined.values()])
    figures += [
        replace(figure, name=f"all movements: {figure.name}")
        for figure in _measure_calibration(pairs, is_finer_wanted=True)
    ]
    return [
        *figures,
        *_find_detection_limits(list(joined.values())),
        *(
            Figure(
                f"all movements: issues given {part.low:.1f} to {part.high:.1f} that "
                "were there",
                part.frequency,
                "",
                note=f"mean probability {part.probability:.3f}, {part.count} issues",
            )
            for part in list_reliability(pairs)
        ),
    ]


def _word_extremes(figures: Sequence[Figure], names: Sequence[str]) -> str:
    values = [figure.value or 0.0 for figure in figures]
    worst = int(np.argmin(values) if figures[0].is_at_least else np.argmax(values))
    return f"mean; worst {names[worst]}, {values[worst]:.1f}"


def _find_detection_limits(cases: Sequence[Cases]) -> list[Figure]:
    """Find the size from which faults rank first, or are reported, in 9 of 10."""
    is_fault = [~part.is_clean for part in cases]
    can_be = [_list_reportable(part) for part in cases]
    firsts = [part.fault_rank == 1 for part in cases]
    reported = [part.is_fault_reported for part in cases]
    return [
        Figure(
            f"all movements: size from which a fault {words} in 9 of 10",
            find_least_size(
                np.concatenate(
                    [part.size[own] for part, own in zip(cases, kept, strict=True)]
                ),
                np.concatenate([hit[own] for hit, own in zip(hits, kept, strict=True)]),
            ),
            "tolerances",
            note="of faults up to half a tolerance larger",
        )
        for words, hits, kept in (
            ("ranks first", firsts, is_fault),
            ("that can be reported is reported", reported, can_be),
        )
    ]


def _list_reportable(cases: Cases) -> npt.NDArray[np.bool_]:
    """List the faulty performances whose fault can be reported at all ``(R,)``."""
    rows = np.arange(cases.fault.size)
    return np.asarray(~cases.is_clean & cases.can_be_reported[rows, cases.fault])


def find_least_size(size: np.ndarray, is_hit: np.ndarray) -> float | None:
    """Find the size from which on nine of ten are hits; None = never."""
    least = None
    for start in np.arange(LARGEST - _SIZE_WINDOW, SMALLEST - 1e-9, -_SIZE_STEP):
        inside = (size >= start) & (size < start + _SIZE_WINDOW)
        if _share(is_hit[inside]) < _LEAST_TOP_1_PCT:
            break
        least = float(start)
    return least


def _measure_movement(
    movement: Movement, count: int, by_rate: Mapping[float, Cases]
) -> list[Figure]:
    joined = join_cases(list(by_rate.values()))
    pairs = list_calibration_pairs(joined)
    figures = [
        _count(movement, count),
        *_measure_detection(joined),
        *(replace(part, must=None) for part in _measure_calibration(pairs)),
    ]
    for rate, cases in by_rate.items():
        figures += [
            replace(figure, name=f"{figure.name}, {rate:g} Hz", must=None, note="")
            for figure in _measure_detection(cases)
        ]
    figures += _compare_with_rivals(by_rate[_RIVALS_HZ])
    return [
        replace(figure, name=f"{movement.name}: {figure.name}") for figure in figures
    ]


def _count(movement: Movement, count: int) -> Figure:
    return Figure(
        "performances that could be made",
        count,
        f"of {PER_ISSUE * len(movement.issues) + CLEAN}",
        note="the others would need what a body cannot do",
    )


def _measure_detection(cases: Cases) -> list[Figure]:
    faulty = ~cases.is_clean
    clear = faulty & (cases.size >= _CLEAR)
    small = faulty & ~clear
    reportable = _list_reportable(cases)
    rank = cases.fault_rank
    is_among = (rank <= _FIRST_FEW) & (rank > 0)
    return [
        Figure(
            "fault ranks first",
            _share(rank[faulty] == 1),
            "%",
            must=_LEAST_TOP_1_PCT,
            is_at_least=True,
            note="all sizes, 0.5 to 3 tolerances",
        ),
        Figure(
            "fault among the first 3",
            _share(is_among[faulty]),
            "%",
            must=_LEAST_TOP_3_PCT,
            is_at_least=True,
        ),
        Figure(
            "clear fault ranks first",
            _share(rank[clear] == 1),
            "%",
            is_at_least=True,
            note="from 1.5 tolerances on",
        ),
        Figure(
            "small fault ranks first",
            _share(rank[small] == 1),
            "%",
            is_at_least=True,
            note="0.5 to 1.5 tolerances: the size of the errors",
        ),
        Figure(
            "clear fault reported (recall)",
            _share(cases.is_fault_reported[clear & reportable]),
            "%",
            is_at_least=True,
            note="of issues that view and frame rate allow to report",
        ),
        Figure(
            "small fault reported (recall)",
            _share(cases.is_fault_reported[small & reportable]),
            "%",
            is_at_least=True,
        ),
        *(
            Figure(
                f"{words} fault reported, of all faults",
                _share(cases.is_fault_reported[chosen]),
                "%",
                is_at_least=True,
                note="those that view, frame rate or W keep from being reported too",
            )
            for words, chosen in (("clear", clear), ("small", small))
        ),
        Figure(
            "reported findings that are the fault (precision)",
            _FULL_PCT * compute_precision(cases),
            "%",
            is_at_least=True,
        ),
        Figure(
            "clean performances with a finding",
            _FULL_PCT * compute_clean_false_share(cases),
            "%",
            must=_MOST_FALSE_PCT,
        ),
    ]


def _measure_calibration(
    pairs: CalibrationPairs, *, is_finer_wanted: bool = False
) -> list[Figure]:
    spoken = pairs.keep_spoken()
    figures = [
        Figure(
            "calibration error, all issues",
            compute_calibration_error(pairs),
            "",
            must=_MOST_CALIBRATION_ERROR,
            note="the usual one, 10 bins; mostly issues that are surely absent",
        ),
        Figure(
            "calibration error, probability above 0.02",
            compute_calibration_error(spoken),
            "",
            must=_MOST_CALIBRATION_ERROR,
            note="the strict one: only issues of which something is said",
        ),
    ]
    if is_finer_wanted:
        figures += [
            Figure(
                f"{words}, 15 bins", compute_calibration_error(part, _FINER_BINS), ""
            )
            for words, part in (
                ("calibration error, all issues", pairs),
                ("calibration error, probability above 0.02", spoken),
            )
        ]
    return figures


def _compare_with_rivals(cases: Cases) -> list[Figure]:
    """Ablation at 60 Hz: the same performances without targets, errors and W."""
    faulty = ~cases.is_clean
    return [
        Figure(
            "fault named first, all sizes, 60 Hz: KISMAM",
            _share(cases.fault_rank[faulty] == 1),
            "%",
        ),
        Figure(
            "fault named first, all sizes, 60 Hz: hard limits",
            _FULL_PCT * rank_by_hard_limits(cases),
            "%",
            note="largest distance outside, without errors and W's weights",
        ),
        Figure(
            "fault named first, all sizes, 60 Hz: raw differences",
            _FULL_PCT * rank_by_raw_difference(cases),
            "%",
            note="largest difference to the middle of the target, in its own unit",
        ),
        Figure(
            "clean performances with a finding, 60 Hz: hard limits",
            _FULL_PCT * compute_hard_false_share(cases),
            "%",
        ),
    ]


def _share(hits: np.ndarray) -> float:
    return _FULL_PCT * float(hits.mean()) if hits.size else float("nan")
