"""Real clips for the tests: pictures with a number that can be read back, encoded."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.filter import Graph
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc

# Upper left, upper right, lower right, lower left.
CORNER_RGB = ((220, 30, 30), (30, 200, 30), (40, 40, 220), (210, 210, 30))
_BITS = 8
_GREY, _BIT_BLACK, _BIT_WHITE = 110, 30, 220
PQ, HLG = ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67


@dataclass(frozen=True)
class Encoding:
    """How pictures become a clip; ``first_field``: "tff", "bff" or "" (progressive)."""

    codec: str = "libx264"
    pix_fmt: str = "yuv420p"
    options: Mapping[str, str] = field(default_factory=dict)
    first_field: str = ""
    rotation_deg: int = 0
    color_range: ColorRange = ColorRange.MPEG
    colorspace: Colorspace = Colorspace.ITU601
    color_trc: ColorTrc = ColorTrc.UNSPECIFIED
    color_primaries: ColorPrimaries = ColorPrimaries.UNSPECIFIED


def draw_marked_frame(
    number: int, size_px: tuple[int, int], corner_px: int = 24
) -> np.ndarray:
    """Draw grey with coloured corners and, in the middle, the number as eight bits."""
    width_px, height_px = size_px
    image = np.full((height_px, width_px, 3), _GREY, np.uint8)
    image[:corner_px, :corner_px] = CORNER_RGB[0]
    image[:corner_px, -corner_px:] = CORNER_RGB[1]
    image[-corner_px:, -corner_px:] = CORNER_RGB[2]
    image[-corner_px:, :corner_px] = CORNER_RGB[3]
    for bit, box in enumerate(_bit_boxes(size_px)):
        image[box] = _BIT_WHITE if number >> bit & 1 else _BIT_BLACK
    return image


def read_number(image: np.ndarray) -> int:
    """Read the number back off an upright picture."""
    boxes = _bit_boxes((image.shape[1], image.shape[0]))
    return sum(
        1 << bit for bit, box in enumerate(boxes) if image[box][2:-2, 2:-2].mean() > 125
    )


def read_corners(image: np.ndarray, corner_px: int = 24) -> list[np.ndarray]:
    """Mean colour of each corner, from the middle of its marker."""
    near, far = corner_px // 4, corner_px * 3 // 4
    low, high = slice(near, far), slice(-far, -near)
    places = ((low, low), (low, high), (high, high), (high, low))
    return [image[rows, columns].mean(axis=(0, 1)) for rows, columns in places]


def write_clip(
    path: Path,
    images: Iterable[np.ndarray],
    encoding: Encoding | None = None,
    *,
    rate_hz: int = 30,
    times_s: Sequence[float] | None = None,
) -> Path:
    """Encode pictures, of 8 or 16 bits a colour, with their true times."""
    how = encoding or Encoding()
    # AVI and MPEG-2 count in pictures, so their clock must be the frame rate.
    counts_pictures = path.suffix in (".avi", ".mpg")
    time_base = Fraction(1, rate_hz if counts_pictures else rate_hz * 1000)
    with av.open(str(path), "w") as container:
        stream: Any = None
        for number, image in enumerate(images):
            if stream is None:
                stream = _add_stream(container, how, image.shape, rate_hz, time_base)
            time_s = number / rate_hz if times_s is None else times_s[number]
            frame = _build_frame(image, how)
            frame.pts, frame.time_base = round(time_s / time_base), time_base
            frame.color_trc, frame.color_primaries = how.color_trc, how.color_primaries
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def _bit_boxes(size_px: tuple[int, int]) -> list[tuple[slice, slice]]:
    width_px, height_px = size_px
    side_px = min(width_px, height_px) // 6
    left, top = width_px // 2 - 2 * side_px, height_px // 2 - side_px
    return [
        (
            slice(top + bit // 4 * side_px, top + (bit // 4 + 1) * side_px),
            slice(left + bit % 4 * side_px, left + (bit % 4 + 1) * side_px),
        )
        for bit in range(_BITS)
    ]


def _add_stream(
    container: Any,
    how: Encoding,
    shape: tuple[int, ...],
    rate_hz: int,
    time_base: Fraction,
) -> Any:
    stream = container.add_stream(how.codec, rate=rate_hz)
    stream.height, stream.width = shape[:2]
    stream.pix_fmt = how.pix_fmt
    stream.options = {"threads": "1", **how.options}
    context = stream.codec_context
    context.time_base = time_base
    context.color_range, context.colorspace = how.color_range, how.colorspace
    context.color_trc, context.color_primaries = how.color_trc, how.color_primaries
    if how.rotation_deg:
        stream.set_display_rotation(how.rotation_deg)
    return stream


def _build_frame(image: np.ndarray, how: Encoding) -> Any:
    kind = "rgb48le" if image.dtype == np.uint16 else "rgb24"
    frame = av.VideoFrame.from_ndarray(image, format=kind).reformat(
        format=how.pix_fmt,
        dst_colorspace=how.colorspace,
        dst_color_range=how.color_range,
    )
    return _mark_field(frame, how.first_field) if how.first_field else frame


def _mark_field(frame: Any, first_field: str) -> Any:
    """Say which lines of the picture are the earlier ones."""
    graph = Graph()
    source = graph.add_buffer(
        width=frame.width,
        height=frame.height,
        format=frame.format,
        time_base=Fraction(1, 1000),
    )
    setfield = graph.add("setfield", first_field)
    sink = graph.add("buffersink")
    graph.link_nodes(source, setfield, sink).configure()
    frame.pts = 0
    source.push(frame)
    return sink.pull()
