"""Marks on pictures for points that were repaired, and their legend.

Each kind has its own shape and colour, so that colour is never the only sign. What was
repaired lies in the rows; nothing is decided here.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.skeleton import keypoint_indices
from sportsgpt_lib.reporting.pose_trail import (
    DROPPED_WORDS,
    FILLED_WORDS,
    SWAPPED_WORDS,
)
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
_DIAMOND = np.array([[0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0], [0, -1.4]])
_CROSS = (
    np.array([[-1, -1], [1, 1]], dtype=np.float64),
    np.array([[-1, 1], [1, -1]], dtype=np.float64),
)
_FARTHEST_PX = 20_000
_SHIFT_BITS = 4


@dataclass(frozen=True)
class _Kind:
    """One kind of mark; ``is_raw`` = it stands where the network saw the point."""

    words: tuple[str, ...]
    legend: str
    colour: Colour
    strokes: tuple[FloatArray, ...]
    is_raw: bool


_KINDS = (
    _Kind(DROPPED_WORDS, "dropped", DROPPED_RGB, _CROSS, is_raw=True),
    _Kind(FILLED_WORDS, "filled", FILLED_RGB, (_SQUARE,), is_raw=False),
    _Kind(SWAPPED_WORDS, "sides swapped", SWAPPED_RGB, (_DIAMOND,), is_raw=False),
)


def draw_repair_marks(
    image_rgb: ByteImage,
    pose_px: FloatArray,
    raw_px: FloatArray,
    repair: npt.NDArray[np.str_],
    size_px: float,
) -> None:
    """Mark the repaired points of one person in one frame, in place.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``; changed.
    pose_px, raw_px
        Keypoints ``(J, 2)`` in pixels of this picture, filtered and as the network gave
        them. NaN = none; then there is no mark.
    repair
        Word ``(J,)`` for each point.
    size_px
        Half the width of a mark.
    """
    if (repair == "none").all():
        return
    for kind in _KINDS:
        is_marked = np.isin(repair, kind.words)
        is_marked[_FACE] = False
        for point in (raw_px if kind.is_raw else pose_px)[is_marked]:
            _draw_strokes(image_rgb, kind, point, size_px)


@cache
def draw_legend(letters_px: int) -> ByteImage:
    """Draw what the marks mean, in one line, as a picture of its own."""
    entries = [f"     {kind.legend}" for kind in _KINDS]
    sizes = [measure_words(words, letters_px) for words in entries]
    height, width = sizes[0][1], sum(size[0] for size in sizes)
    legend = np.full((height, width, 3), OUTLINE_RGB, dtype=np.uint8)
    left = 0
    for kind, words, size in zip(_KINDS, entries, sizes, strict=True):
        draw_words(legend, words, (left, 0), letters_px, MIDDLE_RGB)
        centre = np.array([left + letters_px, height / 2])
        _draw_strokes(legend, kind, centre, letters_px / 3)
        left += size[0]
    return legend


def paste_legend(image_rgb: ByteImage, margin_px: int, letters_px: int) -> None:
    """Explain the marks in the lower right corner, in place, where it fits."""
    legend = draw_legend(letters_px)
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
