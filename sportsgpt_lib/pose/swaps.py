"""Finds and undoes exchanged left and right keypoints of one person.

Networks take the left limb for the right one and back, for a frame or for half a
second. The difference left minus right of a pair of keypoints moves smoothly; an
exchange makes it jump to its negative. The search weighs, over the whole clip, jumps
of the motion against changes of the labels, for all pairs together. ``swap_motion.py``
measures the motion, ``swap_costs.py`` says what exchanges cost.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.kernels.label_paths import trace_patterns, weigh_labels
from sportsgpt_lib.kernels.pair_filters import compute_gains, follow_path
from sportsgpt_lib.kernels.turn_scores import score_turns
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.pose.swap_costs import SWITCH_COSTS, charge_codes
from sportsgpt_lib.pose.swap_groups import (
    GROUP_OF_PAIR,
    LEFT,
    PATTERN_CODES,
    RIGHT,
    SWAP_GROUPS,
)
from sportsgpt_lib.pose.swap_motion import (
    FIRST_SPEED_S,
    MAX_MISS_SD,
    PairMotion,
    measure_motion,
)

BoolArray = npt.NDArray[np.bool_]

__all__ = ["SWAP_GROUPS", "SwapFindings", "find_swaps", "undo_swaps"]

# All chosen on real poses with swaps put in, see docs/adr/0010-left-right-swaps.md.
# The search follows speeds through crossings better than what sets it right afterwards.
_TOGGLE_COST = 4.0
_GLANCE_S = 0.03
# In body sizes: nearer than the first, a crossing tells less; nearer than the second,
# twice the deviation of a difference, labels are left alone.
_NARROW_BODY_SIZES = 0.06
_APART_BODY_SIZES = 0.1
# The least margin that is acted on, and the certainty that none exceeds: on real poses
# so many labels are right where a swap was or was seen.
_MIN_MARGIN = 2.0
_MAX_CERTAINTY = 0.98


@dataclass(frozen=True)
class SwapFindings:
    """Where labels are exchanged, per frame and group of ``SWAP_GROUPS``.

    Parameters
    ----------
    is_swapped
        ``(T, G)``, true where left and right of the group are exchanged. Never true
        where the group's pairs lie on each other or are not seen, nor where the
        evidence is thin: a doubt is left alone.
    certainty
        ``(T, G)``, 0.5 to 1: the chance that this label is right, from the margin of
        the best path over the best one with the other label. 0.5 where nothing tells.
    """

    is_swapped: BoolArray
    certainty: FloatArray


def find_swaps(
    times_s: FloatArray, positions_px: FloatArray, confidence: FloatArray
) -> SwapFindings:
    """Find the frames in which left and right are exchanged.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the motion itself, strictly increasing.
    positions_px
        Positions ``(T, J, 2)``. NaN = not seen.
    confidence
        Confidence ``(T, J)``; it says how exact a point is, never which side it is.

    Returns
    -------
    The findings. The labels of most of the time are taken as right, so a clip that is
    exchanged from first to last frame gives none.

    Raises
    ------
    PoseInputError
        The arrays do not fit each other or the skeleton.

    Notes
    -----
    A burst that begins and ends while the pairs lie on each other, from one crossing of
    the legs to another, moves as smoothly as the truth and is not seen.
    """
    _validate(times_s, positions_px, confidence)
    motion = measure_motion(times_s, positions_px, confidence)
    shape = (times_s.size, len(SWAP_GROUPS))
    if motion is None:
        return SwapFindings(np.zeros(shape, dtype=bool), np.full(shape, 0.5))
    is_apart = _find_apart(motion)
    margins = _weigh(motion)  # (T, G)
    certainty = np.minimum(1.0 / (1.0 + np.exp(-np.abs(margins))), _MAX_CERTAINTY)
    return SwapFindings(
        (margins < -_MIN_MARGIN) & is_apart, np.where(is_apart, certainty, 0.5)
    )


def undo_swaps(
    positions_px: FloatArray, confidence: FloatArray, findings: SwapFindings
) -> tuple[FloatArray, FloatArray]:
    """Exchange left and right where they were found exchanged.

    Parameters
    ----------
    positions_px
        Positions ``(T, J, 2)``. NaN = not seen; it changes sides with its label.
    confidence
        Confidence ``(T, J)``.
    findings
        From ``find_swaps`` on the same poses.

    Returns
    -------
    New positions ``(T, J, 2)`` and confidence ``(T, J)``.
    """
    positions = positions_px.copy()
    ratio = confidence.copy()
    is_swapped = findings.is_swapped[:, GROUP_OF_PAIR]  # (T, P)
    for pair, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        frames = np.flatnonzero(is_swapped[:, pair])
        for values, given in ((positions, positions_px), (ratio, confidence)):
            values[frames, left] = given[frames, right]
            values[frames, right] = given[frames, left]
    return positions, ratio


def _validate(
    times_s: FloatArray, positions_px: FloatArray, confidence: FloatArray
) -> None:
    frame_count, joint_count = times_s.size, len(KEYPOINTS)
    problems = [
        f"{name} has the shape {found}, {wanted} is needed"
        for name, found, wanted in (
            ("times_s", times_s.shape, (frame_count,)),
            ("positions_px", positions_px.shape, (frame_count, joint_count, 2)),
            ("confidence", confidence.shape, (frame_count, joint_count)),
        )
        if found != wanted
    ]
    if not problems and not (np.diff(times_s) > 0).all():
        problems = ["times_s does not increase from frame to frame"]
    if problems:
        raise PoseInputError(
            "search for exchanged sides",
            "the arrays do not fit each other",
            "give one time per frame and every keypoint of the skeleton",
            problems=problems,
        )


def _weigh(motion: PairMotion) -> FloatArray:
    """Weigh every group's label in every frame against the other one, ``(T, G)``.

    Positive where the label as given is the cheaper one. The first search keeps one
    path per pattern; what it has lost on the way, the second one, which looks from both
    sides, sets right.
    """
    groups = GROUP_OF_PAIR[motion.pairs]
    seen = np.bitwise_or.reduce(1 << groups)
    patterns = np.unique(PATTERN_CODES & seen)  # (M,)
    code_costs = charge_codes(motion)
    # Pairs of one group err together, so n of them tell as much as √n.
    counts = np.bincount(groups, minlength=len(SWAP_GROUPS))[groups]
    weights = 0.5 * MAX_MISS_SD**2 / np.sqrt(counts)
    codes = _trace(motion, patterns, code_costs, weights)
    scores = weights * _score_turns(motion, codes)
    by_group = [scores[:, groups == g].sum(axis=1) for g in range(len(SWAP_GROUPS))]
    turn_costs = np.stack(by_group, axis=1)  # (T, G)
    margins: FloatArray = weigh_labels(
        codes, patterns, turn_costs, _TOGGLE_COST, code_costs, SWITCH_COSTS
    )
    return margins


def _trace(
    motion: PairMotion, patterns: IntArray, code_costs: FloatArray, weights: FloatArray
) -> IntArray:
    """Trace the cheapest path of patterns as codes, ``(T,)``."""
    spread, gains = compute_gains(
        motion.times_s,
        motion.noise_variance,
        motion.acceleration_variance,
        FIRST_SPEED_S**2,
    )
    is_exchanged = (patterns >> GROUP_OF_PAIR[motion.pairs][:, np.newaxis]) & 1
    path: IntArray = trace_patterns(
        motion.times_s,
        motion.differences,
        MAX_MISS_SD**2 * spread,
        gains,
        1.0 - 2.0 * is_exchanged,  # (P, M)
        weights,
        np.ascontiguousarray(code_costs[:, patterns]),
        np.ascontiguousarray(SWITCH_COSTS[patterns][:, patterns]),
    )
    return np.asarray(patterns[path])


def _score_turns(motion: PairMotion, codes: IntArray) -> FloatArray:
    """Score, pair by pair, what turning between two frames would cost, ``(T, P)``."""
    is_swapped = (codes[:, np.newaxis] >> GROUP_OF_PAIR[motion.pairs]) & 1  # (T, P)
    corrected = (1.0 - 2.0 * is_swapped[:, :, np.newaxis]) * motion.differences
    from_start, from_end = (
        follow_path(
            motion.times_s,
            corrected,
            motion.noise_variance,
            motion.acceleration_variance,
            FIRST_SPEED_S**2,
            MAX_MISS_SD,
            is_backwards,
        )
        for is_backwards in (False, True)
    )
    scores: FloatArray = score_turns(
        motion.times_s,
        *from_start,
        *from_end,
        MAX_MISS_SD**2,
        _NARROW_BODY_SIZES,
        _GLANCE_S,
    )
    return scores


def _find_apart(motion: PairMotion) -> BoolArray:
    """Find where at least one pair of a group can be told apart, ``(T, G)``."""
    x, y = motion.differences[:, :, 0], motion.differences[:, :, 1]
    is_far = x * x + y * y > _APART_BODY_SIZES**2
    is_apart = np.zeros((is_far.shape[0], len(SWAP_GROUPS)), dtype=bool)
    for column, pair in enumerate(motion.pairs):
        is_apart[:, GROUP_OF_PAIR[pair]] |= is_far[:, column]
    return is_apart
