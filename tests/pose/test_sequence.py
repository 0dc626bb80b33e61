import numpy as np
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import (
    BONES,
    KEYPOINT_INDEX,
    KEYPOINTS,
    keypoint_indices,
)


def build(**changes: np.ndarray | None) -> PoseSequence:
    parts = {
        "times_s": np.array([0.0, 0.1, 0.2]),
        "positions_px": np.zeros((3, 26, 2)),
        "confidence": np.ones((3, 26)),
        "positions_m": None,
    }
    return PoseSequence(**(parts | changes), width_px=100, height_px=50)  # type: ignore[arg-type]


def test_the_skeleton_has_26_different_keypoints_and_known_bones() -> None:
    assert len(set(KEYPOINTS)) == 26
    assert [KEYPOINTS[i] for i in KEYPOINT_INDEX.values()] == list(KEYPOINTS)
    assert {name for bone in BONES for name in bone} <= set(KEYPOINTS)
    assert keypoint_indices(["hip", "nose"]) == [19, 0]


def test_a_sequence_knows_its_length() -> None:
    assert build().frame_count == 3


@pytest.mark.parametrize(
    ("name", "array", "word"),
    [
        ("positions_px", np.zeros((3, 17, 2)), "positions_px has the shape (3, 17, 2)"),
        ("confidence", np.ones((2, 26)), "confidence has the shape (2, 26)"),
        ("positions_m", np.ones((3, 26, 3)), "positions_m has the shape (3, 26, 3)"),
        ("times_s", np.array([0.0, 0.2, 0.2]), "does not increase"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(
    name: str, array: np.ndarray, word: str
) -> None:
    with pytest.raises(PoseInputError) as caught:
        build(**{name: array})
    assert word in str(caught.value)
