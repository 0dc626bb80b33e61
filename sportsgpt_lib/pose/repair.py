"""Cleans one person's poses and says, point by point, what was done.

In this order: exchanged left and right are put back, points of low confidence and
outliers are dropped, short gaps are filled, and what hangs together is smoothed. Long
gaps stay gaps, and no filter reaches across one. A piece of one or two points has
nothing between its ends that could be smoothed, and stays as it is. Every step leaves
records (``repair_audit.py``); nothing is changed without one.

How sure a record is that its repair is right:

- ``left_right_swapped``: what ``swaps.py`` says, mean over the range;
- ``low_confidence_dropped``: 1 - the network's own confidence in the point;
- ``outlier_dropped``: 1 - 0.6 / e^6, e the distance as a multiple of the limit that
  ``outliers.py`` sets: fitted to the share of such points that were off by more than a
  tenth of a trunk length; from 0.4 at the limit to 0.99 at twice the limit;
- ``gap_filled``: the share of gaps so long whose filling was within a tenth of a trunk
  length of the truth, see docs/adr/0006-pose.md;
- ``gap_left_open``: 1, nothing is claimed;
- ``low_pass_filtered``: the share of noise in what the filter took away, from the
  residual analysis in ``cutoff.py``; 0.5 where that was not possible.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.cutoff import (
    Cutoff,
    choose_cutoffs,
    lower_to_rate,
    state_cutoffs,
)
from sportsgpt_lib.pose.gaps import fill_gaps, find_pieces, is_seen
from sportsgpt_lib.pose.low_pass import MIN_FRAME_COUNT, smooth_pieces
from sportsgpt_lib.pose.outliers import find_outliers
from sportsgpt_lib.pose.repair_audit import (
    GAP_FILLED,
    GAP_LEFT_OPEN,
    LEFT_RIGHT_SWAPPED,
    LOW_CONFIDENCE_DROPPED,
    LOW_PASS_FILTERED,
    OUTLIER_DROPPED,
    Repair,
    Runs,
    record_repairs,
)
from sportsgpt_lib.pose.sides import SidesUndoer, UndoneSides, undo_found_swaps
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

WordArray = npt.NDArray[np.object_]

NONE = "none"
SWAPPED = "swapped"
LOW_CONFIDENCE_FILLED = "low_confidence_filled"
OUTLIER_FILLED = "outlier_filled"
_WORD_WHEN_FILLED = MappingProxyType(
    {
        NONE: GAP_FILLED,
        SWAPPED: GAP_FILLED,
        LOW_CONFIDENCE_DROPPED: LOW_CONFIDENCE_FILLED,
        OUTLIER_DROPPED: OUTLIER_FILLED,
    }
)
# Measured, see docs/adr/0006-pose.md: of gaps of a tenth and a fifth of a second 0.96
# and 0.78 were filled right, and 1 - (length / this)^2 gives 0.95 and 0.78.
_UNSURE_GAP_S = 0.43
# Measured, see docs/adr/0006-pose.md, where a hundredth of the points is off.
_DOUBT_AT_OUTLIER_LIMIT = 0.6
_OUTLIER_DOUBT_POWER = -6.0


@dataclass(frozen=True)
class RepairRules:
    """How poses are cleaned; where no source is named, see docs/adr/0006-pose.md.

    Parameters
    ----------
    min_confidence_ratio
        Points below are dropped.
    outlier_half_window_s
        Half the width of the window of the Hampel filter.
    outlier_trunk_ratio
        A point this near to the window's median, in trunk lengths, is never an outlier.
    max_gap_s
        Longest gap, from the last seen point to the next, that is filled.
    fixed_cutoff_hz
        One low-pass cut-off for every joint; None = measured for each.
    """

    min_confidence_ratio: float = 0.2
    outlier_half_window_s: float = 0.1
    outlier_trunk_ratio: float = 0.2
    max_gap_s: float = 0.2
    fixed_cutoff_hz: float | None = None


@dataclass(frozen=True)
class RepairedPoses:
    """Cleaned positions and what was done to each point.

    ``positions_px`` ``(T, J, 2)``, NaN = missing; ``confidence`` ``(T, J)``, 0 where
    missing or filled; ``repair`` ``(T, J)`` holds the words of the table contract, of
    which a filled one also says why the point was missing, and the later step's stands
    where two touched a point; ``repairs`` holds every step's records, by keypoint, then
    first frame, then step.
    """

    positions_px: FloatArray
    confidence: FloatArray
    repair: WordArray
    repairs: tuple[Repair, ...]


def repair_poses(
    times_s: FloatArray,
    positions_px: FloatArray,
    confidence: FloatArray,
    rules: RepairRules,
    *,
    undo_sides: SidesUndoer = undo_found_swaps,
) -> RepairedPoses:
    """Clean one person's poses.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the motion itself, strictly increasing.
    positions_px
        Positions ``(T, J, 2)``. NaN = not seen.
    confidence
        Confidence ``(T, J)``.
    rules
        Limits and lengths.
    undo_sides
        Finds exchanged left and right, and puts them back.
    """
    undone = undo_sides(times_s, positions_px, confidence)
    # Objects, not text of fixed length: references to a few words, a tenth of the size.
    repair = np.full(confidence.shape, NONE, dtype=object)
    repair[undone.is_swapped] = SWAPPED
    repairs = record_repairs(
        LEFT_RIGHT_SWAPPED,
        undone.is_swapped,
        undone.certainty,
        positions_px,
        undone.positions_px,
    )
    kept, drops = _drop_points(times_s, undone, rules, repair)
    filled, lengths_s = fill_gaps(times_s, kept, rules.max_gap_s)
    is_filled = lengths_s > 0
    repair[is_filled] = [_WORD_WHEN_FILLED[word] for word in repair[is_filled]]
    sureness = 1.0 - (lengths_s / _UNSURE_GAP_S) ** 2
    repairs += drops
    repairs += record_repairs(GAP_FILLED, is_filled, sureness, kept, filled)
    is_open = ~is_seen(filled) & is_seen(positions_px).any(axis=0)
    certain = np.ones(confidence.shape)
    repairs += record_repairs(GAP_LEFT_OPEN, is_open, certain, filled, filled)
    smoothed, smoothings = _smooth(times_s, filled, rules)
    kept_confidence = np.where(is_seen(smoothed) & ~is_filled, undone.confidence, 0.0)
    repairs += smoothings
    repairs.sort(key=lambda r: (KEYPOINT_INDEX[r.keypoint], r.first_frame))
    return RepairedPoses(smoothed, kept_confidence, repair, tuple(repairs))


def _drop_points(
    times_s: FloatArray, undone: UndoneSides, rules: RepairRules, repair: WordArray
) -> tuple[FloatArray, list[Repair]]:
    """Drop doubtful points, then outliers; writes their words into ``repair``."""
    seen = undone.positions_px
    is_doubtful = is_seen(seen) & (undone.confidence < rules.min_confidence_ratio)
    believed = np.where(is_doubtful[:, :, None], np.nan, seen)
    excess = find_outliers(
        times_s,
        believed,
        half_window_s=rules.outlier_half_window_s,
        trunk_ratio=rules.outlier_trunk_ratio,
    )
    is_outlier = excess > 0
    kept = np.where(is_outlier[:, :, None], np.nan, believed)
    repair[is_doubtful] = LOW_CONFIDENCE_DROPPED
    repair[is_outlier] = OUTLIER_DROPPED
    doubt = _DOUBT_AT_OUTLIER_LIMIT * np.maximum(excess, 1.0) ** _OUTLIER_DOUBT_POWER
    return kept, [
        *record_repairs(
            LOW_CONFIDENCE_DROPPED, is_doubtful, 1.0 - undone.confidence, seen, believed
        ),
        *record_repairs(OUTLIER_DROPPED, is_outlier, 1.0 - doubt, believed, kept),
    ]


def _smooth(
    times_s: FloatArray, filled: FloatArray, rules: RepairRules
) -> tuple[FloatArray, list[Repair]]:
    """Smooth every unbroken piece with its joint's cut-off."""
    pieces = find_pieces(times_s, filled, rules.max_gap_s)
    cutoffs = (
        choose_cutoffs(times_s, filled, pieces)
        if rules.fixed_cutoff_hz is None
        else state_cutoffs(pieces, rules.fixed_cutoff_hz)
    )
    smoothed = filled.copy()
    repairs: list[Repair] = []
    for (start, stop, cutoff_hz), members in _group_pieces(
        times_s, pieces, cutoffs
    ).items():
        joints = list(members)
        before = filled[start:stop, joints]  # (T, N, 2)
        flat = before.reshape(stop - start, -1)
        after = smooth_pieces(times_s[start:stop], flat, cutoff_hz)
        after = after.reshape(before.shape)
        smoothed[start:stop, joints] = after
        repairs += _record_smoothing(start, members, before, after)
    return smoothed, repairs


