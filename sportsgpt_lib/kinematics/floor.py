"""The floor line in the picture, and which foot stands on it.

Works on the feet alone. Foot strike and toe-off as instants are in ``gait_events.py``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.rates import compute_rates
from sportsgpt_lib.pose.skeleton import keypoint_indices

FOOT_POINTS = tuple(
    f"{side}_{point}" for side in ("left", "right") for point in ("heel", "big_toe")
)

# Chosen, see docs/angles.md. A foot in swing moves at two to three body heights per
# second; a foot on the ground stands, apart from jitter.
STANDING_SPEED_BODY_HEIGHTS_S = 0.5
CONTACT_HEIGHT_BODY_HEIGHTS = 0.05
_FLOOR_LAYER_BODY_HEIGHTS = 0.10
_LOWEST_SHARE_PCT = 98.0
_SLOPE_SPAN_BODY_HEIGHTS = 1.0
_STEEPEST_SLOPE = 0.09  # a camera tilted by more than 5 degrees would be set straight
_MINIMUM_SAMPLES = 8
_SLOPE_SAMPLES = 400
# A line and its error need more than two places where a foot stood.
_LEAST_PLACES = 3
# Chosen, see docs/adr/0006-pose.md: networks put heel and toe above the sole, by more
# or less of this share of stature.
_SOLE_BODY_HEIGHTS = 0.01


@dataclass(frozen=True)
class FloorLine:
    """Where the floor lies: ``y_px = level_px + slope * x_px``, y down.

    ``error_px`` is the standard uncertainty of the level where the feet stood, around
    ``middle_px``. ``slope_error`` is that of the slope in the picture, from how the
    places where feet stood scatter around the line; None = from too few places to know.
    ``is_slope_measured`` is False where the feet kept to one place.
    """

    level_px: float
    slope: float
    error_px: float = 0.0
    slope_error: float | None = None
    middle_px: float = 0.0
    is_slope_measured: bool = False

    def compute_heights_px(self, positions_px: FloatArray) -> FloatArray:
        """Compute heights above the floor, up, for positions ``(..., 2)``."""
        floor_px = self.level_px + self.slope * positions_px[..., 0]
        return floor_px - positions_px[..., 1]


def find_floor_line(
    times_s: FloatArray, positions_px: FloatArray, stature_px: float
) -> FloorLine | None:
    """Find the floor as the lowest level on which heels and toes stand still.

    Parameters
    ----------
    times_s
        Times ``(T,)``.
    positions_px
        Image positions ``(T, J, 2)``, y down. NaN = not seen.
    stature_px
        Standing height in the picture.

    Returns
    -------
    The floor line, or None where no foot was ever seen standing. It is tilted, by up
    to five degrees, only where the feet stood over more than one body height of way.

    Notes
    -----
    Frames in which one foot stands are one observation, not many: errors are taken from
    the mean positions of each stand.
    """
    feet_px = positions_px[:, keypoint_indices(FOOT_POINTS), :]  # (T, 4, 2)
    is_standing = _find_standing(times_s, feet_px, stature_px)
    standing_px = feet_px[is_standing]  # (n, 2)
    if standing_px.shape[0] < _MINIMUM_SAMPLES:
        return None
    lowest_px = float(np.percentile(standing_px[:, 1], _LOWEST_SHARE_PCT))
    is_low = feet_px[:, :, 1] > lowest_px - _FLOOR_LAYER_BODY_HEIGHTS * stature_px
    is_on_floor = is_standing & is_low
    layer_px = feet_px[is_on_floor]
    is_sloped = np.ptp(layer_px[:, 0]) >= _SLOPE_SPAN_BODY_HEIGHTS * stature_px
    slope = _estimate_slope(layer_px) if is_sloped else 0.0
    level_px = float(np.median(layer_px[:, 1] - slope * layer_px[:, 0]))
    places_px = _find_places(feet_px, is_on_floor)
    rests_px = places_px[:, 1] - level_px - slope * places_px[:, 0]
    return FloorLine(
        level_px=level_px,
        slope=slope,
        error_px=_estimate_level_error_px(rests_px, stature_px),
        slope_error=_estimate_slope_error(places_px, rests_px) if is_sloped else None,
        middle_px=float(np.median(layer_px[:, 0])),
        is_slope_measured=bool(is_sloped),
    )


def find_ground_contact(
    times_s: FloatArray, heel: FloatArray, toe: FloatArray
) -> FloatArray:
    """Tell for every frame whether a foot stands on the floor.

    Parameters
    ----------
    times_s
        Times ``(T,)``.
    heel, toe
        Positions ``(T, 2)``: forward, and height above the floor, in body heights.

    Returns
    -------
    1 where heel or toe is low and still, 0 where neither is, NaN where neither was seen
    ``(T,)``.

    Notes
    -----
    One frame is the resolution; use the gait events for instants.
    """
    is_down = np.zeros(times_s.size, dtype=bool)
    is_seen = np.zeros(times_s.size, dtype=bool)
    for point in (heel, toe):
        speed = np.linalg.norm(compute_rates(times_s, point), axis=1)
        is_low = point[:, 1] < CONTACT_HEIGHT_BODY_HEIGHTS
        is_down |= is_low & (speed < STANDING_SPEED_BODY_HEIGHTS_S)
        is_seen |= np.isfinite(point).all(axis=1)
    return np.where(is_seen, is_down.astype(np.float64), np.nan)


def _find_standing(
    times_s: FloatArray, feet_px: FloatArray, stature_px: float
) -> npt.NDArray[np.bool_]:
    frame_count = feet_px.shape[0]
    rates_px_s = compute_rates(times_s, feet_px.reshape(frame_count, -1))
    speeds_px_s = np.linalg.norm(rates_px_s.reshape(feet_px.shape), axis=2)  # (T, 4)
    is_slow = speeds_px_s < STANDING_SPEED_BODY_HEIGHTS_S * stature_px
    is_seen = np.isfinite(feet_px).all(axis=2)
    return np.asarray(is_slow & is_seen)


def _estimate_slope(points_px: FloatArray) -> float:
    from scipy.stats import theilslopes

    spacing = max(1, points_px.shape[0] // _SLOPE_SAMPLES)
    thinned = points_px[::spacing]
    slope = float(theilslopes(thinned[:, 1], thinned[:, 0])[0])
    return float(np.clip(slope, -_STEEPEST_SLOPE, _STEEPEST_SLOPE))


def _find_places(feet_px: FloatArray, is_on_floor: npt.NDArray[np.bool_]) -> FloatArray:
    """Find the mean place ``(n, 2)`` of every stand of a heel or a toe."""
    places_px = []
    for point in range(feet_px.shape[1]):
        edges = np.diff(np.concatenate([[0], is_on_floor[:, point], [0]]))
        starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
        places_px += [
            feet_px[start:end, point].mean(axis=0)
            for start, end in zip(starts, ends, strict=True)
        ]
    return np.asarray(places_px)


def _estimate_level_error_px(rests_px: FloatArray, stature_px: float) -> float:
    spread_px = float(np.std(rests_px)) / np.sqrt(rests_px.size)
    return float(np.hypot(spread_px, _SOLE_BODY_HEIGHTS * stature_px))


def _estimate_slope_error(places_px: FloatArray, rests_px: FloatArray) -> float | None:
    """Estimate the standard uncertainty of a line through the places."""
    count = rests_px.size
    if count < _LEAST_PLACES:
        return None
    scatter_px = np.sqrt(np.sum(rests_px**2) / (count - 2))
    return float(scatter_px / (np.std(places_px[:, 0]) * np.sqrt(count)))
