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
from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.skeleton_drawing import (
    HIGHLIGHT_RGB,
    draw_lines,
    draw_words,
    measure_words,
)

_Baseline = Literal["extension", "vertical_up", "vertical_down", "horizontal", "square"]


@dataclass(frozen=True)
class _Recipe:
    """Angle at ``vertex`` from the baseline to ``limb_end``.

    ``baseline_start`` is the far end of the segment that an ``extension`` lengthens
    beyond the vertex, or to which a ``square`` stands at a right angle.
    ``limb_start`` differs from the vertex only for the foot, which runs heel to toe.
    """

    vertex: str
    limb_end: str
    baseline: _Baseline
    baseline_start: str | None = None
    limb_start: str | None = None


_RECIPES: Mapping[str, _Recipe] = {
    "knee_flexion": _Recipe("{s}_knee", "{s}_ankle", "extension", "{s}_hip"),
    "elbow_flexion": _Recipe("{s}_elbow", "{s}_wrist", "extension", "{s}_shoulder"),
    "hip_flexion": _Recipe("{s}_hip", "{s}_knee", "extension", "neck"),
    "shoulder_flexion": _Recipe("{s}_shoulder", "{s}_elbow", "extension", "neck"),
    "ankle_dorsiflexion": _Recipe(
        "{s}_ankle", "{s}_big_toe", "square", "{s}_knee", "{s}_heel"
    ),
    "thigh_angle": _Recipe("{s}_hip", "{s}_knee", "vertical_down"),
    "shank_angle": _Recipe("{s}_knee", "{s}_ankle", "vertical_down"),
    "foot_angle": _Recipe("{s}_heel", "{s}_big_toe", "horizontal"),
    "trunk_lean": _Recipe("hip", "neck", "vertical_up"),
    "body_lean": _Recipe("{s}_big_toe", "centre_of_mass", "vertical_up"),
}
_CENTRE_OF_MASS = "centre_of_mass"  # no keypoint: it is computed from them
_SIDES = ("left", "right")
# Shares of the shorter limb and smallest size on the picture; chosen by eye.
_ARC_LIMB_SHARE = 0.42
_SMALLEST_ARC_PX = 14.0
_BASELINE_LIMB_SHARE = 0.8
_ARC_POINTS = 24
_LABEL_GAP_LETTERS = 1.0
_SECTOR_OPACITY = 0.4


@dataclass(frozen=True)
class AngleMark:
    """Lines of one angle on one picture, in pixels: all points ``(2,)``.

    The angle lies at ``vertex`` between the dashed line to ``baseline_end`` and the
    direction from ``limb_start`` to ``limb_end``.
    """

    vertex: FloatArray
    baseline_end: FloatArray
    limb_start: FloatArray
    limb_end: FloatArray


def find_angle_mark(quantity: str, positions_px: FloatArray) -> AngleMark | None:
    """Find how a quantity is drawn on a person.

    Parameters
    ----------
    quantity
        Name in ``training.joint_kinematics``.
    positions_px
        Keypoints ``(J, 2)`` of one frame in pixels, y down. NaN = not seen.

    Returns
    -------
    The mark; None where the quantity is no angle or a keypoint it needs is not seen.
    """
    side, _, stem = quantity.partition("_")
    recipe = _RECIPES.get(stem if side in _SIDES else quantity)
    if recipe is None or ("{s}" in recipe.vertex) != (side in _SIDES):
        return None

    def point(name: str | None) -> FloatArray:
        key = (name or recipe.vertex).replace("{s}", side)
        if key == _CENTRE_OF_MASS:
            centre: FloatArray = compute_centre_of_mass(positions_px[np.newaxis])[0]
            return centre
        found: FloatArray = positions_px[KEYPOINT_INDEX[key]]
        return found

    vertex, limb_end = point(recipe.vertex), point(recipe.limb_end)
    limb_start = point(recipe.limb_start)
    limb = limb_end - limb_start
    direction = _find_baseline(
        recipe.baseline, vertex - point(recipe.baseline_start), limb
    )
    limb_px = float(np.linalg.norm(limb))
    baseline_end = vertex + _BASELINE_LIMB_SHARE * limb_px * direction
    if not np.isfinite([*vertex, *limb_start, *limb_end, *baseline_end]).all():
        return None
    return AngleMark(vertex, baseline_end, limb_start, limb_end)


