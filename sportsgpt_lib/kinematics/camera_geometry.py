"""From picture to metres: scale, floor line and camera roll of one recording.

How each is found and what its error is made of: ``picture_scale.py``, ``stature.py``,
``floor.py``, ``camera_roll.py``, ``camera_motion.py``. Here they are put together.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.camera_motion import (
    UNKNOWN_MOTION,
    CameraMotion,
    find_camera_motion,
)
from sportsgpt_lib.kinematics.camera_roll import (
    CameraRoll,
    RollMethod,
    find_camera_roll,
    turn_upright,
)
from sportsgpt_lib.kinematics.floor import (
    STEEPEST_SLOPE_DEG,
    FloorLine,
    find_floor_line,
)
from sportsgpt_lib.kinematics.picture_scale import (
    PictureScale,
    ScaleMethod,
    find_picture_scale,
)
from sportsgpt_lib.kinematics.stature import measure_stature
from sportsgpt_lib.session.calibration import Calibration

_ACROSS_VIEWS = ("sagittal", "frontal")
CAMERA_MOVES = (
    "the camera moved, or the floor under the feet did, so there are no distances "
    "across the picture"
)


@dataclass(frozen=True)
class FilmingFacts:
    """What is known of a recording's camera and athlete before any pose.

    ``camera_view`` as in ``recordings``; ``athlete_height_m`` and ``calibration`` are
    None where the manifest does not state them.
    """

    width_px: int
    height_px: int
    camera_view: str
    athlete_height_m: float | None = None
    calibration: Calibration | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.width_px, self.height_px


@dataclass(frozen=True)
class CameraGeometry:
    """Scale, floor line and roll of one recording, named as in ``camera_geometry``.

    None = not known. ``upright_floor`` is the floor line in the picture once the roll
    is taken out; ``is_across_known`` tells whether distances across the picture mean
    anything. ``upright_floor`` is None also where the feet climbed too steeply for one.
    """

    scale_method: ScaleMethod
    scale_m_per_px: float | None
    scale_error_ratio: float | None
    scale_reason: str | None
    stature_px: float | None
    floor_level_px: float | None
    floor_slope_deg: float | None
    floor_error_px: float | None
    is_camera_moving: bool | None
    camera_speed_body_heights_s: float | None
    roll_method: RollMethod
    camera_roll_deg: float | None
    camera_roll_error_deg: float | None
    roll_reason: str | None
    size_px: tuple[int, int]
    upright_floor: FloorLine | None
    is_across_known: bool

    def to_metres(self, positions_px: FloatArray) -> FloatArray | None:
        """Turn picture positions into metres in the athlete's plane.

        Parameters
        ----------
        positions_px
            Image positions ``(T, J, 2)``, y down. NaN = not seen.

        Returns
        -------
        Positions ``(T, J, 2)``: right, from the picture's left edge, and up from the
        floor line, the roll taken out; None where scale or floor are unknown. The first
        is NaN where distances across the picture mean nothing: the camera moved, or
        stood neither at the side nor in front. Seen from the front it is sideways.
        """
        if self.scale_m_per_px is None or self.upright_floor is None:
            return None
        upright_px = turn_upright(positions_px, self.camera_roll_deg, self.size_px)
        heights_px = self.upright_floor.compute_heights_px(upright_px)
        across_px = upright_px[..., 0]
        if not self.is_across_known:
            across_px = np.full_like(across_px, np.nan)
        return np.stack([across_px, heights_px], axis=-1) * self.scale_m_per_px


def estimate_camera_geometry(
    times_s: FloatArray, positions_px: FloatArray, facts: FilmingFacts
) -> CameraGeometry:
    """Estimate scale, floor line and roll, with their errors.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the movement, slow motion taken out.
    positions_px
        The athlete's image positions ``(T, J, 2)``, repaired. NaN = not seen.
    facts
        What the manifest and the clip say.

    Returns
    -------
    The geometry. What cannot be known is None, never guessed.
    """
    stature = measure_stature(times_s, positions_px, facts.camera_view)
    floor, motion = None, UNKNOWN_MOTION
    if np.isfinite(stature.px):
        floor = find_floor_line(times_s, positions_px, stature.px)
        motion = find_camera_motion(times_s, positions_px, stature.px)
    scale = find_picture_scale(
        stature,
        facts.athlete_height_m,
        facts.calibration,
        facts.camera_view,
        facts.size_px,
    )
    roll = find_camera_roll(
        facts.calibration, facts.size_px, None if motion.is_moving else floor, stature
    )
    return CameraGeometry(
        scale_method=scale.method,
        scale_m_per_px=scale.m_per_px,
        scale_error_ratio=scale.error_ratio,
        scale_reason=_word_scale(scale, facts, motion, floor),
        stature_px=_known(stature.px),
        floor_level_px=floor.level_px if floor else None,
        floor_slope_deg=floor.slope_deg if floor and floor.is_slope_measured else None,
        floor_error_px=floor.error_px if floor else None,
        is_camera_moving=motion.is_moving,
        camera_speed_body_heights_s=_known(motion.speed_body_heights_s),
        roll_method=roll.method,
        camera_roll_deg=roll.deg,
        camera_roll_error_deg=roll.error_deg,
        roll_reason=roll.reason,
        size_px=facts.size_px,
        upright_floor=_turn_floor(floor, roll, facts.size_px),
        is_across_known=facts.camera_view in _ACROSS_VIEWS and not motion.is_moving,
    )


def _word_scale(
    scale: PictureScale,
    facts: FilmingFacts,
    motion: CameraMotion,
    floor: FloorLine | None,
) -> str | None:
    """Say why nothing is given in metres, or what limits the scale; None = neither."""
    reasons = list(scale.reasons)
    if scale.m_per_px is not None:
        if motion.is_moving:
            reasons.append(CAMERA_MOVES)
        if facts.camera_view not in _ACROSS_VIEWS:
            reasons.append(
                "metres hold for heights only: distances along the way look shorter, "
                f"by an unknown amount, where the view is {facts.camera_view}"
            )
        if floor is None:
            reasons.append("no foot was seen standing, so heights have no floor")
        elif floor.is_too_steep:
            reasons.append(
                f"the feet stood along a line of {abs(floor.slope_deg):.0f} degrees, "
                f"above {STEEPEST_SLOPE_DEG:g}, so heights have no floor"
            )
    return "; ".join(reasons) or None


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _turn_floor(
    floor: FloorLine | None, roll: CameraRoll, size_px: tuple[int, int]
) -> FloorLine | None:
    """Give the floor line in the picture without roll; level where not measured."""
    if floor is None or floor.is_too_steep:
        return None
    if roll.deg is None:
        return floor
    place_px = np.array(
        [floor.middle_px, floor.level_px + floor.slope * floor.middle_px]
    )
    x_px, y_px = turn_upright(place_px, roll.deg, size_px)
    slope = 0.0
    if floor.is_slope_measured:
        slope = float(np.tan(np.radians(floor.slope_deg + roll.deg)))
    return FloorLine(float(y_px - slope * x_px), slope)
