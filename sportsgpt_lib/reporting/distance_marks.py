"""What a distance of ``training.joint_kinematics`` looks like on a picture.

For every distance between two points of the body, or of a point from the floor: where
it begins and along which way it is counted, as in ``docs/angles.md``. Places along the
way, which begin at the picture's edge, have no mark. Nothing is measured here.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.reporting.angle_marks import AngleMark, find_angle_mark, find_point
from sportsgpt_lib.reporting.skeleton_drawing import HIGHLIGHT_RGB, draw_lines

_SIDES = ("left", "right")
# Ends by the quantity's name without its side: from, to.
_ALONG: Mapping[str, tuple[str, str]] = {
    "foot_forward": ("mid_hip", "{s}_ankle"),
    "heel_forward": ("mid_hip", "{s}_heel"),
    "toe_forward": ("mid_hip", "{s}_big_toe"),
    "elbow_forward": ("mid_hip", "{s}_elbow"),
    "wrist_forward": ("mid_hip", "{s}_wrist"),
    "toe_forward_of_centre_of_mass": ("centre_of_mass", "{s}_big_toe"),
    "knee_forward_of_toe": ("{s}_big_toe", "{s}_knee"),
    "centre_of_mass_forward_of_feet": ("mid_feet", "centre_of_mass"),
}
_HEIGHTS: Mapping[str, str] = {
    "hip_height": "mid_hip",
    "centre_of_mass_height": "centre_of_mass",
    "ankle_height": "{s}_ankle",
    "heel_height": "{s}_heel",
    "toe_height": "{s}_big_toe",
    "wrist_height": "{s}_wrist",
}
_CAP_PX = 9.0


@dataclass(frozen=True)
class PictureScale:
    """What turns a quantity into pixels on one recording's pictures.

    ``forward_sign`` is +1 for somebody who faces the right edge. ``floor`` is the
    floor's level and slope, ``y_px = level + slope * x_px``; None = no floor known.
    """

    forward_sign: int
    stature_px: float
    roll_deg: float = 0.0
    floor: tuple[float, float] | None = None


@dataclass(frozen=True)
class DistanceMark:
    """One distance on one picture, in pixels: from ``start`` along ``way`` to ``end``.

    ``start``, ``end`` and the unit vector ``way`` are ``(2,)``; ``px_per_unit`` is a
    body height in pixels.
    """

    start: FloatArray
    end: FloatArray
    way: FloatArray
    px_per_unit: float

    @property
    def drawn(self) -> float:
        """The distance that is drawn, in body heights."""
        return float((self.end - self.start) @ self.way) / self.px_per_unit

    def place_at(self, distance: float) -> FloatArray:
        """Find the point ``(2,)`` at a distance in body heights."""
        placed: FloatArray = self.start + distance * self.px_per_unit * self.way
        return placed


Mark = AngleMark | DistanceMark


def find_mark(
    quantity: str, positions_px: FloatArray, scale: PictureScale
) -> Mark | None:
    """Find how any quantity is drawn on a person.

    Parameters
    ----------
    quantity
        Name in ``training.joint_kinematics``.
    positions_px
        Keypoints ``(J, 2)`` of one frame in pixels, y down. NaN = not seen.
    scale
        The recording's scale.

    Returns
    -------
    The mark; None where the quantity is no angle and no distance that a picture can
    show, or a keypoint it needs is not seen.
    """
    angle = find_angle_mark(
        quantity,
        positions_px,
        forward_sign=scale.forward_sign,
        roll_deg=scale.roll_deg,
    )
    return angle or _find_distance(quantity, positions_px, scale)


def _find_distance(
    quantity: str, positions_px: FloatArray, scale: PictureScale
) -> DistanceMark | None:
    side, _, stem = quantity.partition("_")
    name = stem if side in _SIDES else quantity

    def point(key: str) -> FloatArray:
        if key == "mid_feet":
            ends = ("mid_heel", "mid_big_toe")
            return np.asarray(
                np.mean([find_point(end, positions_px) for end in ends], axis=0)
            )
        return find_point(key.replace("{s}", side), positions_px)

    if name in _ALONG:
        first, last = (point(key) for key in _ALONG[name])
        # Drawn at the level of the point that was measured, where it can be read off.
        start, end = np.array([first[0], last[1]]), last
        way = np.array([float(scale.forward_sign), 0.0])
    elif name in _HEIGHTS and scale.floor is not None:
        end = point(_HEIGHTS[name])
        level, slope = scale.floor
        start = np.array([end[0], level + slope * end[0]])
        way = np.array([0.0, -1.0])
    else:
        return None
    if not (np.isfinite([*start, *end]).all() and scale.stature_px > 0.0):
        return None
    return DistanceMark(start, end, way, scale.stature_px)


def draw_distance(image_rgb: ByteImage, mark: DistanceMark, width_px: float) -> None:
    """Draw a distance as a line with a cap at both ends, in place."""
    across = _CAP_PX * np.array([-mark.way[1], mark.way[0]])
    lines = [
        (mark.start, mark.end),
        *((at - across, at + across) for at in (mark.start, mark.end)),
    ]
    draw_lines(image_rgb, np.array(lines), HIGHLIGHT_RGB, width_px)
