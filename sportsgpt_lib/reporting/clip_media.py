"""One pass through a clip makes its overlay video, keyframe pictures, contact sheets.

Decoding and encoding are in ``sportsgpt_lib/media``; what is painted is in
``overlay.py``, ``pictures.py`` and ``contact_sheet.py``.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import Frame, read_frames
from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.contact_sheet import (
    SheetRequest,
    TileRequest,
    compose_sheet,
    draw_tile,
    list_tiles,
)
from sportsgpt_lib.reporting.face_blur import HeadTrack, track_head
from sportsgpt_lib.reporting.face_finder import FaceFinder
from sportsgpt_lib.reporting.overlay import (
    OverlayPainter,
    fit_overlay_size,
    shrink_frame,
)
from sportsgpt_lib.reporting.pictures import (
    KeyframePicture,
    PictureRequest,
    draw_picture,
)
from sportsgpt_lib.reporting.scene import Scene
from sportsgpt_lib.reporting.stray_faces import StrayFaces

Progress = Callable[[int], None]
_Request = PictureRequest | TileRequest


@dataclass(frozen=True)
class ClipFormat:
    """Size and rate of the clip, from its row of ``training.recordings``."""

    width_px: int
    height_px: int
    frame_rate_hz: float


@dataclass(frozen=True)
class ClipOrder:
    """What is wanted of one clip.

    Parameters
    ----------
    scene
        Who is drawn.
    everybody
        Poses of every person of ``training.pose_tracks`` in the clip: their faces are
        hidden, in the video and in the pictures. The athletes' own are added.
    pictures, sheets
        Pictures wanted; each takes the frame nearest to its time.
    overlay_path
        Where to write the video, H.264 in mp4, with the clip's own time stamps.
        None = pictures only.
    face_finder
        What finds the faces of persons whom no track holds; None = nobody looks.
    may_break_off
        Whether a clip that is gone, or cannot be decoded to its end, gives what it gave
        until then.
    """

    scene: Scene
    everybody: Sequence[PoseSequence]
    pictures: Sequence[PictureRequest] = ()
    sheets: Sequence[SheetRequest] = ()
    overlay_path: Path | None = None
    face_finder: FaceFinder | None = None
    may_break_off: bool = False


@dataclass(frozen=True)
class ClipMedia:
    """What was made: keyframe pictures and contact sheets (JPEG), by their keys.

    A picture whose athlete has no pose at its time is absent, and so is a sheet of a
    clip that showed nothing.
    """

    pictures: dict[str, KeyframePicture] = field(default_factory=dict)
    sheets: dict[str, bytes] = field(default_factory=dict)


def render_clip_media(
    clip_path: Path,
    clip_format: ClipFormat,
    order: ClipOrder,
    progress: Progress | None = None,
) -> ClipMedia:
    """Make the overlay video, the keyframe pictures and the contact sheets of a clip.

    Parameters
    ----------
    clip_path
        The clip.
    clip_format
        Its size and frame rate.
    order
        What is wanted.
    progress
        Called with the number of frames done.

    Raises
    ------
    ClipError
        The clip cannot be decoded to its end, which is no error where it may break off.
    """
    heads = [track_head(poses) for poses in order.everybody]
    heads += [track_head(athlete.poses) for athlete in order.scene.athletes]
    strays = StrayFaces(order.face_finder, heads)
    desk = _PictureDesk(order, heads, strays)
    with _open_writer(order.overlay_path, clip_format) as writer:
        film = (
            None
            if writer is None
            else _Film(
                writer, OverlayPainter(order.scene, heads, clip_format.width_px), strays
            )
        )
        try:
            for count, frame in enumerate(read_frames(clip_path), start=1):
                desk.take(frame)
                if film is not None:
                    film.take(frame)
                elif desk.is_done:
                    break
                if progress is not None:
                    progress(count)
        except (ClipError, OSError):
            if not order.may_break_off:
                raise
        desk.finish()
        if film is not None:
            film.finish()
    return desk.hand_over()


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


class _Film:
    """Paints the overlay: frames wait until the next look for faces, then are painted.

    They wait in the overlay's size, at most as many as lie between two looks.
    """

    def __init__(
        self, writer: VideoWriter, painter: OverlayPainter, strays: StrayFaces
    ) -> None:
        self._writer = writer
        self._painter = painter
        self._strays = strays
        self._waiting: list[tuple[ByteImage, float, int]] = []
        self._last: Frame | None = None

    def take(self, frame: Frame) -> None:
        """Take the next frame; paint all that wait if it is time to look."""
        self._waiting.append((shrink_frame(frame.image_rgb), frame.time_s, frame.index))
        self._last = frame
        if self._strays.is_due(frame.time_s, len(self._waiting)):
            self._paint_waiting(frame)

    def finish(self) -> None:
        """Look a last time and paint what still waits."""
        if self._last is not None and self._waiting:
            self._paint_waiting(self._last)

    def _paint_waiting(self, looked_at: Frame) -> None:
        strays = self._strays.look(looked_at.image_rgb, looked_at.time_s)
        for image, time_s, frame_idx in self._waiting:
            self._painter.paint(image, time_s, frame_idx, strays)
            self._writer.write(image, time_s)
        self._waiting.clear()


class _PictureDesk:
    """Draws each picture wanted from the frame nearest to its time."""

    def __init__(
        self, order: ClipOrder, heads: Sequence[HeadTrack], strays: StrayFaces
    ) -> None:
        self._order = order
        self._heads = heads
        self._strays = strays
        self._picker = _FramePicker(
            [*order.pictures, *(t for s in order.sheets for t in list_tiles(s))]
        )
        self._media = ClipMedia()
        self._tiles: dict[str, dict[int, ByteImage]] = {}

    @property
    def is_done(self) -> bool:
        return self._picker.is_done

    def take(self, frame: Frame) -> None:
        self._draw_all(self._picker.take(frame))

    def finish(self) -> None:
        self._draw_all(self._picker.take_rest())

    def hand_over(self) -> ClipMedia:
        for sheet in self._order.sheets:
            tiles = self._tiles.get(sheet.key, {})
            content = compose_sheet(sheet, tiles)
            if content is not None:
                self._media.sheets[sheet.key] = content
        return self._media

    def _draw_all(self, settled: Iterable[tuple[_Request, Frame]]) -> None:
        for request, frame in settled:
            strays = self._strays.find_at(frame.image_rgb, frame.time_s)
            heads = [*self._heads, *strays]
            if isinstance(request, PictureRequest):
                picture = draw_picture(frame.image_rgb, frame.time_s, request, heads)
                if picture is not None:
                    self._media.pictures[picture.key] = picture
            else:
                shown = frame.time_s, frame.index
                tile = draw_tile(frame.image_rgb, shown, request, heads)
                if tile is not None:
                    self._tiles.setdefault(request.sheet.key, {})[request.place] = tile


class _FramePicker:
    """Hands out, as frames go by, each request with the frame nearest to its time."""

    def __init__(self, requests: Sequence[_Request]) -> None:
        self._waiting = deque(sorted(requests, key=lambda request: request.time_s))
        self._previous: Frame | None = None

    @property
    def is_done(self) -> bool:
        """Whether every request has its frame."""
        return not self._waiting

    def take(self, frame: Frame) -> Iterator[tuple[_Request, Frame]]:
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

    def take_rest(self) -> Iterator[tuple[_Request, Frame]]:
        """Hand out what lies after the last frame."""
        while self._waiting and self._previous is not None:
            yield self._waiting.popleft(), self._previous
