"""How the pairs of keypoints move, and how exactly they are known.

What the search for exchanged sides needs before it starts; none of it depends on which
label is right. The search is in ``swaps.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kernels.pair_filters import (
    measure_bends,
    measure_excess,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.pose.swap_groups import LEFT, RIGHT
from sportsgpt_lib.robust_spread import MEDIAN_TO_SD

# All chosen on real poses with swaps put in, see docs/adr/0010-left-right-swaps.md.
# Lengths are in body sizes, the longest of trunk, thighs and shanks, about 0.5 m.
MAX_MISS_SD = 5.0
FIRST_SPEED_S = 4.0
_NOISE_FLOOR = 0.02
_ACCELERATION_FLOOR_S2 = 8.0
# A point the repair drops for its confidence is off by so much more.
_MIN_CONFIDENCE_RATIO = 0.2
_DOUBTED_NOISE = 0.05
_BEND_LAG_S = 0.05
_BEND_HALF_WINDOW_S = 0.5
# A sum that misses by more than this betrays a point that is off; it pulls its filter
# as far as the second.
_SUM_MISS_SD = 2.5
_SUM_REACH_SD = 3.0

_MIN_FRAME_COUNT = 3
_MEDIAN_FRAME_COUNT = 2000  # as many frames as settle a median
# A third difference of white noise has (1 + 9 + 9 + 1) times its variance, a second
# one (1 + 4 + 1) times.
_THIRD_DIFFERENCE_GAIN = 20.0
_SECOND_DIFFERENCE_GAIN = 6.0


@dataclass(frozen=True)
class PairMotion:
    """The pairs of keypoints seen, as differences left minus right in body sizes.

    Parameters
    ----------
    times_s
        Times ``(T,)``.
    pairs
        Which pairs of ``swap_groups.LEFT`` these are, ``(P,)``.
    differences
        ``(T, P, 2)``. NaN = not seen.
    noise_variance
        Of the differences per axis, ``(T, P)``. NaN = not seen.
    acceleration_variance
        ``(T, P)``, per s^4.
    """

    times_s: FloatArray
    pairs: IntArray
    differences: FloatArray
    noise_variance: FloatArray
    acceleration_variance: FloatArray


def measure_motion(
    times_s: FloatArray, positions_px: FloatArray, confidence: FloatArray
) -> PairMotion | None:
    """Measure noise and motion of every pair.

    Parameters
    ----------
    times_s
        Times ``(T,)``, strictly increasing.
    positions_px
        Positions ``(T, J, 2)``. NaN = not seen.
    confidence
        Confidence ``(T, J)``.

    Returns
    -------
    The motion; None where there is nothing to go by.
    """
    size_px = measure_body_size_px(positions_px)
    if times_s.size < _MIN_FRAME_COUNT or not size_px > 0:
        return None
    is_seen = np.asarray(np.isfinite(positions_px[:, :, 0]).any(axis=0))
    pairs = np.flatnonzero(is_seen[LEFT] & is_seen[RIGHT])
    left, right = _take_sides(positions_px, pairs)
    differences, sums = (left - right) / size_px, (left + right) / size_px  # (T, P, 2)
    ratio = np.fmin(*_take_sides(confidence, pairs))
    noise = _estimate_noise_variance(sums)  # (P,)
    noise_by_frame = (noise + _NOISE_FLOOR**2) / np.fmax(ratio, _MIN_CONFIDENCE_RATIO)
    noise_by_frame[ratio < _MIN_CONFIDENCE_RATIO] += _DOUBTED_NOISE**2
    noise_by_frame[~np.isfinite(differences[:, :, 0])] = np.nan
    interval_s = float(np.median(np.diff(times_s)))
    # A point that is off by itself moves sum and difference alike; an exchange moves
    # only the difference.
    excess = measure_excess(
        times_s,
        sums,
        noise_by_frame,
        _estimate_acceleration_variance(sums, noise, interval_s),
        FIRST_SPEED_S**2,
        _SUM_MISS_SD,
        _SUM_REACH_SD,
    )
    return PairMotion(
        times_s,
        pairs,
        differences,
        noise_by_frame + excess,
        _estimate_acceleration_variance(differences, noise, interval_s),
    )


def _take_sides(values: FloatArray, pairs: IntArray) -> tuple[FloatArray, FloatArray]:
    """Take the left and the right keypoints of the pairs, ``(T, P, ...)`` each."""
    left, right = np.array(LEFT)[pairs], np.array(RIGHT)[pairs]
    return np.take(values, left, axis=1), np.take(values, right, axis=1)


def measure_body_size_px(positions_px: FloatArray) -> float:
    """Measure the median over time of the longest segment seen; NaN if none is."""
    thinned = positions_px[:: _thin_out(positions_px.shape[0])]

    def place(name: str) -> FloatArray:
        return thinned[:, KEYPOINT_INDEX[name]]

    shoulders = place("left_shoulder") + place("right_shoulder")
    segments = [(shoulders - place("left_hip") - place("right_hip")) / 2]
    for side in ("left", "right"):
        segments.append(place(f"{side}_hip") - place(f"{side}_knee"))
        segments.append(place(f"{side}_knee") - place(f"{side}_ankle"))
    squares = [(segment**2).sum(axis=1) for segment in segments]
    longest = np.fmax.reduce(squares)  # (T,)
    longest = longest[np.isfinite(longest)]
    return float(np.sqrt(np.median(longest))) if longest.size else float("nan")


def _estimate_noise_variance(sums: FloatArray) -> FloatArray:
    """Estimate the noise of left plus right, which no exchange changes, ``(P,)``."""
    first = np.arange(0, sums.shape[0] - 3, _thin_out(sums.shape[0]))
    ends = sums[first + 3] - sums[first]
    thirds = np.abs(ends - 3.0 * (sums[first + 2] - sums[first + 1]))  # (N, P, 2)
    variance = np.zeros(sums.shape[1])
    for pair in range(sums.shape[1]):
        known = thirds[:, pair][np.isfinite(thirds[:, pair])]
        if known.size:
            deviation = MEDIAN_TO_SD * float(np.median(known))
            variance[pair] = deviation**2 / _THIRD_DIFFERENCE_GAIN
    return variance


def _estimate_acceleration_variance(
    places: FloatArray, noise_variance: FloatArray, interval_s: float
) -> FloatArray:
    """Estimate how strongly each pair speeds up, in a moving window, ``(T, P)``."""
    lag = max(round(_BEND_LAG_S / interval_s), 1)
    half_window = max(round(_BEND_HALF_WINDOW_S / interval_s), 1)
    bends = measure_bends(places, lag, half_window)
    excess = np.maximum(bends - _SECOND_DIFFERENCE_GAIN * noise_variance, 0.0)
    return np.asarray(excess / (lag * interval_s) ** 4 + _ACCELERATION_FLOOR_S2**2)


def _thin_out(frame_count: int) -> int:
    """Every how many frames a median over the clip takes one."""
    return max(frame_count // _MEDIAN_FRAME_COUNT, 1)
