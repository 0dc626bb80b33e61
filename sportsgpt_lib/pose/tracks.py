"""The state of one followed person, and when a sight can be of that person.

A track tells where the person should be at any time, forwards or backwards. It looks at
no picture.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.appearance import compute_clothes_distance
from sportsgpt_lib.pose.regions import BodyCircle, compute_body_circle
from sportsgpt_lib.pose.sights import Sight
from sportsgpt_lib.pose.skeleton import BONES, keypoint_indices
from sportsgpt_lib.pose.trunk_length import compute_trunk_px

# All chosen on sports footage, see docs/adr/0006-pose.md. Lengths are in radii of the
# person's circle, which is about half the standing height.
MIN_CONFIDENCE_RATIO = 0.35
MAX_JUMP_RADII = 0.6
MAX_RADIUS_CHANGE = 1.8
SAME_PLACE_RADII = 0.6
SAME_POSE_RADII = 0.25
REFIND_BASE_RADII = 0.75
REFIND_RADII_PER_S = 3.0
# Somebody not seen for this long is lost.
COAST_S = 0.1
# What a track remembers fades with these time constants. The slow one outlives the last
# sights before somebody is hidden, which show only a part of the body.
VELOCITY_MEMORY_S = 0.05
DRIFT_MEMORY_S = 0.3
LOOKS_MEMORY_S = 1.0
# A part of a body is this small beside it and lies this near to its bones.
MAX_PART_RADII = 0.75
PART_DISTANCE_RADII = 0.12
# Distance of clothes in CIELAB that counts as much as the whole reach of a search.
CLOTHES_SCALE = 30.0

_JOINTS = ("shoulder", "elbow", "wrist", "hip", "knee", "ankle")
_LIMBS, _LIMBS_EXCHANGED = (
    keypoint_indices([f"{side}_{joint}" for side in sides for joint in _JOINTS])
    for sides in (("left", "right"), ("right", "left"))
)
_BONE_STARTS, _BONE_ENDS = (
    keypoint_indices([bone[end] for bone in BONES if "toe" not in bone[1]])
    for end in (0, 1)
)


@dataclass(frozen=True)
class Track:
    """One person: the last sight, the motion, and how the person looks.

    ``velocity`` ``(3,)`` is of the circle's centre, in px/s, and of its turn, in rad/s,
    at the last sight; ``drift`` ``(3,)`` is the same over the last third of a second.
    ``torso_lab`` and ``thigh_lab`` ``(3,)`` are means over about a second, NaN while
    never seen; ``trunk_px`` is the mean distance from hip to neck.
    """

    person_idx: int
    frame_idx: int
    seen_s: float
    circle: BodyCircle
    points: FloatArray
    velocity: FloatArray
    drift: FloatArray
    torso_lab: FloatArray
    thigh_lab: FloatArray
    trunk_px: float

    @classmethod
    def start(cls, sight: Sight) -> "Track":
        """Build the track of somebody who was never seen before."""
        return cls(
            person_idx=sight.person_idx,
            frame_idx=sight.frame_idx,
            seen_s=sight.time_s,
            circle=sight.circle,
            points=sight.points,
            velocity=np.zeros(3),
            drift=np.zeros(3),
            torso_lab=sight.appearance.torso_lab,
            thigh_lab=sight.appearance.thigh_lab,
            trunk_px=float(compute_trunk_px(sight.points)),
        )

    def see(self, sight: Sight) -> "Track":
        """Build the next state from a new sight, of a later or an earlier picture."""
        step_s = sight.time_s - self.seen_s
        moved = np.array(
            [
                sight.circle.x_px - self.circle.x_px,
                sight.circle.y_px - self.circle.y_px,
                _wrap(sight.circle.turn_rad - self.circle.turn_rad),
            ]
        )
        at_once, slowly, looks = (
            math.exp(-abs(step_s) / memory_s)
            for memory_s in (VELOCITY_MEMORY_S, DRIFT_MEMORY_S, LOOKS_MEMORY_S)
        )
        trunk_px = float(compute_trunk_px(sight.points))
        return Track(
            person_idx=self.person_idx,
            frame_idx=sight.frame_idx,
            seen_s=sight.time_s,
            circle=sight.circle,
            points=sight.points,
            velocity=at_once * self.velocity + (1 - at_once) * moved / step_s,
            drift=slowly * self.drift + (1 - slowly) * moved / step_s,
            torso_lab=_blend(self.torso_lab, sight.appearance.torso_lab, looks),
            thigh_lab=_blend(self.thigh_lab, sight.appearance.thigh_lab, looks),
            trunk_px=looks * self.trunk_px + (1 - looks) * trunk_px,
        )

    def predict(self, time_s: float) -> BodyCircle:
        """Predict the circle, at an even speed and turn."""
        step_s = time_s - self.seen_s
        is_lost = abs(step_s) > COAST_S
        moved = step_s * (self.drift if is_lost else self.velocity)
        return replace(
            self.circle,
            x_px=self.circle.x_px + float(moved[0]),
            y_px=self.circle.y_px + float(moved[1]),
            turn_rad=_wrap(self.circle.turn_rad + float(moved[2])),
        )

    def compute_surprise_radii(self, circle: BodyCircle, time_s: float) -> float:
        """Compute how far from the expected place somebody was seen."""
        return self.predict(time_s).distance_px(circle) / self.circle.radius_px

    def compute_clothes_cost(self, sight: Sight) -> float:
        """Compute how unlike the clothes are, 0 to 1; 0.5 where that is not known."""
        distance = compute_clothes_distance(
            (self.torso_lab, self.thigh_lab), sight.appearance.clothes_lab
        )
        return min(distance / CLOTHES_SCALE, 1.0) if math.isfinite(distance) else 0.5

    def compute_refind_cost(self, sight: Sight) -> float:
        """Compute how unlikely it is that a sight is this lost person.

        Returns
        -------
        Sum of three shares from 0 to 1: of the reach, which grows with the time since
        the last sight; of the change of size allowed; and of clothes. Infinite where
        the sight is out of reach, of another size, or not later than the last one.
        """
        gap_s = sight.time_s - self.seen_s
        reach_radii = REFIND_BASE_RADII + REFIND_RADII_PER_S * gap_s
        place = self.compute_surprise_radii(sight.circle, sight.time_s) / reach_radii
        change = abs(math.log(sight.circle.radius_px / self.circle.radius_px))
        size = change / math.log(MAX_RADIUS_CHANGE)
        if gap_s <= 0 or place > 1 or size > 1:
            return math.inf
        return place + size + self.compute_clothes_cost(sight)


def compute_limb_confidence(points: FloatArray) -> float:
    """Compute the mean confidence of the limbs' keypoints."""
    return float(np.mean(points[_LIMBS, 2]))


