"""The poses of one person through time, as arrays.

Shapes and units are checked when a sequence is built, so the science need not.
No file, table or filter lives here.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.skeleton import KEYPOINTS

_FIX = (
    f"give times_s (T,), positions_px (T, {len(KEYPOINTS)}, 2) and confidence "
    f"(T, {len(KEYPOINTS)}) in the order of sportsgpt_lib/pose/skeleton.py, "
    "with NaN for points that were not seen"
)


@dataclass(frozen=True)
class PoseSequence:
    """One person's keypoints, frame by frame.

    Parameters
    ----------
    times_s
        Presentation times ``(T,)`` in seconds, strictly increasing.
    positions_px
        Image positions ``(T, J, 2)`` in pixels, x right, y DOWN. NaN = not seen.
    confidence
        Confidence of the pose network ``(T, J)``, 0 to 1; 0 where not seen or filled.
    positions_m
        Positions ``(T, J, 2)`` in metres, x right, y UP from the floor line, or None
        where the scale is unknown. NaN = not seen.
    width_px, height_px
        Size of the picture.

    Raises
    ------
    PoseInputError
        The arrays do not fit each other or the skeleton.
    """

    times_s: FloatArray
    positions_px: FloatArray
    confidence: FloatArray
    positions_m: FloatArray | None
    width_px: int
    height_px: int

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other or the skeleton."""
        problems = _list_problems(self)
        if problems:
            raise PoseInputError(
                "pose sequence", "its arrays do not fit", _FIX, problems=problems
            )

    @property
    def frame_count(self) -> int:
        """Number of frames T."""
        return int(self.times_s.shape[0])


def _list_problems(sequence: PoseSequence) -> list[str]:
    frame_count = sequence.times_s.shape[0] if sequence.times_s.ndim == 1 else -1
    expected: dict[str, tuple[Any, tuple[int, ...]]] = {
        "times_s": (sequence.times_s, (frame_count,)),
        "positions_px": (sequence.positions_px, (frame_count, len(KEYPOINTS), 2)),
        "confidence": (sequence.confidence, (frame_count, len(KEYPOINTS))),
    }
    if sequence.positions_m is not None:
        shape = (frame_count, len(KEYPOINTS), 2)
        expected["positions_m"] = (sequence.positions_m, shape)
    problems = [
        f"{name} has the shape {array.shape}, expected {shape}"
        for name, (array, shape) in expected.items()
        if array.shape != shape
    ]
    if not problems and not np.all(np.diff(sequence.times_s) > 0):
        problems.append("times_s does not increase from frame to frame")
    return problems
