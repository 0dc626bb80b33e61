from datetime import date

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.pose.sights import SIGHT_TYPE, Origin, SightArray
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.stages.sight_rows import build_keypoint_rows, build_sight_rows
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import PERSON_SIGHTS, POSE_TRACKS

UNKNOWN = ("head", "left_small_toe", "right_small_toe")


def build_sights(frames: list[int]) -> SightArray:
    sights = np.zeros(len(frames), SIGHT_TYPE)
    sights["frame_idx"] = frames
    sights["time_s"] = np.array(frames) / 30
    sights["origin"] = [Origin.TRACED_BACK] + [Origin.FOUND] * (len(frames) - 1)
    sights["points"] = [10.0, 20.0, 0.75]
    sights["points"][:, [KEYPOINT_INDEX[name] for name in UNKNOWN]] = [
        np.nan,
        np.nan,
        0.0,
    ]
    sights["circle"] = [1.0, 2.0, 3.0, 0.5]
    sights["torso_lab"] = [50.0, 10.0, -10.0]
    sights["thigh_lab"] = np.nan
    sights["brightness_ratio"] = 0.4
    sights["clipped_ratio"] = 0.1
    sights["sharpness_ratio"] = np.nan
    return sights


def complete(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        clip_sha256=pl.lit("c" * 64),
        pose_model=pl.lit("model"),
        pose_weights_sha256=pl.lit("e" * 64),
        team_id=pl.lit("team"),
        session_day=pl.lit(date(2026, 1, 15)),
        code_version=pl.lit("1"),
    )


def test_keypoints_that_the_network_does_not_know_have_no_rows() -> None:
    rows = build_keypoint_rows([build_sights([3, 4, 7]), build_sights([4])])
    known = conform_rows(POSE_TRACKS, complete(rows))
    assert known.height == 4 * (len(KEYPOINTS) - len(UNKNOWN))
    assert not set(UNKNOWN) & set(known["keypoint"])
    assert known.unique(list(POSE_TRACKS.key)).height == known.height
    nose = known.filter(keypoint="nose", person_idx=0)
    assert nose["frame_idx"].to_list() == [3, 4, 7]
    assert nose["time_s"].to_list() == pytest.approx([0.1, 4 / 30, 7 / 30])
    assert set(nose["confidence_ratio"]) == {0.75}


def test_what_was_not_seen_of_a_person_is_null() -> None:
    rows = build_sight_rows([build_sights([3, 4]), build_sights([4])])
    sights = conform_rows(PERSON_SIGHTS, complete(rows))
    assert sights["person_idx"].to_list() == [0, 0, 1]
    assert sights["origin"].to_list() == ["traced_back", "found", "traced_back"]
    assert sights["mean_confidence_ratio"].to_list() == pytest.approx([0.75] * 3)
    assert sights["torso_b"].to_list() == [-10.0] * 3
    assert sights["thigh_l"].is_null().all()
    assert sights["sharpness_ratio"].is_null().all()
    assert sights["circle_radius_px"].to_list() == [3.0] * 3
