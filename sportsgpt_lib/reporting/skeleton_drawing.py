"""Draws skeletons and words on frames: the one place that knows their colours.

Left and right differ in colour and in line style (left solid, right dashed), so that
colour is never the only sign. Pixel work only; no file and no number is made here.
"""

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.skeleton import BONES, keypoint_indices

Colour = tuple[int, int, int]

# Blue and orange of Okabe & Ito's palette, told apart with every common colour vision
# (Wong 2011, Points of view: Color blindness, Nature Methods 8:441,
# doi:10.1038/nmeth.1618); lightened for dark backgrounds.
LEFT_RGB: Colour = (86, 190, 255)
RIGHT_RGB: Colour = (255, 176, 46)
MIDDLE_RGB: Colour = (245, 245, 245)
HIGHLIGHT_RGB: Colour = (255, 236, 92)
OUTLINE_RGB: Colour = (20, 22, 26)


class _Style(NamedTuple):
    """How the bones ``(bones, 2 ends)``, as keypoint indices, are drawn."""

    bones: npt.NDArray[np.int64]
    colour: Colour
    is_dashed: bool


def _collect_bones(side: str | None) -> npt.NDArray[np.int64]:
    """Collect the bones of one side; those that join the sides belong to None."""
    # The face is hidden, so a line to the nose would point into the mosaic.
    drawn = [bone for bone in BONES if "nose" not in bone]
    return np.array(
        [keypoint_indices(bone) for bone in drawn if _find_side(bone) == side]
    )


def _find_side(bone: tuple[str, str]) -> str | None:
    for side in ("left", "right"):
        if any(name.startswith(f"{side}_") for name in bone):
            return side
    return None


_STYLES = (
    _Style(_collect_bones(None), MIDDLE_RGB, is_dashed=False),
    _Style(_collect_bones("right"), RIGHT_RGB, is_dashed=True),
    _Style(_collect_bones("left"), LEFT_RGB, is_dashed=False),
)
_SHIFT_BITS = 4
_SUBPIXELS = 1 << _SHIFT_BITS
_DASH_WIDTHS = 3.0
_TEXT_WEIGHT = 600
_SHADE_SHARE = 0.35
_TEXT_PADDING_SHARE = 0.35
_BASELINE_SHARE = 0.86
_FARTHEST_PX = 20_000
_LONGEST_LABEL = 60


def draw_skeleton(
    image_rgb: ByteImage, positions_px: FloatArray, width_px: float
) -> None:
    """Draw one person's bones, in place; bones with an unseen end are left out.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``; changed.
    positions_px
        Keypoints ``(J, 2)`` in pixels of this picture. NaN = not seen.
    width_px
        Width of a line.
    """
    for style in _STYLES:
        lines = positions_px[style.bones]  # (bones, 2 ends, D)
        draw_lines(image_rgb, lines, style.colour, width_px, is_dashed=style.is_dashed)


def draw_lines(
    image_rgb: ByteImage,
    lines_px: FloatArray,
    colour: Colour,
    width_px: float,
    *,
    is_dashed: bool = False,
) -> None:
    """Draw lines ``(lines, 2 ends, D)`` with a dark outline, in place.

    Lines with an end that is NaN, or absurdly far outside, are left out.
    """
    import cv2

    is_drawable = (np.abs(lines_px) < _FARTHEST_PX).all(axis=(1, 2))  # False for NaN
    pieces = lines_px[is_drawable]
    if is_dashed:
        dashes = [_cut_dashes(ends, width_px) for ends in pieces]
        pieces = np.concatenate(dashes) if dashes else pieces
    points = list(np.round(pieces * _SUBPIXELS).astype(np.int32))
    thickness = max(1, round(width_px))
    for colour_now, thickness_now in (
        (OUTLINE_RGB, thickness + 2),
        (colour, thickness),
    ):
        cv2.polylines(
            image_rgb,
            points,
            isClosed=False,
            color=colour_now,
            thickness=thickness_now,
            lineType=cv2.LINE_AA,
            shift=_SHIFT_BITS,
        )


def draw_words(
    image_rgb: ByteImage,
    words: str,
    corner_px: tuple[float, float],
    size_px: int,
    colour: Colour = MIDDLE_RGB,
) -> None:
    """Write words on a darkened box, in place, kept inside the picture.

    ``corner_px`` is the box's wanted upper left corner, ``size_px`` the letters' size.
    """
    import cv2

    height, width = image_rgb.shape[:2]
    box_width, box_height = measure_words(words, size_px)
    left = round(min(max(corner_px[0], 0), max(width - box_width, 0)))
    upper = round(min(max(corner_px[1], 0), max(height - box_height, 0)))
    box = image_rgb[upper : upper + box_height, left : left + box_width]
    box[:] = (box * _SHADE_SHARE).astype(np.uint8)
    padding = _pad(size_px)
    cv2.putText(
        image_rgb,
        words,
        (left + padding, upper + padding + round(size_px * _BASELINE_SHARE)),
        colour,
        _load_font(),
        size_px,
        _TEXT_WEIGHT,
    )


def shorten(words: str) -> str:
    """Cut words that would not fit on a picture."""
    return words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…"


def measure_words(words: str, size_px: int) -> tuple[int, int]:
    """Measure the box, width and height in pixels, that ``draw_words`` would draw."""
    import cv2

    _, _, text_width, _ = cv2.getTextSize(
        (0, 0), words, (0, 0), _load_font(), size_px, _TEXT_WEIGHT
    )
    return text_width + 2 * _pad(size_px), size_px + 2 * _pad(size_px)


def _pad(size_px: int) -> int:
    return max(2, round(size_px * _TEXT_PADDING_SHARE))


@cache
def _load_font() -> Any:
    import cv2

    return cv2.FontFace("sans")


def _cut_dashes(ends: FloatArray, width_px: float) -> FloatArray:
    """Cut a line ``(2, D)`` into dashes ``(pieces, 2, D)`` that reach both ends."""
    length_px = float(np.linalg.norm(ends[1] - ends[0]))
    dash_px = max(width_px, 1.0) * _DASH_WIDTHS
    count = max(1, round((length_px / dash_px + 1) / 2))
    edges = np.arange(2 * count) / (2 * count - 1)  # share of the line
    points: FloatArray = ends[0] + edges[:, None] * (ends[1] - ends[0])
    return points.reshape(count, 2, 2)
