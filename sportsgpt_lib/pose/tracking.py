"""Follows every person through a clip, frame by frame.

A person seen in one frame is looked for in the next at the place where the motion
leads; the detector runs now and then to find new persons, and more often while somebody
is lost. The answer for a frame depends on earlier frames only. Who is the athlete is
decided elsewhere.
"""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.regions import (
    BodyCircle,
    compute_body_circle,
    compute_box_circle,
    estimate_in_circles,
)
from sportsgpt_lib.pose.skeleton import keypoint_indices

# All chosen on sports footage, see docs/adr/0006-pose.md. Lengths are in radii of the
# person's circle, which is about half the standing height.
SEARCH_INTERVAL_S = 0.5
LOST_SEARCH_INTERVAL_S = 0.1
COAST_S = 0.1
KEEP_LOST_S = 1.0
MIN_CONFIDENCE_RATIO = 0.35
MAX_JUMP_RADII = 0.6
MAX_RADIUS_CHANGE = 1.8
SAME_PLACE_RADII = 0.6
SAME_POSE_RADII = 0.25
REFIND_BASE_RADII = 0.75
REFIND_RADII_PER_S = 3.0
VELOCITY_MEMORY_RATIO = 0.5

_LIMBS = keypoint_indices(
    [
        f"{side}_{joint}"
        for side in ("left", "right")
        for joint in ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    ]
)


@dataclass(frozen=True)
class _Track:
    """One person: where last seen, how moving, when last seen."""

    person_idx: int
    circle: BodyCircle
    points: FloatArray
    velocity_px_s: tuple[float, float]
    seen_s: float

    def predict(self, time_s: float) -> BodyCircle:
        """Predict the circle; motion is trusted no longer than a short coast."""
        step_s = min(time_s - self.seen_s, COAST_S)
        return replace(
            self.circle,
            x_px=self.circle.x_px + self.velocity_px_s[0] * step_s,
            y_px=self.circle.y_px + self.velocity_px_s[1] * step_s,
        )

    def see(self, points: FloatArray, circle: BodyCircle, time_s: float) -> "_Track":
        """Build the track's next state from a new sight of the person."""
        step_s = time_s - self.seen_s
        new_x = (circle.x_px - self.circle.x_px) / step_s
        new_y = (circle.y_px - self.circle.y_px) / step_s
        keep = VELOCITY_MEMORY_RATIO
        velocity = (
            keep * self.velocity_px_s[0] + (1 - keep) * new_x,
            keep * self.velocity_px_s[1] + (1 - keep) * new_y,
        )
        return _Track(self.person_idx, circle, points, velocity, time_s)


