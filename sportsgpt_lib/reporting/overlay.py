"""Paints one frame of the overlay video: faces hidden, skeletons, time code, words.

Reading and writing video is in ``clip_media.py``; who is drawn, and how, is in
``people_drawing.py``; where keyframes are announced, in ``keyframe_banners.py``.
"""

from collections.abc import Sequence

import numpy as np

from sportsgpt_lib.arrays import ByteImage
from sportsgpt_lib.reporting.face_blur import HeadTrack, blur_heads
from sportsgpt_lib.reporting.keyframe_banners import KeyframeBanners
from sportsgpt_lib.reporting.people_drawing import (
    draw_scene,
    find_label_corner,
    label_floors,
    label_others,
)
from sportsgpt_lib.reporting.playback import write_time_code
from sportsgpt_lib.reporting.repair_marks import paste_legend
from sportsgpt_lib.reporting.scene import (
    Readout,
    Scene,
    SceneAthlete,
    View,
    find_pose_at,
)
from sportsgpt_lib.reporting.skeleton_drawing import draw_words, shorten

WIDEST_OVERLAY_PX = 960
_LETTERS_SHARE = 1 / 34
_SMALLEST_LETTERS_PX = 11
_FLOOR_LETTERS_LESS_PX = 4
_BONE_WIDTH_SHARE = 1 / 320
_UNIT_SIGNS = {"deg": "°", "body_heights": " body heights", "ratio": ""}


def fit_overlay_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Fit a picture into the overlay's width; both sides even, as H.264 wants them."""
    scale = min(1.0, WIDEST_OVERLAY_PX / width_px)
    halves = (round(side_px * scale / 2) for side_px in (width_px, height_px))
    fitted_width_px, fitted_height_px = (2 * max(1, half) for half in halves)
    return fitted_width_px, fitted_height_px


def shrink_frame(image_rgb: ByteImage) -> ByteImage:
    """Make a copy of a frame of the clip in the overlay's size."""
    import cv2

    size = fit_overlay_size(image_rgb.shape[1], image_rgb.shape[0])
    # Linear, since averaging over areas takes ten times as long as the rest here.
    scaled = cv2.resize(image_rgb, size, interpolation=cv2.INTER_LINEAR)
    shrunk: ByteImage = scaled if scaled is not image_rgb else image_rgb.copy()
    return shrunk


class OverlayPainter:
    """Paints the frames of one clip, one after the other.

    Parameters
    ----------
    scene
        Who is drawn.
    heads
        Head tracks of everybody in the clip.
    width_px
        Width of the clip; positions in ``scene`` and ``heads`` are in its pixels.
    """

    def __init__(self, scene: Scene, heads: Sequence[HeadTrack], width_px: int) -> None:
        self._scene = scene
        self._heads = heads
        self._width_px = width_px
        self._banners = KeyframeBanners(scene)
        self._has_repairs = any(
            athlete.trail is not None and athlete.trail.has_repairs
            for athlete in scene.athletes
        )

    def paint(
        self,
        image_rgb: ByteImage,
        time_s: float,
        frame_idx: int,
        strays: Sequence[HeadTrack] = (),
    ) -> None:
        """Paint a frame of the overlay, in place.

        Parameters
        ----------
        image_rgb
            Frame ``(H, W, 3)`` of the clip in the overlay's size; changed.
        time_s, frame_idx
            Its presentation time, and its index in the clip.
        strays
            Heads, at this time, of persons whom no track holds.
        """
        view = View(scale=image_rgb.shape[1] / self._width_px)
        blur_heads(image_rgb, (*self._heads, *strays), time_s, view.scale)
        bone_px = image_rgb.shape[1] * _BONE_WIDTH_SHARE
        draw_scene(image_rgb, self._scene, time_s, view, bone_px)
        letters_px = _choose_letters_px(image_rgb)
        label_floors(image_rgb, self._scene, view, letters_px - _FLOOR_LETTERS_LESS_PX)
        label_others(image_rgb, self._scene, time_s, view, letters_px)
        for athlete in self._scene.athletes:
            _label_athlete(image_rgb, athlete, time_s, view, letters_px)
        self._banners.draw(image_rgb, time_s, view, letters_px)
        margin_px = letters_px // 2
        parts = (write_time_code(time_s, frame_idx), self._scene.playback)
        words = "  ·  ".join(part for part in parts if part)
        draw_words(image_rgb, words, (margin_px, margin_px), letters_px)
        if self._has_repairs:
            paste_legend(image_rgb, margin_px, letters_px)


def _label_athlete(
    image_rgb: ByteImage,
    athlete: SceneAthlete,
    time_s: float,
    view: View,
    letters_px: int,
) -> None:
    pose = find_pose_at(athlete.poses, time_s)
    if pose is None or not np.isfinite(pose).any():
        return
    placed = view.place(pose)
    lines = [shorten(athlete.label), *_read_out(athlete.readout, time_s)]
    _, top = find_label_corner(placed, letters_px, len(lines) - 1)
    for line_idx, words in enumerate(reversed(lines)):
        left, upper = find_label_corner(placed, letters_px, line_idx)
        draw_words(image_rgb, words, (left, upper - min(top, 0.0)), letters_px)


def _choose_letters_px(image_rgb: ByteImage) -> int:
    return max(_SMALLEST_LETTERS_PX, round(int(image_rgb.shape[0]) * _LETTERS_SHARE))


def _read_out(readout: Readout | None, time_s: float) -> list[str]:
    if readout is None or not readout.times_s.size:
        return []
    value = float(readout.values[int(np.argmin(np.abs(readout.times_s - time_s)))])
    if not np.isfinite(value):
        return []
    digits = 0 if readout.unit == "deg" else 2
    sign = _UNIT_SIGNS.get(readout.unit, f" {readout.unit}")
    return [f"{readout.words} {value:.{digits}f}{sign}"]
