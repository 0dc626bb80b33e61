"""Keyframe pictures: the athlete cut out, faces hidden, what was measured drawn.

What a picture has to show is decided in ``evidence_plan.py``; frames come from
``clip_media.py``. Numbers are written above the picture, where they hide nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.angle_marks import AngleMark, draw_angle, find_point
from sportsgpt_lib.reporting.distance_marks import (
    Mark,
    PictureScale,
    draw_distance,
    find_mark,
)
from sportsgpt_lib.reporting.evidence_shots import TRAVEL_DIRECTION
from sportsgpt_lib.reporting.face_blur import HeadTrack, blur_heads
from sportsgpt_lib.reporting.scene import find_pose_at
from sportsgpt_lib.reporting.skeleton_drawing import (
    draw_skeleton,
    draw_words,
    measure_words,
)

PICTURE_HEIGHT_PX = 480
LARGEST_ZOOM = 2.0
JPEG_QUALITY = 82
MEDIA_TYPE = "image/jpeg"
# Chosen by eye: room around the athlete, share of the body's larger side.
_MARGIN_SHARE = 0.2
_PICTURE_ASPECT = 0.8
_SMALLEST_CROP_PX = 48
_BONE_WIDTH_SHARE = 1 / 150
_LETTERS_PX = 17
_HEADING_RGB = (7, 7, 9)
_NARROWEST_PX = 300
_MS_PER_S = 1000.0
# Chosen by eye: length of the arrow of a direction, in body heights.
_ARROW_BODY_HEIGHTS = 0.3


@dataclass(frozen=True)
class PictureRequest:
    """A picture wanted of one athlete at one time.

    ``key`` names it to the caller. ``lines`` are written above the picture.
    ``quantities`` are drawn with ``scale``; ``direction_deg`` is the direction to draw
    where one of them is ``TRAVEL_DIRECTION``.
    """

    key: str
    poses: PoseSequence
    time_s: float
    lines: tuple[str, ...]
    quantities: tuple[str, ...] = ()
    scale: PictureScale | None = None
    direction_deg: float | None = None


@dataclass(frozen=True)
class KeyframePicture:
    """A finished picture as the bytes of a JPEG file, and the frame's time it shows."""

    key: str
    jpeg: bytes
    width_px: int
    height_px: int
    frame_time_s: float


def draw_picture(
    image_rgb: ByteImage,
    time_s: float,
    request: PictureRequest,
    heads: Sequence[HeadTrack],
) -> KeyframePicture | None:
    """Draw one keyframe picture from a frame of the clip, which stays as it is.

    Parameters
    ----------
    image_rgb
        Frame ``(H, W, 3)`` of the clip.
    time_s
        Its presentation time.
    request
        What is wanted.
    heads
        Heads to hide: of everybody tracked, and of strangers at this time.

    Returns
    -------
    The picture; None where the athlete has no pose in this frame.
    """
    import cv2

    pose = find_pose_at(request.poses, time_s)
    if pose is None or not np.isfinite(pose).any():
        return None
    hidden = image_rgb.copy()
    blur_heads(hidden, heads, time_s, scale=1.0)
    left, top, right, bottom = _choose_crop(
        pose, image_rgb.shape[1], image_rgb.shape[0]
    )
    crop = hidden[top:bottom, left:right]
    scale = min(LARGEST_ZOOM, PICTURE_HEIGHT_PX / crop.shape[0])
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(crop, size, interpolation=kind)
    width_px = picture.shape[0] * _BONE_WIDTH_SHARE
    corner = np.array([left, top])
    draw_skeleton(picture, (pose - corner) * scale, width_px)
    for mark in list_marks(pose, request):
        _draw_mark(picture, move_mark(mark, corner, scale), width_px)
    lines = (*request.lines, say_frame(time_s, request.time_s))
    return _encode(request.key, _add_heading(picture, lines), time_s)


def say_frame(frame_time_s: float, wanted_s: float) -> str:
    """Say how far a frame lies from the instant that it stands for."""
    away_ms = round(_MS_PER_S * (frame_time_s - wanted_s))
    if not away_ms:
        return "frame at the very instant"
    side = "after" if away_ms > 0 else "before"
    return f"frame {abs(away_ms)} ms {side} the instant"


