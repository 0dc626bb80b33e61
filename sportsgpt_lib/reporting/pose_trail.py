"""One athlete's pose with what was done to it: filtered, raw, a word for each point.

Data only; ``repair_marks.py`` draws it on pictures, ``repair_plots.py`` over time.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.sequence import PoseSequence

# Words of the column ``repair`` of ``training.athlete_poses``.
FILLED_WORDS = ("low_confidence_filled", "outlier_filled", "gap_filled")
DROPPED_WORDS = (
    "low_confidence_dropped",
    "outlier_dropped",
    "low_confidence_filled",
    "outlier_filled",
)
SWAPPED_WORDS = ("swapped",)


@dataclass(frozen=True)
class PoseTrail:
    """A filtered pose beside the raw one.

    Parameters
    ----------
    poses
        The filtered pose, frame by frame.
    raw_px
        Keypoints ``(T, J, 2)`` as the network gave them. NaN = not seen.
    repair
        Word ``(T, J)`` for each point; ``none`` where nothing was done but filtering.
    """

    poses: PoseSequence
    raw_px: FloatArray
    repair: npt.NDArray[np.str_]

    @property
    def has_repairs(self) -> bool:
        """Whether any point was filled, dropped or swapped."""
        return bool((self.repair != "none").any())
