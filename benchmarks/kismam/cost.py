"""Measures how many repetitions one core assesses in a second, values to scores.

Values are drawn around the targets, a tenth of them missing. Reading values from
signals, repetition by repetition, is measured apart.
"""

import time

import numpy as np

from benchmarks.figures import Figure
from benchmarks.kismam.athletes import draw_athletes, film
from sportsgpt_lib.kismam.batch import assess_batch
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors

_SEED = 20261121
_REPETITIONS = 10_000
_RUNS = 5
_READINGS = 200
_MISSING_RATIO = 0.1
_LEAST_PER_S = 10_000.0


def measure() -> list[Figure]:
    """Measure every movement; processor time, the median of five runs."""
    movements = [load_movement(name) for name in movement_names()]
    return [
        figure
        for movement in movements
        for figure in (_measure(movement), _measure_reading(movement))
    ]


def _measure(movement: Movement) -> Figure:
    targets = [part.target for part in movement.indicators]
    width = np.array([part.tolerance if part else 1.0 for part in targets])
    generator = np.random.default_rng(_SEED)
    shape = (_REPETITIONS, len(targets))
    centre = np.array(
        [(part.low or part.high or 0.0) if part else 0.0 for part in targets]
    )
    value = centre + width * generator.normal(0.0, 2.0, shape)
    value[generator.random(shape) < _MISSING_RATIO] = np.nan
    error = np.where(np.isfinite(value), width, np.nan)
    trust = generator.choice([0.5, 1.0], shape)
    seconds = []
    for _ in range(_RUNS):
        start = time.process_time()
        assess_batch(movement, value, error, trust)
        seconds.append(time.process_time() - start)
    return Figure(
        f"{movement.name}: repetitions assessed",
        _REPETITIONS / float(np.median(seconds)),
        "1/s of processor time",
        must=_LEAST_PER_S,
        is_at_least=True,
        note=f"{len(targets)} indicators, {len(movement.issues)} issues, with "
        "contributions, ranks, scores and their errors",
    )


def _measure_reading(movement: Movement) -> Figure:
    """Measure reading the indicators of one recording's repetitions from signals."""
    (athlete,) = draw_athletes(movement, [None], np.ones(1), _SEED)
    repetition = film(athlete, 60.0, 1.0, np.random.default_rng(_SEED))
    errors = load_measurement_errors()
    start = time.process_time()
    for _ in range(_READINGS):
        assess_repetition(movement, repetition, "sagittal", errors)
    return Figure(
        f"{movement.name}: repetitions read from signals",
        _READINGS / (time.process_time() - start),
        "1/s of processor time",
        note="with the errors of keyframes; no part of the limit above",
    )