def is_plausible(points: FloatArray, circle: BodyCircle, expected: BodyCircle) -> bool:
    """Whether a look shows a person, near the expected place and of that size."""
    change = circle.radius_px / expected.radius_px
    return (
        compute_limb_confidence(points) >= MIN_CONFIDENCE_RATIO
        and circle.distance_px(expected) <= MAX_JUMP_RADII * expected.radius_px
        and 1 / MAX_RADIUS_CHANGE <= change <= MAX_RADIUS_CHANGE
    )


def is_same_place(first: BodyCircle, second: BodyCircle) -> bool:
    """Whether two circles may hold the same body."""
    limit_px = SAME_PLACE_RADII * max(first.radius_px, second.radius_px)
    return first.distance_px(second) <= limit_px


def is_same_pose(first: FloatArray, second: FloatArray) -> bool:
    """Whether two sets of keypoints ``(J, 3)`` lie on the same body.

    Left and right may be exchanged: two looks at one body need not agree on them.
    """
    circle = compute_body_circle(first)
    if circle is None:
        return False
    as_named, exchanged = (
        float(np.nanmean(np.hypot(*(first[_LIMBS, :2] - second[order, :2]).T)))
        for order in (_LIMBS, _LIMBS_EXCHANGED)
    )
    return min(as_named, exchanged) <= SAME_POSE_RADII * circle.radius_px


def is_part_of(part: Sight, whole: Sight) -> bool:
    """Whether a sight is no person of its own but a part of a larger one's body.

    The networks take an arm and a shoulder for a small person now and then.
    """
    ratio = part.circle.radius_px / whole.circle.radius_px
    apart_px = part.circle.distance_px(whole.circle)
    if ratio > MAX_PART_RADII or apart_px > whole.circle.radius_px:
        return False
    starts, ends = (whole.points[idx, :2] for idx in (_BONE_STARTS, _BONE_ENDS))
    distances = np.nanmin(_distances_px(part.points[_LIMBS, :2], starts, ends), axis=1)
    return float(np.nanmean(distances)) <= PART_DISTANCE_RADII * whole.circle.radius_px


def is_inside(circle: BodyCircle, width_px: int, height_px: int) -> bool:
    """Whether the centre of a circle lies in the picture."""
    return 0 <= circle.x_px <= width_px and 0 <= circle.y_px <= height_px


def _blend(old: FloatArray, new: FloatArray, keep: float) -> FloatArray:
    """Mix two colours ``(3,)``; one that is not known changes nothing."""
    if not np.isfinite(new).all():
        return old
    if not np.isfinite(old).all():
        return new
    return np.asarray(keep * old + (1 - keep) * new)


def _distances_px(
    points_px: FloatArray, starts_px: FloatArray, ends_px: FloatArray
) -> FloatArray:
    """Compute the distances ``(P, B)`` of points ``(P, 2)`` to lines ``(B, 2)``."""
    along = ends_px - starts_px
    offsets = points_px[:, None] - starts_px  # (P, B, 2)
    lengths = np.maximum(np.sum(along**2, axis=1), 1e-9)
    shares = np.clip(np.sum(offsets * along, axis=2) / lengths, 0.0, 1.0)
    return np.asarray(np.hypot(*np.moveaxis(offsets - shares[..., None] * along, 2, 0)))


def _wrap(angle_rad: float) -> float:
    return math.remainder(angle_rad, math.tau)
