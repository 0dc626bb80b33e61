"""Many repetitions of one movement assessed at once, from values to scores.

The rules are those of ``deviation.py``, ``aggregation.py`` and ``score.py``, which work
on one repetition or on many; here they are put together. Reading values from signals
is in ``indicators.py``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.kismam.aggregation import (
    IssueAssessment,
    assess_issues,
)
from sportsgpt_lib.kismam.deviation import (
    FloatArray,
    build_target_limits,
    compute_deviations,
)
from sportsgpt_lib.kismam.ranking import compute_nearness, compute_ranks
from sportsgpt_lib.kismam.score import Scores, compute_scores
from sportsgpt_lib.sports.definition import Movement

# Repetitions in one pass: some ten arrays (R, I, S) then fit into a core's cache.
_BLOCK = 256


@dataclass(frozen=True)
class BatchAssessment:
    """What KISMAM says of R repetitions.

    Parameters
    ----------
    deviation
        ``(R, I)`` in tolerance widths; NaN = not measured.
    issues
        Probability and severity ``(R, S)``, contributions ``(R, I, S)``.
    rank
        ``(R, S)`` from 1; 0 = not assessed.
    scores
        Points and their uncertainties ``(R,)``.
    """

    deviation: FloatArray
    issues: IssueAssessment
    rank: npt.NDArray[np.int64]
    scores: Scores


def assess_batch(
    movement: Movement, value: FloatArray, error: FloatArray, trust: FloatArray
) -> BatchAssessment:
    """Assess many repetitions of one movement.

    Parameters
    ----------
    movement
        The movement's definition.
    value, error
        Indicators and their standard uncertainties ``(R, I)``, in the movement's order
        and units. NaN = not measured.
    trust
        Worth of each value ``(R, I)``, 0 to 1.

    Returns
    -------
    The same numbers as repetition by repetition.
    """
    limits = build_target_limits([part.target for part in movement.indicators])
    issue_map = np.array(movement.issue_map)
    deviation = compute_deviations(value, error, limits)
    starts = range(0, max(len(value), 1), _BLOCK)
    blocks = [
        assess_issues(
            deviation[start : start + _BLOCK], trust[start : start + _BLOCK], issue_map
        )
        for start in starts
    ]
    issues = IssueAssessment(
        probability=np.concatenate([block.probability for block in blocks]),
        severity=np.concatenate([block.severity for block in blocks]),
        contribution=np.concatenate([block.contribution for block in blocks]),
    )
    return BatchAssessment(
        deviation=deviation,
        issues=issues,
        rank=compute_ranks(
            issues, compute_nearness(value, error, trust, limits, issue_map)
        ),
        scores=compute_scores(value, error, trust, limits),
    )
