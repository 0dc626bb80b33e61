"""Turns decoded pictures into what a viewer sees: upright RGB with square pixels."""

from pathlib import Path
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.media.container import decoding, unsupported
from sportsgpt_lib.media.tone import find_tone_curve

_QUARTER_TURN_DEG = 90
_MATRIX_COLUMNS = 3
_TEN_BITS, _EIGHT_BITS = "yuv420p10le", "yuv420p"
# Chosen, see docs/adr/0006-pose.md: encoders round the shape of a pixel so that the
# picture stays a whole number wide; what is stored for wide screens differs by more.
_SQUARE_PIXEL_TOLERANCE_RATIO = 0.01


class Upright:
    """How the pictures of one clip are turned and stretched, from its first picture.

    Parameters
    ----------
    path
        The clip, for messages.
    stream
        Its video stream.
    first
        Its first picture.

    Raises
    ------
    ClipError
        The header asks for a mirrored picture (``unsupported_video``).
    """

    def __init__(self, path: Path, stream: Any, first: Any) -> None:
        from av.video.reformatter import VideoReformatter

        if _is_mirrored(first):
            raise unsupported(
                path,
                "its header asks players to mirror it, so that left and right cannot "
                "be told for sure",
            )
        self._path = path
        self._stored_px = (first.width, first.height)
        self._width_px = _square_pixel_width_px(first.width, stream.sample_aspect_ratio)
        self.rotation_deg = _clockwise_rotation_deg(first)
        self._tone_curve = find_tone_curve(first)
        self._to_eight_bits = VideoReformatter()
        # One for all pictures: setting it up takes as long as converting a picture.
        self._reformatter = VideoReformatter()

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height as displayed."""
        size = (self._width_px, self._stored_px[1])
        return size if self.rotation_deg % (2 * _QUARTER_TURN_DEG) == 0 else size[::-1]

    def check(self, index: int, picture: Any) -> None:
        """Refuse a decoded picture whose size is not that of the first.

        Raises
        ------
        ClipError
            With the reason code ``unsupported_video``.
        """
        if (picture.width, picture.height) != self._stored_px:
            raise unsupported(self._path, f"picture {index} has another size")

    def convert(self, picture: Any) -> ByteImage:
        """Convert a decoded picture to RGB ``(H, W, 3)``, as displayed.

        Pictures of high dynamic range (HDR) become ones of the standard range.
        """
        with decoding(self._path):
            if picture.format.name == _TEN_BITS:
                # In one step, FFmpeg takes two and a half times as long.
                picture = self._to_eight_bits.reformat(picture, format=_EIGHT_BITS)
            rgb: Any = self._reformatter.reformat(
                picture, format="rgb24", width=self._width_px
            )
        image: ByteImage = rgb.to_ndarray()
        if self._tone_curve is not None:
            image = self._tone_curve.apply(image)
        return _turn(image, self.rotation_deg)


def _turn(image: ByteImage, clockwise_deg: int) -> ByteImage:
    """Turn a picture by quarters; OpenCV takes a tenth of NumPy's time for it."""
    import cv2

    if clockwise_deg == 0:
        return np.ascontiguousarray(image)
    code = {
        90: cv2.ROTATE_90_CLOCKWISE,
        180: cv2.ROTATE_180,
        270: cv2.ROTATE_90_COUNTERCLOCKWISE,
    }[clockwise_deg]
    turned: ByteImage = cv2.rotate(image, code)
    return turned


def _square_pixel_width_px(stored_px: int, pixel_aspect_ratio: Any) -> int:
    """Stretch the stored width where pixels are not square; 0 or None = not said."""
    aspect = float(pixel_aspect_ratio or 1)
    if abs(aspect - 1.0) <= _SQUARE_PIXEL_TOLERANCE_RATIO:
        return stored_px
    return max(round(stored_px * aspect), 1)


def _clockwise_rotation_deg(picture: Any) -> int:
    """Round the display rotation, which the decoder counts anticlockwise."""
    quarter_turns = round(-picture.rotation / _QUARTER_TURN_DEG)
    return int(quarter_turns % 4) * _QUARTER_TURN_DEG


def _is_mirrored(picture: Any) -> bool:
    """Whether the display matrix, nine whole numbers, exchanges left and right."""
    from av.sidedata.sidedata import Type

    data = picture.side_data.get(Type.DISPLAYMATRIX)
    if data is None:
        return False
    matrix = np.frombuffer(bytes(data), np.int32).astype(np.float64)
    return bool(np.linalg.det(matrix.reshape(-1, _MATRIX_COLUMNS)[:2, :2]) < 0)
