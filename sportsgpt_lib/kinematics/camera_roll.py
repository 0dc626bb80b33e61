"""The camera's roll: found, with its error, and taken out of picture positions."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.floor import STEEPEST_SLOPE_DEG, FloorLine
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
_LARGEST_ROLL_DEG = STEEPEST_SLOPE_DEG
# How level a camera is aimed by eye: the standard uncertainty of a roll that is not
# known, and so the error beyond which a roll is as good as unknown.
UNKNOWN_ROLL_ERROR_DEG = 2.5

RollMethod = Literal["plumb_object", "floor_line", "none"]


@dataclass(frozen=True)
class CameraRoll:
    """Turn of the camera around its view, clockwise, ± standard uncertainty.

    ``deg`` and ``error_deg`` are None where the method is ``none``; ``reason`` then
    says why.
    """

    method: RollMethod
    deg: float | None
    error_deg: float | None
    reason: str | None = None


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
        The floor line of a camera that stood still, or None.
    stature
        The athlete's size, for how much it changes along the way.

    Returns
    -------
    The roll; method ``none`` where neither is given, its error would exceed 2.5
    degrees, or it would itself exceed 20.

    Notes
    -----
    A vertical object at the picture's side leans where the camera looks up or down, by
    its share of the focal length times the pitch. A path that is not square to the
    camera slopes in the picture, as the athlete grows along it; that slope is taken
    off, for a camera at 0.6 ± 0.3 body heights. Both are in the error, and so is one
    degree of slope of the floor itself: a hill cannot be told from a rolled camera.
    """
    reasons: list[str] = []
    if calibration is not None and calibration.is_plumb:
        roll = _refuse_doubtful(
            _read_plumb_object(calibration, size_px), "the plumb object"
        )
        if roll.reason is None:
            return roll
        reasons.append(roll.reason)
    roll = _read_floor_line(floor, stature)
    if roll.reason is None:
        return roll
    return _unknown_roll("; ".join([*reasons, roll.reason]))


def _unknown_roll(reason: str) -> CameraRoll:
    return CameraRoll("none", None, None, reason)


def _refuse_doubtful(roll: CameraRoll, source: str) -> CameraRoll:
    """Keep a roll that is small and sure enough."""
    deg, error_deg = roll.deg or 0.0, roll.error_deg or 0.0
    if abs(deg) > _LARGEST_ROLL_DEG:
        return _unknown_roll(
            f"{source} leans by {abs(deg):.1f} degrees in the picture; allowed: at "
            f"most {_LARGEST_ROLL_DEG:g}"
        )
    if error_deg > UNKNOWN_ROLL_ERROR_DEG:
        return _unknown_roll(
            f"by {source} it would err by {error_deg:.2f} degrees; allowed: at most "
            f"{UNKNOWN_ROLL_ERROR_DEG:g}"
        )
    return roll


def _read_floor_line(floor: FloorLine | None, stature: Stature) -> CameraRoll:
    if floor is None:
        return _unknown_roll("no floor line of a still camera was found")
    if not floor.is_slope_measured:
        return _unknown_roll("the feet kept to one place, so the floor has no slope")
    if floor.slope_error is None:
        return _unknown_roll("the feet stood too few times to give the floor a slope")
    error_deg = float(
        np.sqrt(
            _FLOOR_LEVEL_ERROR_DEG**2
            + np.degrees(floor.slope_error) ** 2
            + np.degrees(_CAMERA_ERROR_BODY_HEIGHTS * stature.growth_per_px) ** 2
        )
    )
    slope = floor.slope - _CAMERA_BODY_HEIGHTS * stature.growth_per_px
    deg = -float(np.degrees(np.arctan(slope)))
    return _refuse_doubtful(CameraRoll("floor_line", deg, error_deg), "the floor line")


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
