"""Makes whole pictures of interlaced ones, which hold two moments in alternate lines.

Each picture stays one picture with the time of its earlier half; what is not interlaced
passes untouched.
"""

from collections import deque
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

from sportsgpt_lib.media.container import decoding, unsupported

Tag = TypeVar("Tag")

# The filter looks at one picture before and one after.
PICTURES_BEFORE = 1
# The filter needs a clock, but the pictures' times are kept outside it.
_TIME_BASE = Fraction(1, 1000)


def deinterlace(
    path: Path, stream: Any, pictures: Iterator[tuple[Tag, Any]]
) -> Iterator[tuple[Tag, Any]]:
    """Pass pictures on, the interlaced ones made whole.

    The lines of the earlier half stay as they are; the others are interpolated by
    FFmpeg's bwdif, from the neighbours in space and time. Each picture depends on the
    ones just before and after it, so that a start ``PICTURES_BEFORE`` earlier gives the
    same picture to the bit.

    Parameters
    ----------
    path
        The clip, for messages.
    stream
        Its video stream.
    pictures
        Decoded pictures, all of one size, each with what belongs to it.

    Yields
    ------
    The pictures in the same order, with what belongs to them.

    Raises
    ------
    ClipError
        The two halves are stored as pictures of their own (``unsupported_video``).
    """
    bwdif: _Bwdif | None = None
    waiting: deque[Tag] = deque()
    for tag, picture in pictures:
        # The filter starts anew after every whole picture, or what it made would hang
        # on where reading began.
        if not is_interlaced(path, stream, picture):
            if bwdif is not None:
                yield from zip(waiting, bwdif.push(None), strict=True)
                bwdif = None
                waiting.clear()
            yield tag, picture
            continue
        bwdif = bwdif or _Bwdif(path, picture)
        waiting.append(tag)
        for whole in bwdif.push(picture):
            yield waiting.popleft(), whole
    if bwdif is not None:
        yield from zip(waiting, bwdif.push(None), strict=True)


def is_interlaced(path: Path, stream: Any, picture: Any) -> bool:
    """Whether a decoded picture holds two moments.

    Raises
    ------
    ClipError
        The two halves are stored as pictures of their own (``unsupported_video``).
    """
    # FFmpeg puts the halves together for every codec but H.265, whose pictures it marks
    # as interlaced only where each is one half.
    if picture.interlaced_frame and stream.codec_context.codec.canonical_name == "hevc":
        raise unsupported(path, "it is interlaced H.265, of which only halves are read")
    return bool(picture.interlaced_frame)


class _Bwdif:
    """FFmpeg's bwdif filter: whole pictures out, one for each that goes in."""

    def __init__(self, path: Path, first: Any) -> None:
        from av.filter import Graph

        self._path = path
        self._graph = Graph()
        self._source = self._graph.add_buffer(
            width=first.width,
            height=first.height,
            format=first.format,
            time_base=_TIME_BASE,
        )
        bwdif = self._graph.add("bwdif", mode="send_frame")
        self._sink = self._graph.add("buffersink")
        self._graph.link_nodes(self._source, bwdif, self._sink).configure()
        self._count = 0

    def push(self, picture: Any) -> Iterator[Any]:
        """Give a picture in, or None at the end; take what is ready."""
        import av

        with decoding(self._path):
            if picture is not None:
                picture.pts, picture.time_base = self._count, _TIME_BASE
                self._count += 1
            self._source.push(picture)
        while True:
            try:
                yield self._sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return
