"""Hides the face of every person whom the pose network saw.

The heads come from pose tracks; faces of persons whom no track holds are looked for in
``face_finder.py``. No file lives here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, keypoint_indices
from sportsgpt_lib.pose.trunk_length import compute_median_trunk_px, compute_trunk_px

_FACE_POINTS = keypoint_indices(
    ["nose", "left_eye", "right_eye", "left_ear", "right_ear", "head"]
)
_NECK = KEYPOINT_INDEX["neck"]
_HIP = KEYPOINT_INDEX["hip"]

# A head is about 0.13 of the stature high and a trunk, shoulders to hips, 0.288 (Winter
# 2009, Biomechanics and Motor Control of Human Movement, 4th ed., fig. 4.1, ISBN
# 978-0-470-39818-0): half a head is 0.23 trunks. Chosen wider, so that hair and the
# error of the keypoints are covered.
HEAD_RADIUS_TRUNKS = 0.34
# Where no face point is seen the head lies this far beyond the neck, along the trunk.
HEAD_BEYOND_NECK_TRUNKS = 0.3
# Chosen: a track that ends is followed by its last head for so long.
HOLD_S = 0.5
# Chosen: a gap in a track up to this long is bridged; in a longer one the person may
# have left, and the last and the next head are held for ``HOLD_S``.
LONGEST_BRIDGE_S = 2.0
# Chosen: two frames at 30 Hz; in that time a head moves by less than the circle covers.
_SURE_S = 0.067
# Chosen: where nobody saw the head, its circle grows by so many radii a second away
# from the nearest sight, to so many at most. A head in a jump moves by about this.
_GROWTH_RADII_S = 6.0
_LARGEST_GROWTH_RADII = 2.0
# Chosen: squares across a whole picture that is hidden; a face of a fifth of its height
# is then one or two of them.
_VEIL_SQUARES = 40
# Chosen: a face of this many squares across cannot be recognised.
MOSAIC_SQUARES = 5
_SMALLEST_PATCH_PX = 2


@dataclass(frozen=True)
class HeadTrack:
    """Where one person's head is: centre and radius ``(T, 3)`` in px at ``times_s``.

    Only times at which the head could be placed are kept, so there is no NaN.
    """

    times_s: FloatArray
    circles_px: FloatArray

    def find_head(self, time_s: float) -> tuple[float, float, float] | None:
        """Find x, y and radius in pixels at a time; None where nobody is tracked.

        Gaps inside the track are bridged, since a face must not flash up in them; the
        circle grows there, since the head's path is not known.
        """
        if not self.times_s.size:
            return None
        if not self.times_s[0] - HOLD_S <= time_s <= self.times_s[-1] + HOLD_S:
            return None
        seen_s = self._find_nearest_sights(time_s)
        away_s = min(abs(time_s - sight_s) for sight_s in seen_s)
        if seen_s[1] - seen_s[0] > LONGEST_BRIDGE_S:
            if away_s > HOLD_S:
                return None
            time_s = min(seen_s, key=lambda sight_s: abs(time_s - sight_s))
        x, y, radius = (
            float(np.interp(time_s, self.times_s, column))
            for column in self.circles_px.T
        )
        unseen_s = max(0.0, away_s - _SURE_S)
        growth = min(_GROWTH_RADII_S * unseen_s, _LARGEST_GROWTH_RADII)
        return x, y, radius * (1.0 + growth)

    def is_seen_at(self, time_s: float) -> bool:
        """Whether the head was seen so near to a time that its circle has not grown."""
        if not self.times_s.size:
            return False
        seen_s = self._find_nearest_sights(time_s)
        return min(abs(time_s - sight_s) for sight_s in seen_s) <= _SURE_S

    def _find_nearest_sights(self, time_s: float) -> tuple[float, float]:
        """Find the last sight before a time and the first one after it."""
        after = int(np.searchsorted(self.times_s, time_s))
        places = max(after - 1, 0), min(after, self.times_s.size - 1)
        return float(self.times_s[places[0]]), float(self.times_s[places[1]])


def track_head(poses: PoseSequence) -> HeadTrack:
    """Place a person's head in every frame that shows enough of it.

    Parameters
    ----------
    poses
        The person's poses; NaN points are skipped.

    Returns
    -------
    The head's track; empty where neither a face point nor the trunk was ever seen.
    """
    positions = poses.positions_px
    trunk = positions[:, _NECK] - positions[:, _HIP]  # (T, 2)
    trunk_px = compute_trunk_px(positions)
    usual_trunk_px = compute_median_trunk_px(positions)
    faces = positions[:, _FACE_POINTS]  # (T, points, 2)
    is_seen = np.isfinite(faces[:, :, 0])
    count = is_seen.sum(axis=1)
    centres = np.where(is_seen[:, :, None], faces, 0.0).sum(axis=1)
    centres = centres / np.where(count == 0, np.nan, count)[:, None]
    beyond_neck = positions[:, _NECK] + HEAD_BEYOND_NECK_TRUNKS * trunk
    centres = np.where(np.isfinite(centres), centres, beyond_neck)
    spread_px = np.linalg.norm(faces - centres[:, None, :], axis=2)
    spread_px = np.where(np.isfinite(spread_px), spread_px, 0.0).max(axis=1)
    # A trunk seen end-on looks short; the head does not shrink with it.
    by_trunk_px = HEAD_RADIUS_TRUNKS * np.fmax(trunk_px, usual_trunk_px)
    circles = np.column_stack([centres, np.fmax(by_trunk_px, spread_px)])
    is_placed = np.isfinite(circles).all(axis=1)
    return HeadTrack(poses.times_s[is_placed], circles[is_placed])


def blur_heads(
    image_rgb: ByteImage, heads: Iterable[HeadTrack], time_s: float, scale: float
) -> None:
    """Turn each head into a mosaic, in place.

    Parameters
    ----------
    image_rgb
        Picture ``(H, W, 3)``; changed.
    heads
        Head tracks in pixels of the clip.
    time_s
        Time of the picture in the clip.
    scale
        Size of the picture divided by that of the clip.
    """
    for head in heads:
        circle = head.find_head(time_s)
        if circle is not None:
            x, y, radius = (scale * number for number in circle)
            _blur_circle(image_rgb, x, y, radius)


def veil_picture(image_rgb: ByteImage) -> None:
    """Turn a whole picture into a coarse mosaic, in place.

    For clips in which nobody was tracked, so that nobody's place is known.
    """
    import cv2

    height, width = image_rgb.shape[:2]
    squares = (_VEIL_SQUARES, max(1, round(_VEIL_SQUARES * height / width)))
    coarse = cv2.resize(image_rgb, squares, interpolation=cv2.INTER_AREA)
    image_rgb[:] = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_NEAREST)


def _blur_circle(image_rgb: ByteImage, x: float, y: float, radius: float) -> None:
    import cv2

    height, width = image_rgb.shape[:2]
    left, right = max(0, int(x - radius)), min(width, int(x + radius) + 1)
    top, bottom = max(0, int(y - radius)), min(height, int(y + radius) + 1)
    if min(right - left, bottom - top) < _SMALLEST_PATCH_PX:
        return
    patch = image_rgb[top:bottom, left:right]
    squares = (MOSAIC_SQUARES, MOSAIC_SQUARES)
    coarse = cv2.resize(patch, squares, interpolation=cv2.INTER_AREA)
    size = (right - left, bottom - top)
    mosaic = cv2.resize(coarse, size, interpolation=cv2.INTER_LINEAR)
    rows = np.arange(top, bottom)[:, None] - y
    columns = np.arange(left, right)[None, :] - x
    is_head = rows**2 + columns**2 <= radius**2
    patch[is_head] = mosaic[is_head]
