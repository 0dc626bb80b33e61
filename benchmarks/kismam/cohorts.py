"""Cohorts of synthetic athletes, filmed at several frame rates and assessed."""

from collections.abc import Sequence

import numpy as np

from benchmarks.kismam.athletes import Athlete, draw_athletes, film
from benchmarks.kismam.scoring import Cases
from sportsgpt_lib.kismam.batch import assess_batch
from sportsgpt_lib.kismam.camera_errors import CameraErrors
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from sportsgpt_lib.sports.reach import LIMITED_TRUST, VALID_TRUST

TUNING_SEED = 100
REPORTED_SEED = 500
FRAME_RATES_HZ = (30.0, 60.0, 120.0, 240.0)
PER_ISSUE, CLEAN = 16, 150
SMALLEST, LARGEST = 0.5, 3.0
# A camera aimed with a level.
_CAMERA = CameraErrors(roll_error_deg=0.5)


def draw_cohort(movement: Movement, seed: int) -> list[Athlete]:
    """Draw performances of each fault, of all sizes, and clean ones."""
    faults: list[str | None] = [
        issue.name for issue in movement.issues for _ in range(PER_ISSUE)
    ]
    faults += [None] * CLEAN
    sizes = np.random.default_rng(seed).uniform(SMALLEST, LARGEST, len(faults))
    return list(draw_athletes(movement, faults, sizes, seed + 1))


def collect_by_rate(movement: Movement, seed: int) -> tuple[int, dict[float, Cases]]:
    """Count a cohort and film it at every frame rate."""
    athletes = draw_cohort(movement, seed)
    return len(athletes), {
        rate: collect_cases(movement, athletes, rate, seed + int(rate))
        for rate in FRAME_RATES_HZ
    }


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