@dataclass
class PoseTracker:
    """Finds and follows persons; feed it the frames of one clip in order."""

    detector: PersonDetector
    estimator: PoseEstimator
    _tracks: list[_Track] = field(default_factory=list)
    _next_idx: int = 0
    _searched_s: float = -math.inf

    def step(self, frame: Frame) -> dict[int, FloatArray]:
        """Look at the next frame.

        Returns
        -------
        For each person seen in it the keypoints ``(J, 3)``: x and y in pixels and the
        confidence.
        """
        height_px, width_px = frame.image_rgb.shape[:2]
        self._follow(frame)
        self._tracks = [
            track
            for track in self._tracks
            if frame.time_s - track.seen_s <= KEEP_LOST_S
            and _is_inside(track.predict(frame.time_s), width_px, height_px)
        ]
        if self._is_search_due(frame.time_s):
            self._search(frame)
        return {
            track.person_idx: track.points
            for track in self._tracks
            if track.seen_s == frame.time_s
        }

    def _follow(self, frame: Frame) -> None:
        """Look for every known person where the motion leads."""
        followed = [
            idx
            for idx, track in enumerate(self._tracks)
            if frame.time_s - track.seen_s <= COAST_S
        ]
        circles = [self._tracks[idx].predict(frame.time_s) for idx in followed]
        sights = estimate_in_circles(self.estimator, frame.image_rgb, circles)
        accepted: list[tuple[float, int, _Track]] = []
        for idx, expected, points in zip(followed, circles, sights, strict=True):
            circle = compute_body_circle(points)
            if circle is None or not _is_plausible(points, circle, expected):
                continue
            surprise = circle.distance_px(expected) / expected.radius_px
            track = self._tracks[idx].see(points, circle, frame.time_s)
            accepted.append((surprise, idx, track))
        # Two tracks on one person: the one that expected the person there keeps it.
        kept: list[_Track] = []
        for _, idx, track in sorted(accepted, key=lambda item: item[:2]):
            if not any(_is_same_pose(track.points, other.points) for other in kept):
                self._tracks[idx] = track
                kept.append(track)

    def _is_search_due(self, time_s: float) -> bool:
        somebody_is_lost = any(track.seen_s < time_s for track in self._tracks)
        interval_s = LOST_SEARCH_INTERVAL_S if somebody_is_lost else SEARCH_INTERVAL_S
        return time_s - self._searched_s >= interval_s

    def _search(self, frame: Frame) -> None:
        """Run the detector, refind the lost, and start tracks of new persons."""
        self._searched_s = frame.time_s
        for box in self.detector.detect(frame.image_rgb):
            place = compute_box_circle(box)
            seen = [track for track in self._tracks if track.seen_s == frame.time_s]
            if any(_is_same_place(track.circle, place) for track in seen):
                continue
            points = self._settle(frame.image_rgb, place)
            circle = None if points is None else compute_body_circle(points)
            if points is None or circle is None:
                continue
            if not any(_is_same_pose(points, track.points) for track in seen):
                self._enter(points, circle, frame.time_s)

    def _settle(self, image_rgb: ByteImage, place: BodyCircle) -> FloatArray | None:
        """Estimate a detected person twice: upright, then turned as the body is."""
        points = estimate_in_circles(self.estimator, image_rgb, [place])[0]
        circle = compute_body_circle(points)
        if circle is None:
            return None
        points = estimate_in_circles(self.estimator, image_rgb, [circle])[0]
        settled = compute_body_circle(points)
        if settled is None or not _is_plausible(points, settled, circle):
            return None
        return points

    def _enter(self, points: FloatArray, circle: BodyCircle, time_s: float) -> None:
        lost = [
            (track.predict(time_s).distance_px(circle) / track.circle.radius_px, idx)
            for idx, track in enumerate(self._tracks)
            if track.seen_s < time_s and _can_be_refound(track, circle, time_s)
        ]
        if lost:
            _, idx = min(lost)
            self._tracks[idx] = self._tracks[idx].see(points, circle, time_s)
            return
        self._tracks.append(_Track(self._next_idx, circle, points, (0.0, 0.0), time_s))
        self._next_idx += 1


def _is_plausible(points: FloatArray, circle: BodyCircle, expected: BodyCircle) -> bool:
    change = circle.radius_px / expected.radius_px
    return (
        float(np.mean(points[_LIMBS, 2])) >= MIN_CONFIDENCE_RATIO
        and circle.distance_px(expected) <= MAX_JUMP_RADII * expected.radius_px
        and 1 / MAX_RADIUS_CHANGE <= change <= MAX_RADIUS_CHANGE
    )


def _is_same_place(first: BodyCircle, second: BodyCircle) -> bool:
    limit_px = SAME_PLACE_RADII * max(first.radius_px, second.radius_px)
    return first.distance_px(second) <= limit_px


def _is_same_pose(first: FloatArray, second: FloatArray) -> bool:
    circle = compute_body_circle(first)
    if circle is None:
        return False
    distances = np.hypot(*(first[_LIMBS, :2] - second[_LIMBS, :2]).T)
    return bool(np.nanmean(distances) <= SAME_POSE_RADII * circle.radius_px)


def _can_be_refound(track: _Track, circle: BodyCircle, time_s: float) -> bool:
    gap_s = time_s - track.seen_s
    reach_px = track.circle.radius_px * (REFIND_BASE_RADII + REFIND_RADII_PER_S * gap_s)
    change = circle.radius_px / track.circle.radius_px
    return (
        track.predict(time_s).distance_px(circle) <= reach_px
        and 1 / MAX_RADIUS_CHANGE <= change <= MAX_RADIUS_CHANGE
    )


def _is_inside(circle: BodyCircle, width_px: int, height_px: int) -> bool:
    return 0 <= circle.x_px <= width_px and 0 <= circle.y_px <= height_px
