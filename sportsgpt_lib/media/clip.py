"""Reads video clips: what a clip is, and its frames with their true time stamps.

Frames stream, so memory does not grow with the clip's length. No person is looked for
here and nothing is written.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import ClipError

# Chosen, see docs/adr/0006-pose.md: fewer frames hold no phase of any movement and are
# shorter than the low-pass filter's edges.
MIN_FRAME_COUNT = 10
# Chosen, see docs/adr/0006-pose.md: smaller differences come from time stamps rounded
# to milliseconds; phone cameras in poor light drop to half the rate.
VARIABLE_RATE_TOLERANCE_RATIO = 0.1
# Chosen, see docs/adr/0006-pose.md: containers miscount by a frame or two; a copy that
# was cut short lacks a large part.
MIN_PRESENT_FRAMES_RATIO = 0.9

_QUARTER_TURN_DEG = 90
_Turn = Callable[[ByteImage], ByteImage]
_FIX_COPY = "copy the file from the camera again, or export it once more as H.264 mp4"


@dataclass(frozen=True)
class ClipFacts:
    """What a clip is, from its packets and its first picture.

    ``width_px`` and ``height_px`` are as displayed, after ``rotation_deg`` (clockwise:
    0, 90, 180 or 270) was applied. ``frame_rate_hz`` is the mean rate of the true time
    stamps; ``duration_s`` is the last time stamp minus the first.
    """

    codec: str
    width_px: int
    height_px: int
    rotation_deg: int
    frame_rate_hz: float
    has_variable_frame_rate: bool
    frame_count: int
    duration_s: float


@dataclass(frozen=True)
class Frame:
    """One picture ``(H, W, 3)``, upright as displayed; time 0 is the first picture."""

    index: int
    time_s: float
    image_rgb: ByteImage


def probe_clip(path: Path) -> ClipFacts:
    """Find out what a clip is, without decoding more than its first picture.

    Parameters
    ----------
    path
        The video file.

    Returns
    -------
    The clip's facts.

    Raises
    ------
    ClipError
        With the reason code ``empty_file``, ``not_a_video``, ``corrupt_video``,
        ``no_video_stream`` or ``too_short``.
    """
    with _open_video(path) as (container, stream):
        with _decoding(path):
            first = next(container.decode(stream), None)
        if first is None:
            raise _corrupt(path, "it holds not one picture that can be decoded")
        with _decoding(path):
            container.seek(0, stream=stream)
            times_s = _read_time_stamps(container, stream)
        _refuse_truncated(path, _promised_count(container, stream), times_s.size)
        if times_s.size < MIN_FRAME_COUNT:
            raise ClipError(
                path.name,
                f"it holds {times_s.size} pictures, {MIN_FRAME_COUNT} are needed",
                "record at least a second of the movement",
                reason_code="too_short",
            )
        rotation_deg = _clockwise_rotation_deg(first)
        width_px, height_px = first.width, first.height
        if rotation_deg % (2 * _QUARTER_TURN_DEG):
            width_px, height_px = height_px, width_px
        intervals_s = np.diff(times_s)
        duration_s = float(times_s[-1] - times_s[0])
        if duration_s <= 0:
            raise _corrupt(path, "all its pictures carry the same time stamp")
        return ClipFacts(
            codec=stream.codec_context.codec.canonical_name,
            width_px=width_px,
            height_px=height_px,
            rotation_deg=rotation_deg,
            frame_rate_hz=intervals_s.size / duration_s,
            has_variable_frame_rate=_has_variable_rate(intervals_s),
            frame_count=times_s.size,
            duration_s=duration_s,
        )


def read_frames(path: Path) -> Iterator[Frame]:
    """Read a clip picture by picture, upright and with its true time stamps.

    Parameters
    ----------
    path
        The video file.

    Yields
    ------
    The frames in display order; ``time_s`` of the first is 0.

    Raises
    ------
    ClipError
        As in ``probe_clip``; ``corrupt_video`` may come after any number of frames.
    """
    with _open_video(path) as (container, stream):
        clock = _Clock(path)
        turn: _Turn | None = None
        for index, picture in enumerate(_decode_all(path, container, stream)):
            turn = turn or _turner(_clockwise_rotation_deg(picture))
            image_rgb = turn(picture.to_ndarray(format="rgb24"))
            yield Frame(index, clock.read_s(index, picture.time), image_rgb)
        _refuse_truncated(path, _promised_count(container, stream), clock.count)


class _Clock:
    """Turns presentation times into seconds since the first picture, checking them."""

    def __init__(self, path: Path) -> None:
        self.count = 0
        self._path = path
        self._first_s = 0.0
        self._previous_s = -1.0

    def read_s(self, index: int, presentation_s: float | None) -> float:
        if presentation_s is None:
            raise _corrupt(self._path, f"picture {index} has no time stamp")
        if self.count == 0:
            self._first_s = presentation_s
        time_s = presentation_s - self._first_s
        if time_s <= self._previous_s:
            raise _corrupt(self._path, f"time does not go on at picture {index}")
        self._previous_s = time_s
        self.count += 1
        return time_s


@contextmanager
def _open_video(path: Path) -> Iterator[tuple[Any, Any]]:
    import av

    if path.stat().st_size == 0:
        raise ClipError(
            path.name, "the file is empty", _FIX_COPY, reason_code="empty_file"
        )
    try:
        container = av.open(str(path))
    except av.error.FFmpegError as error:
        raise _unreadable(path) from error
    with container:
        if not len(container.streams):
            raise _unreadable(path)
        if not container.streams.video:
            raise ClipError(
                path.name,
                "it holds no picture, only sound or data",
                "hand in the video, not the sound track",
                reason_code="no_video_stream",
            )
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        yield container, stream


@contextmanager
def _decoding(path: Path) -> Iterator[None]:
    import av

    try:
        yield
    except av.error.FFmpegError as error:
        raise _corrupt(path, "a part of it cannot be decoded") from error


def _decode_all(path: Path, container: Any, stream: Any) -> Iterator[Any]:
    """Decode every picture; a damaged one is an error, never a guess."""
    pictures = container.decode(stream)
    index = 0
    while True:
        with _decoding(path):
            picture = next(pictures, None)
        if picture is None:
            return
        if picture.is_corrupt:
            raise _corrupt(path, f"picture {index} is damaged")
        yield picture
        index += 1


def _read_time_stamps(container: Any, stream: Any) -> FloatArray:
    """Read the display times ``(T,)`` of all packets in seconds, ascending."""
    ticks = [
        packet.pts
        for packet in container.demux(stream)
        if packet.pts is not None and packet.size and not packet.is_discard
    ]
    return np.sort(np.asarray(ticks, dtype=np.float64)) * float(stream.time_base)


def _promised_count(container: Any, stream: Any) -> int:
    """Read how many pictures the header lists; 0 where it only estimates them."""
    lists_every_picture = "mp4" in container.format.name
    return int(stream.frames) if lists_every_picture else 0


def _refuse_truncated(path: Path, promised_count: int, found_count: int) -> None:
    if found_count < MIN_PRESENT_FRAMES_RATIO * promised_count:
        raise _corrupt(
            path,
            f"it promises {promised_count} pictures, only {found_count} are there",
        )


def _has_variable_rate(intervals_s: FloatArray) -> bool:
    median_s = np.median(intervals_s)
    farthest_s = np.max(np.abs(intervals_s - median_s))
    return bool(farthest_s > VARIABLE_RATE_TOLERANCE_RATIO * median_s)


def _clockwise_rotation_deg(picture: Any) -> int:
    """Round the display rotation, which the decoder counts anticlockwise."""
    quarter_turns = round(-picture.rotation / _QUARTER_TURN_DEG)
    return int(quarter_turns % 4) * _QUARTER_TURN_DEG


def _turner(rotation_deg: int) -> _Turn:
    quarter_turns = rotation_deg // _QUARTER_TURN_DEG
    if quarter_turns == 0:
        return lambda image: image
    return lambda image: np.ascontiguousarray(np.rot90(image, -quarter_turns))


def _corrupt(path: Path, found: str) -> ClipError:
    return ClipError(path.name, found, _FIX_COPY, reason_code="corrupt_video")


def _unreadable(path: Path) -> ClipError:
    """Tell a damaged video from a file that never was one, by its first bytes."""
    if _looks_like_video(path):
        return _corrupt(path, "the file is damaged or incomplete and cannot be opened")
    return ClipError(
        path.name,
        "the file is not a video",
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
