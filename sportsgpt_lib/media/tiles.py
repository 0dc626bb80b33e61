"""Covers a picture with overlapping squares, so that a network sees small things large.

What is looked for in the squares belongs to the networks' adapters.
"""

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage


@dataclass(frozen=True)
class Tiling:
    """A picture, shrunken once, and the squares that cover it.

    ``small_rgb`` is the shrunken picture; one of its pixels is ``scale`` of the whole
    one's. ``side_px`` is the side of a square in it.
    """

    small_rgb: ByteImage
    scale: float
    side_px: int
    overlap_ratio: float

    def cut(self) -> Iterator[tuple[int, int, ByteImage]]:
        """Cut out the squares: left and upper edge in the shrunken picture, pixels."""
        height_px, width_px = self.small_rgb.shape[:2]
        for left, top in plan_tiles(
            width_px, height_px, self.side_px, self.overlap_ratio
        ):
            tile = self.small_rgb[top : top + self.side_px, left : left + self.side_px]
            yield left, top, np.ascontiguousarray(tile)


def shrink_to_tiles(
    image_rgb: ByteImage, side_px: int, side_ratio: float, overlap_ratio: float
) -> Tiling:
    """Shrink a picture so that squares of a network's input size cover it.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``.
    side_px
        Input side of the network.
    side_ratio
        Side of a square as a share of the picture's shorter side.
    overlap_ratio
        Share that neighbouring squares have in common, at least.
    """
    import cv2

    height_px, width_px = image_rgb.shape[:2]
    scale = side_ratio * min(width_px, height_px) / side_px
    size = (
        max(round(width_px / scale), side_px),
        max(round(height_px / scale), side_px),
    )
    small: ByteImage = cv2.resize(image_rgb, size, interpolation=cv2.INTER_AREA)
    return Tiling(small, scale, side_px, overlap_ratio)


def plan_tiles(
    width_px: int, height_px: int, side_px: int, overlap_ratio: float
) -> list[tuple[int, int]]:
    """Cover a picture with as few squares as keep the overlap.

    Returns
    -------
    Left and upper edge of each square, in pixels.
    """
    lefts = _spread_tiles(width_px, side_px, overlap_ratio)
    tops = _spread_tiles(height_px, side_px, overlap_ratio)
    return list(itertools.product(lefts, tops))


def _spread_tiles(length_px: int, side_px: int, overlap_ratio: float) -> list[int]:
    """Place squares evenly from edge to edge."""
    spare_px = length_px - side_px
    count = math.ceil(spare_px / (side_px * (1.0 - overlap_ratio))) + 1
    return [int(start) for start in np.linspace(0, spare_px, count)]
