"""Looks for one person near an expected place, turned over as well where need be.

The networks know upright people best, so a crop is turned as the body is expected to
lie. Somebody who turns over fast is looked for at every turn of the crop. No track is
kept here.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.appearance import describe_person
from sportsgpt_lib.pose.estimator import PoseEstimator
from sportsgpt_lib.pose.regions import (
    BodyCircle,
    compute_body_circle,
    estimate_in_circles,
)
from sportsgpt_lib.pose.sights import Origin, Sight
from sportsgpt_lib.pose.tracks import (
    Track,
    compute_limb_confidence,
    is_plausible,
    is_same_pose,
)
from sportsgpt_lib.pose.trunk_length import compute_trunk_px

# All chosen, see docs/adr/0006-pose.md.
# A body that leans this much, or turns this fast, may be turning over.
TURNED_RAD = math.radians(50.0)
TURNING_RAD_S = math.radians(180.0)
# Changes of the expected circle that are tried, by turn and by size: the landmark
# network sees nobody in some crops and everything in those right beside them.
_NEAR_CROPS = ((20.0, 1.0), (-20.0, 1.0), (0.0, 0.8), (0.0, 1.2))
_CROPS_ALL_ROUND = tuple(
    (turn, size)
    for turn in (45.0, -45.0, 90.0, -90.0, 135.0, -135.0, 180.0)
    for size in (0.85, 1.15)
)
# Such a look is believed more rarely: anything looks a bit like a body from some side.
MIN_BESIDE_CONFIDENCE_RATIO = 0.55
MIN_TRUNK_CHANGE = 0.6
# Light and sharpness change slowly; measuring them in every picture would cost half as
# much as following does.
QUALITY_STEP_FRAMES = 3

NOBODY = -1


@dataclass(frozen=True)
class Looker:
    """Looks at single persons in pictures.

    ``NOBODY`` is the person of every sight: who it is, the tracker decides.
    """

    estimator: PoseEstimator

    def look_for_all(
        self, frame: Frame, tracks: Sequence[Track], origin: Origin
    ) -> list[Sight | None]:
        """Look for every track where its motion leads, as one batch."""
        expected = [track.predict(frame.time_s) for track in tracks]
        looks = estimate_in_circles(self.estimator, frame.image_rgb, expected)
        sights = []
        for track, circle, points in zip(tracks, expected, looks, strict=True):
            found = _believe(points, circle)
            if found is None:
                found = self._look_again(frame.image_rgb, track, circle)
            sights.append(None if found is None else _describe(frame, found, origin))
        return sights

    def settle(self, frame: Frame, place: BodyCircle) -> Sight | None:
        """Look at a detected person twice: upright, then turned as the body is."""
        points = estimate_in_circles(self.estimator, frame.image_rgb, [place])[0]
        circle = compute_body_circle(points)
        if circle is None:
            return None
        again = estimate_in_circles(self.estimator, frame.image_rgb, [circle])[0]
        found = _believe(again, circle)
        return None if found is None else _describe(frame, found, Origin.FOUND)

    def _look_again(
        self, image_rgb: ByteImage, track: Track, expected: BodyCircle
    ) -> "_Found | None":
        """Look at crops a little beside, then all round if the body may turn over."""
        found = self._look_beside(image_rgb, track, expected, _NEAR_CROPS)
        if found is None and _is_turning(track):
            found = self._look_beside(image_rgb, track, expected, _CROPS_ALL_ROUND)
        return found

    def _look_beside(
        self,
        image_rgb: ByteImage,
        track: Track,
        expected: BodyCircle,
        changes: Sequence[tuple[float, float]],
    ) -> "_Found | None":
        """Look at changed crops, twice, and keep the surest."""
        beside = [
            replace(
                expected,
                turn_rad=expected.turn_rad + math.radians(turn_deg),
                radius_px=expected.radius_px * size,
            )
            for turn_deg, size in changes
        ]
        looks = estimate_in_circles(self.estimator, image_rgb, beside)
        first = [
            found
            for points in looks
            if (found := _believe_beside(points, track, expected)) is not None
        ]
        again = estimate_in_circles(
            self.estimator, image_rgb, [found.circle for found in first]
        )
        both = [
            second
            for found, points in zip(first, again, strict=True)
            if (second := _believe_beside(points, track, expected)) is not None
            and is_same_pose(second.points, found.points)
        ]
        return max(
            both,
            key=lambda found: compute_limb_confidence(found.points),
            default=None,
        )


@dataclass(frozen=True)
class _Found:
    points: FloatArray
    circle: BodyCircle


def _believe(points: FloatArray, expected: BodyCircle) -> _Found | None:
    circle = compute_body_circle(points)
    if circle is None or not is_plausible(points, circle, expected):
        return None
    return _Found(points, circle)


def _believe_beside(
    points: FloatArray, track: Track, expected: BodyCircle
) -> _Found | None:
    found = _believe(points, expected)
    if (
        found is None
        or compute_limb_confidence(points) < MIN_BESIDE_CONFIDENCE_RATIO
        or compute_trunk_px(points) < MIN_TRUNK_CHANGE * track.trunk_px
    ):
        return None
    return found


def _is_turning(track: Track) -> bool:
    return (
        abs(track.circle.turn_rad) >= TURNED_RAD
        or abs(float(track.velocity[2])) >= TURNING_RAD_S
    )


def _describe(frame: Frame, found: _Found, origin: Origin) -> Sight | None:
    """Build the sight; None where the body lies wholly outside the picture."""
    appearance = describe_person(
        frame.image_rgb,
        found.points,
        with_quality=frame.index % QUALITY_STEP_FRAMES == 0,
    )
    if appearance is None:
        return None
    return Sight(
        frame_idx=frame.index,
        time_s=frame.time_s,
        person_idx=NOBODY,
        origin=origin,
        points=found.points,
        circle=found.circle,
        appearance=appearance,
    )
