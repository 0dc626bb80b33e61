"""Cleans one person's poses and says, point by point, what was done.

In this order: points of low confidence and outliers are dropped, short gaps are filled,
and what hangs together is smoothed. Long gaps stay gaps, and no filter reaches across
one. Left and right are not exchanged here.
"""

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

BoolArray = npt.NDArray[np.bool_]
WordArray = npt.NDArray[np.str_]

NONE = "none"
LOW_CONFIDENCE_DROPPED = "low_confidence_dropped"
OUTLIER_DROPPED = "outlier_dropped"
GAP_FILLED = "gap_filled"
LOW_CONFIDENCE_FILLED = "low_confidence_filled"
OUTLIER_FILLED = "outlier_filled"
_WORD_WHEN_FILLED = MappingProxyType(
    {
        NONE: GAP_FILLED,
        LOW_CONFIDENCE_DROPPED: LOW_CONFIDENCE_FILLED,
        OUTLIER_DROPPED: OUTLIER_FILLED,
    }
)

# Factor from median absolute deviation to standard deviation of a normal distribution,
# and three of them as the limit.
# Source: Hampel (1974), The influence curve and its role in robust estimation, Journal
# of the American Statistical Association 69, 383-393,
# doi:10.1080/01621459.1974.10482962.
_MAD_TO_SD = 1.4826
_LIMIT_SD = 3.0
# Two passes of a second-order filter, forwards and backwards, lower its cut-off so.
# Source: Winter (2009), Biomechanics and Motor Control of Human Movement, 4th ed.,
# section 3.4.4.2, ISBN 978-0-470-39818-0.
_TWO_PASS_FACTOR = 0.802
_FILTER_ORDER = 2
_MIN_WINDOW = 3  # fewer points have no middle
_ROUNDING_S = 1e-6  # containers keep time stamps in ticks


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
    cutoff_hz
        Cut-off of the low-pass filter, in real time. Source of the 6 Hz: Winter (2009),
        as above, section 3.4.4.3, for gait; what it does to a landing was measured.
    """

    min_confidence_ratio: float = 0.2
    outlier_half_window_s: float = 0.1
    outlier_trunk_ratio: float = 0.2
    max_gap_s: float = 0.2
    cutoff_hz: float = 6.0


@dataclass(frozen=True)
class RepairedPoses:
    """Cleaned positions and what was done to each point.

    ``positions_px`` ``(T, J, 2)``, NaN = missing; ``confidence`` ``(T, J)``, 0 where
    missing or filled; ``repair`` ``(T, J)`` holds the words of the table contract, of
    which a filled one also says why the point was missing.
    """

    positions_px: FloatArray
    confidence: FloatArray
    repair: WordArray


def repair_poses(
    times_s: FloatArray,
    positions_px: FloatArray,
    confidence: FloatArray,
    rules: RepairRules,
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
    """
    positions = positions_px.copy()
    repair = np.full(confidence.shape, NONE, dtype="<U22")
    is_doubtful = _is_present(positions) & (confidence < rules.min_confidence_ratio)
    positions[is_doubtful] = np.nan
    repair[is_doubtful] = LOW_CONFIDENCE_DROPPED
    is_outlier = find_outliers(times_s, positions, rules)
    positions[is_outlier] = np.nan
    repair[is_outlier] = OUTLIER_DROPPED
    is_filled = _fill_gaps(times_s, positions, rules.max_gap_s)
    repair[is_filled] = [_WORD_WHEN_FILLED[word] for word in repair[is_filled]]
    is_present = _is_present(positions)
    for joint in range(positions.shape[1]):
        for part in _find_runs(is_present[:, joint]):
            positions[part, joint] = smooth_positions(
                times_s[part], positions[part, joint], rules.cutoff_hz
            )
    kept_confidence = np.where(is_present & ~is_filled, confidence, 0.0)
    return RepairedPoses(positions, kept_confidence, repair)


def find_outliers(
    times_s: FloatArray, positions_px: FloatArray, rules: RepairRules
) -> BoolArray:
    """Find points far from the median of their neighbours in time.

    Returns
    -------
    ``(T, J)``, true where a point lies farther from the median of its window than three
    scaled median absolute deviations and than a share of the trunk's length.

    Source
    ------
    Hampel (1974), as above; as a moving window: Pearson et al. (2016), Generalized
    Hampel Filters, EURASIP Journal on Advances in Signal Processing 2016:87.
    """
    tolerance_px = rules.outlier_trunk_ratio * _median_trunk_px(positions_px)
    is_outlier = np.zeros(positions_px.shape[:2], dtype=bool)
    if not np.isfinite(tolerance_px) or times_s.size < _MIN_WINDOW:
        return is_outlier
    interval_s = float(np.median(np.diff(times_s)))
    half_count = max(round(rules.outlier_half_window_s / interval_s), 1)
    for joint in range(positions_px.shape[1]):
        track = positions_px[:, joint]  # (T, 2)
        edge = np.full((half_count, 2), np.nan)
        windows = np.lib.stride_tricks.sliding_window_view(
            np.concatenate([edge, track, edge]), 2 * half_count + 1, axis=0
        )  # (T, 2, W)
        median = _median_skipping_nan(windows)
        spread = _median_skipping_nan(np.abs(windows - median[:, :, None]))
        limit = np.maximum(_LIMIT_SD * _MAD_TO_SD * spread, tolerance_px)
        is_outlier[:, joint] = (np.abs(track - median) > limit).any(axis=1)
    return is_outlier


