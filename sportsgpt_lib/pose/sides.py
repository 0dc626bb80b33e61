"""Puts exchanged left and right back, point by point: the first step of the repair.

The search is in ``swaps.py``; here its groups become keypoints.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.swap_groups import GROUP_OF_PAIR, LEFT, RIGHT
from sportsgpt_lib.pose.swaps import find_swaps, undo_swaps

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class UndoneSides:
    """Poses with left and right put back, and where: ``(T, J)`` and how sure."""

    positions_px: FloatArray
    confidence: FloatArray
    is_swapped: BoolArray
    certainty: FloatArray


SidesUndoer = Callable[[FloatArray, FloatArray, FloatArray], UndoneSides]


def undo_found_swaps(
    times_s: FloatArray, positions_px: FloatArray, confidence: FloatArray
) -> UndoneSides:
    """Find exchanged left and right, and put them back.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the motion itself, strictly increasing.
    positions_px
        Positions ``(T, J, 2)``. NaN = not seen.
    confidence
        Confidence ``(T, J)``.

    Raises
    ------
    PoseInputError
        The arrays do not fit each other or the skeleton.
    """
    findings = find_swaps(times_s, positions_px, confidence)
    positions, sureness = undo_swaps(positions_px, confidence, findings)
    is_swapped = np.zeros(confidence.shape, dtype=bool)
    certainty = np.zeros(confidence.shape)
    for side in (LEFT, RIGHT):
        is_swapped[:, side] = findings.is_swapped[:, GROUP_OF_PAIR]
        certainty[:, side] = findings.certainty[:, GROUP_OF_PAIR]
    is_touched = np.isfinite(positions_px[:, :, 0]) | np.isfinite(positions[:, :, 0])
    return UndoneSides(positions, sureness, is_swapped & is_touched, certainty)


def leave_sides(
    times_s: FloatArray,  # noqa: ARG001 - a SidesUndoer is given it
    positions_px: FloatArray,
    confidence: FloatArray,
) -> UndoneSides:
    """Exchange nothing: for poses whose sides are known to be right."""
    nowhere = np.zeros(confidence.shape, dtype=bool)
    return UndoneSides(positions_px, confidence, nowhere, np.zeros(confidence.shape))
