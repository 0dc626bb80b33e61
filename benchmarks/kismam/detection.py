"""Measures whether injected faults are found, ranked first and rightly weighed.

Every figure is of ``REPORTED_SEED``; what was fitted, in
``sportsgpt_lib/kismam/calibration.toml``, was fitted on ``TUNING_SEED``. That shows
that the rules do what they say on their own kind of data, not that a coach agrees.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.figures import Figure
from benchmarks.kismam.athletes import Athlete, draw_athletes, film
from benchmarks.kismam.scoring import (
    Cases,
    compute_calibration_error,
    compute_clean_false_share,
    compute_hard_false_share,
    compute_precision,
    join_cases,
    list_calibration_pairs,
    rank_by_hard_limits,
    rank_by_raw_difference,
)
from sportsgpt_lib.kismam.aggregation import LIMITED_TRUST, VALID_TRUST
from sportsgpt_lib.kismam.batch import assess_batch
from sportsgpt_lib.kismam.camera_errors import CameraErrors
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors

TUNING_SEED = 100
REPORTED_SEED = 400
FRAME_RATES_HZ = (30.0, 60.0, 120.0, 240.0)

_PER_ISSUE = 40
_CLEAN = 400
_FIRST_FEW = 3
_SMALLEST, _LARGEST = 0.5, 3.0
# From here on a fault is called clear; below, it is of the size of the errors.
_CLEAR = 1.5
_FULL_PCT = 100.0
_LEAST_TOP_1_PCT, _LEAST_TOP_3_PCT, _MOST_FALSE_PCT = 90.0, 98.0, 5.0
_MOST_CALIBRATION_ERROR = 0.05
# A camera aimed with a level.
_CAMERA = CameraErrors(roll_error_deg=0.5)


def measure() -> list[Figure]:
    """Measure every movement on the seed that nothing was fitted on."""
    figures = []
    for name in movement_names():
        figures += _measure_movement(load_movement(name))
    return figures


def collect_cases(
    movement: Movement, athletes: Sequence[Athlete], frame_rate_hz: float, seed: int
) -> Cases:
    """Film and assess performances, at errors as large as published."""
    generator = np.random.default_rng(seed)
    errors = load_measurement_errors()
    results = [
        assess_repetition(
            movement,
            film(athlete, frame_rate_hz, 1.0, generator),
            "sagittal",
            errors,
            _CAMERA,
        )
        for athlete in athletes
    ]
    value = np.array([[part.value for part in row] for row in results])
    error = np.array([[part.error for part in row] for row in results])
    trust = np.array(
        [
            [
                LIMITED_TRUST if part.validity == "limited" else VALID_TRUST
                for part in row
            ]
            for row in results
        ]
    )
    names = [issue.name for issue in movement.issues]
    return Cases(
        movement=movement,
        fault=np.array([names.index(a.fault) if a.fault else -1 for a in athletes]),
        size=np.array([athlete.size for athlete in athletes]),
        value=value,
        trust=trust,
        found=assess_batch(movement, value, error, trust),
    )


def draw_cohort(movement: Movement, seed: int) -> list[Athlete]:
    """Draw forty performances of each fault, of all sizes, and clean ones."""
    faults: list[str | None] = [
        issue.name for issue in movement.issues for _ in range(_PER_ISSUE)
    ]
    faults += [None] * _CLEAN
    sizes = np.random.default_rng(seed).uniform(_SMALLEST, _LARGEST, len(faults))
    return list(draw_athletes(movement, faults, sizes, seed + 1))


def collect_by_rate(movement: Movement, seed: int) -> tuple[int, dict[float, Cases]]:
    """Count a cohort and film it at every frame rate."""
    athletes = draw_cohort(movement, seed)
    return len(athletes), {
        rate: collect_cases(movement, athletes, rate, seed + int(rate))
        for rate in FRAME_RATES_HZ
    }


def _measure_movement(movement: Movement) -> list[Figure]:
    count, by_rate = collect_by_rate(movement, REPORTED_SEED)
    figures = [_count(movement, count)]
    joined = join_cases(list(by_rate.values()))
    figures += [*_measure_detection(joined), *_measure_calibration(joined)]
    for rate, cases in by_rate.items():
        figures += [
            replace(figure, name=f"{figure.name}, {rate:g} Hz", must=None, note="")
            for figure in _measure_detection(cases)
        ]
    figures += _compare_with_rivals(by_rate[60.0])
    return [
        replace(figure, name=f"{movement.name}: {figure.name}") for figure in figures
    ]


def _count(movement: Movement, count: int) -> Figure:
    wanted = _PER_ISSUE * len(movement.issues) + _CLEAN
    return Figure(
        "performances that could be made",
        count,
        f"of {wanted}",
        note="the others would need what a body cannot do",
    )


def _measure_detection(cases: Cases) -> list[Figure]:
    faulty = ~cases.is_clean
    clear = faulty & (cases.size >= _CLEAR)
    small = faulty & ~clear
    reportable = cases.can_be_reported[cases.fault] & faulty
    rank = cases.fault_rank
    return [
        Figure(
            "clear fault ranks first",
            _share(rank[clear] == 1),
            "%",
            must=_LEAST_TOP_1_PCT,
            is_at_least=True,
            note="from 1.5 tolerances on",
        ),
        Figure(
            "clear fault among the first 3",
            _share((rank[clear] <= _FIRST_FEW) & (rank[clear] > 0)),
            "%",
            must=_LEAST_TOP_3_PCT,
            is_at_least=True,
        ),
        Figure(
            "small fault ranks first",
            _share(rank[small] == 1),
            "%",
            note="0.5 to 1.5 tolerances: the size of the errors",
        ),
        Figure(
            "clear fault reported (recall)",
            _share(cases.is_fault_reported[clear & reportable]),
            "%",
            note="issues with an indicator that is valid from the side",
        ),
        Figure(
            "small fault reported (recall)",
            _share(cases.is_fault_reported[small & reportable]),
            "%",
        ),
        Figure(
            "reported findings that are the fault (precision)",
            _FULL_PCT * compute_precision(cases),
            "%",
        ),
        Figure(
            "clean performances with a finding",
            _FULL_PCT * compute_clean_false_share(cases),
            "%",
            must=_MOST_FALSE_PCT,
        ),
    ]


def _measure_calibration(cases: Cases) -> list[Figure]:
    def compute(*, is_map_believed: bool, is_spoken_only: bool) -> float:
        return compute_calibration_error(
            *list_calibration_pairs(
                cases, is_map_believed=is_map_believed, is_spoken_only=is_spoken_only
            )
        )

    return [
        Figure(
            "calibration error, all issues",
            compute(is_map_believed=False, is_spoken_only=False),
            "",
            must=_MOST_CALIBRATION_ERROR,
            note="mostly issues that are surely absent",
        ),
        Figure(
            "calibration error, probability above 0.02, W at its word",
            compute(is_map_believed=True, is_spoken_only=True),
            "",
            aim=_MOST_CALIBRATION_ERROR,
            note="what noise does to the probability",
        ),
        Figure(
            "calibration error, probability above 0.02",
            compute(is_map_believed=False, is_spoken_only=True),
            "",
            note="a synthetic fault is certain, W is at most 0.9",
        ),
    ]


def _compare_with_rivals(cases: Cases) -> list[Figure]:
    """Ablation at 60 Hz: the same performances without targets, errors and W."""
    faulty = ~cases.is_clean
    return [
        Figure(
            "fault named first, all sizes: KISMAM",
            _share(cases.fault_rank[faulty] == 1),
            "%",
        ),
        Figure(
            "fault named first, all sizes: hard limits",
            _FULL_PCT * rank_by_hard_limits(cases),
            "%",
            note="largest distance outside, without errors and W's weights",
        ),
        Figure(
            "fault named first, all sizes: raw differences",
            _FULL_PCT * rank_by_raw_difference(cases),
            "%",
            note="largest difference to the middle of the target, in its own unit",
        ),
        Figure(
            "clean performances with a finding: hard limits",
            _FULL_PCT * compute_hard_false_share(cases),
            "%",
        ),
    ]


def _share(hits: np.ndarray) -> float:
    return _FULL_PCT * float(hits.mean()) if hits.size else float("nan")
