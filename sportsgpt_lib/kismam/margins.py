"""How far a threshold would have to move so that an issue would not be reported.

Each threshold is moved alone, all others stay. Nothing is changed here: the answer is
for people who decide whether a threshold is right. Arrays run over repetitions (R) and
indicators (I).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kismam.aggregation import (
    REPORTED_SEVERITY,
    IssueAssessment,
    assess_issues,
)
from sportsgpt_lib.kismam.deviation import TargetLimits, compute_deviations
from sportsgpt_lib.sports.reach import REPORTED_PROBABILITY

Threshold = Literal[
    "reported_probability",
    "reported_severity",
    "target_low",
    "target_high",
    "tolerance",
]
# Chosen: a tolerance of 100 times its width lets nothing deviate that anybody measures.
_WIDEST_TOLERANCE_RATIO = 100.0
# Chosen: 2 ** -20 of the way is finer than any value is written.
_HALVINGS = 20


@dataclass(frozen=True)
class SessionValues:
    """What an issue of one athlete's session is judged by.

    Parameters
    ----------
    value, error
        Indicators and their standard uncertainties ``(R, I)``. NaN = not measured.
    trust
        Worth of each value ``(R, I)``, 0 to 1.
    limits
        The indicators' targets ``(I,)``.
    weights
        The issue's column of the mapping matrix W ``(I,)``.
    """

    value: FloatArray
    error: FloatArray
    trust: FloatArray
    limits: TargetLimits
    weights: FloatArray


@dataclass(frozen=True)
class Margin:
    """One threshold, and where it would have to lie.

    ``indicator`` is a position in I; None = a threshold of all issues. At ``needed``
    the issue is just reported, anything beyond it is not; None = wherever this
    threshold lies, the others still report it.
    """

    threshold: Threshold
    indicator: int | None
    current: float
    needed: float | None


def compute_margins(session: SessionValues) -> tuple[Margin, ...]:
    """Compute the margins of all thresholds that an issue's report rests on.

    Parameters
    ----------
    session
        All repetitions of the session that could show the issue.

    Returns
    -------
    The two thresholds of all issues first, then for each indicator that speaks for the
    issue the end of its target and its tolerance. Empty where no repetition reports it.

    Notes
    -----
    Of the platform's own thresholds the answer is exact: the highest probability, or
    severity, among the repetitions that report the issue. An indicator's is found by
    bisection, since probability and severity fall as its deviation does.
    """
    deviation = compute_deviations(session.value, session.error, session.limits)
    issue = _assess(session, deviation)
    reported = issue.is_reported[:, 0]
    if not reported.any():
        return ()
    own = (
        Margin(
            "reported_probability",
            None,
            REPORTED_PROBABILITY,
            float(issue.probability[reported, 0].max()),
        ),
        Margin(
            "reported_severity",
            None,
            REPORTED_SEVERITY,
            float(issue.severity[reported, 0].max()),
        ),
    )
    shown = _select(session, reported)
    speaking = np.sign(session.weights) * deviation[reported]
    indicators = np.flatnonzero(np.nanmax(speaking, axis=0, initial=0.0) > 0.0)
    return (
        *own,
        *(part for i in indicators for part in _find_margins(shown, int(i))),
    )


def _select(session: SessionValues, chosen: npt.NDArray[np.bool_]) -> SessionValues:
    """Keep the repetitions that report it: a wider threshold adds none to them."""
    return replace(
        session,
        value=session.value[chosen],
        error=session.error[chosen],
        trust=session.trust[chosen],
    )


def _find_margins(session: SessionValues, indicator: int) -> Iterator[Margin]:
    """Find how far an indicator's end and its tolerance would have to go."""
    here = slice(indicator, indicator + 1)
    value, error = session.value[:, here], session.error[:, here]
    every = session.limits
    limits = TargetLimits(every.low[here], every.high[here], every.tolerance[here])
    deviation = compute_deviations(session.value, session.error, every)

    def is_reported(moved: TargetLimits) -> bool:
        deviation[:, here] = compute_deviations(value, error, moved)
        return bool(_assess(session, deviation).is_reported.any())

    is_high = session.weights[indicator] > 0.0
    end = float(limits.high[0] if is_high else limits.low[0])
    sign = 1.0 if is_high else -1.0

    def move_end(distance: float) -> TargetLimits:
        moved = np.array([end + sign * distance])
        return replace(limits, high=moved) if is_high else replace(limits, low=moved)

    width = float(limits.tolerance[0])

    def widen(exponent: float) -> TargetLimits:
        ratio = _WIDEST_TOLERANCE_RATIO**exponent
        return replace(limits, tolerance=np.array([width * ratio]))

    farthest = float(np.nanmax(sign * (value - end)))
    distance = _find_least(lambda way: is_reported(move_end(way)), farthest)
    yield Margin(
        "target_high" if is_high else "target_low",
        indicator,
        end,
        None if distance is None else end + sign * distance,
    )
    exponent = _find_least(lambda way: is_reported(widen(way)), 1.0)
    yield Margin(
        "tolerance",
        indicator,
        width,
        None if exponent is None else width * _WIDEST_TOLERANCE_RATIO**exponent,
    )


def _find_least(holds: Callable[[float], bool], most: float) -> float | None:
    """Find where something stops to hold between 0 and ``most``; None = nowhere.

    It holds at 0, and once it has stopped it does not begin again.
    """
    if holds(most):
        return None
    low, high = 0.0, most
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        if holds(middle):
            low = middle
        else:
            high = middle
    return high


def _assess(session: SessionValues, deviation: FloatArray) -> IssueAssessment:
    return assess_issues(deviation, session.trust, session.weights[:, None])
