"""Take-off, initial contact and deepest flexion of landings, from kinematics alone.

Walking events are in ``gait_events.py``. Distances are in body heights, times in real
seconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import (
    FRAME_INTERVAL_TO_ERROR,
    Instant,
    find_peaks,
    refine_peak,
)
from sportsgpt_lib.kinematics.floor import STANDING_SPEED_BODY_HEIGHTS_S
from sportsgpt_lib.kinematics.rates import (
    compute_frame_interval_s,
    compute_rates,
    validate_times,
)

BoolArray = npt.NDArray[np.bool_]

# Chosen, see docs/events.md. A body height is about 1.7 m: a fall of 6 cm ends at
# 0.6 body heights per second, faster than anybody lowers the feet on purpose.
FALLING_SPEED_BODY_HEIGHTS_S = 0.6
LONGEST_ABSORPTION_S = 0.8
SHORTEST_SUPPORT_S = 0.10
SHORTEST_INTERVAL_S = 0.4
_APPROACH_S = 0.12
_CONTACT_ROUNDS = 2
_LEVEL_FROM_S = 0.05
_LEVEL_TO_S = 0.20
_MINIMUM_APPROACH_FRAMES = 2
# 9.81 m/s2 for a stature of 1.70 m; six per cent of stature change it by six per cent.
GRAVITY_BODY_HEIGHTS_S2 = 9.81 / 1.70
# A foot keypoint's jitter in the picture, chosen; times the speed it gives an error.
_HEIGHT_NOISE_BODY_HEIGHTS = 0.01


@dataclass(frozen=True)
class Landing:
    """One landing; an instant is None where it was not filmed or not found."""

    take_off: Instant | None
    initial_contact: Instant
    deepest_flexion: Instant | None


def find_landings(
    times_s: FloatArray,
    heights: Mapping[str, FloatArray],
    foot_positions: FloatArray,
    knee_flexion_deg: FloatArray,
) -> list[Landing]:
    """Find every landing from a fall.

    Parameters
    ----------
    times_s
        Times ``(T,)``, increasing.
    heights
        ``hip`` and ``lowest_foot``: heights ``(T,)`` of the hip centre and of the
        lowest point of either foot. NaN = not seen.
    foot_positions
        Heels and toes ``(T, P, 2)``, forward and height. NaN = not seen.
    knee_flexion_deg
        Mean of both knees' flexion ``(T,)``. NaN = not seen.

    Returns
    -------
    The landings in time order. Hip and lowest foot fall together before each; the feet
    then stay on the level they reach. That level need not be the floor line.

    Raises
    ------
    PoseInputError
        Times do not increase.

    Notes
    -----
    Contact is where the feet's free fall, extrapolated, meets the level of the feet
    just after; take-off is the end of the last rest of a foot before the fall, so a
    foot that leaves the ground rolling gives a take-off that is early by its roll.
    """
    validate_times(times_s)
    fall_speeds = _find_fall_speeds(times_s, heights)
    falls = find_peaks(
        times_s,
        fall_speeds,
        minimum_prominence=FALLING_SPEED_BODY_HEIGHTS_S,
        minimum_distance_s=SHORTEST_INTERVAL_S,
    )
    is_resting = _find_resting(times_s, foot_positions)
    landings = []
    for fall in falls:
        contact = _find_contact(times_s, heights["lowest_foot"], fall.time_s)
        if contact is not None:
            landings.append(
                Landing(
                    take_off=_find_take_off(times_s, is_resting, fall.time_s),
                    initial_contact=contact,
                    deepest_flexion=_find_deepest(
                        times_s, knee_flexion_deg, contact.time_s
                    ),
                )
            )
    return landings


def _find_fall_speeds(
    times_s: FloatArray, heights: Mapping[str, FloatArray]
) -> FloatArray:
    """Compute how fast hip and feet fall together ``(T,)``, 0 where one rises."""
    columns = np.stack([heights["hip"], heights["lowest_foot"]], axis=1)
    rates = compute_rates(times_s, columns)
    slower = np.min(-rates, axis=1)
    return np.where(np.isfinite(slower), np.maximum(slower, 0.0), np.nan)


def _find_resting(times_s: FloatArray, foot_positions: FloatArray) -> BoolArray:
    frame_count, point_count, _ = foot_positions.shape
    rates = compute_rates(times_s, foot_positions.reshape(frame_count, 2 * point_count))
    speeds = np.linalg.norm(rates.reshape(foot_positions.shape), axis=2)  # (T, P)
    return np.asarray((speeds < STANDING_SPEED_BODY_HEIGHTS_S).any(axis=1))


def _find_contact(
    times_s: FloatArray, lowest_foot: FloatArray, fall_s: float
) -> Instant | None:
    """Extrapolate the feet's free fall to the level on which they come to rest."""
    seen = np.isfinite(lowest_foot)
    interval_s = compute_frame_interval_s(times_s)
    after = (
        (times_s > fall_s + _LEVEL_FROM_S) & (times_s <= fall_s + _LEVEL_TO_S) & seen
    )
    if not after.any():
        return None
    level = float(np.median(lowest_foot[after]))
    contact_s = fall_s
    speed = 0.0
    for _ in range(_CONTACT_ROUNDS):
        before = (times_s >= contact_s - _APPROACH_S) & (times_s <= contact_s) & seen
        before &= lowest_foot > level + _HEIGHT_NOISE_BODY_HEIGHTS
        if np.count_nonzero(before) < _MINIMUM_APPROACH_FRAMES:
            return None
        delay_s, speed = _fall_to(
            level, times_s[before] - contact_s, lowest_foot[before]
        )
        contact_s += float(np.clip(delay_s, -_APPROACH_S, _LEVEL_TO_S))
    if speed < FALLING_SPEED_BODY_HEIGHTS_S:
        return None
    height_error_s = _HEIGHT_NOISE_BODY_HEIGHTS / speed
    frame_error_s = interval_s * FRAME_INTERVAL_TO_ERROR
    return Instant(contact_s, float(np.hypot(height_error_s, frame_error_s)))