def smooth_positions(
    times_s: FloatArray, positions_px: FloatArray, cutoff_hz: float
) -> FloatArray:
    """Smooth an unbroken piece with a zero-phase Butterworth low-pass filter.

    Parameters
    ----------
    times_s
        Times ``(T,)``; where they are uneven, the filter works on an even grid.
    positions_px
        Positions ``(T, 2)`` without NaN.
    cutoff_hz
        Cut-off of both passes together.

    Returns
    -------
    Positions ``(T, 2)``; unchanged where the piece is too short to be filtered, or
    where the frame rate is too low for the cut-off.
    """
    from scipy.signal import butter, sosfiltfilt

    # scipy pads by three filter lengths on both sides; a piece must be longer.
    pad_count = 3 * (_FILTER_ORDER + 1)
    if times_s.size <= pad_count:
        return positions_px
    interval_s = (times_s[-1] - times_s[0]) / (times_s.size - 1)
    single_cutoff_hz = cutoff_hz / _TWO_PASS_FACTOR
    nyquist_hz = 0.5 / interval_s
    if single_cutoff_hz >= nyquist_hz:
        return positions_px
    even_s = times_s[0] + interval_s * np.arange(times_s.size)
    sections = butter(_FILTER_ORDER, single_cutoff_hz / nyquist_hz, output="sos")
    smoothed = np.empty_like(positions_px)
    for axis in range(positions_px.shape[1]):
        even = np.interp(even_s, times_s, positions_px[:, axis])
        filtered = sosfiltfilt(sections, even, padlen=pad_count)
        smoothed[:, axis] = np.interp(times_s, even_s, filtered)
    return smoothed


def _is_present(positions: FloatArray) -> BoolArray:
    return np.asarray(np.isfinite(positions).all(axis=2))


def _median_skipping_nan(windows: FloatArray) -> FloatArray:
    """Take the median along the last axis; NaN where all values are NaN."""
    ordered = np.sort(windows, axis=-1)  # NaN come last
    count = np.isfinite(windows).sum(axis=-1, keepdims=True)
    lower = np.take_along_axis(ordered, np.maximum(count - 1, 0) // 2, axis=-1)
    upper = np.take_along_axis(ordered, count // 2, axis=-1)
    return np.asarray((lower + upper)[..., 0] / 2)


def _median_trunk_px(positions_px: FloatArray) -> float:
    trunk = (
        positions_px[:, KEYPOINT_INDEX["neck"]] - positions_px[:, KEYPOINT_INDEX["hip"]]
    )
    lengths = np.hypot(trunk[:, 0], trunk[:, 1])
    is_seen = np.isfinite(lengths)
    return float(np.median(lengths[is_seen])) if is_seen.any() else float("nan")


def _fill_gaps(
    times_s: FloatArray, positions: FloatArray, max_gap_s: float
) -> BoolArray:
    """Fill short inner gaps in place, shape-preserving; returns ``(T, J)``."""
    from scipy.interpolate import PchipInterpolator

    is_filled = np.zeros(positions.shape[:2], dtype=bool)
    for joint in range(positions.shape[1]):
        is_present = _is_present(positions[:, joint : joint + 1])[:, 0]
        gaps = [
            gap
            for gap in _find_runs(~is_present)
            if gap.start > 0
            and gap.stop < times_s.size
            and times_s[gap.stop] - times_s[gap.start - 1] <= max_gap_s + _ROUNDING_S
        ]
        if not gaps:
            continue
        # Shape-preserving, so that no wave is invented inside the gap.
        curve = PchipInterpolator(times_s[is_present], positions[is_present, joint])
        for gap in gaps:
            positions[gap, joint] = curve(times_s[gap])
            is_filled[gap, joint] = True
    return is_filled


def _find_runs(is_true: BoolArray) -> list[slice]:
    """Find the runs of consecutive true values."""
    padded = np.concatenate([[False], is_true, [False]])
    edges = np.flatnonzero(padded[1:] != padded[:-1])
    return [slice(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
