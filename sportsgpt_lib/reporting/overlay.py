"""Paints one frame of the overlay video: faces hidden, skeletons, labels, keyframes.

Reading and writing video is in ``clip_media.py``; how a bone looks is in
``skeleton_drawing.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.face_blur import HeadTrack, blur_heads
from sportsgpt_lib.reporting.skeleton_drawing import (
    HIGHLIGHT_RGB,
    draw_skeleton,
    draw_words,
)

WIDEST_OVERLAY_PX = 960
# Chosen by eye: the banner of a keyframe shows from just before it to a little after.
_FLASH_BEFORE_S = 0.04
_FLASH_AFTER_S = 0.36
_LETTERS_SHARE = 1 / 34
_SMALLEST_LETTERS_PX = 11
_BONE_WIDTH_SHARE = 1 / 320
_FLASH_BORDER_PX = 4
_UNIT_SIGNS = {"deg": "°", "body_heights": " body heights", "ratio": ""}
_LONGEST_LABEL = 60


@dataclass(frozen=True)
class KeyframeFlash:
    """A keyframe to announce: when, and in which words."""

    time_s: float
    words: str


@dataclass(frozen=True)
class Readout:
    """A quantity beside the athlete: values ``(T,)`` at ``times_s``, NaN = none."""

    words: str
    unit: str
    times_s: FloatArray
    values: FloatArray


@dataclass(frozen=True)
class OverlayAthlete:
    """One athlete under study, as the overlay shows them."""

    label: str
    poses: PoseSequence
    keyframes: tuple[KeyframeFlash, ...] = ()
    readout: Readout | None = None


def find_pose_at(poses: PoseSequence, time_s: float) -> FloatArray | None:
    """Find the keypoints ``(J, 2)`` of the frame shown at a time.

    Returns None where no frame of the sequence lies within half a frame of the time.
    """
    if not poses.frame_count:
        return None
    idx = int(np.argmin(np.abs(poses.times_s - time_s)))
    intervals_s = np.diff(poses.times_s)
    reach_s = float(np.median(intervals_s)) / 2 if intervals_s.size else 0.0
    if abs(float(poses.times_s[idx]) - time_s) > reach_s + np.finfo(np.float32).eps:
        return None
    pose: FloatArray = poses.positions_px[idx]
    return pose


def fit_overlay_size(width_px: int, height_px: int) -> tuple[int, int]:
    """Fit a picture into the overlay's width; both sides even, as H.264 wants them."""
    scale = min(1.0, WIDEST_OVERLAY_PX / width_px)
    halves = (round(side_px * scale / 2) for side_px in (width_px, height_px))
    fitted_width_px, fitted_height_px = (2 * max(1, half) for half in halves)
    return fitted_width_px, fitted_height_px


class OverlayPainter:
    """Paints the frames of one clip, one after the other.

    Parameters
    ----------
    athletes
        Those whose skeletons are drawn.
    heads
        Head tracks of everybody in the clip.
    """

    def __init__(
        self, athletes: Sequence[OverlayAthlete], heads: Sequence[HeadTrack]
    ) -> None:
        self._athletes = athletes
        self._heads = heads

    def paint(self, image_rgb: ByteImage, time_s: float) -> ByteImage:
        """Make the overlay's frame from a frame of the clip, which stays as it is.

        Parameters
        ----------
        image_rgb
            Frame ``(H, W, 3)`` of the clip.
        time_s
            Its presentation time.

        Returns
        -------
        A new picture, at most ``WIDEST_OVERLAY_PX`` wide.
        """
        import cv2

        size = fit_overlay_size(image_rgb.shape[1], image_rgb.shape[0])
        # Linear, since averaging over areas takes ten times as long as the rest here.
        scaled = cv2.resize(image_rgb, size, interpolation=cv2.INTER_LINEAR)
        painted: ByteImage = scaled if scaled is not image_rgb else image_rgb.copy()
        scale = size[0] / image_rgb.shape[1]
        blur_heads(painted, self._heads, time_s, scale)
        for athlete in self._athletes:
            self._paint_athlete(painted, athlete, time_s, scale)
        self._paint_keyframes(painted, time_s)
        return painted

    def _paint_athlete(
        self, image_rgb: ByteImage, athlete: OverlayAthlete, time_s: float, scale: float
    ) -> None:
        pose = find_pose_at(athlete.poses, time_s)
        if pose is None or not np.isfinite(pose).any():
            return
        scaled = pose * scale
        draw_skeleton(image_rgb, scaled, image_rgb.shape[1] * _BONE_WIDTH_SHARE)
        letters_px = _choose_letters_px(image_rgb)
        left, upper = np.nanmin(scaled, axis=0)
        lines = [shorten(athlete.label), *_read_out(athlete.readout, time_s)]
        for line_idx, words in enumerate(reversed(lines)):
            corner = (float(left), float(upper) - (line_idx + 2) * 1.8 * letters_px)
            draw_words(image_rgb, words, corner, letters_px)

    def _paint_keyframes(self, image_rgb: ByteImage, time_s: float) -> None:
        words = [
            f"{flash.words} · {athlete.label}"
            for athlete in self._athletes
            for flash in athlete.keyframes
            if -_FLASH_BEFORE_S <= time_s - flash.time_s <= _FLASH_AFTER_S
        ]
        if not words:
            return
        letters_px = _choose_letters_px(image_rgb)
        for edge in (
            image_rgb[:_FLASH_BORDER_PX],
            image_rgb[-_FLASH_BORDER_PX:],
            image_rgb[:, :_FLASH_BORDER_PX],
            image_rgb[:, -_FLASH_BORDER_PX:],
        ):
            edge[:] = HIGHLIGHT_RGB
        for line_idx, line in enumerate(words):
            corner = (
                letters_px,
                image_rgb.shape[0] - (2.6 + 1.8 * line_idx) * letters_px,
            )
            draw_words(image_rgb, shorten(line), corner, letters_px, HIGHLIGHT_RGB)


def shorten(words: str) -> str:
    """Cut words that would not fit on a picture."""
    return words if len(words) <= _LONGEST_LABEL else f"{words[: _LONGEST_LABEL - 1]}…"


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
