"""Keyframe pictures: the athlete cut out, faces hidden, one angle drawn.

Which pictures a report needs is decided in ``picture_plan.py``; frames come from
``clip_media.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.angle_marks import draw_angle, find_angle_mark
from sportsgpt_lib.reporting.face_blur import HeadTrack, blur_heads
from sportsgpt_lib.reporting.scene import find_pose_at
from sportsgpt_lib.reporting.skeleton_drawing import (
    draw_skeleton,
    draw_words,
    shorten,
)

PICTURE_HEIGHT_PX = 480
LARGEST_ZOOM = 2.0
JPEG_QUALITY = 82
MEDIA_TYPE = "image/jpeg"
# Chosen by eye: room around the athlete, share of the body's larger side.
_MARGIN_SHARE = 0.2
_PICTURE_ASPECT = 0.8
# Share of the body that stays in sight around an angle.
_ANGLE_BODY_SHARE = 0.75
_SMALLEST_CROP_PX = 48
_BONE_WIDTH_SHARE = 1 / 150
_LETTERS_SHARE = 1 / 22


@dataclass(frozen=True)
class PictureRequest:
    """A picture wanted of one athlete at one time.

    ``key`` names it to the caller. ``quantity`` is the angle to draw and ``words`` its
    value as the report writes it; ``quantity`` None = skeleton and words only.
    """

    key: str
    poses: PoseSequence
    time_s: float
    words: str
    quantity: str | None = None


@dataclass(frozen=True)
class KeyframePicture:
    """A finished picture as the bytes of a JPEG file."""

    key: str
    jpeg: bytes
    width_px: int
    height_px: int


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
        pose, request.quantity, image_rgb.shape[1], image_rgb.shape[0]
    )
    crop = hidden[top:bottom, left:right]
    scale = min(LARGEST_ZOOM, PICTURE_HEIGHT_PX / crop.shape[0])
    size = (max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale)))
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    picture = cv2.resize(crop, size, interpolation=kind)
    _draw_marks(picture, (pose - (left, top)) * scale, request)
    return _encode(request.key, picture)


def _draw_marks(picture: ByteImage, pose: FloatArray, request: PictureRequest) -> None:
    width_px = picture.shape[0] * _BONE_WIDTH_SHARE
    letters_px = round(max(_SMALLEST_CROP_PX, picture.shape[0]) * _LETTERS_SHARE)
    draw_skeleton(picture, pose, width_px)
    mark = find_angle_mark(request.quantity, pose) if request.quantity else None
    if mark is not None:
        draw_angle(picture, mark, shorten(request.words), width_px, letters_px)
    else:
        corner = (letters_px / 2, letters_px / 2)
        draw_words(picture, shorten(request.words), corner, letters_px)


def _choose_crop(
    pose: FloatArray, quantity: str | None, width_px: int, height_px: int
) -> tuple[int, int, int, int]:
    """Choose left, top, right, bottom, inside the frame.

    The whole body ``(J, 2)``, or the part around the angle with its neighbourhood.
    """
    low, high = np.nanmin(pose, axis=0), np.nanmax(pose, axis=0)
    body_px = float((high - low).max())
    mark = find_angle_mark(quantity, pose) if quantity else None
    if mark is not None:
        points = np.stack(
            [mark.vertex, mark.baseline_end, mark.limb_start, mark.limb_end]
        )
        low, high = points.min(axis=0), points.max(axis=0)
        least_px = _ANGLE_BODY_SHARE * body_px
    else:
        least_px = _SMALLEST_CROP_PX
    margin_px = _MARGIN_SHARE * body_px
    wide, tall = (float(side) + 2 * margin_px for side in high - low)
    tall = max(tall, wide / _PICTURE_ASPECT, least_px)
    wide = _PICTURE_ASPECT * tall
    size = np.minimum([wide, tall], [width_px, height_px])
    corner = np.clip((low + high - size) / 2, 0, np.array([width_px, height_px]) - size)
    left, top = (int(number) for number in corner)
    return left, top, left + int(size[0]), top + int(size[1])


def _encode(key: str, picture: ByteImage) -> KeyframePicture:
    import cv2

    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    is_done, encoded = cv2.imencode(
        ".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not is_done:
        raise PoseInputError(
            f"picture {key}", "OpenCV could not encode it", "report this as a bug"
        )
    return KeyframePicture(key, encoded.tobytes(), picture.shape[1], picture.shape[0])
