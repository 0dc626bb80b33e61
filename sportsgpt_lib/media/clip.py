"""Reads video clips: what a clip is, and its frames with their true time stamps.

Frames stream, so memory does not grow with the clip's length. No person is looked for
here and nothing is written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.container import (
    corrupt,
    count_stored_pictures,
    decode_pictures,
    decoding,
    open_video,
)
from sportsgpt_lib.media.deinterlace import (
    PICTURES_BEFORE,
    deinterlace,
    is_interlaced,
)
from sportsgpt_lib.media.prefetch import prefetch
from sportsgpt_lib.media.timing import (
    PictureClock,
    PresentationClock,
    StorageClock,
    has_variable_rate,
    is_numbered_only,
    read_time_stamps,
)
from sportsgpt_lib.media.tone import find_tone_curve
from sportsgpt_lib.media.upright import Upright

# Chosen, see docs/adr/0006-pose.md: fewer frames hold no phase of any movement and are
# shorter than the low-pass filter's edges.
MIN_FRAME_COUNT = 10
# Chosen, see docs/adr/0006-pose.md: containers miscount by a frame or two; a copy that
# was cut short lacks a large part.
MIN_PRESENT_FRAMES_RATIO = 0.9
# Chosen, see docs/adr/0006-pose.md: a few frames of any usual size, one of 8K.
_AHEAD_BYTES = 32_000_000


@dataclass(frozen=True)
class ClipFacts:
    """What a clip is, from its packets and its first picture.

    ``width_px`` and ``height_px`` are as displayed, after ``rotation_deg`` (clockwise:
    0, 90, 180 or 270) was applied and pixels were made square. ``frame_rate_hz`` is the
    mean rate of the true time stamps; ``duration_s`` is the last time stamp minus the
    first. ``is_interlaced`` and ``is_hdr`` tell what the first picture is as stored;
    ``read_frames`` gives whole pictures of standard range in any case.
    """

    codec: str
    width_px: int
    height_px: int
    rotation_deg: int
    frame_rate_hz: float
    has_variable_frame_rate: bool
    frame_count: int
    duration_s: float
    is_interlaced: bool = False
    is_hdr: bool = False


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
        With the reason code ``not_a_file``, ``empty_file``, ``not_a_video``,
        ``corrupt_video``, ``no_video_stream``, ``unsupported_video`` or ``too_short``.
    OSError
        The file is not there, or may not be read.
    """
    with open_video(path) as (container, stream):
        with decoding(path):
            first = next(container.decode(stream), None)
        if first is None:
            raise corrupt(path, "it holds not one picture that can be decoded")
        upright = Upright(path, stream, first)
        with decoding(path):
            container.seek(0, stream=stream)
        times_s = read_time_stamps(path, container, stream)
        _refuse_truncated(path, container, stream, times_s.size)
        if times_s.size < MIN_FRAME_COUNT:
            raise ClipError(
                path.name,
                f"it holds {times_s.size} picture{'s' if times_s.size > 1 else ''}, "
                f"{MIN_FRAME_COUNT} are needed",
                "record at least a second of the movement",
                reason_code="too_short",
            )
        intervals_s = np.diff(times_s)
        duration_s = float(times_s[-1] - times_s[0])
        if duration_s <= 0:
            raise corrupt(path, "all its pictures carry the same time stamp")
        width_px, height_px = upright.size_px
        return ClipFacts(
            codec=stream.codec_context.codec.canonical_name,
            width_px=width_px,
            height_px=height_px,
            rotation_deg=upright.rotation_deg,
            frame_rate_hz=intervals_s.size / duration_s,
            has_variable_frame_rate=has_variable_rate(
                intervals_s, float(stream.time_base)
            ),
            frame_count=times_s.size,
            duration_s=duration_s,
            is_interlaced=is_interlaced(path, stream, first),
            is_hdr=find_tone_curve(first) is not None,
        )


def read_frames(path: Path, first_index: int = 0) -> Iterator[Frame]:
    """Read a clip picture by picture, upright and with its true time stamps.

    A thread decodes a few pictures ahead; it ends with the iterator.

    Parameters
    ----------
    path
        The video file.
    first_index
        The frames before this one are decoded, because later ones build on them, but
        neither converted nor yielded; the others are the same to the bit as without it.

    Yields
    ------
    The frames in display order from ``first_index`` on, none where the clip is shorter;
    ``time_s`` counts from the clip's first picture in any case.

    Raises
    ------
    ClipError
        As in ``probe_clip``; ``corrupt_video`` may come after any number of frames.
    """
    yield from prefetch(
        _decode_frames(path, first_index),
        lambda frame: frame.image_rgb.nbytes,
        _AHEAD_BYTES,
    )


def _decode_frames(path: Path, first_index: int) -> Iterator[Frame]:
    with open_video(path) as (container, stream):
        pictures = (
            (moment, picture)
            for moment, picture in _read_pictures(path, container, stream)
            if moment.index >= first_index - PICTURES_BEFORE
        )
        for moment, picture in deinterlace(path, stream, pictures):
            if moment.index >= first_index:
                image_rgb = moment.upright.convert(picture)
                yield Frame(moment.index, moment.time_s, image_rgb)


@dataclass(frozen=True)
class _Moment:
    """What belongs to a decoded picture."""

    index: int
    time_s: float
    upright: Upright


def _read_pictures(
    path: Path, container: Any, stream: Any
) -> Iterator[tuple[_Moment, Any]]:
    """Decode every picture and check that they are whole, alike and in time."""
    clock = _build_clock(path, container)
    upright: Upright | None = None
    count = 0
    for index, picture in enumerate(decode_pictures(path, container, stream)):
        upright = upright or Upright(path, stream, picture)
        upright.check(index, picture)
        yield _Moment(index, clock.read_s(index, picture), upright), picture
        count = index + 1
    _refuse_truncated(path, container, stream, count)
    clock.check_end(count)


def _build_clock(path: Path, container: Any) -> PictureClock:
    if not is_numbered_only(container):
        return PresentationClock(path)
    with open_video(path) as (again, stream):
        return StorageClock(path, read_time_stamps(path, again, stream))


def _promised_count(container: Any, stream: Any) -> int:
    """Read how many pictures the header lists; 0 where it only estimates them."""
    lists_every_picture = "mp4" in container.format.name
    return int(stream.frames) if lists_every_picture else 0


def _refuse_truncated(
    path: Path, container: Any, stream: Any, found_count: int
) -> None:
    """Refuse a clip of which a large part is not there.

    A cut that copies the stream leaves pictures in the file that an edit list hides:
    the header counts them, but nobody is meant to see them. A broken clock hides
    pictures as well; then few are left, or some share their time.
    """
    promised_count = _promised_count(container, stream)
    if found_count >= MIN_PRESENT_FRAMES_RATIO * promised_count:
        return
    stored_count = count_stored_pictures(path)
    with open_video(path) as (again, shown_stream):
        shown_s = read_time_stamps(path, again, shown_stream)
    is_whole = (
        stored_count >= MIN_PRESENT_FRAMES_RATIO * promised_count
        and found_count >= MIN_PRESENT_FRAMES_RATIO * shown_s.size
    )
    has_clock = shown_s.size >= MIN_FRAME_COUNT and np.all(np.diff(shown_s) > 0)
    if not (is_whole and has_clock):
        raise corrupt(
            path,
            f"it promises {promised_count} pictures, only {found_count} are there",
        )
