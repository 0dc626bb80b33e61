"""Opens video files: what is let in, and what is said of a file that is not.

Only the formats that cameras write are opened, and only the file itself: a playlist or
a script under a video's name could make the reader open other files.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.headers import find_promised_bytes

# FFmpeg's names for mp4 and mov, mkv and webm, avi, mts, and mpg.
_FORMATS = "mov,matroska,avi,mpegts,mpeg"
_PROTOCOLS = "file"
# Chosen, see docs/adr/0006-pose.md: 8K, the most that cameras of athletes record; one
# such picture is 100 MB in memory.
MAX_PICTURE_PX = 7680 * 4320

_FIX_COPY = "copy the file from the camera again, or export it once more as H.264 mp4"
_FIX_EXPORT = "export it once more as H.264 mp4, upright and at most 4K"


@contextmanager
def open_video(
    path: Path, *, ignores_edit_list: bool = False
) -> Iterator[tuple[Any, Any]]:
    """Open a clip; gives its container and its video stream.

    Parameters
    ----------
    path
        The video file.
    ignores_edit_list
        Whether pictures are given as well that the edit list of an mp4 hides.

    Raises
    ------
    ClipError
        With the reason code ``not_a_file``, ``empty_file``, ``not_a_video``,
        ``corrupt_video``, ``no_video_stream`` or ``unsupported_video``.
    OSError
        The file is not there, or may not be read.
    """
    import av

    _refuse_other_than_file(path)
    try:
        container = av.open(
            f"file:{path}",
            container_options={
                "format_whitelist": _FORMATS,
                "protocol_whitelist": _PROTOCOLS,
                **({"ignore_editlist": "1"} if ignores_edit_list else {}),
            },
            metadata_errors="replace",
        )
    except av.error.FFmpegError as error:
        raise _unreadable(path) from error
    with container:
        if not (container.streams.video or container.streams.audio):
            raise _unreadable(path)
        stream = _find_video_stream(path, container)
        _refuse_cut_short(path)
        stream.thread_type = "AUTO"
        yield container, stream


@contextmanager
def decoding(path: Path) -> Iterator[None]:
    """Turn what FFmpeg raises while it decodes into a ClipError."""
    import av

    try:
        yield
    except av.error.FFmpegError as error:
        raise corrupt(path, "a part of it cannot be decoded") from error


def count_stored_pictures(path: Path) -> int:
    """Count the pictures that lie in a clip, shown or not; none is decoded."""
    with (
        open_video(path, ignores_edit_list=True) as (container, stream),
        decoding(path),
    ):
        return sum(bool(packet.size) for packet in container.demux(stream))


def decode_pictures(path: Path, container: Any, stream: Any) -> Iterator[Any]:
    """Decode every picture; a damaged one is an error, never a guess."""
    pictures = container.decode(stream)
    index = 0
    while True:
        with decoding(path):
            picture = next(pictures, None)
        if picture is None:
            return
        if picture.is_corrupt:
            raise corrupt(path, f"picture {index} is damaged")
        yield picture
        index += 1


def corrupt(path: Path, found: str) -> ClipError:
    """Build the error for a clip that is damaged."""
    return ClipError(path.name, found, _FIX_COPY, reason_code="corrupt_video")


def unsupported(path: Path, found: str) -> ClipError:
    """Build the error for a clip that is whole, but cannot be used as it is."""
    return ClipError(path.name, found, _FIX_EXPORT, reason_code="unsupported_video")


def _refuse_other_than_file(path: Path) -> None:
    """Refuse what holds no bytes of its own; a pipe would wait for ever."""
    if not path.is_file():
        path.stat()
        raise ClipError(
            path.name,
            "it is a folder, a pipe or a device, not a file",
            "hand in the recording itself",
            reason_code="not_a_file",
        )
    if path.stat().st_size == 0:
        raise ClipError(
            path.name, "the file is empty", _FIX_COPY, reason_code="empty_file"
        )


def _refuse_cut_short(path: Path) -> None:
    present_bytes, promised_bytes = path.stat().st_size, find_promised_bytes(path)
    if present_bytes < promised_bytes:
        raise corrupt(
            path,
            f"it is cut short: {present_bytes:,} of at least {promised_bytes:,} bytes "
            "are there, so that its last pictures are missing",
        )


def _find_video_stream(path: Path, container: Any) -> Any:
    from av.stream import Disposition

    streams = [
        stream
        for stream in container.streams.video
        if not stream.disposition & Disposition.attached_pic
    ]
    if not streams:
        raise ClipError(
            path.name,
            "it holds no moving picture, only sound or a cover",
            "hand in the video, not the sound track",
            reason_code="no_video_stream",
        )
    stream = streams[0]
    if stream.codec_context is None:
        raise unsupported(path, "its pictures are packed in a way that is not known")
    size = (stream.codec_context.width, stream.codec_context.height)
    if size[0] * size[1] > MAX_PICTURE_PX:
        raise unsupported(
            path,
            f"its pictures have {size[0]} x {size[1]} pixels, more than 8K "
            "(7680 x 4320)",
        )
    return stream


def _unreadable(path: Path) -> ClipError:
    """Tell a damaged video from a file that never was one, by its first bytes."""
    if _looks_like_video(path):
        return corrupt(path, "the file is damaged or incomplete and cannot be opened")
    return ClipError(
        path.name,
        "the file is not a video in mp4, mov, m4v, mkv, webm, avi, mts or mpg",
        "hand in the recording itself; take other files out of the session folder",
        reason_code="not_a_video",
    )


def _looks_like_video(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(12)
    is_mp4 = head[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free")
    is_matroska = head[:4] == b"\x1a\x45\xdf\xa3"
    is_avi = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return is_mp4 or is_matroska or is_avi
