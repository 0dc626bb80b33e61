"""Which keypoints change sides together, and which groups of them do.

Data only; the search lies in ``pose/swaps.py``.
"""

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from sportsgpt_lib.arrays import IntArray
from sportsgpt_lib.pose.skeleton import keypoint_indices

_JOINTS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "head": ("eye", "ear"),
        "shoulders": ("shoulder",),
        "arms": ("elbow", "wrist"),
        "hips": ("hip",),
        "legs": ("knee", "ankle", "heel", "big_toe", "small_toe"),
    }
)

# The group axis, letter G. Shoulders and hips are groups of their own, for networks
# exchange shanks and forearms with and without them.
SWAP_GROUPS: tuple[str, ...] = tuple(_JOINTS)

_NAMES = [joint for joints in _JOINTS.values() for joint in joints]
LEFT: list[int] = keypoint_indices([f"left_{joint}" for joint in _NAMES])
RIGHT: list[int] = keypoint_indices([f"right_{joint}" for joint in _NAMES])
GROUP_OF_PAIR: IntArray = np.array(
    [idx for idx, joints in enumerate(_JOINTS.values()) for _ in joints], dtype=np.int64
)

# Joints that hang on each other, as pairs of keypoints: on a body seen from in front or
# behind they lie on the same side, unless a limb is crossed over.
LINKS: tuple[tuple[int, int], ...] = tuple(
    (_NAMES.index(first), _NAMES.index(second))
    for first, second in (
        ("shoulder", "elbow"),
        ("hip", "knee"),
        ("shoulder", "hip"),
        ("shoulder", "ear"),
    )
)

# What changes sides at once; the first is the body as labelled. Chosen, see
# docs/adr/0010-left-right-swaps.md: of the 32 combinations networks make these.
_PATTERNS: tuple[tuple[str, ...], ...] = (
    (),
    SWAP_GROUPS,
    ("legs",),
    ("hips", "legs"),
    ("arms",),
    ("shoulders", "arms"),
    ("head",),
    ("head", "shoulders", "arms"),
)
# A code has bit g set where group g is exchanged.
PATTERN_CODES: IntArray = np.array(
    [sum(1 << SWAP_GROUPS.index(group) for group in pattern) for pattern in _PATTERNS],
    dtype=np.int64,
)
