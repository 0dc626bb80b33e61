"""Whether the camera moved, told by the feet: a foot that stands should stay put."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import compute_midpoint
from sportsgpt_lib.kinematics.floor import FOOT_POINTS
from sportsgpt_lib.kinematics.rates import (
    compute_frame_interval_s,
    compute_half_width_s,
    compute_rates,
)
from sportsgpt_lib.pose.skeleton import keypoint_indices

# All chosen, see docs/adr/0006-pose.md; in body heights per second.
_LEVEL_SPEED = 0.3  # up or down; faster feet do not stand
_HALF_WIDTH_S = 0.085  # steadier than the rates of angles, short beside a stand
_STAND_SPREAD = 0.15  # jitter of a standing foot's speed
_LEAST_PAN = 0.3
_LEAST_SHARE = 0.2
_MOST_SHARE = 0.5
# Counted for each of heel and toe, left and right; a fast pan needs less evidence.
_LEAST_FOOT_S, _LEAST_FOOT_FAST_S = 0.8, 0.3
_FAST_PAN = 0.8
_LONGEST_FLIGHT_S = 1.2
_SPEEDS = np.arange(-8.0, 8.0, 0.05)


@dataclass(frozen=True)
class CameraMotion:
    """Speed at which standing feet move across the picture.

    ``is_moving`` is None, and the speed NaN, where the feet do not tell.
    """

    speed_body_heights_s: float
    is_moving: bool | None


UNKNOWN_MOTION = CameraMotion(float("nan"), is_moving=None)


def find_camera_motion(
    times_s: FloatArray, positions_px: FloatArray, stature_px: float
) -> CameraMotion:
    """Find out whether the picture moved while feet stood.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the movement, slow motion taken out.
    positions_px
        Image positions ``(T, J, 2)``. NaN = not seen.
    stature_px
        Standing height in the picture.

    Returns
    -------
    Whether the camera moved, and the speed of heels and toes that move neither up nor
    down: their most frequent one where that tells of a moving camera, being above 0.3
    body heights per second and shared by a fifth of those samples and 0.8 s of them
    (0.3 s where it is above 0.8); else that of those that hardly move. Unknown where
    neither is so.

    Notes
    -----
    A belt under the feet looks the same, and makes distances along the way as wrong. A
    body in flight, whose feet and hips share one speed for at most 1.2 s, is no sign of
    it. A camera that follows with a changing speed may go unseen.
    """
    feet, hip = _compute_speeds(times_s, positions_px, stature_px)
    interval_s = compute_frame_interval_s(times_s)
    is_level = np.abs(feet[..., 1]) < _LEVEL_SPEED  # (T, 4); False where not seen
    samples = feet[..., 0][is_level]
    if not samples.size * interval_s >= _LEAST_FOOT_FAST_S:
        return UNKNOWN_MOTION
    # One speed after the other: all at once would weigh 320 times the samples.
    shares = np.array([np.mean(_is_near(samples, speed)) for speed in _SPEEDS])
    most_shared = float(_SPEEDS[int(np.argmax(shares))])
    mode = float(np.median(samples[_is_near(samples, most_shared)]))
    still = samples[_is_near(samples, 0.0)]
    if abs(mode) <= _LEAST_PAN:
        return CameraMotion(mode, is_moving=False)
    if still.size / samples.size >= shares.max() / 2.0:
        return CameraMotion(float(np.median(still)), is_moving=False)
    least_s = _LEAST_FOOT_FAST_S if abs(mode) > _FAST_PAN else _LEAST_FOOT_S
    is_frequent = (
        shares.max() >= _LEAST_SHARE
        and shares.max() * samples.size * interval_s >= least_s
    )
    stands = is_level & _is_near(feet[..., 0], mode)
    if not is_frequent or _may_be_flight(
        stands, feet[..., 0] - hip[..., 0], interval_s
    ):
        return UNKNOWN_MOTION
    return CameraMotion(mode, is_moving=True)


def _is_near(speeds: FloatArray, speed: float) -> npt.NDArray[np.bool_]:
    return np.asarray(np.abs(speeds - speed) < _STAND_SPREAD)


def _compute_speeds(
    times_s: FloatArray, positions_px: FloatArray, stature_px: float
) -> tuple[FloatArray, FloatArray]:
    """Compute speeds of heels and toes ``(T, 4, 2)``, and of the hips ``(T, 1, 2)``."""
    feet_px = positions_px[:, keypoint_indices(FOOT_POINTS), :]
    hip_px = compute_midpoint(positions_px, "left_hip", "right_hip")[:, np.newaxis]
    points_px = np.concatenate([feet_px, hip_px], axis=1)  # (T, 5, 2)
    rates_px_s = compute_rates(
        times_s,
        points_px.reshape(times_s.size, -1),
        half_width_s=max(_HALF_WIDTH_S, compute_half_width_s(times_s)),
    )
    speeds = rates_px_s.reshape(points_px.shape) / stature_px
    return speeds[:, :-1], speeds[:, -1:]


def _may_be_flight(
    stands: npt.NDArray[np.bool_], ahead_of_hip: FloatArray, interval_s: float
) -> bool:
    """Whether hips and feet mostly share one speed, for no longer than one can fly."""
    carried_share = np.mean(np.abs(ahead_of_hip[stands]) < _STAND_SPREAD)
    lasts_s = np.count_nonzero(stands.any(axis=1)) * interval_s
    return bool(carried_share > _MOST_SHARE and lasts_s <= _LONGEST_FLIGHT_S)
