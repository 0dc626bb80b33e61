"""Filters that follow pairs of keypoints through time, whatever their labels are.

A pair enters as its difference left minus right, which an exchange of the labels turns
into its negative, or as its sum, which no exchange changes. Lengths are in body sizes.
The callers are ``pose/swap_motion.py``, ``pose/swaps.py`` and ``label_paths.py``.
"""

import numpy as np
import numpy.typing as npt
from numba import njit

from sportsgpt_lib.kernels.compile_options import COMPILE

FloatArray = npt.NDArray[np.float64]


@njit(**COMPILE)
def measure_bends(differences: FloatArray, lag: int, half_window: int) -> FloatArray:
    """Measure how strongly each pair's path bends, whatever its labels are.

    ``differences`` are (T, P, 2). A bend is the squared second difference over ``lag``
    frames, halved for its two axes, under the signs that make it smallest. Returns its
    mean over ``half_window`` frames before and after, (T, P), 0 where none is known.
    """
    frame_count, pair_count, _ = differences.shape
    means = np.zeros((frame_count, pair_count))
    sums = np.zeros(frame_count + 1)
    counts = np.zeros(frame_count + 1)
    for p in range(pair_count):
        for t in range(frame_count):
            bend = np.nan
            if lag <= t < frame_count - lag:
                bend = _find_least_bend(
                    differences[t - lag, p], differences[t, p], differences[t + lag, p]
                )
            is_known = not np.isnan(bend)
            sums[t + 1] = sums[t] + (bend if is_known else 0.0)
            counts[t + 1] = counts[t] + (1.0 if is_known else 0.0)
        for t in range(frame_count):
            first = max(t - half_window, 0)
            end = min(t + half_window + 1, frame_count)
            count = counts[end] - counts[first]
            if count > 0.0:
                means[t, p] = (sums[end] - sums[first]) / count
    return means


@njit(**COMPILE)
def _find_least_bend(before: FloatArray, now: FloatArray, after: FloatArray) -> float:
    """Find the smallest halved squared second difference over all signs."""
    least = np.inf
    for first in (-1.0, 1.0):
        for last in (-1.0, 1.0):
            x = first * before[0] + last * after[0] - 2.0 * now[0]
            y = first * before[1] + last * after[1] - 2.0 * now[1]
            bend = 0.5 * (x * x + y * y)
            if np.isnan(bend):
                return np.nan
            least = min(least, bend)
    return least


@njit(**COMPILE)
def compute_gains(
    times_s: FloatArray,
    noise_variance: FloatArray,
    acceleration_variance: FloatArray,
    first_speed_variance: float,
) -> tuple[FloatArray, FloatArray]:
    """Compute a constant-velocity Kalman filter's gains; they depend on no label.

    ``noise_variance`` (T, P) is NaN where a pair is not seen. Returns the variance of
    the innovation (T, P), inf at the first sight and NaN where not seen, and the gains
    for place and speed (T, P, 2).
    """
    frame_count, pair_count = noise_variance.shape
    spread = np.full((frame_count, pair_count), np.nan)
    gains = np.zeros((frame_count, pair_count, 2))
    now = _start_covariance(pair_count, first_speed_variance)
    for t in range(frame_count):
        step_s = times_s[t] - times_s[t - 1] if t > 0 else 0.0
        for p in range(pair_count):
            _grow(now, p, step_s, acceleration_variance[t, p])
            noise = noise_variance[t, p]
            if not np.isnan(noise):
                spread[t, p] = now[p, 0] + noise
                gains[t, p, 0], gains[t, p, 1] = _shrink(now, p, noise)
    return spread, gains


@njit(**COMPILE)
def _start_covariance(pair_count: int, first_speed_variance: float) -> FloatArray:
    """Fill the covariances (P, 3) of pairs never seen."""
    now = np.zeros((pair_count, 3))
    now[:, 0] = np.inf
    now[:, 2] = first_speed_variance
    return now


@njit(**COMPILE)
def _grow(now: FloatArray, p: int, step_s: float, acceleration: float) -> None:
    """Let pair p's covariance (P, 3) grow over a step; not before the first sight."""
    if now[p, 0] < np.inf:
        push = acceleration * step_s * step_s
        now[p, 0] += step_s * (2.0 * now[p, 1] + step_s * now[p, 2])
        now[p, 0] += 0.25 * push * step_s * step_s
        now[p, 1] += step_s * now[p, 2] + 0.5 * push * step_s
        now[p, 2] += push


@njit(**COMPILE)
def _shrink(now: FloatArray, p: int, noise: float) -> tuple[float, float]:
    """Let pair p's covariance shrink by a sight; gives the gains of place and speed."""
    spread = now[p, 0] + noise
    gain = now[p, 0] / spread if now[p, 0] < np.inf else 1.0
    speed_gain = now[p, 1] / spread
    now[p, 2] -= speed_gain * now[p, 1]
    now[p, 1] *= 1.0 - gain
    now[p, 0] = gain * noise
    return gain, speed_gain


