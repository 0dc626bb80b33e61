import io

import numpy as np
import polars as pl
from PIL import Image

from sportsgpt_lib.stages.previews import (
    preview_alignment,
    preview_curve,
    preview_pose,
)
from tests.stages.walking_session import BLUE


def open_picture(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def read(workshop, *names):
    return tuple(workshop.lake.read(name, BLUE) for name in names)


def test_curve_of_the_first_recording_is_shown_with_its_keyframes(workshop):
    kinematics, keyframes = read(workshop, "joint_kinematics", "keyframes")
    preview = preview_curve(kinematics, keyframes)
    assert preview is not None
    assert min(kinematics["recording_id"]) in preview.words
    assert "knee flexion" in preview.words
    bare = preview_curve(kinematics, keyframes.clear())
    assert bare is not None
    assert not np.array_equal(open_picture(preview.png), open_picture(bare.png))


def test_the_worst_match_of_the_partition_is_shown(workshop):
    paths, keyframes = read(workshop, "alignment_paths", "keyframes")
    worst = keyframes.sort("alignment_cost", descending=True).row(0, named=True)
    preview = preview_alignment(paths, keyframes)
    assert f"recording {worst['recording_id']}, repetition " in preview.words
    assert f"repetition {worst['repetition_idx'] + 1}, cost" in preview.words
    assert open_picture(preview.png).shape[0] > 300
    assert preview_alignment(paths.clear(), keyframes.clear()) is None


def test_knee_that_was_seen_more_often_is_shown(workshop):
    kinematics, keyframes = read(workshop, "joint_kinematics", "keyframes")
    hidden = kinematics.with_columns(
        pl.when(pl.col("quantity") == "left_knee_flexion")
        .then(None)
        .otherwise(pl.col("value"))
        .alias("value")
    )
    preview = preview_curve(hidden, keyframes)
    assert preview is not None
    assert preview.words.startswith("right knee flexion")


def test_without_rows_there_is_no_picture(workshop):
    names = ("joint_kinematics", "keyframes", "athlete_poses", "recordings")
    kinematics, keyframes, poses, recordings = read(workshop, *names)
    assert preview_curve(kinematics.clear(), keyframes) is None
    assert preview_pose(poses.clear(), recordings) is None


def test_best_seen_pose_is_drawn(workshop):
    poses, recordings = read(workshop, "athlete_poses", "recordings")
    best = poses.with_columns(
        confidence_ratio=pl.when(pl.col("frame_idx") == 60).then(0.9).otherwise(0.4)
    )
    preview = preview_pose(best, recordings)
    assert preview is not None
    assert preview.words.endswith("at 2.00 s")
    assert open_picture(preview.png).std() > 0
