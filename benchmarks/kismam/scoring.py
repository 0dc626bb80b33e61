"""How well findings agree with known faults: ranks, shares, simpler rivals."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.kismam.aggregation import (
    IssueAssessment,
    compute_reach,
)
from sportsgpt_lib.kismam.batch import BatchAssessment
from sportsgpt_lib.kismam.score import Scores
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Cases:
    """R performances with what is known and what was found.

    ``fault`` is the issue's column, -1 = clean; ``size`` is in tolerance widths.
    """

    movement: Movement
    fault: IntArray
    size: FloatArray
    value: FloatArray
    trust: FloatArray
    found: BatchAssessment

    @property
    def is_clean(self) -> npt.NDArray[np.bool_]:
        """Whether there is no fault ``(R,)``."""
        return np.asarray(self.fault < 0)

    @property
    def fault_rank(self) -> IntArray:
        """Rank of the injected fault ``(R,)``; 0 = clean, or not assessed."""
        rows = np.arange(self.fault.size)
        return np.where(self.is_clean, 0, self.found.rank[rows, self.fault])

    @property
    def is_fault_reported(self) -> npt.NDArray[np.bool_]:
        """Whether the injected fault was reported ``(R,)``; False = clean."""
        rows = np.arange(self.fault.size)
        reported = np.asarray(self.found.issues.is_reported)
        return np.asarray(~self.is_clean & reported[rows, self.fault])

    @property
    def can_be_reported(self) -> npt.NDArray[np.bool_]:
        """Whether an issue could be reported at all ``(R, S)``.

        Not where view or frame rate limit all of its indicators, or hide them.
        """
        reach = compute_reach(
            np.isfinite(self.value), self.trust, np.array(self.movement.issue_map)
        )
        return np.asarray(reach >= REPORTED_PROBABILITY)


def join_cases(parts: Sequence[Cases]) -> Cases:
    """Join cases of one movement, such as those of several frame rates."""
    issues = [part.found.issues for part in parts]
    scores = [part.found.scores for part in parts]
    return Cases(
        movement=parts[0].movement,
        fault=np.concatenate([part.fault for part in parts]),
        size=np.concatenate([part.size for part in parts]),
        value=np.concatenate([part.value for part in parts]),
        trust=np.concatenate([part.trust for part in parts]),
        found=BatchAssessment(
            deviation=np.concatenate([part.found.deviation for part in parts]),
            issues=IssueAssessment(
                np.concatenate([part.probability for part in issues]),
                np.concatenate([part.severity for part in issues]),
                np.concatenate([part.contribution for part in issues]),
            ),
            rank=np.concatenate([part.found.rank for part in parts]),
            scores=Scores(
                np.concatenate([part.points for part in scores]),
                np.concatenate([part.error_points for part in scores]),
            ),
        ),
    )


def compute_precision(cases: Cases) -> float:
    """Compute the share of reported findings that are the injected fault."""
    reported = cases.found.issues.is_reported.sum()
    return float(cases.is_fault_reported.sum() / max(reported, 1))


def compute_clean_false_share(cases: Cases) -> float:
    """Compute the share of clean performances with any reported finding."""
    reported = np.asarray(cases.found.issues.is_reported)
    return float(reported[cases.is_clean].any(axis=1).mean())


def rank_by_raw_difference(cases: Cases) -> float:
    """Compute the top-1 share of the largest difference to the target, in its unit."""
    middles = [
        np.nan
        if part.target is None
        else np.mean(
            [end for end in (part.target.low, part.target.high) if end is not None]
        )
        for part in cases.movement.indicators
    ]
    return _top_one(cases, cases.value - np.array(middles))


def rank_by_hard_limits(cases: Cases) -> float:
    """Compute the top-1 share of the largest distance outside, in tolerances."""
    return _top_one(cases, _measure_outside(cases))


def compute_hard_false_share(cases: Cases) -> float:
    """Compute the share of clean performances with any value outside its target."""
    outside = np.nan_to_num(_measure_outside(cases)) != 0.0
    return float(outside.any(axis=1)[cases.is_clean].mean())


def _measure_outside(cases: Cases) -> FloatArray:
    columns = []
    for index, part in enumerate(cases.movement.indicators):
        value, target = cases.value[:, index], part.target
        if target is None:
            columns.append(np.zeros_like(value))
            continue
        low = -np.inf if target.low is None else target.low
        high = np.inf if target.high is None else target.high
        columns.append((value - np.clip(value, low, high)) / target.tolerance)
    return np.stack(columns, axis=1)


def _top_one(cases: Cases, difference: FloatArray) -> float:
    """Name the issue that the largest difference speaks for most, and count hits."""
    largest = np.argmax(np.nan_to_num(np.abs(difference)), axis=1)
    signs = np.sign(difference[np.arange(largest.size), largest])
    weights = np.array(cases.movement.issue_map)[largest] * signs[:, None]
    named = np.where(weights.max(axis=1) > 0.0, np.argmax(weights, axis=1), -2)
    faulty = ~cases.is_clean
    return float((named == cases.fault)[faulty].mean())
