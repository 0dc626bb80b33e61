"""The record of every repair: which point, which frames, which rule, how sure.

The words of the rules are those of the table ``pose_repairs``. What is repaired, and
why, is decided in ``repair.py`` and the modules it calls.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.pose.skeleton import KEYPOINTS

BoolArray = npt.NDArray[np.bool_]

IDENTITY_EXCHANGED = "identity_exchanged"
IDENTITY_LINKED = "identity_linked"
LEFT_RIGHT_SWAPPED = "left_right_swapped"
LOW_CONFIDENCE_DROPPED = "low_confidence_dropped"
OUTLIER_DROPPED = "outlier_dropped"
GAP_FILLED = "gap_filled"
GAP_LEFT_OPEN = "gap_left_open"
LOW_PASS_FILTERED = "low_pass_filtered"  # noqa: S105 - a rule, no password


@dataclass(frozen=True)
class IdentityRepair:
    """One decision about who is who: its rule, whose tracks it touches, and where.

    ``track_idxs`` are the two tracks; frames are indices in the clip.
    ``confidence_ratio`` is the share by which the clothes fit better after the repair
    than before it, or than anybody else's do.
    """

    rule: str
    track_idxs: tuple[int, int]
    first_frame_idx: int
    last_frame_idx: int
    confidence_ratio: float


@dataclass(frozen=True)
class Repair:
    """One repair of one keypoint over a range of frames.

    Parameters
    ----------
    rule
        One of the words of this module.
    keypoint
        Name of the keypoint.
    first_frame, last_frame
        First and last frame of the range, as positions in the arrays repaired.
    confidence_ratio
        How sure it is, 0 to 1, that the repair is right; ``repair.py`` says how it
        follows for each rule.
    before_px, after_px
        Mean position ``(2,)`` over the range just before and just after this repair;
        NaN = no point there.
    cutoff_hz
        Cut-off of the low-pass filter; None for every other rule.
    reason
        Why the cut-off is not the measured one; None where it is, and for every other
        rule.
    """

    rule: str
    keypoint: str
    first_frame: int
    last_frame: int
    confidence_ratio: float
    before_px: FloatArray
    after_px: FloatArray
    cutoff_hz: float | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Runs:
    """Runs of consecutive true values: joint, first frame, and the frame after."""

    joints: IntArray
    starts: IntArray
    stops: IntArray


def find_runs(is_true: BoolArray) -> Runs:
    """Find the runs of consecutive true values of each column of ``(T, J)``.

    Returns
    -------
    The runs in order of joint, then of frame.
    """
    padded = np.zeros((is_true.shape[1], is_true.shape[0] + 2), dtype=np.int8)
    padded[:, 1:-1] = is_true.T
    steps = np.diff(padded, axis=1)
    joints, starts = np.nonzero(steps == 1)
    _, stops = np.nonzero(steps == -1)
    return Runs(joints, starts, stops)


def record_repairs(
    rule: str,
    is_repaired: BoolArray,
    sureness: FloatArray,
    before_px: FloatArray,
    after_px: FloatArray,
) -> list[Repair]:
    """Make one record of each run of repaired points.

    Parameters
    ----------
    rule
        One of the words of this module.
    is_repaired
        Points ``(T, J)`` that the rule touched.
    sureness
        How sure each is ``(T, J)``, 0 to 1; a record carries the mean.
    before_px, after_px
        Positions ``(T, J, 2)`` before and after. NaN = missing, left out of the means.
    """
    runs = find_runs(is_repaired)
    if not runs.joints.size:
        return []
    joints, frames = np.nonzero(is_repaired.T)  # in the order of the runs
    lengths = runs.stops - runs.starts
    certainties = _mean_of_runs(sureness[frames, joints, None], lengths)[:, 0]
    places_before = _mean_of_runs(before_px[frames, joints], lengths)
    places_after = _mean_of_runs(after_px[frames, joints], lengths)
    return [
        Repair(
            rule=rule,
            keypoint=KEYPOINTS[joint],
            first_frame=int(start),
            last_frame=int(stop) - 1,
            confidence_ratio=float(certainty),
            before_px=before,
            after_px=after,
        )
        for joint, start, stop, certainty, before, after in zip(
            runs.joints,
            runs.starts,
            runs.stops,
            np.clip(certainties, 0.0, 1.0),
            places_before,
            places_after,
            strict=True,
        )
    ]


def _mean_of_runs(values: FloatArray, lengths: IntArray) -> FloatArray:
    """Mean ``(R, D)`` of rows ``(N, D)`` run by run, without NaN; NaN if all are."""
    firsts = np.cumsum(lengths) - lengths
    is_known = np.isfinite(values)
    total = np.add.reduceat(np.where(is_known, values, 0.0), firsts, axis=0)
    count = np.add.reduceat(is_known, firsts, axis=0, dtype=np.int64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