def _find_baseline(
    baseline: _Baseline, segment: FloatArray, limb: FloatArray
) -> FloatArray:
    """Find the unit vector an angle is measured from; NaN for an empty segment."""
    forward = 1.0 if limb[0] >= 0 else -1.0
    if baseline == "vertical_up":
        return np.array([0.0, -1.0])
    if baseline == "vertical_down":
        return np.array([0.0, 1.0])
    if baseline == "horizontal":
        return np.array([forward, 0.0])
    length_px = float(np.linalg.norm(segment))
    unit: FloatArray = segment / length_px if length_px else np.full(2, np.nan)
    if baseline == "extension":
        return unit
    square = np.array([-unit[1], unit[0]])
    return square if float(square @ limb) >= 0 else -square


def draw_angle(
    image_rgb: ByteImage, mark: AngleMark, words: str, width_px: float, text_px: int
) -> None:
    """Draw limb, dashed baseline, sector and number of an angle, in place."""
    import cv2

    limb_line = np.stack([mark.limb_start, mark.limb_end])[None]
    baseline = np.stack([mark.vertex, mark.baseline_end])[None]
    limb = mark.limb_end - mark.limb_start
    radius_px = max(_SMALLEST_ARC_PX, _ARC_LIMB_SHARE * float(np.linalg.norm(limb)))
    start_rad = _direction_rad(mark.baseline_end - mark.vertex)
    turn_rad = (_direction_rad(limb) - start_rad + np.pi) % (2 * np.pi) - np.pi
    angles = start_rad + turn_rad * np.linspace(0.0, 1.0, _ARC_POINTS)
    arc = mark.vertex + radius_px * np.column_stack([np.cos(angles), np.sin(angles)])
    sector = np.round(np.vstack([mark.vertex, arc])).astype(np.int32)
    filled = cv2.fillPoly(image_rgb.copy(), [sector], HIGHLIGHT_RGB, cv2.LINE_AA)
    cv2.addWeighted(
        filled, _SECTOR_OPACITY, image_rgb, 1 - _SECTOR_OPACITY, 0, dst=image_rgb
    )
    draw_lines(image_rgb, np.stack([arc[:-1], arc[1:]], axis=1), HIGHLIGHT_RGB, 1)
    draw_lines(image_rgb, baseline, HIGHLIGHT_RGB, width_px, is_dashed=True)
    draw_lines(image_rgb, limb_line, HIGHLIGHT_RGB, width_px)
    _draw_number(image_rgb, mark, words, text_px)


def _draw_number(
    image_rgb: ByteImage, mark: AngleMark, words: str, text_px: int
) -> None:
    """Write the number beside the angle, on the side with more room."""
    box_width_px, box_height_px = measure_words(words, text_px)
    width_px = image_rgb.shape[1]
    points = np.stack([mark.vertex, mark.baseline_end, mark.limb_start, mark.limb_end])
    left, right = float(points[:, 0].min()), float(points[:, 0].max())
    upper = float(points[:, 1].mean()) - box_height_px / 2
    gap_px = _LABEL_GAP_LETTERS * text_px
    is_right = width_px - right > left
    x = right + gap_px if is_right else left - gap_px - box_width_px
    draw_words(image_rgb, words, (x, upper), text_px, HIGHLIGHT_RGB)


def _direction_rad(vector: FloatArray) -> float:
    return float(np.arctan2(vector[1], vector[0]))
