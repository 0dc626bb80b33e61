"""When the pictures of a clip are shown.

The container says it; where an AVI does not say it plainly, the times follow from its
constant rate, or the clip is refused. No time is ever guessed.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.container import corrupt, decoding, unsupported
from sportsgpt_lib.media.headers import has_avi_frame_rate

# Chosen, see docs/adr/0006-pose.md: smaller differences are a camera's own unrest;
# phone cameras in poor light drop to half the rate.
VARIABLE_RATE_TOLERANCE_RATIO = 0.1
# Rounding to ticks moves an interval by less than one; below two ticks a frame left out
# looks the same as rounding.
_MIN_INTERVAL_TICKS = 2
_ROUNDING_S = 1e-6  # of floating-point numbers
# FFmpeg's AV_PICTURE_TYPE_B.
_B_FRAME = 3


class PictureClock(Protocol):
    """Gives every decoded picture its time, and checks the sum at the end."""

    def read_s(self, index: int, picture: Any) -> float:
        """Give the time since the first picture, in seconds."""
        ...

    def check_end(self, picture_count: int) -> None:
        """Check, after the last picture, that the times were the right ones."""
        ...


def read_time_stamps(path: Path, container: Any, stream: Any) -> FloatArray:
    """Read when the pictures are shown ``(T,)``, in seconds, ascending.

    Only packets are read, no picture is decoded. The container is at its end after.

    Raises
    ------
    ClipError
        A packet cannot be read, or the times cannot be known.
    """
    numbers_only = is_numbered_only(container)
    if numbers_only and not has_avi_frame_rate(path):
        raise unsupported(path, "its header gives a frame rate of 0")
    with decoding(path):
        ticks = [
            packet.dts if numbers_only else packet.pts
            for packet in container.demux(stream)
            if packet.size and not packet.is_discard
        ]
    known = [tick for tick in ticks if tick is not None]
    times_s = np.sort(np.asarray(known, dtype=np.float64)) * float(stream.time_base)
    is_reordered = stream.codec_context.has_b_frames
    if numbers_only and is_reordered and not _is_even(times_s):
        raise _unknown_times(path)
    return np.asarray(times_s)


def is_numbered_only(container: Any) -> bool:
    """Whether the container numbers pictures as they are stored, not as shown.

    That is AVI. FFmpeg works out presentation times for it, which are wrong where
    pictures are stored in another order (B-frames) or were left out.
    """
    return bool(container.format.name == "avi")


class PresentationClock:
    """Counts the container's presentation times from the first; they must go on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._first_s = 0.0
        self._previous_s = -1.0

    def read_s(self, index: int, picture: Any) -> float:
        """Give the time since the first picture, in seconds."""
        if picture.time is None:
            raise corrupt(self._path, f"picture {index} has no time stamp")
        if index == 0:
            self._first_s = picture.time
        time_s = float(picture.time - self._first_s)
        if time_s <= self._previous_s:
            raise corrupt(self._path, f"time does not go on at picture {index}")
        self._previous_s = time_s
        return time_s

    def check_end(self, picture_count: int) -> None:
        """Nothing is left to check: every picture brought its own time."""


class StorageClock:
    """Gives the pictures, in the order in which they are shown, the stored times.

    That is right at an even rate in whatever order they are stored, and at an uneven
    one where they are stored as they are shown.
    """

    def __init__(self, path: Path, times_s: FloatArray) -> None:
        self._path = path
        self._times_s = times_s
        self._is_even = _is_even(times_s)

    def read_s(self, index: int, picture: Any) -> float:
        """Give the time since the first picture, in seconds."""
        if not self._is_even and picture.pict_type == _B_FRAME:
            raise _unknown_times(self._path)
        if index >= self._times_s.size:
            self.check_end(index + 1)
        return float(self._times_s[index] - self._times_s[0])

    def check_end(self, picture_count: int) -> None:
        """Refuse a clip in which pictures got lost: the others' places are unknown."""
        if picture_count != self._times_s.size:
            raise corrupt(
                self._path,
                f"it stores {self._times_s.size} pictures, not the {picture_count} "
                "that were decoded, so their times are not known",
            )


def has_variable_rate(intervals_s: FloatArray, tick_s: float) -> bool:
    """Find out whether the frame rate varies by more than rounding explains.

    Parameters
    ----------
    intervals_s
        Intervals ``(T - 1,)`` between pictures.
    tick_s
        Resolution of the container's time stamps; 1 ms in mkv and webm.
    """
    median_s = float(np.median(intervals_s))
    tolerance_s = VARIABLE_RATE_TOLERANCE_RATIO * median_s
    if round(median_s / tick_s) >= _MIN_INTERVAL_TICKS:
        tolerance_s += tick_s
    farthest_s = float(np.max(np.abs(intervals_s - median_s)))
    return farthest_s > tolerance_s


def _is_even(times_s: FloatArray) -> bool:
    """Whether stored times are evenly spaced; in AVI they are whole numbers of one."""
    intervals_s = np.diff(times_s)
    return bool(np.ptp(intervals_s) <= _ROUNDING_S) if intervals_s.size else True


def _unknown_times(path: Path) -> ClipError:
    return unsupported(
        path,
        "it is an AVI with B-frames from which pictures were left out, so that nothing "
        "says when its pictures are shown",
    )
