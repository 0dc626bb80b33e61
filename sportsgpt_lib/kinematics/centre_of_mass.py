"""The whole-body centre of mass from keypoints.

The body model is in ``body_segments.py``. Its motion and events live elsewhere.
"""

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_segments import SEGMENTS
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

# Chosen, see docs/angles.md: without the trunk or both thighs it would mean nothing.
MINIMUM_MASS_RATIO = 0.7


def compute_centre_of_mass(positions: FloatArray) -> FloatArray:
    """Compute the centre of mass as the weighted mean of the segments' mass centres.

    Parameters
    ----------
    positions
        Keypoints ``(T, J, 2)`` in any one unit. NaN = not seen.

    Returns
    -------
    Positions ``(T, 2)`` in the same unit. A segment that was not seen is left out and
    the rest is scaled up; NaN where less than 70 % of the body's mass was seen.

    Notes
    -----
    The segment parameters are of young adults; a picture shows no depth, so a segment
    out of the plane keeps its share of length.

    Source
    ------
    de Leva (1996), Table 4; see ``body_segments.py``.
    """
    frame_count = positions.shape[0]
    weighted = np.zeros((frame_count, 2))
    seen_mass = np.zeros(frame_count)
    for segment in SEGMENTS:
        proximal = positions[:, KEYPOINT_INDEX[segment.proximal]]
        distal = positions[:, KEYPOINT_INDEX[segment.distal]]
        centre = proximal + segment.centre_ratio * (distal - proximal)  # (T, 2)
        is_seen = np.isfinite(centre).all(axis=1)
        weighted[is_seen] += segment.mass_ratio * centre[is_seen]
        seen_mass[is_seen] += segment.mass_ratio
    total_mass = sum(segment.mass_ratio for segment in SEGMENTS)
    has_enough = seen_mass >= MINIMUM_MASS_RATIO * total_mass
    divisor = np.where(has_enough, seen_mass, np.nan)
    return weighted / divisor[:, np.newaxis]
