"""What an exchange of sides costs beside the motion: how rare it is, how it looks.

Costs are in units of log-likelihood. A code has bit g set where group g of
``SWAP_GROUPS`` is exchanged. The search is in ``swaps.py``.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.swap_groups import (
    GROUP_OF_PAIR,
    LINKS,
    PATTERN_CODES,
    SWAP_GROUPS,
)
from sportsgpt_lib.pose.swap_motion import PairMotion

# All chosen on real poses with swaps put in, see docs/adr/0010-left-right-swaps.md.
_SWITCH_COST = 4.0
# From one swap straight into another: dear, or a jumping hip alone would pay for it.
_SWITCH_COST_BETWEEN_SWAPS = 12.0
_SWAPPED_COST_PER_S = 30.0
_LINK_COST_PER_S = 60.0
# From this breadth on, in body sizes, a link tells all it can: half of hips seen from
# in front.
_FULL_BREADTH = 0.3
_MAX_STEPS_CHARGED = 3.0

# Code 0 is the body as labelled; sets of groups that are no pattern cost twice as much.
_CODE_COUNT = 1 << len(SWAP_GROUPS)
_CODE_COSTS = np.full(_CODE_COUNT, 2.0)
_CODE_COSTS[PATTERN_CODES] = 1.0
_CODE_COSTS[0] = 0.0
SWITCH_COSTS = np.full((_CODE_COUNT, _CODE_COUNT), _SWITCH_COST_BETWEEN_SWAPS)
SWITCH_COSTS[0] = SWITCH_COSTS[:, 0] = _SWITCH_COST * _CODE_COSTS
np.fill_diagonal(SWITCH_COSTS, 0.0)
_BITS = (np.arange(_CODE_COUNT)[:, np.newaxis] >> np.arange(len(SWAP_GROUPS))) & 1


def charge_codes(motion: PairMotion) -> FloatArray:
    """Charge every code for every frame, ``(T, C)``.

    A frame is charged for the time it stands for. To the cost of being exchanged comes
    that of the links: a code under which two joints that hang on each other lie on
    opposite sides is dear, by as much as both are apart and in line.
    """
    interval_s = float(np.median(np.diff(motion.times_s)))
    steps_s = np.diff(motion.times_s, prepend=motion.times_s[0] - interval_s)
    steps_s = np.minimum(steps_s, _MAX_STEPS_CHARGED * interval_s)
    is_torn = [_SWAPPED_COST_PER_S * _CODE_COSTS]
    cues: list[FloatArray] = [np.ones_like(steps_s)]
    column = {int(pair): idx for idx, pair in enumerate(motion.pairs)}
    for first, second in LINKS:
        if first in column and second in column:
            ends = GROUP_OF_PAIR[[first, second]]
            is_torn.append(
                np.where(_BITS[:, ends[0]] != _BITS[:, ends[1]], _LINK_COST_PER_S, 0.0)
            )
            cues.append(_compare_ends(motion, column[first], column[second]))
    return np.asarray(
        (steps_s * np.stack(cues)).T @ np.stack(is_torn), dtype=np.float64
    )


def _compare_ends(motion: PairMotion, first: int, second: int) -> FloatArray:
    """Compare on which sides two pairs lie, ``(T,)``: 1 the same, -1 opposite ones.

    Near 0 where one of them is narrow, as from the side; 0 where not known.
    """
    one, other = motion.differences[:, first], motion.differences[:, second]
    breadth, other_breadth = np.hypot(*one.T), np.hypot(*other.T)
    share = np.minimum(np.minimum(breadth, other_breadth) / _FULL_BREADTH, 1.0)
    product = np.fmax(breadth * other_breadth, np.finfo(float).tiny)
    cue = (one * other).sum(axis=1) / product * share**2
    is_known = np.isfinite(
        cue * motion.noise_variance[:, first] * motion.noise_variance[:, second]
    )
    return np.asarray(np.where(is_known, cue, 0.0), dtype=np.float64)
