"""What an angle of ``training.joint_kinematics`` looks like on a picture.

For every angle: the joint it is taken at, the line it is measured from and the limb it
is measured to, as in ``docs/angles.md``. The number itself always comes from the
tables; nothing is measured here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.kinematics.body_scale import compute_midpoint
from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.skeleton_drawing import (
    HIGHLIGHT_RGB,
    draw_lines,
)

_Baseline = Literal["extension", "vertical_up", "vertical_down", "horizontal", "square"]


@dataclass(frozen=True)
class _Recipe:
    """Angle at ``vertex`` from the baseline to ``limb_end``.

    ``segment`` is what an ``extension`` continues beyond the vertex, from its first end
    to its second, or to which a ``square`` stands at a right angle. ``limb_start``
    differs from the vertex only for the foot, which runs heel to toe. ``sense`` is +1
    where a growing angle turns clockwise in a picture of somebody who faces right.
    """

    vertex: str
    limb_end: str
    baseline: _Baseline
    sense: int
    segment: tuple[str, str] | None = None
    limb_start: str | None = None


_TRUNK = ("mid_shoulder", "mid_hip")
_RECIPES: Mapping[str, _Recipe] = {
    "knee_flexion": _Recipe(
        "{s}_knee", "{s}_ankle", "extension", 1, ("{s}_hip", "{s}_knee")
    ),
    "elbow_flexion": _Recipe(
        "{s}_elbow", "{s}_wrist", "extension", -1, ("{s}_shoulder", "{s}_elbow")
    ),
    "hip_flexion": _Recipe("{s}_hip", "{s}_knee", "extension", -1, _TRUNK),
    "shoulder_flexion": _Recipe("{s}_shoulder", "{s}_elbow", "extension", -1, _TRUNK),
    "ankle_dorsiflexion": _Recipe(
        "{s}_ankle", "{s}_big_toe", "square", -1, ("{s}_knee", "{s}_ankle"), "{s}_heel"
    ),
    "thigh_angle": _Recipe("{s}_hip", "{s}_knee", "vertical_down", -1),
    "shank_angle": _Recipe("{s}_knee", "{s}_ankle", "vertical_down", -1),
    "foot_angle": _Recipe("{s}_heel", "{s}_big_toe", "horizontal", -1),
    "trunk_lean": _Recipe("mid_hip", "mid_shoulder", "vertical_up", 1),
    "body_lean": _Recipe("{s}_big_toe", "centre_of_mass", "vertical_up", 1),
}
_SIDES = ("left", "right")
# Shares of the shorter limb and smallest size on the picture; chosen by eye.
_ARC_LIMB_SHARE = 0.42
_SMALLEST_ARC_PX = 14.0
_BASELINE_LIMB_SHARE = 0.8
_ARC_POINTS = 24
_SECTOR_OPACITY = 0.4


@dataclass(frozen=True)
class AngleMark:
    """Lines of one angle on one picture, in pixels: all points ``(2,)``.

    The angle lies at ``vertex`` between the dashed line to ``baseline_end`` and the
    direction from ``limb_start`` to ``limb_end``. ``sense`` is +1 where a growing angle
    turns clockwise in this picture.
    """

    vertex: FloatArray
    baseline_end: FloatArray
    limb_start: FloatArray
    limb_end: FloatArray
    sense: int = 1

    @property
    def limb_px(self) -> float:
        """Length of the limb."""
        return float(np.linalg.norm(self.limb_end - self.limb_start))

    def direction_at(self, angle_deg: float) -> FloatArray:
        """Find the unit vector ``(2,)`` in which the limb points at an angle."""
        turn_rad = _direction_rad(self.baseline_end - self.vertex) + np.radians(
            self.sense * angle_deg
        )
        return np.array([np.cos(turn_rad), np.sin(turn_rad)])

    @property
    def drawn_deg(self) -> float:
        """The angle that is drawn, by its sense, in [-180, 180)."""
        turn_rad = _direction_rad(self.limb_end - self.limb_start) - _direction_rad(
            self.baseline_end - self.vertex
        )
        return float((self.sense * np.degrees(turn_rad) + 180.0) % 360.0 - 180.0)


def find_angle_mark(
    quantity: str,
    positions_px: FloatArray,
    *,
    forward_sign: int = 0,
    roll_deg: float = 0.0,
) -> AngleMark | None:
    """Find how a quantity is drawn on a person.

    Parameters
    ----------
    quantity
        Name in ``training.joint_kinematics``.
    positions_px
        Keypoints ``(J, 2)`` of one frame in pixels, y down. NaN = not seen.
    forward_sign
        +1 for somebody who faces the right edge, -1 for the left one; 0 = as the limb
        points.
    roll_deg
        The camera's turn, clockwise, that was taken out of the quantity.

    Returns
    -------
    The mark; None where the quantity is no angle or a keypoint it needs is not seen.
    """
    side, _, stem = quantity.partition("_")
    recipe = _RECIPES.get(stem if side in _SIDES else quantity)
    if recipe is None or ("{s}" in recipe.vertex) != (side in _SIDES):
        return None

    def point(name: str | None) -> FloatArray:
        return find_point((name or recipe.vertex).replace("{s}", side), positions_px)

    vertex, limb_end = point(recipe.vertex), point(recipe.limb_end)
    limb_start = point(recipe.limb_start)
    start, end = recipe.segment or (None, None)
    forward = forward_sign or (1 if limb_end[0] >= limb_start[0] else -1)
    direction = _find_baseline(recipe.baseline, point(end) - point(start), forward)
    if not recipe.segment:
        direction = _turn(direction, -roll_deg)
    mark_px = float(np.linalg.norm(limb_end - limb_start))
    baseline_end = vertex + _BASELINE_LIMB_SHARE * mark_px * direction
    if not np.isfinite([*vertex, *limb_start, *limb_end, *baseline_end]).all():
        return None
    return AngleMark(vertex, baseline_end, limb_start, limb_end, recipe.sense * forward)


def find_point(name: str, positions_px: FloatArray) -> FloatArray:
    """Find a keypoint, a middle of both sides, or the centre of mass ``(2,)``."""
    if name == "centre_of_mass":
        return np.asarray(compute_centre_of_mass(positions_px[np.newaxis])[0])
    if name.startswith("mid_"):
        part = name.removeprefix("mid_")
        sides = [f"{side}_{part}" for side in _SIDES]
        return np.asarray(compute_midpoint(positions_px[np.newaxis], *sides)[0])
    return np.asarray(positions_px[KEYPOINT_INDEX[name]])


def _find_baseline(
    baseline: _Baseline, segment: FloatArray, forward: int
) -> FloatArray:
    """Find the unit vector an angle is measured from; NaN for an empty segment."""
    if baseline == "vertical_up":
        return np.array([0.0, -1.0])
    if baseline == "vertical_down":
        return np.array([0.0, 1.0])
    if baseline == "horizontal":
        return np.array([float(forward), 0.0])
    length_px = float(np.linalg.norm(segment))
    unit: FloatArray = segment / length_px if length_px else np.full(2, np.nan)
    if baseline == "extension":
        return unit
    # Square to the shank, on the side of the toes.
    return forward * np.array([unit[1], -unit[0]])


def _turn(vector: FloatArray, angle_deg: float) -> FloatArray:
    """Turn a vector clockwise in the picture, whose y points down."""
    cos, sin = np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))
    return np.array(
        [cos * vector[0] - sin * vector[1], sin * vector[0] + cos * vector[1]]
    )


def draw_angle(image_rgb: ByteImage, mark: AngleMark, width_px: float) -> None:
    """Draw limb, dashed baseline and sector of an angle, in place."""
    import cv2

    limb_line = np.stack([mark.limb_start, mark.limb_end])[None]
    baseline = np.stack([mark.vertex, mark.baseline_end])[None]
    radius_px = max(_SMALLEST_ARC_PX, _ARC_LIMB_SHARE * mark.limb_px)
    turns_deg = mark.drawn_deg * np.linspace(0.0, 1.0, _ARC_POINTS)
    arc = mark.vertex + radius_px * np.stack(
        [mark.direction_at(float(turn)) for turn in turns_deg]
    )
    sector = np.round(np.vstack([mark.vertex, arc])).astype(np.int32)
    filled = cv2.fillPoly(image_rgb.copy(), [sector], HIGHLIGHT_RGB, cv2.LINE_AA)
    cv2.addWeighted(
        filled, _SECTOR_OPACITY, image_rgb, 1 - _SECTOR_OPACITY, 0, dst=image_rgb
    )
    draw_lines(image_rgb, np.stack([arc[:-1], arc[1:]], axis=1), HIGHLIGHT_RGB, 1)
    draw_lines(image_rgb, baseline, HIGHLIGHT_RGB, width_px, is_dashed=True)
    draw_lines(image_rgb, limb_line, HIGHLIGHT_RGB, width_px)


def _direction_rad(vector: FloatArray) -> float:
    return float(np.arctan2(vector[1], vector[0]))