@njit(**COMPILE)
def follow(  # noqa: PLR0917 - kernels take no keywords
    means: FloatArray,
    p: int,
    place: tuple[float, float],
    gain: tuple[float, float],
    reach: float,
    may_turn: bool,  # noqa: FBT001 - the same
) -> None:
    """Update pair p of the means (P, 4), x and y of place and speed, by a difference.

    What lies farther off than ``reach`` (squared) pulls only as far as its edge. A mean
    that may turn and fits better as its negative is turned first.
    """
    x_pull, y_pull = place[0] - means[p, 0], place[1] - means[p, 1]
    miss = x_pull**2 + y_pull**2
    if miss > reach:
        turned = (place[0] + means[p, 0]) ** 2 + (place[1] + means[p, 1]) ** 2
        if may_turn and turned < miss:
            for axis in range(4):
                means[p, axis] = -means[p, axis]
            x_pull, y_pull = place[0] - means[p, 0], place[1] - means[p, 1]
            miss = turned
        share = np.sqrt(reach / miss) if miss > reach else 1.0
        x_pull *= share
        y_pull *= share
    means[p, 0] += gain[0] * x_pull
    means[p, 1] += gain[0] * y_pull
    means[p, 2] += gain[1] * x_pull
    means[p, 3] += gain[1] * y_pull


@njit(**COMPILE)
def follow_path(  # noqa: PLR0917 - kernels take no keywords
    times_s: FloatArray,
    differences: FloatArray,
    noise_variance: FloatArray,
    acceleration_variance: FloatArray,
    first_speed_variance: float,
    reach_sd: float,
    is_backwards: bool,  # noqa: FBT001 - the same
) -> tuple[FloatArray, FloatArray]:
    """Filter the differences (T, P, 2) of one path, from the start or from the end.

    Returns place and speed after each frame, (T, P, 4), and the covariances of place,
    of place with speed, and of speed, (T, P, 3). The mean turns where the differences
    themselves do; what lies farther off than ``reach_sd`` standard deviations pulls it
    only that far.
    """
    frame_count, pair_count = noise_variance.shape
    states = np.empty((frame_count, pair_count, 4))
    covariance = np.empty((frame_count, pair_count, 3))
    now = _start_covariance(pair_count, first_speed_variance)
    means = np.zeros((pair_count, 4))
    last = frame_count - 1 if is_backwards else 0
    for row in range(frame_count):
        t = frame_count - 1 - row if is_backwards else row
        step_s = times_s[t] - times_s[last]
        last = t
        for p in range(pair_count):
            _grow(now, p, step_s, acceleration_variance[t, p])
            means[p, 0] += step_s * means[p, 2]
            means[p, 1] += step_s * means[p, 3]
            noise = noise_variance[t, p]
            if not np.isnan(noise):
                reach = reach_sd * reach_sd * (now[p, 0] + noise)
                gain = _shrink(now, p, noise)
                place = (differences[t, p, 0], differences[t, p, 1])
                follow(means, p, place, gain, reach, True)  # noqa: FBT003
            for axis in range(4):
                states[t, p, axis] = means[p, axis]
            for entry in range(3):
                covariance[t, p, entry] = now[p, entry]
    return states, covariance


@njit(**COMPILE)
def measure_excess(  # noqa: PLR0917 - kernels take no keywords
    times_s: FloatArray,
    places: FloatArray,
    noise_variance: FloatArray,
    acceleration_variance: FloatArray,
    first_speed_variance: float,
    miss_sd: float,
    reach_sd: float,
) -> FloatArray:
    """Measure by how much more than noise each place is off, as variance, (T, P).

    ``places`` (T, P, 2) keep their sign. Counted is what the squared distance from the
    prediction exceeds ``miss_sd`` squared standard deviations by, halved for its two
    axes, under the filter from the start or that from the end, whichever expected it
    better. A place pulls its filter as far as ``reach_sd`` at most. 0 at the first
    sight and where not seen.
    """
    frame_count, pair_count = noise_variance.shape
    excess = np.full((frame_count, pair_count), np.inf)
    for is_backwards in (False, True):
        now = _start_covariance(pair_count, first_speed_variance)
        means = np.zeros((pair_count, 4))
        last = 0
        for row in range(frame_count):
            t = frame_count - 1 - row if is_backwards else row
            step_s = times_s[t] - times_s[last] if row > 0 else 0.0
            last = t
            for p in range(pair_count):
                _grow(now, p, step_s, acceleration_variance[t, p])
                means[p, 0] += step_s * means[p, 2]
                means[p, 1] += step_s * means[p, 3]
                noise = noise_variance[t, p]
                miss = 0.0
                if not np.isnan(noise):
                    x, y = places[t, p, 0], places[t, p, 1]
                    spread = now[p, 0] + noise
                    if spread < np.inf:
                        miss = (x - means[p, 0]) ** 2 + (y - means[p, 1]) ** 2
                        miss = max(miss - miss_sd * miss_sd * spread, 0.0) / 2.0
                    gain = _shrink(now, p, noise)
                    reach = reach_sd * reach_sd * spread
                    follow(means, p, (x, y), gain, reach, False)  # noqa: FBT003
                excess[t, p] = min(excess[t, p], miss)
    return excess
