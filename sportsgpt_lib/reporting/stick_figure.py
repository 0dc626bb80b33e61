"""Draws one pose on an empty ground: a picture without a person's likeness."""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.reporting.skeleton_drawing import draw_skeleton

_HEIGHT_PX = 320
_MARGIN_PX = 24
_BONE_WIDTH_PX = 4.0
_GROUND = 250


def draw_stick_figure(positions_px: FloatArray) -> bytes:
    """Draw a pose ``(J, 2)`` as a small PNG; unseen joints (NaN) are left out.

    Raises
    ------
    ValueError
        Not a single joint was seen.
    """
    import cv2

    low = np.nanmin(positions_px, axis=0)
    size = np.nanmax(positions_px, axis=0) - low
    if not np.all(np.isfinite(size)):
        message = "a pose without a single seen joint cannot be drawn"
        raise ValueError(message)
    scale = (_HEIGHT_PX - 2 * _MARGIN_PX) / max(float(size.max()), 1.0)
    image = np.full((_HEIGHT_PX, _HEIGHT_PX, 3), _GROUND, dtype=np.uint8)
    centre = low + size / 2
    drawn = (positions_px - centre) * scale + _HEIGHT_PX / 2
    draw_skeleton(image, drawn, _BONE_WIDTH_PX)
    _, encoded = cv2.imencode(".png", cv2.cvtColor(image, cv2.COLOR_RGB2BGR))
    return bytes(encoded.tobytes())
