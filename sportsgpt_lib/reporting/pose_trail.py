"""One athlete's pose with what was done to it: filtered, raw, a word for each point.

Data only; ``repair_marks.py`` draws it on pictures, ``repair_plots.py`` over time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

# Words of the column ``repair`` of ``training.athlete_poses``.
FILLED_WORDS = ("low_confidence_filled", "outlier_filled", "gap_filled")
DROPPED_WORDS = (
    "low_confidence_dropped",
    "outlier_dropped",
    "low_confidence_filled",
    "outlier_filled",
)

_OTHER_SIDE = {"left_": "right_", "right_": "left_"}


def _find_partner(name: str) -> int:
    """Find the same joint of the other side; a joint of no side is its own partner."""
    for side, other in _OTHER_SIDE.items():
        if name.startswith(side):
            return KEYPOINT_INDEX[other + name.removeprefix(side)]
    return KEYPOINT_INDEX[name]


_PARTNERS = np.array([_find_partner(name) for name in KEYPOINTS])


@dataclass(frozen=True)
class PoseTrail:
    """A filtered pose beside the raw one.

    Parameters
    ----------
    poses
        The filtered pose, frame by frame.
    raw_px
        Keypoints ``(T, J, 2)`` as the network gave and named them. NaN = not seen.
    repair
        Word ``(T, J)`` for the last step at each point; ``none`` where nothing was done
        but filtering.
    is_swapped
        Points ``(T, J)`` whose side was exchanged, whatever was done to them later.
    """

    poses: PoseSequence
    raw_px: FloatArray
    repair: npt.NDArray[np.str_]
    is_swapped: npt.NDArray[np.bool_]

    @property
    def has_repairs(self) -> bool:
        """Whether any point was filled, dropped or swapped."""
        return bool((self.repair != "none").any() or self.is_swapped.any())

    def find_seen_px(self, idx: int) -> FloatArray:
        """Find where the network saw each point ``(J, 2)`` of a frame, sides put right.

        A point whose side was exchanged was seen under its partner's name.
        """
        raw_px = self.raw_px[idx]
        is_swapped = self.is_swapped[idx, :, np.newaxis]
        seen_px: FloatArray = np.where(is_swapped, raw_px[_PARTNERS], raw_px)
        return seen_px
