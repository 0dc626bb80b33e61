"""Writes H.264 mp4 files that play in every browser at true speed.

A file appears under its name only when it is whole. What is drawn on the pictures is
decided elsewhere.
"""

import os
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from sportsgpt_lib.arrays import ByteImage

# Fine enough for any camera, and the usual clock of mp4 files.
_TICKS_PER_S = 90_000
# Quality of the encoder: 23 is its default, less is better. Chosen for overlays.
_CONSTANT_RATE_FACTOR = "23"


class VideoWriter:
    """Writes pictures with their time stamps; use it in a ``with`` block.

    Leaving the block normally puts the finished file under its name, replacing an older
    one; leaving it by an exception leaves nothing behind. Colours are stored as BT.709
    of limited range and named so in the file, since players guess where nothing is
    said.

    Parameters
    ----------
    path
        The mp4 file to write.
    width_px, height_px
        Size of every picture. The last column or row is cut off where the size is odd,
        because H.264 in its common form needs even sizes.
    frame_rate_hz
        Nominal rate; the true times are given with each picture.
    """

    def __init__(
        self, path: Path, *, width_px: int, height_px: int, frame_rate_hz: float
    ) -> None:
        self._path = path
        self._partial_path = path.with_name(f".{path.name}.{os.getpid()}.partial")
        self._width_px = width_px - width_px % 2
        self._height_px = height_px - height_px % 2
        self._frame_rate_hz = frame_rate_hz
        self._container: Any = None
        self._stream: Any = None
        self._reformatter: Any = None

    def __enter__(self) -> Self:
        """Open the hidden file that becomes the video."""
        import av
        from av.video.reformatter import VideoReformatter

        self._reformatter = VideoReformatter()
        self._container = av.open(
            f"file:{self._partial_path}",
            "w",
            format="mp4",
            options={"movflags": "faststart"},
        )
        try:
            self._stream = self._add_stream()
            self._container.start_encoding()
        except BaseException:
            self._container.close()
            self._partial_path.unlink(missing_ok=True)
            raise
        return self

    def write(self, image_rgb: ByteImage, time_s: float) -> None:
        """Append one picture ``(H, W, 3)``; times must increase."""
        from av import VideoFrame
        from av.video.reformatter import ColorRange, Colorspace

        cut = np.ascontiguousarray(image_rgb[: self._height_px, : self._width_px])
        # Without a copy, and in this thread: others decode and encode meanwhile.
        frame = self._reformatter.reformat(
            VideoFrame.from_numpy_buffer(cut, format="rgb24"),
            format="yuv420p",
            dst_colorspace=Colorspace.ITU709,
            dst_color_range=ColorRange.MPEG,
            threads=1,
        )
        frame.time_base = Fraction(1, _TICKS_PER_S)
        frame.pts = round(time_s * _TICKS_PER_S)
        self._container.mux(self._stream.encode(frame))

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Finish the file, or drop it where the block failed."""
        try:
            if kind is None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
            if kind is None:
                self._partial_path.replace(self._path)
        finally:
            self._partial_path.unlink(missing_ok=True)

    def _add_stream(self) -> Any:
        from av.video.reformatter import (
            ColorPrimaries,
            ColorRange,
            Colorspace,
            ColorTrc,
        )

        rate = Fraction(self._frame_rate_hz).limit_denominator(1001)
        stream: Any = self._container.add_stream("libx264", rate=rate)
        stream.width, stream.height = self._width_px, self._height_px
        stream.pix_fmt = "yuv420p"
        stream.options = {"crf": _CONSTANT_RATE_FACTOR, "preset": "veryfast"}
        context = stream.codec_context
        context.time_base = Fraction(1, _TICKS_PER_S)
        context.colorspace = Colorspace.ITU709
        context.color_range = ColorRange.MPEG
        context.color_primaries = ColorPrimaries.BT709
        context.color_trc = ColorTrc.BT709
        return stream
