"""Measures whether a session of six repetitions tells a habit from a slip.

All repetitions of a session share half of the variance of the pose errors, as
``athletes.py`` says; more repetitions do not take that away.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.figures import Figure
from benchmarks.kismam.athletes import Athlete, draw_athletes, film
from benchmarks.kismam.cohorts import REPORTED_SEED
from sportsgpt_lib.kismam.aggregation import REPORTED_SEVERITY
from sportsgpt_lib.kismam.batch import BatchAssessment, assess_batch
from sportsgpt_lib.kismam.camera_errors import CameraErrors
from sportsgpt_lib.kismam.consistency import compute_consistency
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from sportsgpt_lib.sports.reach import (
    LIMITED_TRUST,
    REPORTED_PROBABILITY,
    VALID_TRUST,
)

_REPETITIONS = 6
_PER_ISSUE = 5
_CLEAN = 60
_SIZE = 2.0
_FRAME_RATE_HZ = 60.0
_FULL_PCT = 100.0
_CAMERA = CameraErrors(roll_error_deg=0.5)


@dataclass(frozen=True)
class _Session:
    """What a session says of one issue, or of all where ``issue`` is None."""

    pattern: str
    is_reported: bool
    is_any_reported: bool
    is_first_reported: bool


def measure() -> list[Figure]:
    """Measure habits, slips and clean sessions of every movement."""
    figures = []
    for name in movement_names():
        figures += _measure_movement(load_movement(name))
    return figures


def _measure_movement(movement: Movement) -> list[Figure]:
    names = [issue.name for issue in movement.issues]
    faults: list[str | None] = [name for name in names for _ in range(_PER_ISSUE)]
    faulty = list(
        draw_athletes(movement, faults, np.full(len(faults), _SIZE), REPORTED_SEED)
    )
    nobody: list[str | None] = [None] * _CLEAN
    clean = list(draw_athletes(movement, nobody, np.ones(_CLEAN), REPORTED_SEED + 1))
    generator = np.random.default_rng(REPORTED_SEED + 2)

    def hold(performances: Sequence[Athlete], issue: str | None) -> _Session:
        column = names.index(issue) if issue else 0
        return _summarise(_film_session(movement, performances, generator), column)

    habits = [hold([one] * _REPETITIONS, one.fault) for one in faulty]
    slips = [
        hold([one, *[clean[index % len(clean)]] * (_REPETITIONS - 1)], one.fault)
        for index, one in enumerate(faulty)
    ]
    nothing = [hold([one] * _REPETITIONS, None) for one in clean]
    return [
        Figure(
            f"{movement.name}: {words}",
            _FULL_PCT * float(np.mean(hits)),
            "%",
            note=note,
        )
        for words, hits, note in (
            (
                "habit reported",
                [part.is_reported for part in habits],
                "faults of 2 tolerances; limited issues are never reported",
            ),
            ("habit called a habit", [part.pattern == "habit" for part in habits], ""),
            (
                "slip reported",
                [part.is_reported for part in slips],
                "in one of six repetitions",
            ),
            ("slip called a habit", [part.pattern == "habit" for part in slips], ""),
            (
                "slip called a slip",
                [part.pattern == "slip" for part in slips],
                "otherwise undecided, or not seen",
            ),
            (
                "clean session with a finding",
                [part.is_any_reported for part in nothing],
                "",
            ),
            (
                "clean session, first repetition alone with a finding",
                [part.is_first_reported for part in nothing],
                "",
            ),
        )
    ]


def _film_session(
    movement: Movement,
    performances: Sequence[Athlete],
    generator: np.random.Generator,
) -> BatchAssessment:
    lasting: dict[str, float] = {}
    results = [
        assess_repetition(
            movement,
            film(one, _FRAME_RATE_HZ, 1.0, generator, lasting),
            "sagittal",
            load_measurement_errors(),
            _CAMERA,
        )
        for one in performances
    ]
    return assess_batch(
        movement,
        np.array([[part.value for part in row] for row in results]),
        np.array([[part.error for part in row] for row in results]),
        np.array(
            [
                [
                    LIMITED_TRUST if part.validity == "limited" else VALID_TRUST
                    for part in row
                ]
                for row in results
            ]
        ),
    )


def _summarise(found: BatchAssessment, column: int) -> _Session:
    """Summarise as ``sportsgpt_lib/kismam/session.py`` does: medians and counts."""
    reported = np.asarray(found.issues.is_reported)
    is_reported = (
        np.median(found.issues.probability, axis=0) >= REPORTED_PROBABILITY
    ) & (np.median(found.issues.severity, axis=0) >= REPORTED_SEVERITY)
    counts = reported.sum(axis=0)
    pattern = compute_consistency(counts, np.full_like(counts, len(reported))).pattern
    return _Session(
        pattern=str(pattern[column]),
        is_reported=bool(is_reported[column]),
        is_any_reported=bool(is_reported.any()),
        is_first_reported=bool(reported[0].any()),
    )
