"""Turns frames with boxes into one flat list of persons, and results back.

The port hands over a few persons in each of many frames; a network wants equal
batches. No picture is cropped here and no network runs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import ByteImage, FloatArray
from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.skeleton import KEYPOINTS

_IMAGE_AXES = 3
_FIX = (
    "give for every frame (H, W, 3) of type uint8 its boxes (N, 4) as x0, y0, x1, y1 "
    "in pixels with x0 < x1 and y0 < y1, or an array (0, 4)"
)


@dataclass(frozen=True)
class PersonBatch:
    """All persons of some frames in one row.

    ``frame_idx`` ``(P,)`` says to which frame a person belongs; ``boxes_px`` ``(P, 4)``
    is float32 because mmpose computes its crops in that type.
    """

    frame_idx: npt.NDArray[np.int64]
    boxes_px: npt.NDArray[np.float32]
    frame_count: int

    def chunks(self, size: int) -> Iterator[slice]:
        """Cut the row of persons into pieces of at most ``size``."""
        for start in range(0, len(self.frame_idx), size):
            yield slice(start, start + size)

    def split(self, points: FloatArray) -> list[FloatArray]:
        """Give the points ``(P, J, 3)`` back frame by frame, in the order of boxes."""
        return [points[self.frame_idx == frame] for frame in range(self.frame_count)]


def build_person_batch(
    frames_rgb: Sequence[ByteImage], boxes_px: Sequence[npt.NDArray[Any]]
) -> PersonBatch:
    """Flatten the input of ``PoseEstimator.estimate``.

    Raises
    ------
    PoseInputError
        Frames and boxes do not fit each other; every problem is listed.
    """
    validate_persons(frames_rgb, boxes_px)
    counts = [len(boxes) for boxes in boxes_px]
    return PersonBatch(
        np.repeat(np.arange(len(counts)), counts),
        np.concatenate([np.empty((0, 4)), *boxes_px]).astype(np.float32),
        len(counts),
    )


def validate_persons(
    frames_rgb: Sequence[ByteImage], boxes_px: Sequence[npt.NDArray[Any]]
) -> None:
    """Check the input of ``PoseEstimator.estimate``.

    Raises
    ------
    PoseInputError
        Frames and boxes do not fit each other; every problem is listed.
    """
    problems = _list_problems(frames_rgb, boxes_px)
    if problems:
        raise PoseInputError(
            "frames and boxes", "they cannot be used", _FIX, problems=problems
        )


def join_points(chunks: Sequence[FloatArray]) -> FloatArray:
    """Join results ``(n, J, 3)`` of several chunks; ``(0, J, 3)`` if there is none."""
    return np.concatenate([np.empty((0, len(KEYPOINTS), 3)), *chunks])


def _list_problems(
    frames_rgb: Sequence[ByteImage], boxes_px: Sequence[npt.NDArray[Any]]
) -> list[str]:
    if len(frames_rgb) != len(boxes_px):
        return [f"{len(frames_rgb)} frames came with boxes for {len(boxes_px)}"]
    problems = []
    for frame, (image, boxes) in enumerate(zip(frames_rgb, boxes_px, strict=True)):
        if image.ndim != _IMAGE_AXES or image.shape[2] != _IMAGE_AXES:
            problems.append(f"frame {frame} has the shape {image.shape}")
        elif image.dtype != np.uint8:
            problems.append(f"frame {frame} has the type {image.dtype}")
        if boxes.shape != (len(boxes), 4):
            problems.append(f"the boxes of frame {frame} have the shape {boxes.shape}")
        elif not np.all(np.isfinite(boxes)):
            problems.append(f"a box of frame {frame} is not finite")
        elif np.any(boxes[:, 2:] <= boxes[:, :2]):
            problems.append(f"a box of frame {frame} has no area")
    return problems
