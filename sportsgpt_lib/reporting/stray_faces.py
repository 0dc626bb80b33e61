"""Follows, from look to look, faces that belong to no pose track.

A look costs as much as painting several frames, so looks are half a second apart; in
the video a face is hidden from the look before it was seen until well after. A single
picture is looked at itself, unless a look was just taken, and hides what is remembered.
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
# A single picture is not looked at if a look was taken so shortly before. The circles
# of its faces are so much wider, and grow by so much a second since they were seen.
_FRESH_S = 0.25
# A find this near to the middle of a tracked head, and not much larger, is that head's
# own face; both in radii of the head. Remembered, it would leave a blurred trail.
_OWN_FACE_RADII = 0.6
_OWN_FACE_SIZE = 1.3
_FRESH_GROWTH = 1.4
_GROWTH_S = 0.4


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
        Head tracks of everybody who is tracked. A find is left out only where the
        circle of such a head, seen just then, covers it wholly, or where it is that
        head's own face.
    """

    def __init__(self, finder: FaceFinder | None, heads: Sequence[HeadTrack]) -> None:
        self._finder = finder
        self._heads = heads
        self._faces: tuple[_Face, ...] = ()
        self._looked_at_s: float | None = None
        self._found_s = -np.inf

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
        return [
            _join(since_s, before, time_s, after)
            for before, after in self._find(image_rgb, time_s)
        ]

    def find_at(self, image_rgb: ByteImage, time_s: float) -> list[HeadTrack]:
        """Find the heads to hide in one picture; looks only if none was just taken."""
        if abs(time_s - self._found_s) > _FRESH_S:
            self._find(image_rgb, time_s)
        return [
            HeadTrack(np.array([time_s]), _widen(face, time_s)[np.newaxis])
            for face in self._faces
            if abs(time_s - face.last_seen_s) <= _KEEP_S
        ]

    def _find(
        self, image_rgb: ByteImage, time_s: float
    ) -> list[tuple[FloatArray, FloatArray]]:
        """Look, and bring what is remembered up to date.

        Returns the circle ``(3,)`` before and now of every face remembered or found.
        """
        fresh = self._find_uncovered(image_rgb, time_s)
        self._found_s = time_s
        moves, faces = [], []
        for face in self._faces:
            moved = _take_nearest(fresh, face.circle)
            if moved is not None:
                faces.append(_Face(moved, time_s))
            elif time_s - face.last_seen_s <= _KEEP_S:
                faces.append(face)
            moves.append((face.circle, face.circle if moved is None else moved))
        faces += [_Face(circle, time_s) for circle in fresh]
        moves += [(circle, circle) for circle in fresh]
        self._faces = tuple(faces)
        return moves

    def _find_uncovered(self, image_rgb: ByteImage, time_s: float) -> list[FloatArray]:
        """Find the circles ``(3,)`` that no head seen just then covers or owns."""
        if self._finder is None:
            return []
        circles = self._finder.find(image_rgb)
        for head in self._heads:
            painted = head.find_head(time_s)
            # A grown circle shrinks within a frame or two and uncovers what it hid.
            if painted is not None and head.is_seen_at(time_s):
                x, y, radius = painted
                away = np.hypot(circles[:, 0] - x, circles[:, 1] - y)
                is_covered = away + circles[:, 2] <= radius
                is_own = (away <= _OWN_FACE_RADII * radius) & (
                    circles[:, 2] <= _OWN_FACE_SIZE * radius
                )
                circles = circles[~(is_covered | is_own)]
        return list(circles)


def _widen(face: _Face, time_s: float) -> FloatArray:
    growth = _FRESH_GROWTH + _GROWTH_S * abs(time_s - face.last_seen_s)
    widened: FloatArray = face.circle * (1.0, 1.0, growth)
    return widened


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
