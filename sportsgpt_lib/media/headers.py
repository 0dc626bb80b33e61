"""What the header of a video file promises, where FFmpeg would rather guess.

A copy that broke off often still opens, and plays up to its end; an AVI without a frame
rate plays at 25 Hz. Nothing is decoded here.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_EBML, _SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"
_LARGE_BOX, _ENDLESS_BOX = 1, 0
_BOX_HEAD_BYTES = 8
# The header list of an AVI comes first and is far shorter.
_AVI_HEADER_BYTES = 65_536
# Chosen: a live recording writes two boxes for each part of a second or more, so this
# is half a day. Reading so many takes half a second.
_MOST_BOXES = 100_000
# Boxes that hold pictures or say where they lie; what follows them may be anything.
_NEEDED_BOXES = (b"ftyp", b"moov", b"mdat", b"moof")


def find_promised_bytes(path: Path) -> int:
    """Find the least size that a whole file with this header has, in bytes.

    Parameters
    ----------
    path
        A file that begins like mp4 or mov, mkv or webm, or avi.

    Returns
    -------
    The size; 0 where the header promises none.

    Source
    ------
    ISO/IEC 14496-12, section 4.2 (boxes); RFC 8794, sections 4 and 6 (EBML); Microsoft,
    "AVI RIFF file reference" (the first RIFF chunk, and so the least).
    """
    with path.open("rb") as file:
        head = file.read(12)
        file.seek(0)
        if head[:4] == _EBML:
            return _read_segment_end(file)
        if head[:4] == b"RIFF" and head[8:] == b"AVI ":
            size = int.from_bytes(head[4:8], "little")
            return size + 8 if size else 0
        ends = [end for kind, end in _list_boxes(file) if kind in _NEEDED_BOXES]
        return max(ends, default=0)


def has_avi_frame_rate(path: Path) -> bool:
    """Find out whether the header of an AVI gives its frame rate, in either place.

    Source
    ------
    Microsoft, "AVI RIFF file reference": dwMicroSecPerFrame of AVIMAINHEADER, dwScale
    and dwRate of AVISTREAMHEADER.
    """
    with path.open("rb") as file:
        head = file.read(_AVI_HEADER_BYTES)
    main = head.find(b"avih")
    stream = head.find(b"vids")
    return (main >= 0 and _is_positive(head, main + 8)) or (
        stream >= 0
        and _is_positive(head, stream + 20)
        and _is_positive(head, stream + 24)
    )


def _is_positive(head: bytes, start: int) -> bool:
    return any(head[start : start + 4])


def _list_boxes(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Give the type of each box of an mp4 and where it ends; 0 = at the file's end.

    Boxes after the first 100,000 are left out.
    """
    start = 0
    for _ in range(_MOST_BOXES):
        file.seek(start)
        head = file.read(16)
        size = int.from_bytes(head[:4], "big")
        if size == _LARGE_BOX:
            size = int.from_bytes(head[8:16], "big")
        if len(head) < _BOX_HEAD_BYTES or 0 < size < _BOX_HEAD_BYTES:
            return
        yield head[4:8], start + size if size else 0
        if size == _ENDLESS_BOX:
            return
        start += size


def _read_segment_end(file: BinaryIO) -> int:
    """Find where the segment of an mkv ends, which follows the EBML header."""
    file.seek(len(_EBML))
    header_size = _read_size(file)
    if header_size is None:
        return 0
    file.seek(header_size, 1)
    if file.read(len(_SEGMENT)) != _SEGMENT:
        return 0
    size = _read_size(file)
    return 0 if size is None else file.tell() + size


def _read_size(file: BinaryIO) -> int | None:
    """Read a size of EBML; None = unknown, as live recordings write it."""
    first = file.read(1)
    if not first or not first[0]:
        return None
    length = 9 - first[0].bit_length()
    rest = file.read(length - 1)
    value = int.from_bytes(first + rest, "big") & ((1 << 7 * length) - 1)
    is_unknown = value == (1 << 7 * length) - 1
    return None if is_unknown else value
