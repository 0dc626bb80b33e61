"""Habit or slip: the share of repetitions that show an issue, and how sure it is.

Arrays run over whatever is counted: issues, athletes, sides.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

# Jeffreys' prior: half a repetition that shows the issue, half a one that does not.
PRIOR_COUNT = 0.5
CREDIBLE_RATIO = 0.95
# Chosen, see docs/adr/0012-sessions-and-change.md.
HABIT_SHARE = 0.5
LEAST_BELIEF = 0.95
_GRID_POINTS = 2001


@dataclass(frozen=True)
class Consistency:
    """How regularly something shows; arrays of one shape.

    Parameters
    ----------
    share_low, share_high
        Ends of the credible interval of 95 % of the share of repetitions that show it.
    pattern
        ``habit``: more than half of the repetitions show it, with a belief of at least
        95 %. ``slip``: at least one does, but less than half, as surely. ``absent``:
        none does, and it is no habit, as surely. ``undecided``: too few repetitions to
        tell.
    """

    share_low: FloatArray
    share_high: FloatArray
    pattern: npt.NDArray[np.str_]


def compute_consistency(
    shown_count: IntArray, repetition_count: IntArray
) -> Consistency:
    """Compute how regularly something shows in repetitions.

    Parameters
    ----------
    shown_count, repetition_count
        Repetitions that show it, and repetitions in which it could be judged.

    Returns
    -------
    Interval and pattern; with no repetition the interval is nearly 0 to 1.

    Notes
    -----
    Repetitions count as independent draws. An error that all repetitions of a
    recording share (camera, network) is not in the interval.

    Source
    ------
    Jeffreys interval: Brown LD, Cai TT, DasGupta A (2001) Interval estimation for a
    binomial proportion. Statistical Science 16(2):101-133,
    doi:10.1214/ss/1009213286. It is recommended there for 40 draws and fewer.
    """
    shown = shown_count + PRIOR_COUNT
    others = repetition_count - shown_count + PRIOR_COUNT
    tail = 0.5 * (1.0 - CREDIBLE_RATIO)
    # At the ends the interval is drawn out to 0 and 1, as the source does.
    low = np.where(shown_count == 0, 0.0, special.betaincinv(shown, others, tail))
    high = np.where(
        shown_count == repetition_count,
        1.0,
        special.betaincinv(shown, others, 1.0 - tail),
    )
    belief_in_less = special.betainc(shown, others, HABIT_SHARE)
    is_rare = belief_in_less >= LEAST_BELIEF
    pattern = np.select(
        [1.0 - belief_in_less >= LEAST_BELIEF, is_rare & (shown_count > 0), is_rare],
        ["habit", "slip", "absent"],
        "undecided",
    )
    return Consistency(low, high, pattern)


def compare_sides(
    left_shown: int, left_count: int, right_shown: int, right_count: int
) -> str:
    """Tell the side on which something shows more often.

    Returns
    -------
    ``left`` or ``right`` where the belief that this side's share is larger reaches
    95 %, else ``undecided``.

    Notes
    -----
    The belief is the integral over the left side's posterior of the right side's
    distribution function, both as in ``compute_consistency``.
    """
    grid = np.linspace(0.0, 1.0, _GRID_POINTS)
    left = special.betainc(
        left_shown + PRIOR_COUNT, left_count - left_shown + PRIOR_COUNT, grid
    )
    right = special.betainc(
        right_shown + PRIOR_COUNT, right_count - right_shown + PRIOR_COUNT, grid
    )
    right_between = 0.5 * (right[1:] + right[:-1])
    left_is_larger = float((np.diff(left) * right_between).sum())
    if left_is_larger >= LEAST_BELIEF:
        return "left"
    return "right" if 1.0 - left_is_larger >= LEAST_BELIEF else "undecided"
