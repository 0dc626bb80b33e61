import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.errors import PoseInputError
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.stages.pose_rows import (
    frame_numbers_from_rows,
    pose_sequence_from_rows,
    rows_from_pose_sequence,
)


def build_sequence(*, in_metres: bool) -> PoseSequence:
    rng = np.random.default_rng(5)
    positions_px = rng.uniform(0, 500, (4, len(KEYPOINTS), 2))
    positions_px[2, 3] = np.nan
    return PoseSequence(
        times_s=np.array([1.0, 1.04, 1.1, 1.12]),
        positions_px=positions_px,
        confidence=rng.uniform(0, 1, (4, len(KEYPOINTS))),
        positions_m=positions_px / 300 if in_metres else None,
        width_px=640,
        height_px=480,
    )


def to_rows(sequence: PoseSequence) -> pl.DataFrame:
    repair = [["none"] * len(KEYPOINTS)] * 4
    return rows_from_pose_sequence(
        sequence, np.array([30, 31, 33, 34]), repair, {"recording_id": "r1"}
    )


@pytest.mark.parametrize("in_metres", [True, False])
def test_rows_and_arrays_are_the_same_thing(*, in_metres: bool) -> None:
    sequence = build_sequence(in_metres=in_metres)
    rows = to_rows(sequence).sample(fraction=1.0, shuffle=True, seed=2)
    back = pose_sequence_from_rows(rows, width_px=640, height_px=480)
    assert np.array_equal(back.times_s, sequence.times_s)
    assert np.array_equal(back.positions_px, sequence.positions_px, equal_nan=True)
    assert np.array_equal(back.confidence, sequence.confidence)
    if sequence.positions_m is None:
        assert back.positions_m is None
    else:
        assert back.positions_m is not None
        assert np.array_equal(back.positions_m, sequence.positions_m, equal_nan=True)
    assert frame_numbers_from_rows(rows).tolist() == [30, 31, 33, 34]


def test_missing_points_are_null_at_rest() -> None:
    rows = to_rows(build_sequence(in_metres=False))
    hole = rows.filter(
        (pl.col("frame_idx") == 33) & (pl.col("keypoint") == KEYPOINTS[3])
    )
    assert hole["x_px"].to_list() == [None]
    assert rows["x_m"].null_count() == rows.height
    assert rows["x_px"].is_nan().sum() == 0
    assert rows.height == 4 * 26


def test_absent_rows_become_nan() -> None:
    rows = to_rows(build_sequence(in_metres=False))
    rows = rows.filter((pl.col("keypoint") != "nose") | (pl.col("frame_idx") != 31))
    back = pose_sequence_from_rows(rows, width_px=640, height_px=480)
    nose = back.positions_px[:, KEYPOINT_INDEX["nose"], 0]
    assert np.isnan(nose).tolist() == [False, True, False, False]
    assert back.confidence[1, KEYPOINT_INDEX["nose"]] == 0.0


def test_no_rows_and_unknown_keypoints_are_refused() -> None:
    rows = to_rows(build_sequence(in_metres=False))
    with pytest.raises(PoseInputError, match="not a single row"):
        pose_sequence_from_rows(rows.clear(), width_px=1, height_px=1)
    renamed = rows.with_columns(pl.col("keypoint").replace("hip", "pelvis"))
    with pytest.raises(PoseInputError, match="unknown keypoints pelvis"):
        pose_sequence_from_rows(renamed, width_px=1, height_px=1)
