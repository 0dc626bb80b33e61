"""Angles of segments and joints in the plane of movement.

Positions are (T, 2) arrays of forward and up, in any one unit; ``quantities.py`` turns
picture coordinates into them. The convention, with a figure, is docs/angles.md. No
derivative, no filter and no keypoint name lives here.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.rates import STAMP_ROUNDING_S

FULL_TURN_DEG = 360.0
HALF_TURN_DEG = 180.0

# Where each joint's range is cut open, so that no reachable pose lies near the cut:
# the middle of the half-open interval of 360 degrees an angle is reported in.
KNEE_CENTRE_DEG = 75.0
HIP_CENTRE_DEG = 45.0
ANKLE_CENTRE_DEG = 0.0
ELBOW_CENTRE_DEG = 75.0
SHOULDER_CENTRE_DEG = 60.0

# Chosen, see docs/angles.md: a body turns over at 1000 degrees per second at most,
# 40 degrees between two frames at 25 Hz. A larger step is a keypoint that jumped.
_LARGEST_STEP_DEG = 90.0
_LONGEST_GAP_S = 0.1


def wrap_deg(angles_deg: FloatArray, centre_deg: float = 0.0) -> FloatArray:
    """Bring angles into the turn around a centre, [centre - 180, centre + 180).

    NaN stays NaN. For a joint the centre is the middle of its range of motion, which
    leaves no jump inside that range.
    """
    low_deg = centre_deg - HALF_TURN_DEG
    return np.mod(angles_deg - low_deg, FULL_TURN_DEG) + low_deg


def find_whole_turns_deg(angle_deg: float) -> float:
    """Find the whole turns in an angle; what is left lies in [-180, 180). NaN stays."""
    return FULL_TURN_DEG * float(np.floor((angle_deg + HALF_TURN_DEG) / FULL_TURN_DEG))


def follow_turns_deg(times_s: FloatArray, angles_deg: FloatArray) -> FloatArray:
    """Let the angle of a segment run on past half a turn while the body turns over.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the movement.
    angles_deg
        Angles of a segment ``(T,)``, within one turn. NaN = missing.

    Returns
    -------
    The same angles plus whole turns, without a jump at half a turn. Each stretch that
    can be followed has its median in [-180, 180); a gap of more than 0.1 s, or a step
    of more than 90 degrees, ends a stretch, so that a keypoint that jumps about adds no
    turns to what comes after it.
    """
    followed_deg = np.full(angles_deg.shape, np.nan)
    seen = np.flatnonzero(np.isfinite(angles_deg))
    steps_deg = wrap_deg(np.diff(angles_deg[seen]))
    gaps_s = np.diff(times_s[seen])
    is_gap = gaps_s > _LONGEST_GAP_S + STAMP_ROUNDING_S
    ends = (np.abs(steps_deg) > _LARGEST_STEP_DEG) | is_gap
    for stretch in np.split(seen, np.flatnonzero(ends) + 1):
        if stretch.size:
            turned_deg = np.unwrap(angles_deg[stretch], period=FULL_TURN_DEG)
            turns_deg = find_whole_turns_deg(float(np.median(turned_deg)))
            followed_deg[stretch] = turned_deg - turns_deg
    return followed_deg


def compute_hanging_angle_deg(proximal: FloatArray, distal: FloatArray) -> FloatArray:
    """Compute the angle of a hanging segment from the downward vertical.

    Parameters
    ----------
    proximal, distal
        Ends of the segment ``(T, 2)``, forward and up. NaN = not seen.

    Returns
    -------
    Angles ``(T,)`` in degrees, [-180, 180): 0 = hanging straight down, positive = the
    distal end is ahead. NaN where an end is NaN or both ends coincide.
    """
    return _direction_deg(
        ahead=distal[:, 0] - proximal[:, 0], along=proximal[:, 1] - distal[:, 1]
    )


def compute_standing_angle_deg(lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Compute the angle of an upright segment from the upward vertical.

    Same arrays as :func:`compute_hanging_angle_deg`; positive = the upper end is ahead.
    """
    return _direction_deg(
        ahead=upper[:, 0] - lower[:, 0], along=upper[:, 1] - lower[:, 1]
    )


def compute_level_angle_deg(rear: FloatArray, front: FloatArray) -> FloatArray:
    """Compute the angle of a lying segment from the horizontal.

    Same arrays as :func:`compute_hanging_angle_deg`; positive = front end higher.
    """
    return _direction_deg(
        ahead=front[:, 1] - rear[:, 1], along=front[:, 0] - rear[:, 0]
    )


def compute_knee_flexion_deg(
    thigh_deg: FloatArray, shank_deg: FloatArray
) -> FloatArray:
    """Compute knee flexion: 0 = straight, positive = heel towards the buttock."""
    return wrap_deg(thigh_deg - shank_deg, KNEE_CENTRE_DEG)


def compute_hip_flexion_deg(thigh_deg: FloatArray, trunk_deg: FloatArray) -> FloatArray:
    """Compute hip flexion: 0 = thigh in line with the trunk, positive = thigh ahead."""
    return wrap_deg(thigh_deg + trunk_deg, HIP_CENTRE_DEG)


def compute_ankle_dorsiflexion_deg(
    shank_deg: FloatArray, foot_deg: FloatArray
) -> FloatArray:
    """Compute dorsiflexion: 0 = foot square to the shank, positive = toes up."""
    return wrap_deg(foot_deg - shank_deg, ANKLE_CENTRE_DEG)


def compute_elbow_flexion_deg(
    upper_arm_deg: FloatArray, forearm_deg: FloatArray
) -> FloatArray:
    """Compute elbow flexion: 0 = straight, positive = hand towards the shoulder."""
    return wrap_deg(forearm_deg - upper_arm_deg, ELBOW_CENTRE_DEG)


def compute_shoulder_flexion_deg(
    upper_arm_deg: FloatArray, trunk_deg: FloatArray
) -> FloatArray:
    """Compute shoulder flexion: 0 = arm along the trunk, positive = arm ahead."""
    return wrap_deg(upper_arm_deg + trunk_deg, SHOULDER_CENTRE_DEG)


def _direction_deg(ahead: FloatArray, along: FloatArray) -> FloatArray:
    angles_deg = np.degrees(np.arctan2(ahead, along))
    angles_deg[(ahead == 0.0) & (along == 0.0)] = np.nan
    return wrap_deg(angles_deg)
