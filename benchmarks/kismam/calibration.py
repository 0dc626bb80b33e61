"""Fits the link's half width on the tuning seed; the table shows why it was chosen."""

from dataclasses import replace

import numpy as np

from benchmarks.figures import Figure
from benchmarks.kismam.detection import TUNING_SEED, collect_by_rate
from benchmarks.kismam.scoring import (
    Cases,
    compute_calibration_error,
    compute_clean_false_share,
    join_cases,
    list_calibration_pairs,
)
from sportsgpt_lib.kismam.aggregation import assess_issues, compute_ranks
from sportsgpt_lib.sports.loader import load_movement

# Fitted on these two only; other movements take the constant over.
_MOVEMENTS = ("drop_landing", "walking_stride")
_HALF_WIDTHS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3)
_FULL_PCT = 100.0
_MOST_FALSE_PCT = 5.0


def measure() -> list[Figure]:
    """Measure calibration and false findings for each half width."""
    cohorts = [
        join_cases(list(collect_by_rate(load_movement(name), TUNING_SEED)[1].values()))
        for name in _MOVEMENTS
    ]
    figures = []
    for half_width in _HALF_WIDTHS:
        cases = [_assess_again(part, half_width) for part in cohorts]
        pairs = [
            list_calibration_pairs(part, is_map_believed=True, is_spoken_only=True)
            for part in cases
        ]
        probability, expected = (
            np.concatenate(part) for part in zip(*pairs, strict=True)
        )
        false = max(compute_clean_false_share(part) for part in cases)
        figures += [
            Figure(
                f"half width {half_width:g}: calibration error",
                compute_calibration_error(probability, expected),
                "",
                note="probability above 0.02, W at its word, both movements",
            ),
            Figure(
                f"half width {half_width:g}: clean performances with a finding",
                _FULL_PCT * false,
                "%",
                aim=_MOST_FALSE_PCT,
                note="the worse of the two movements",
            ),
        ]
    return figures


def _assess_again(cases: Cases, half_width: float) -> Cases:
    issues = assess_issues(
        cases.found.deviation,
        cases.trust,
        np.array(cases.movement.issue_map),
        half_width=half_width,
    )
    found = replace(cases.found, issues=issues, rank=compute_ranks(issues))
    return replace(cases, found=found)
