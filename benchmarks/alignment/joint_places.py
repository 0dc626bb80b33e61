"""The 12 angles of a body in space, from the places of its joints.

Angles are between segments in three dimensions, 0 to 180 degrees, so that neither the
place nor the heading of the athlete matters; heights are no part of them.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from benchmarks.alignment.movements import ANGLE_NAMES
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

# For each joint of a side: the two keypoints between which the angle is at the second.
_CHAINS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "hip": ("{side}_shoulder", "{side}_hip", "{side}_knee"),
        "knee": ("{side}_hip", "{side}_knee", "{side}_ankle"),
        "ankle": ("{side}_knee", "{side}_ankle", "{side}_big_toe"),
        "shoulder": ("{side}_hip", "{side}_shoulder", "{side}_elbow"),
        "elbow": ("{side}_shoulder", "{side}_elbow", "{side}_wrist"),
    }
)


def compute_body_angles_deg(points_m: FloatArray) -> FloatArray:
    """Compute the angles ``(T, 12)`` of points ``(T, J, 3)``, x, up and z in metres.

    NaN where a point is missing.
    """

    def point(name: str) -> FloatArray:
        return points_m[:, KEYPOINT_INDEX[name]]

    angles = {}
    for side in ("left", "right"):
        for joint, chain in _CHAINS.items():
            first, middle, last = (point(name.format(side=side)) for name in chain)
            angles[f"{side}_{joint}_deg"] = _compute_between_deg(
                first - middle, last - middle
            )
    neck, hip = point("neck"), point("hip")
    up = np.broadcast_to([0.0, 1.0, 0.0], neck.shape)
    angles["trunk_deg"] = _compute_between_deg(neck - hip, up)
    angles["neck_deg"] = _compute_between_deg(point("head") - neck, hip - neck)
    return np.stack([angles[name] for name in ANGLE_NAMES], axis=1)


def face_forward(points_m: FloatArray) -> FloatArray:
    """Turn and move every frame so that the hips lie across z, above the origin.

    Heights stay. Angles stay; blends between recordings become short.
    """
    hip = points_m[:, KEYPOINT_INDEX["hip"]] * [1.0, 0.0, 1.0]
    across = points_m[:, KEYPOINT_INDEX["right_hip"]]
    across = across - points_m[:, KEYPOINT_INDEX["left_hip"]]
    heading = np.arctan2(across[:, 0], across[:, 2])
    sine, cosine = np.sin(heading)[:, None], np.cos(heading)[:, None]
    moved = points_m - hip[:, None]
    turned = moved.copy()
    turned[..., 0] = cosine * moved[..., 0] - sine * moved[..., 2]
    turned[..., 2] = sine * moved[..., 0] + cosine * moved[..., 2]
    return turned


def _compute_between_deg(first: FloatArray, second: FloatArray) -> FloatArray:
    """Compute the angle between vectors ``(T, 3)``; exact near 0 and 180, too."""
    cross = np.linalg.norm(np.cross(first, second), axis=1)
    return np.asarray(np.rad2deg(np.arctan2(cross, np.sum(first * second, axis=1))))
