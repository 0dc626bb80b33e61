"""The camera's roll: found, with its error, and taken out of picture positions."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.floor import FloorLine
from sportsgpt_lib.kinematics.stature import Stature
from sportsgpt_lib.session.calibration import Calibration

# All chosen, see docs/adr/0006-pose.md.
CLICK_ERROR_PX = 2.0
FOCAL_LENGTH_PICTURES = 0.75  # of the picture's longer side: a phone's main camera
_PLUMB_ERROR_DEG = 0.5
_PITCH_DEG = 5.0
_FLOOR_LEVEL_ERROR_DEG = 1.0
# A level camera sees its horizon at its own height above the floor: in body heights.
_CAMERA_BODY_HEIGHTS, _CAMERA_ERROR_BODY_HEIGHTS = 0.6, 0.3
_LARGEST_ERROR_DEG = 2.5
_LARGEST_ROLL_DEG = 20.0

RollMethod = Literal["plumb_object", "floor_line", "none"]


@dataclass(frozen=True)
class CameraRoll:
    """Turn of the camera around its view, clockwise, ± standard uncertainty.

    ``deg`` and ``error_deg`` are None where the method is ``none``.
    """

    method: RollMethod
    deg: float | None
    error_deg: float | None


UNKNOWN_ROLL = CameraRoll("none", None, None)


def find_camera_roll(
    calibration: Calibration | None,
    size_px: tuple[int, int],
    floor: FloorLine | None,
    stature: Stature,
) -> CameraRoll:
    """Find the roll from a plumb object, else from a floor that feet walked along.

    Parameters
    ----------
    calibration
        The known length in the picture, or None.
    size_px
        Width and height of the picture.
    floor
        The floor line, or None.
    stature
        The athlete's size, for how much it changes along the way.

    Returns
    -------
    The roll; method ``none`` where neither is given, or its error would exceed 2.5
    degrees, or a plumb object would ask for more than 20 degrees of roll.

    Notes
    -----
    A vertical object at the picture's side leans where the camera looks up or down, by
    its share of the focal length times the pitch. A path that is not square to the
    camera slopes in the picture, as the athlete grows along it; that slope is taken
    off, for a camera at 0.6 ± 0.3 body heights. Both are in the error, and so is the
    floor's own slope.
    """
    if calibration is not None and calibration.is_plumb:
        roll = _read_plumb_object(calibration, size_px)
        if abs(roll.deg or 0.0) <= _LARGEST_ROLL_DEG:
            return roll
    if floor is None or floor.slope_error is None:
        return UNKNOWN_ROLL
    error_deg = float(
        np.sqrt(
            _FLOOR_LEVEL_ERROR_DEG**2
            + np.degrees(floor.slope_error) ** 2
            + np.degrees(_CAMERA_ERROR_BODY_HEIGHTS * stature.growth_per_px) ** 2
        )
    )
    if error_deg > _LARGEST_ERROR_DEG:
        return UNKNOWN_ROLL
    slope = floor.slope - _CAMERA_BODY_HEIGHTS * stature.growth_per_px
    return CameraRoll("floor_line", -float(np.degrees(np.arctan(slope))), error_deg)


def turn_upright(
    positions_px: FloatArray, roll_deg: float | None, size_px: tuple[int, int]
) -> FloatArray:
    """Turn picture positions ``(..., 2)`` around its centre to what no roll would show.

    NaN stays NaN; None = not known, which changes nothing.
    """
    if not roll_deg:
        return positions_px
    centre_px = np.array(size_px, dtype=np.float64) / 2.0
    cos, sin = np.cos(np.radians(roll_deg)), np.sin(np.radians(roll_deg))
    clockwise = np.array([[cos, sin], [-sin, cos]])  # y is down; acts from the right
    return np.asarray((positions_px - centre_px) @ clockwise + centre_px)


def locate_calibration(
    calibration: Calibration, size_px: tuple[int, int]
) -> tuple[FloatArray, FloatArray]:
    """Give both points ``(2,)`` of a calibration in pixels."""
    size = np.array(size_px, dtype=np.float64)
    return np.array(calibration.start) * size, np.array(calibration.end) * size


def _read_plumb_object(
    calibration: Calibration, size_px: tuple[int, int]
) -> CameraRoll:
    lower_px, upper_px = sorted(
        locate_calibration(calibration, size_px), key=lambda end_px: -end_px[1]
    )
    across_px, up_px = upper_px[0] - lower_px[0], lower_px[1] - upper_px[1]
    middle_px = (lower_px[0] + upper_px[0] - size_px[0]) / 2.0
    focal_px = FOCAL_LENGTH_PICTURES * max(size_px)
    click = np.sqrt(2.0) * CLICK_ERROR_PX / np.hypot(across_px, up_px)
    error_deg = np.sqrt(
        _PLUMB_ERROR_DEG**2
        + np.degrees(click) ** 2
        + (_PITCH_DEG * middle_px / focal_px) ** 2
    )
    lean_deg = float(np.degrees(np.arctan2(across_px, up_px)))
    return CameraRoll("plumb_object", -lean_deg, float(error_deg))
