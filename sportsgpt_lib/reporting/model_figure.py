"""A target model's figure at one instant: from its angles to points on a picture.

Target models hold angles and no places, so that segments get the lengths of an average
body and are set end to end. A segment whose angle the model does not carry is not
drawn, except the trunk, from which the rest hangs: it is drawn upright and said to be.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_segments import (
    SHANK_BODY_HEIGHTS,
    THIGH_BODY_HEIGHTS,
)
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

# Means of the female and the male column of Table 4 in de Leva P. (1996), J Biomech
# 29(9):1223-1230, doi:10.1016/0021-9290(95)00178-6, as shares of stature (1735 and
# 1741 mm): MIDS-MIDH, VERT-CERV, SJC-EJC, EJC-WJC and HEEL-TTIP.
_FEMALE_STATURE_MM, _MALE_STATURE_MM = 1735.0, 1741.0


def _share(female_mm: float, male_mm: float) -> float:
    return (female_mm / _FEMALE_STATURE_MM + male_mm / _MALE_STATURE_MM) / 2.0


TRUNK_BODY_HEIGHTS = _share(497.9, 515.5)
HEAD_BODY_HEIGHTS = _share(243.7, 242.9)
UPPER_ARM_BODY_HEIGHTS = _share(275.1, 281.7)
FOREARM_BODY_HEIGHTS = _share(264.3, 268.9)
FOOT_BODY_HEIGHTS = _share(228.3, 258.1)
# Where the ankle lies over the heel, in body heights; chosen by eye, no angle uses it.
_ANKLE_AHEAD, _ANKLE_UP = 0.035, 0.04
_SIDES = ("left", "right")


@dataclass(frozen=True)
class ModelFigure:
    """A figure ``(J, 2)`` in pixels, y down; NaN = the model does not carry it.

    ``is_trunk_known`` is False where the trunk is drawn upright for want of an angle.
    """

    positions_px: FloatArray
    is_trunk_known: bool


def build_model_figure(
    angles_deg: Mapping[str, float], *, stature_px: float, forward_sign: int
) -> ModelFigure:
    """Set an average body to a target model's angles.

    Parameters
    ----------
    angles_deg
        Angles at one instant, by their names in ``joint_kinematics``; NaN or absent =
        the model does not carry it.
    stature_px
        Height of the body in pixels.
    forward_sign
        +1 = it faces the right edge, -1 = the left one.

    Notes
    -----
    Both hips lie in one point, and both shoulders: the figure is flat.
    """
    angles = {name: value for name, value in angles_deg.items() if np.isfinite(value)}
    trunk_deg = angles.get("trunk_lean")
    points: dict[str, FloatArray] = {"hip": np.zeros(2)}
    points["neck"] = _stand(trunk_deg or 0.0, TRUNK_BODY_HEIGHTS)
    points["head"] = _stand(
        trunk_deg or 0.0, TRUNK_BODY_HEIGHTS + HEAD_BODY_HEIGHTS / 2
    )
    for side in _SIDES:
        points |= _place_leg(angles, trunk_deg, side)
        points |= _place_arm(angles, trunk_deg, side, points["neck"])
    positions = np.full((len(KEYPOINTS), 2), np.nan)
    for name, point in points.items():
        positions[KEYPOINT_INDEX[name]] = point
    to_picture = stature_px * np.array([float(forward_sign), -1.0])
    return ModelFigure(positions * to_picture, trunk_deg is not None)


def _place_leg(
    angles: Mapping[str, float], trunk_deg: float | None, side: str
) -> dict[str, FloatArray]:
    hip = np.zeros(2)
    placed = {f"{side}_hip": hip}
    thigh = angles.get(f"{side}_thigh_angle")
    bend = angles.get(f"{side}_hip_flexion")
    if thigh is None and bend is not None and trunk_deg is not None:
        thigh = bend - trunk_deg
    if thigh is None:
        return placed
    knee = hip + _hang(thigh, THIGH_BODY_HEIGHTS)
    placed[f"{side}_knee"] = knee
    shank = angles.get(f"{side}_shank_angle")
    flexion = angles.get(f"{side}_knee_flexion")
    if shank is None and flexion is not None:
        shank = thigh - flexion
    if shank is None:
        return placed
    ankle = knee + _hang(shank, SHANK_BODY_HEIGHTS)
    placed[f"{side}_ankle"] = ankle
    foot = angles.get(f"{side}_foot_angle")
    dorsiflexion = angles.get(f"{side}_ankle_dorsiflexion")
    if foot is None and dorsiflexion is not None:
        foot = shank + dorsiflexion
    if foot is None:
        return placed
    heel = ankle - _lie(foot, _ANKLE_AHEAD) + _lie(foot - 90.0, _ANKLE_UP)
    placed[f"{side}_heel"] = heel
    placed[f"{side}_big_toe"] = heel + _lie(foot, FOOT_BODY_HEIGHTS)
    return placed


def _place_arm(
    angles: Mapping[str, float], trunk_deg: float | None, side: str, neck: FloatArray
) -> dict[str, FloatArray]:
    placed = {f"{side}_shoulder": neck}
    flexion = angles.get(f"{side}_shoulder_flexion")
    if flexion is None or trunk_deg is None:
        return placed
    arm = flexion - trunk_deg
    elbow = neck + _hang(arm, UPPER_ARM_BODY_HEIGHTS)
    placed[f"{side}_elbow"] = elbow
    bend = angles.get(f"{side}_elbow_flexion")
    if bend is not None:
        placed[f"{side}_wrist"] = elbow + _hang(arm + bend, FOREARM_BODY_HEIGHTS)
    return placed


def _hang(angle_deg: float, length: float) -> FloatArray:
    turn = np.radians(angle_deg)
    return length * np.array([np.sin(turn), -np.cos(turn)])


def _stand(angle_deg: float, length: float) -> FloatArray:
    turn = np.radians(angle_deg)
    return length * np.array([np.sin(turn), np.cos(turn)])


def _lie(angle_deg: float, length: float) -> FloatArray:
    turn = np.radians(angle_deg)
    return length * np.array([np.cos(turn), np.sin(turn)])
