"""Fits the link's half width and the gain beyond even odds, on the tuning seed.

The table shows why they were chosen: the largest likelihood among those under which no
movement's clean performances have a finding more often than in 1 of 20.
"""

from dataclasses import replace

import numpy as np

from benchmarks.figures import Figure
from benchmarks.kismam.cohorts import TUNING_SEED, collect_by_rate
from benchmarks.kismam.reliability import (
    CalibrationPairs,
    compute_calibration_error,
    join_pairs,
    list_calibration_pairs,
)
from benchmarks.kismam.scoring import Cases, compute_clean_false_share, join_cases
from sportsgpt_lib.kismam.aggregation import assess_issues
from sportsgpt_lib.kismam.calibration import (
    Calibration,
    CertaintyCalibration,
    LinkCalibration,
)
from sportsgpt_lib.sports.loader import load_movement, movement_names

_HALF_WIDTHS = (1.0, 0.9, 0.8, 0.7, 0.6)
_GAINS = (1.0, 1.5, 2.0, 2.5, 3.0)
_FULL_PCT = 100.0
_MOST_FALSE_PCT = 5.0
# Keeps the logarithm of a likelihood finite.
_LEAST_PROBABILITY = 0.001


def measure() -> list[Figure]:
    """Measure likelihood, calibration and false findings for each pair of constants."""
    cohorts = [
        join_cases(list(collect_by_rate(load_movement(name), TUNING_SEED)[1].values()))
        for name in movement_names()
    ]
    figures = []
    for half_width in _HALF_WIDTHS:
        for gain in _GAINS:
            cases = [_assess_again(part, half_width, gain) for part in cohorts]
            figures += _measure(cases, f"half width {half_width:g}, gain {gain:g}")
    return figures


def _measure(cases: list[Cases], name: str) -> list[Figure]:
    pairs = join_pairs([list_calibration_pairs(part) for part in cases])
    false = [_FULL_PCT * compute_clean_false_share(part) for part in cases]
    return [
        Figure(f"{name}: mean log likelihood", _compute_likelihood(pairs), ""),
        Figure(
            f"{name}: calibration error, probability above 0.02",
            compute_calibration_error(pairs.keep_spoken()),
            "",
        ),
        Figure(
            f"{name}: clean performances with a finding",
            max(false),
            "%",
            aim=_MOST_FALSE_PCT,
            note=f"the worst movement; mean {np.mean(false):.1f}",
        ),
    ]


def _compute_likelihood(pairs: CalibrationPairs) -> float:
    probability = np.clip(
        pairs.probability, _LEAST_PROBABILITY, 1.0 - _LEAST_PROBABILITY
    )
    return float(
        np.mean(
            np.where(pairs.is_there == 1.0, np.log(probability), np.log1p(-probability))
        )
    )


def _assess_again(cases: Cases, half_width: float, gain: float) -> Cases:
    issues = assess_issues(
        cases.found.deviation,
        cases.trust,
        np.array(cases.movement.issue_map),
        calibration=Calibration(
            link=LinkCalibration(half_width_tolerances=half_width, origin="a trial"),
            certainty=CertaintyCalibration(
                gain_beyond_even_odds=gain, origin="a trial"
            ),
        ),
    )
    return replace(cases, found=replace(cases.found, issues=issues))