def list_marks(pose_px: FloatArray, request: PictureRequest) -> list[Mark]:
    """List what is drawn on a pose ``(J, 2)``; what is not seen is left out."""
    if request.scale is None:
        return []
    marks = []
    for quantity in request.quantities:
        if quantity == TRAVEL_DIRECTION and request.direction_deg is not None:
            mark = find_direction_mark(pose_px, request.scale, request.direction_deg)
        else:
            mark = find_mark(quantity, pose_px, request.scale)
        if mark is not None:
            marks.append(mark)
    return marks


def find_direction_mark(
    pose_px: FloatArray, scale: PictureScale, direction_deg: float
) -> Mark | None:
    """Find the arrow of a measured direction, from the centre of mass; None = unseen.

    The direction itself cannot be read off a still picture.
    """
    centre = find_point("centre_of_mass", pose_px)
    length_px = _ARROW_BODY_HEIGHTS * scale.stature_px
    level = centre + np.array([scale.forward_sign * length_px, 0.0])
    if not np.isfinite(level).all():
        return None
    mark = AngleMark(centre, level, centre, level, -scale.forward_sign)
    tip = centre + length_px * mark.direction_at(direction_deg)
    return replace(mark, limb_end=tip)


def move_mark(mark: Mark, corner_px: FloatArray, scale: float) -> Mark:
    """Bring a mark from the clip into a part of its picture."""
    ends = (
        ("vertex", "baseline_end", "limb_start", "limb_end")
        if isinstance(mark, AngleMark)
        else ("start", "end")
    )
    changes: dict[str, Any] = {
        name: (getattr(mark, name) - corner_px) * scale for name in ends
    }
    if not isinstance(mark, AngleMark):
        changes["px_per_unit"] = mark.px_per_unit * scale
    return replace(mark, **changes)


def _draw_mark(picture: ByteImage, mark: Mark, width_px: float) -> None:
    if isinstance(mark, AngleMark):
        draw_angle(picture, mark, width_px)
    else:
        draw_distance(picture, mark, width_px)


def _add_heading(picture: ByteImage, lines: Sequence[str]) -> ByteImage:
    """Put words above a picture, wrapped to its width, on a ground of their own."""
    width_px = max(picture.shape[1], _NARROWEST_PX)
    wrapped = [part for line in lines for part in _wrap(line, width_px)]
    step_px = measure_words("A", _LETTERS_PX)[1]
    heading = np.full((step_px * len(wrapped), width_px, 3), _HEADING_RGB, np.uint8)
    for place, words in enumerate(wrapped):
        draw_words(heading, words, (0, place * step_px), _LETTERS_PX)
    side_px = width_px - picture.shape[1]
    room = ((0, 0), (side_px // 2, side_px - side_px // 2), (0, 0))
    return np.vstack([heading, np.pad(picture, room)])


def _wrap(line: str, width_px: int) -> list[str]:
    """Wrap a line by the width its words take."""
    rows: list[str] = []
    for word in line.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and measure_words(longer, _LETTERS_PX)[0] <= width_px:
            rows[-1] = longer
        else:
            rows.append(word)
    return rows


def _choose_crop(
    pose: FloatArray, width_px: int, height_px: int
) -> tuple[int, int, int, int]:
    """Choose left, top, right, bottom around the whole body, inside the frame."""
    low, high = np.nanmin(pose, axis=0), np.nanmax(pose, axis=0)
    margin_px = _MARGIN_SHARE * float((high - low).max())
    wide, tall = (float(side) + 2 * margin_px for side in high - low)
    tall = max(tall, wide / _PICTURE_ASPECT, _SMALLEST_CROP_PX)
    wide = max(wide, _PICTURE_ASPECT * tall)
    size = np.minimum([wide, tall], [width_px, height_px])
    corner = np.clip((low + high - size) / 2, 0, np.array([width_px, height_px]) - size)
    left, top = (int(number) for number in corner)
    return left, top, left + int(size[0]), top + int(size[1])


def _encode(key: str, picture: ByteImage, frame_time_s: float) -> KeyframePicture:
    import cv2

    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    is_done, encoded = cv2.imencode(
        ".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not is_done:
        raise PoseInputError(
            f"picture {key}", "OpenCV could not encode it", "report this as a bug"
        )
    height_px, width_px = picture.shape[:2]
    return KeyframePicture(key, encoded.tobytes(), width_px, height_px, frame_time_s)