def _group_pieces(
    times_s: FloatArray, pieces: Runs, cutoffs: Mapping[int, Cutoff]
) -> dict[tuple[int, int, float], dict[int, Cutoff]]:
    """Joints and their cut-offs by first frame, frame after the last, and cut-off.

    Pieces too short to be smoothed are left out.
    """
    together: dict[tuple[int, int, float], dict[int, Cutoff]] = {}
    for joint, start, stop in zip(
        pieces.joints.tolist(),
        pieces.starts.tolist(),
        pieces.stops.tolist(),
        strict=True,
    ):
        if stop - start < MIN_FRAME_COUNT:
            continue
        cutoff = lower_to_rate(cutoffs[joint], times_s[start:stop])
        together.setdefault((start, stop, cutoff.cutoff_hz), {})[joint] = cutoff
    return together


def _record_smoothing(
    start: int, cutoffs: Mapping[int, Cutoff], before: FloatArray, after: FloatArray
) -> list[Repair]:
    """Record what the filter changed of pieces ``(T, N, 2)`` of the same frames."""
    is_changed = (after != before).any(axis=(0, 2))
    places_before, places_after = before.mean(axis=0), after.mean(axis=0)
    return [
        Repair(
            rule=LOW_PASS_FILTERED,
            keypoint=KEYPOINTS[joint],
            first_frame=start,
            last_frame=start + len(before) - 1,
            confidence_ratio=cutoff.noise_ratio,
            before_px=places_before[place],
            after_px=places_after[place],
            cutoff_hz=cutoff.cutoff_hz,
            reason=cutoff.reason,
        )
        for place, (joint, cutoff) in enumerate(cutoffs.items())
        if is_changed[place]
    ]
