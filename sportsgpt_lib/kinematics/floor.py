"""The floor line in the picture, and which foot stands on it.

Works on the feet alone. Foot strike and toe-off as instants are in ``gait_events.py``.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.rates import compute_rates
from sportsgpt_lib.kinematics.stretches import list_stretches
from sportsgpt_lib.kinematics.theil_line import fit_theil_slope
from sportsgpt_lib.pose.skeleton import keypoint_indices

FOOT_POINTS = tuple(
    f"{side}_{point}" for side in ("left", "right") for point in ("heel", "big_toe")
)

# Chosen, see docs/angles.md. A foot in swing moves at two to three body heights per
# second; a foot on the ground stands, apart from jitter.
STANDING_SPEED_BODY_HEIGHTS_S = 0.5
CONTACT_HEIGHT_BODY_HEIGHTS = 0.05
# Chosen, see docs/angles.md: a running foot rolls as it takes and leaves the load.
_CONTACT_SHARE_OF_HIP_SPEED = 0.4
_FLOOR_LAYER_BODY_HEIGHTS = 0.10
_LOWEST_SHARE_PCT = 98.0
_SLOPE_SPAN_BODY_HEIGHTS = 1.0
_MINIMUM_SAMPLES = 8
# A line and its error need more than two places where a foot stood.
_LEAST_PLACES = 3
# Chosen, see docs/adr/0006-pose.md: stands of one foot fit into a position; a box and
# the floor beside it are two positions, a way is three or more in one line. Networks
# put heel and toe above the sole, by more or less of the last share of stature.
STEEPEST_SLOPE_DEG = 20.0
_POSITION_BODY_HEIGHTS = 0.3
_LEAST_POSITIONS = 3
_LEAST_SHARE_IN_LINE = 0.8
_SOLE_BODY_HEIGHTS = 0.01


@dataclass(frozen=True)
class FloorLine:
    """Where the floor lies: ``y_px = level_px + slope * x_px``, y down.

    ``error_px`` is the standard uncertainty of the level where the feet stood, around
    ``middle_px``. ``slope_error`` is that of the slope in the picture, from how the
    places where feet stood scatter around the line; None = from too few places to know.
    ``is_slope_measured`` is False, and ``slope`` 0, where the feet kept to one place.
    """

    level_px: float
    slope: float
    error_px: float = 0.0
    slope_error: float | None = None
    middle_px: float = 0.0
    is_slope_measured: bool = False

    @property
    def slope_deg(self) -> float:
        """The slope as an angle; positive = falls to the right."""
        return float(np.degrees(np.arctan(self.slope)))

    @property
    def is_too_steep(self) -> bool:
        """Whether the feet climbed, so that there is no floor to measure from."""
        return abs(self.slope_deg) > STEEPEST_SLOPE_DEG

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
        Times ``(T,)`` of the movement, slow motion taken out.
    positions_px
        Image positions ``(T, J, 2)``, y down. NaN = not seen.
    stature_px
        Standing height in the picture.

    Returns
    -------
    The floor line, or None where no foot was ever seen standing. It is tilted only
    where the feet stood over more than one body height of way; it may then be steeper
    than any floor, see ``is_too_steep``.

    Notes
    -----
    The slope of the stands is taken off before the lowest layer is cut out, or a layer
    would hold only the lower end of a steep way. Where the stands are in no line, as on
    a box and on the floor beside it, the lowest are the floor.

    Frames in which one foot stands are one observation, not many: errors are taken from
    the mean positions of each stand.
    """
    feet_px = positions_px[:, keypoint_indices(FOOT_POINTS), :]  # (T, 4, 2)
    is_standing = _find_standing(times_s, feet_px, stature_px)
    if np.count_nonzero(is_standing) < _MINIMUM_SAMPLES:
        return None
    trend = _estimate_trend(_find_places(feet_px, is_standing), stature_px)
    lows_px = feet_px[..., 1] - trend * feet_px[..., 0]  # (T, 4)
    lowest_px = float(np.percentile(lows_px[is_standing], _LOWEST_SHARE_PCT))
    is_low = lows_px > lowest_px - _FLOOR_LAYER_BODY_HEIGHTS * stature_px
    is_on_floor = is_standing & is_low
    layer_px = feet_px[is_on_floor]  # (n, 2)
    is_sloped = np.ptp(layer_px[:, 0]) >= _SLOPE_SPAN_BODY_HEIGHTS * stature_px
    slope = fit_theil_slope(layer_px[:, 0], layer_px[:, 1]) if is_sloped else 0.0
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
    times_s: FloatArray, heel: FloatArray, toe: FloatArray, hip: FloatArray
) -> FloatArray:
    """Tell for every frame whether a foot stands on the floor.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the movement, slow motion taken out.
    heel, toe, hip
        Positions ``(T, 2)``: forward, and height above the floor, in body heights. NaN
        = not seen; without the hip a foot that stands is as slow as in standing.

    Returns
    -------
    1 where heel or toe is low and still, as much as the hips let expect, 0 where
    neither is, NaN where neither was seen ``(T,)``.

    Notes
    -----
    One frame is the resolution; use the gait events for instants.
    """
    hip_speed = np.linalg.norm(compute_rates(times_s, hip), axis=1)
    limit = np.fmax(
        STANDING_SPEED_BODY_HEIGHTS_S, _CONTACT_SHARE_OF_HIP_SPEED * hip_speed
    )
    is_down = np.zeros(times_s.size, dtype=bool)
    is_seen = np.zeros(times_s.size, dtype=bool)
    for point in (heel, toe):
        speed = np.linalg.norm(compute_rates(times_s, point), axis=1)
        is_low = point[:, 1] < CONTACT_HEIGHT_BODY_HEIGHTS
        is_down |= is_low & (speed < limit)
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


