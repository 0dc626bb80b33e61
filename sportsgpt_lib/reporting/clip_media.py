"""One pass through a clip makes its overlay video and all its keyframe pictures.

Decoding and encoding are in ``sportsgpt_lib/media``; what is painted is in
``overlay.py`` and ``pictures.py``.
"""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

from sportsgpt_lib.media.clip import Frame, read_frames
from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.face_blur import track_head
from sportsgpt_lib.reporting.overlay import (
    OverlayAthlete,
    OverlayPainter,
    fit_overlay_size,
)
from sportsgpt_lib.reporting.pictures import (
    KeyframePicture,
    PictureRequest,
    draw_picture,
)

Progress = Callable[[int], None]


@dataclass(frozen=True)
class ClipFormat:
    """Size and rate of the clip, from its row of ``training.recordings``."""

    width_px: int
    height_px: int
    frame_rate_hz: float


def render_clip_media(
    clip_path: Path,
    clip_format: ClipFormat,
    athletes: Sequence[OverlayAthlete],
    *,
    everybody: Sequence[PoseSequence],
    pictures: Sequence[PictureRequest] = (),
    overlay_path: Path | None = None,
    progress: Progress | None = None,
) -> dict[str, KeyframePicture]:
    """Make the overlay video and the keyframe pictures of one clip.

    Parameters
    ----------
    clip_path
        The clip.
    clip_format
        Its size and frame rate.
    athletes
        Those under study: their skeletons are drawn.
    everybody
        Poses of every person of ``training.pose_tracks`` in the clip: their faces are
        hidden, in the video and in the pictures. The athletes' own are added.
    pictures
        Pictures wanted; each takes the frame nearest to its time.
    overlay_path
        Where to write the video, H.264 in mp4, with the clip's own time stamps.
        None = pictures only.
    progress
        Called with the number of frames done.

    Returns
    -------
    The pictures by key. A picture whose athlete has no pose at its time is absent.

    Raises
    ------
    ClipError
        The clip cannot be decoded to its end.
    """
    heads = [track_head(poses) for poses in everybody]
    heads += [track_head(athlete.poses) for athlete in athletes]
    painter = OverlayPainter(athletes, heads)
    picker = _FramePicker(pictures)
    done: dict[str, KeyframePicture] = {}
    with _open_writer(overlay_path, clip_format) as writer:
        for count, frame in enumerate(read_frames(clip_path), start=1):
            for request, shown in picker.take(frame):
                _keep(done, draw_picture(shown.image_rgb, shown.time_s, request, heads))
            if writer is not None:
                writer.write(painter.paint(frame.image_rgb, frame.time_s), frame.time_s)
            elif picker.is_done:
                break
            if progress is not None:
                progress(count)
        for request, shown in picker.take_rest():
            _keep(done, draw_picture(shown.image_rgb, shown.time_s, request, heads))
    return done


def _open_writer(
    overlay_path: Path | None, clip_format: ClipFormat
) -> VideoWriter | nullcontext[None]:
    if overlay_path is None:
        return nullcontext()
    width_px, height_px = fit_overlay_size(clip_format.width_px, clip_format.height_px)
    return VideoWriter(
        overlay_path,
        width_px=width_px,
        height_px=height_px,
        frame_rate_hz=clip_format.frame_rate_hz,
    )


def _keep(done: dict[str, KeyframePicture], picture: KeyframePicture | None) -> None:
    if picture is not None:
        done[picture.key] = picture


class _FramePicker:
    """Hands out, as frames go by, each request with the frame nearest to its time."""

    def __init__(self, requests: Sequence[PictureRequest]) -> None:
        self._waiting = deque(sorted(requests, key=lambda request: request.time_s))
        self._previous: Frame | None = None

    @property
    def is_done(self) -> bool:
        """Whether every request has its frame."""
        return not self._waiting

    def take(self, frame: Frame) -> Iterator[tuple[PictureRequest, Frame]]:
        """Hand out the requests that this frame settles."""
        while self._waiting and self._waiting[0].time_s <= frame.time_s:
            request = self._waiting.popleft()
            previous = self._previous
            if previous is None or (
                frame.time_s - request.time_s < request.time_s - previous.time_s
            ):
                yield request, frame
            else:
                yield request, previous
        self._previous = frame

    def take_rest(self) -> Iterator[tuple[PictureRequest, Frame]]:
        """Hand out what lies after the last frame."""
        while self._waiting and self._previous is not None:
            yield self._waiting.popleft(), self._previous
