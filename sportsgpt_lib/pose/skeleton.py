"""The one skeleton of the platform: Halpe-26, body with feet, and its array letters.

Array letters, used in every docstring and shape comment of the library: T frames,
J joints (keypoints), D 2 image axes, N persons, K keyframes, I indicators, S issues.
Every backend maps its own points into this order and names the ones it lacks.
No angle, no filter and no file lives here.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

# Source: Fang et al. (2022), AlphaPose: Whole-Body Regional Multi-Person Pose
# Estimation and Tracking in Real-Time, IEEE TPAMI, doi:10.1109/TPAMI.2022.3222784;
# names and order as in Halpe Full-Body's 26 keypoints.
KEYPOINTS: tuple[str, ...] = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
    "head",
    "neck",
    "hip",
    "left_big_toe",
    "right_big_toe",
    "left_small_toe",
    "right_small_toe",
    "left_heel",
    "right_heel",
)
KEYPOINT_INDEX = MappingProxyType({name: idx for idx, name in enumerate(KEYPOINTS)})

# Keypoints that are the middle of two others, for networks that do not know them; their
# confidence is then the lower one.
MIDPOINTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "neck": ("left_shoulder", "right_shoulder"),
        "hip": ("left_hip", "right_hip"),
    }
)

# Lines to draw between keypoints; for pictures only, no number is taken from them.
BONES: tuple[tuple[str, str], ...] = (
    ("head", "neck"),
    ("nose", "neck"),
    ("neck", "hip"),
    ("neck", "left_shoulder"),
    ("left_shoulder", "left_elbow"),
    ("left_elbow", "left_wrist"),
    ("neck", "right_shoulder"),
    ("right_shoulder", "right_elbow"),
    ("right_elbow", "right_wrist"),
    ("hip", "left_hip"),
    ("left_hip", "left_knee"),
    ("left_knee", "left_ankle"),
    ("left_ankle", "left_heel"),
    ("left_heel", "left_big_toe"),
    ("left_ankle", "left_big_toe"),
    ("hip", "right_hip"),
    ("right_hip", "right_knee"),
    ("right_knee", "right_ankle"),
    ("right_ankle", "right_heel"),
    ("right_heel", "right_big_toe"),
    ("right_ankle", "right_big_toe"),
)


def keypoint_indices(names: Sequence[str]) -> list[int]:
    """Look up the positions of keypoints in the joint axis; KeyError if unknown."""
    return [KEYPOINT_INDEX[name] for name in names]