def _estimate_trend(places_px: FloatArray, stature_px: float) -> float:
    """Estimate the slope of the line that stands ``(n, 2)`` lie on; 0 = on none."""
    if np.ptp(places_px[:, 0]) < _SLOPE_SPAN_BODY_HEIGHTS * stature_px:
        return 0.0
    width_px = _POSITION_BODY_HEIGHTS * stature_px
    # From both sides, so that a mirrored picture has the same floor.
    to_the_left = np.array([-1.0, 1.0])
    from_left_px = _gather_positions(places_px, width_px)
    from_right_px = to_the_left * _gather_positions(to_the_left * places_px, width_px)
    positions_px = np.concatenate([from_left_px, from_right_px])
    slope = fit_theil_slope(positions_px[:, 0], positions_px[:, 1])
    rests_px = positions_px[:, 1] - slope * positions_px[:, 0]
    off_line_px = np.abs(rests_px - np.median(rests_px))
    in_line = np.mean(off_line_px < CONTACT_HEIGHT_BODY_HEIGHTS * stature_px)
    is_way = len(from_left_px) >= _LEAST_POSITIONS and in_line >= _LEAST_SHARE_IN_LINE
    return slope if is_way else 0.0


def _gather_positions(places_px: FloatArray, width_px: float) -> FloatArray:
    """Gather places into positions of a width; give the median ``(m, 2)`` of each."""
    ordered_px = places_px[np.argsort(places_px[:, 0])]
    medians_px = []
    while ordered_px.size:
        is_within = ordered_px[:, 0] <= ordered_px[0, 0] + width_px
        medians_px.append(np.median(ordered_px[is_within], axis=0))
        ordered_px = ordered_px[~is_within]
    return np.asarray(medians_px)


def _find_places(feet_px: FloatArray, is_on_floor: npt.NDArray[np.bool_]) -> FloatArray:
    """Find the mean place ``(n, 2)`` of every stand of a heel or a toe."""
    places_px = []
    for point in range(feet_px.shape[1]):
        places_px += [
            feet_px[start:end, point].mean(axis=0)
            for start, end in list_stretches(is_on_floor[:, point])
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
