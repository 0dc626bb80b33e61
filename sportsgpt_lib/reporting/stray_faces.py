"""Follows, from look to look, faces that belong to no pose track.

A look costs as much as painting several frames, so looks are half a second apart; a
face is hidden from the look before it was seen until well after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.reporting.face_blur import HeadTrack
from sportsgpt_lib.reporting.face_finder import FaceFinder

# All chosen, see docs/pose.md.
LOOK_EVERY_S = 0.5
LOOK_EVERY_FRAMES = 30
_KEEP_S = 1.5
# A face that moved by less between two looks, in its radii, is the same face.
_SAME_FACE_RADII = 5.0
# Single pictures take what was found shortly before, in circles so much wider.
_FRESH_S = 0.25
_FRESH_GROWTH = 1.4
# A find this near to the middle of a tracked head is that head.
_TRACKED_RADII = 1.5


@dataclass(frozen=True)
class _Face:
    circle: FloatArray
    last_seen_s: float


class StrayFaces:
    """Looks for faces in the frames of one clip, in order.

    Parameters
    ----------
    finder
        What finds faces; None = nothing is ever found.
    heads
        Head tracks of everybody who is tracked; they are hidden anyhow.
    """

    def __init__(self, finder: FaceFinder | None, heads: Sequence[HeadTrack]) -> None:
        self._finder = finder
        self._heads = heads
        self._faces: tuple[_Face, ...] = ()
        self._looked_at_s: float | None = None
        self._found: tuple[float, FloatArray] = (-np.inf, np.zeros((0, 3)))

    def is_due(self, time_s: float, waiting_count: int) -> bool:
        """Whether it is time to look, with so many frames waiting to be painted."""
        return (
            self._finder is None
            or self._looked_at_s is None
            or time_s - self._looked_at_s >= LOOK_EVERY_S
            or waiting_count >= LOOK_EVERY_FRAMES
        )

    def look(self, image_rgb: ByteImage, time_s: float) -> list[HeadTrack]:
        """Look at a frame; returns the heads to hide since the look before it."""
        since_s = time_s if self._looked_at_s is None else self._looked_at_s
        self._looked_at_s = time_s
        fresh = list(self._find(image_rgb, time_s))
        tracks, faces = [], []
        for face in self._faces:
            moved = _take_nearest(fresh, face.circle)
            if moved is not None:
                faces.append(_Face(moved, time_s))
            elif time_s - face.last_seen_s <= _KEEP_S:
                faces.append(face)
            end = face.circle if moved is None else moved
            tracks.append(_join(since_s, face.circle, time_s, end))
        for circle in fresh:
            faces.append(_Face(circle, time_s))
            tracks.append(_join(since_s, circle, time_s, circle))
        self._faces = tuple(faces)
        return tracks

    def find_at(self, image_rgb: ByteImage, time_s: float) -> list[HeadTrack]:
        """Find the heads to hide in one picture; looks only if none was just taken."""
        found_s, circles = self._found
        if abs(time_s - found_s) > _FRESH_S:
            circles = self._find(image_rgb, time_s)
        wide = circles * (1.0, 1.0, _FRESH_GROWTH)
        return [HeadTrack(np.array([time_s]), circle[np.newaxis]) for circle in wide]

    def _find(self, image_rgb: ByteImage, time_s: float) -> FloatArray:
        """Find the circles ``(N, 3)`` of untracked faces in one frame."""
        if self._finder is None:
            return np.zeros((0, 3))
        circles = self._finder.find(image_rgb)
        for head in self._heads:
            placed = head.find_head(time_s)
            if placed is not None:
                x, y, radius = placed
                away = np.hypot(circles[:, 0] - x, circles[:, 1] - y)
                circles = circles[away > _TRACKED_RADII * radius]
        self._found = time_s, circles
        return circles


def _take_nearest(fresh: list[FloatArray], circle: FloatArray) -> FloatArray | None:
    if not fresh:
        return None
    away = [float(np.hypot(*(found - circle)[:2])) for found in fresh]
    nearest = int(np.argmin(away))
    reach_px = _SAME_FACE_RADII * max(float(fresh[nearest][2]), float(circle[2]))
    return fresh.pop(nearest) if away[nearest] <= reach_px else None


def _join(
    start_s: float, start: FloatArray, end_s: float, end: FloatArray
) -> HeadTrack:
    if end_s <= start_s:
        return HeadTrack(np.array([end_s]), end[np.newaxis])
    return HeadTrack(np.array([start_s, end_s]), np.stack([start, end]))
