"""Contact sheets: one picture that shows a whole recording, faces hidden.

First frames spread evenly over the window, whole; then close-ups of the athlete at
keyframes. Which recordings get a sheet is decided in ``stages``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.reporting.face_blur import HeadTrack, blur_heads, veil_picture
from sportsgpt_lib.reporting.people_drawing import draw_scene, label_others
from sportsgpt_lib.reporting.playback import write_time_code
from sportsgpt_lib.reporting.repair_marks import paste_legend
from sportsgpt_lib.reporting.scene import (
    Scene,
    SceneAthlete,
    View,
    find_pose_at,
    group_keyframes,
)
from sportsgpt_lib.reporting.skeleton_drawing import (
    OUTLINE_RGB,
    draw_words,
    shorten,
)

EVEN_COUNT = 12
CLOSE_UP_COUNT = 24
LARGEST_SHEET_BYTES = 300_000
# All chosen by eye: a sheet fills a page's width, and a body in it can be judged.
_SHEET_WIDTH_PX = 1296
_COLUMNS_WIDE, _COLUMNS_TALL, _COLUMNS_CLOSE = 4, 6, 8
_GAP_PX = 4
_LETTERS_PX = 13
_KEYFRAME_LINE_PX = 19
_HEADER_PX = 26
_CLOSE_ASPECT = 0.72
_CLOSE_MARGIN = 1.25
_SMALLEST_CLOSE_SHARE = 0.2
_BONE_PX = 1.6
_QUALITIES = (82, 72, 62, 52, 42, 32, 20, 10)


@dataclass(frozen=True)
class SheetRequest:
    """A contact sheet wanted of one recording.

    ``key`` names it to the caller. ``scene`` holds its athlete and, as others, all who
    else were there; without an athlete there are no close-ups. ``is_veiled`` = nobody
    was tracked in the clip, so its pictures are shown through a coarse mosaic.
    """

    key: str
    title: str
    start_s: float
    end_s: float
    scene: Scene
    is_veiled: bool = False

    @property
    def athlete(self) -> SceneAthlete | None:
        """The athlete of the recording; None = nobody could be taken for them."""
        return next(iter(self.scene.athletes), None)


@dataclass(frozen=True)
class TileRequest:
    """One picture of a sheet, at the frame nearest to its time.

    ``keyframes`` are all that this frame shows; none = no close-up.
    """

    sheet: SheetRequest
    time_s: float
    place: int
    keyframes: tuple[str, ...] = ()


def list_tiles(sheet: SheetRequest) -> list[TileRequest]:
    """List the pictures of a sheet: first the even ones, then the close-ups."""
    times_s = np.linspace(sheet.start_s, sheet.end_s, EVEN_COUNT)
    tiles = [
        TileRequest(sheet, float(time_s), place) for place, time_s in enumerate(times_s)
    ]
    shown = group_keyframes(sheet.athlete) if sheet.athlete is not None else []
    return tiles + [
        TileRequest(sheet, time_s, EVEN_COUNT + place, words)
        for place, (time_s, words) in enumerate(_thin_out(shown))
    ]


def draw_tile(
    image_rgb: ByteImage,
    frame: tuple[float, int],
    request: TileRequest,
    heads: Sequence[HeadTrack],
) -> ByteImage | None:
    """Draw one picture of a sheet from a frame of the clip, which stays as it is.

    Parameters
    ----------
    image_rgb
        Frame ``(H, W, 3)`` of the clip.
    frame
        Its presentation time in seconds, and its index.
    request
        What is wanted.
    heads
        Heads to hide: of everybody tracked, and of strangers at this time.

    Returns
    -------
    The picture; None for a close-up of an athlete who is not there.
    """
    import cv2

    time_s, frame_idx = frame
    hidden = image_rgb.copy()
    if request.sheet.is_veiled:
        veil_picture(hidden)
    blur_heads(hidden, heads, time_s, scale=1.0)
    crop = _choose_crop(image_rgb, request, time_s)
    if crop is None:
        return None
    left, top, width, height = crop
    size, is_close = _find_tile_size(image_rgb, request), bool(request.keyframes)
    part = hidden[top : top + height, left : left + width]
    kind = cv2.INTER_AREA if width > size[0] else cv2.INTER_CUBIC
    tile: ByteImage = cv2.resize(part, size, interpolation=kind)
    view = View(left, top, size[0] / width)
    scene = request.sheet.scene
    draw_scene(tile, scene, time_s, view, 1.5 * _BONE_PX if is_close else _BONE_PX)
    label_others(tile, scene, time_s, view, _LETTERS_PX - 2)
    # Below, since labels of persons stand above their heads.
    if is_close:
        draw_words(tile, f"{time_s:.3f} s", (0, 0), _LETTERS_PX)
        for line_idx, words in enumerate(reversed(request.keyframes)):
            corner = (0, size[1] - (line_idx + 1) * _KEYFRAME_LINE_PX)
            draw_words(tile, words, corner, _LETTERS_PX - 2)
    else:
        corner = (0, size[1])
        draw_words(tile, write_time_code(time_s, frame_idx), corner, _LETTERS_PX)
    return tile


def compose_sheet(
    request: SheetRequest, tiles: Mapping[int, ByteImage]
) -> bytes | None:
    """Put the pictures of a sheet together; None where there is not a single one.

    Parameters
    ----------
    request
        The sheet.
    tiles
        Its pictures by their place.

    Returns
    -------
    A JPEG file's bytes, at most ``LARGEST_SHEET_BYTES``.
    """
    groups = (
        [tile for place, tile in sorted(tiles.items()) if place < EVEN_COUNT],
        [tile for place, tile in sorted(tiles.items()) if place >= EVEN_COUNT],
    )
    rows = [_draw_header(request)]
    for group in groups:
        if group:
            columns = round(_SHEET_WIDTH_PX / group[0].shape[1])
            rows += [
                _join_row(group[start : start + columns])
                for start in range(0, len(group), columns)
            ]
    return _encode(request.key, np.concatenate(rows)) if tiles else None


def _thin_out(
    shown: Sequence[tuple[float, tuple[str, ...]]],
) -> list[tuple[float, tuple[str, ...]]]:
    """Keep as many keyframes as fit, spread evenly."""
    count = min(CLOSE_UP_COUNT, len(shown))
    places = np.linspace(0, len(shown) - 1, count).round().astype(int)
    return [shown[place] for place in places]


def _find_tile_size(image_rgb: ByteImage, request: TileRequest) -> tuple[int, int]:
    height, width = image_rgb.shape[:2]
    if request.keyframes:
        side = _SHEET_WIDTH_PX // _COLUMNS_CLOSE - _GAP_PX
        return side, round(side / _CLOSE_ASPECT)
    columns = _COLUMNS_WIDE if width >= height else _COLUMNS_TALL
    side = _SHEET_WIDTH_PX // columns - _GAP_PX
    return side, max(1, round(side * height / width))


def _choose_crop(
    image_rgb: ByteImage, request: TileRequest, time_s: float
) -> tuple[int, int, int, int] | None:
    """Choose left, top, width and height: all of the frame, or around the athlete."""
    height, width = image_rgb.shape[:2]
    athlete = request.sheet.athlete
    if not request.keyframes or athlete is None:
        return 0, 0, width, height
    pose = find_pose_at(athlete.poses, time_s)
    if pose is None or not np.isfinite(pose).any():
        return None
    low, high = np.nanmin(pose, axis=0), np.nanmax(pose, axis=0)
    wide, tall = (float(side) * _CLOSE_MARGIN for side in high - low)
    tall = max(tall, wide / _CLOSE_ASPECT, _SMALLEST_CLOSE_SHARE * height)
    tall = min(tall, height, width / _CLOSE_ASPECT)
    size = np.array([_CLOSE_ASPECT * tall, tall])
    left, top = np.clip((low + high - size) / 2, 0, np.array([width, height]) - size)
    return int(left), int(top), max(1, int(size[0])), max(1, int(size[1]))


def _draw_header(request: SheetRequest) -> ByteImage:
    header = np.full((_HEADER_PX, _SHEET_WIDTH_PX, 3), OUTLINE_RGB, dtype=np.uint8)
    parts = (shorten(request.title), request.scene.playback)
    words = "  ·  ".join(part for part in parts if part)
    draw_words(header, words, (0, 0), _LETTERS_PX + 2)
    if request.athlete is not None and request.athlete.trail is not None:
        has_floor = request.athlete.floor is not None
        paste_legend(header, 0, _LETTERS_PX, has_floor=has_floor)
    return header


def _join_row(tiles: Sequence[ByteImage]) -> ByteImage:
    height = tiles[0].shape[0] + _GAP_PX
    row = np.full((height, _SHEET_WIDTH_PX, 3), OUTLINE_RGB, dtype=np.uint8)
    for column, tile in enumerate(tiles):
        left = column * (tile.shape[1] + _GAP_PX)
        row[: tile.shape[0], left : left + tile.shape[1]] = tile
    return row


def _encode(key: str, sheet: ByteImage) -> bytes:
    """Encode as well as the largest size allows."""
    import cv2

    bgr = cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR)
    content = b""
    for quality in _QUALITIES:
        is_done, encoded = cv2.imencode(
            ".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality]
        )
        if not is_done:
            raise PoseInputError(
                f"contact sheet {key}",
                "OpenCV could not encode it",
                "report this as a bug",
            )
        content = encoded.tobytes()
        if len(content) <= LARGEST_SHEET_BYTES:
            break
    return content