def _fall_to(
    level: float, offsets_s: FloatArray, heights: FloatArray
) -> tuple[float, float]:
    """Fit a free fall to heights and give when it reaches a level, and how fast."""
    gravity = GRAVITY_BODY_HEIGHTS_S2
    slope, start = np.polyfit(offsets_s, heights + 0.5 * gravity * offsets_s**2, 1)
    speed = float(np.sqrt(max(slope**2 + 2.0 * gravity * (start - level), 0.0)))
    return (float(slope) + speed) / gravity, speed


def _find_take_off(
    times_s: FloatArray, is_resting: BoolArray, fall_s: float
) -> Instant | None:
    """Find the end of the last rest before a fall that lasted a tenth of a second."""
    interval_s = compute_frame_interval_s(times_s)
    needed = max(2, round(SHORTEST_SUPPORT_S / interval_s))
    last = int(np.searchsorted(times_s, fall_s)) - 1
    run = 0
    for index in range(last, -1, -1):
        run = run + 1 if is_resting[index] else 0
        if run == needed:
            end = index + needed - 1
            return Instant(float(times_s[end] + 0.5 * interval_s), interval_s)
    return None


def _find_deepest(
    times_s: FloatArray, knee_flexion_deg: FloatArray, contact_s: float
) -> Instant | None:
    """Find the first deepest bend of the knees after contact."""
    window = (times_s >= contact_s) & (times_s <= contact_s + LONGEST_ABSORPTION_S)
    window &= np.isfinite(knee_flexion_deg)
    indices = np.flatnonzero(window)
    if indices.size == 0:
        return None
    index = int(indices[np.argmax(knee_flexion_deg[indices])])
    interval_s = compute_frame_interval_s(times_s)
    return refine_peak(times_s, knee_flexion_deg, index, interval_s=interval_s)
