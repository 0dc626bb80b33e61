"""Marks on pictures for points that were repaired, and their legend.

Each kind has its own shape and colour, so that colour is never the only sign. What was
repaired lies in the rows; nothing is decided here.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.skeleton import keypoint_indices
from sportsgpt_lib.reporting.pose_trail import (
    DROPPED_WORDS,
    FILLED_WORDS,
    PoseTrail,
)
from sportsgpt_lib.reporting.scene import View
from sportsgpt_lib.reporting.skeleton_drawing import (
    MIDDLE_RGB,
    OUTLINE_RGB,
    Colour,
    draw_words,
    measure_words,
)

# Bluish green, vermilion and reddish purple of Okabe & Ito's palette (source in
# skeleton_drawing.py), lightened for dark backgrounds.
FILLED_RGB: Colour = (40, 214, 160)
DROPPED_RGB: Colour = (255, 92, 40)
SWAPPED_RGB: Colour = (236, 140, 206)

# The face is hidden, so a mark there would lie in the mosaic.
_FACE = keypoint_indices(["nose", "left_eye", "right_eye", "left_ear", "right_ear"])
_SQUARE = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]], dtype=np.float64)
_LEVEL = np.array([[-1.6, 0], [1.6, 0]])
_DIAMOND = 2.4 * np.array([[0, -1], [1, 0], [0, 1], [-1, 0], [0, -1]])
_CROSS = (
    np.array([[-1, -1], [1, 1]], dtype=np.float64),
    np.array([[-1, 1], [1, -1]], dtype=np.float64),
)
# Widest sign of the legend, in thirds of a letter.
_LEGEND_REACH = 1.4
_FARTHEST_PX = 20_000
_SHIFT_BITS = 4


@dataclass(frozen=True)
class _Kind:
    """One kind of sign on a picture."""

    legend: str
    colour: Colour
    strokes: tuple[FloatArray, ...]


_DROPPED = _Kind("dropped", DROPPED_RGB, _CROSS)
_FILLED = _Kind("filled", FILLED_RGB, (_SQUARE,))
_SWAPPED = _Kind("sides swapped", SWAPPED_RGB, (_DIAMOND,))
_FLOOR = _Kind("floor", MIDDLE_RGB, (_LEVEL,))
_MARKS = (_DROPPED, _FILLED, _SWAPPED)


def draw_repair_marks(
    image_rgb: ByteImage, trail: PoseTrail, idx: int, view: View, size_px: float
) -> None:
    """Mark the repaired points of one person in one frame, in place.

    What was dropped is marked where the network saw it, all else where it is now; a
    point that is not there has no mark.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``; changed.
    trail
        The person's pose, and what was done to it.
    idx
        Frame of the trail.
    view
        Which part of the clip's picture is shown.
    size_px
        Half the width of a mark.
    """
    repair, is_swapped = trail.repair[idx], trail.is_swapped[idx]
    if (repair == "none").all() and not is_swapped.any():
        return
    pose_px = trail.poses.positions_px[idx]
    for kind, is_marked, points_px in (
        # The widest mark first, since one point may have several.
        (_SWAPPED, is_swapped.copy(), pose_px),
        (_FILLED, np.isin(repair, FILLED_WORDS), pose_px),
        (_DROPPED, np.isin(repair, DROPPED_WORDS), trail.find_seen_px(idx)),
    ):
        is_marked[_FACE] = False
        for point in view.place(points_px[is_marked]):
            _draw_strokes(image_rgb, kind, point, size_px)


@cache
def draw_legend(letters_px: int, *, has_floor: bool = False) -> ByteImage:
    """Draw what the signs mean, in one line, as a picture of its own."""
    kinds = (_FLOOR, *_MARKS) if has_floor else _MARKS
    entries = [f"     {kind.legend}" for kind in kinds]
    sizes = [measure_words(words, letters_px) for words in entries]
    height, width = sizes[0][1], sum(size[0] for size in sizes)
    legend = np.full((height, width, 3), OUTLINE_RGB, dtype=np.uint8)
    left = 0
    for kind, words, size in zip(kinds, entries, sizes, strict=True):
        draw_words(legend, words, (left, 0), letters_px, MIDDLE_RGB)
        centre = np.array([left + letters_px, height / 2])
        reach = max(_LEGEND_REACH, float(np.abs(np.concatenate(kind.strokes)).max()))
        _draw_strokes(legend, kind, centre, _LEGEND_REACH / reach * letters_px / 3)
        left += size[0]
    return legend


def paste_legend(
    image_rgb: ByteImage, margin_px: int, letters_px: int, *, has_floor: bool = False
) -> None:
    """Explain the signs in the lower right corner, in place, where it fits."""
    legend = draw_legend(letters_px, has_floor=has_floor)
    height, width = legend.shape[:2]
    bottom, right = (side - margin_px for side in image_rgb.shape[:2])
    if bottom >= height and right >= width:
        image_rgb[bottom - height : bottom, right - width : right] = legend


def _draw_strokes(
    image_rgb: ByteImage, kind: _Kind, centre: FloatArray, size_px: float
) -> None:
    import cv2

    if not (np.abs(centre) < _FARTHEST_PX).all():  # False for NaN
        return
    places = [centre + size_px * stroke for stroke in kind.strokes]
    points = [np.round(place * (1 << _SHIFT_BITS)).astype(np.int32) for place in places]
    thickness = max(1, round(size_px / 3))
    for colour, width in ((OUTLINE_RGB, thickness + 2), (kind.colour, thickness)):
        cv2.polylines(
            image_rgb,
            points,
            isClosed=False,
            color=colour,
            thickness=width,
            lineType=cv2.LINE_AA,
            shift=_SHIFT_BITS,
        )
