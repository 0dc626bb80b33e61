from typing import Any

import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.person_batches import build_person_batch, join_points

_FRAME = np.zeros((20, 30, 3), dtype=np.uint8)
_BOX = np.array([[1.0, 2.0, 3.0, 4.0]])
_NOBODY = np.empty((0, 4))


def test_results_come_back_to_their_frames_in_the_order_of_boxes() -> None:
    boxes = [np.vstack([_BOX, _BOX + 1]), _NOBODY, _BOX + 2]
    batch = build_person_batch([_FRAME] * 3, boxes)
    assert batch.frame_idx.tolist() == [0, 0, 2]
    assert batch.boxes_px[:, 0].tolist() == [1.0, 2.0, 3.0]
    points = np.arange(3.0)[:, None, None] * np.ones((3, 26, 3))
    split = batch.split(points)
    assert [part[:, 0, 0].tolist() for part in split] == [[0.0, 1.0], [], [2.0]]


def test_chunks_cover_every_person_once() -> None:
    batch = build_person_batch([_FRAME], [np.repeat(_BOX, 7, axis=0)])
    sizes = [len(batch.boxes_px[chunk]) for chunk in batch.chunks(3)]
    assert sizes == [3, 3, 1]


def test_no_frame_and_no_person_are_allowed() -> None:
    assert build_person_batch([], []).split(join_points([])) == []
    (nobody,) = build_person_batch([_FRAME], [_NOBODY]).split(join_points([]))
    assert nobody.shape == (0, 26, 3)


@pytest.mark.parametrize(
    ("frames", "boxes", "problem"),
    [
        ([_FRAME], [], "1 frames came with boxes for 0"),
        ([_FRAME[..., 0]], [_BOX], "frame 0 has the shape (20, 30)"),
        ([_FRAME.astype(float)], [_BOX], "frame 0 has the type float64"),
        ([_FRAME], [_BOX[0]], "the boxes of frame 0 have the shape (4,)"),
        ([_FRAME], [_BOX * np.nan], "a box of frame 0 is not finite"),
        ([_FRAME], [_BOX[:, [2, 1, 0, 3]]], "a box of frame 0 has no area"),
    ],
)
def test_what_does_not_fit_is_named(
    frames: list[Any], boxes: list[Any], problem: str
) -> None:
    with pytest.raises(PoseInputError) as caught:
        build_person_batch(frames, boxes)
    assert problem in str(caught.value)


def test_every_problem_is_listed() -> None:
    with pytest.raises(PoseInputError) as caught:
        build_person_batch([_FRAME, _FRAME[..., 0]], [_BOX * np.inf, _BOX])
    assert len(caught.value.problems) == 2
