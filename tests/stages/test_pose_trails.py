from typing import Any

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.stages.pose_trails import build_trail, find_floor, list_spans
from tests.reporting.session_rows import build_geometry, repair, table

LEFT, RIGHT = KEYPOINT_INDEX["left_knee"], KEYPOINT_INDEX["right_knee"]
FIRST, COUNT = 10, 6


def build_recording() -> dict[str, Any]:
    return {
        "recording_id": repair("gap_filled", 0)["recording_id"],
        "athlete_id": "walker-a",
        "width_px": 320,
        "height_px": 240,
        "frame_rate_hz": 25.0,
    }


def build_rows(word: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of an athlete whose left knee bears a word, and the raw ones, x = joint."""
    rows = pl.DataFrame(
        [
            {
                "recording_id": build_recording()["recording_id"],
                "frame_idx": frame_idx,
                "time_s": frame_idx / 25.0,
                "person_idx": 0,
                "keypoint": name,
                "x_px": 10.0 * joint + 1.0,
                "y_px": 5.0 * (frame_idx - FIRST),
                "confidence_ratio": 0.9,
                "x_m": None,
                "y_m": None,
                "repair": word if joint == LEFT else "none",
            }
            for frame_idx in range(FIRST, FIRST + COUNT)
            for joint, name in enumerate(KEYPOINTS)
        ],
        schema_overrides={"x_m": pl.Float64, "y_m": pl.Float64},
    )
    raw = rows.with_columns(x_px=pl.col("x_px") - 1.0).drop("repair", "recording_id")
    return rows, raw


def build_repairs(*rows: dict[str, Any]) -> pl.DataFrame:
    return table("pose_repairs", list(rows))


def swap(idx: int, keypoint: str) -> dict[str, Any]:
    return repair(
        "left_right_swapped",
        idx,
        keypoint=keypoint,
        first_frame_idx=FIRST + 1,
        last_frame_idx=FIRST + 3,
    )


@pytest.mark.parametrize("word", ["swapped", "low_confidence_dropped", "gap_filled"])
def test_exchange_is_known_by_its_record_whatever_was_done_later(word):
    rows, raw = build_rows(word)
    repairs = build_repairs(swap(0, "left_knee"), swap(1, "right_knee"))
    trail = build_trail(rows, raw, repairs, build_recording())
    expected = np.zeros((COUNT, len(KEYPOINTS)), dtype=bool)
    expected[1:4, [LEFT, RIGHT]] = True
    assert np.array_equal(trail.is_swapped, expected)
    seen_x = [trail.find_seen_px(idx)[[LEFT, RIGHT], 0].tolist() for idx in (0, 1, 3)]
    named = [10.0 * LEFT, 10.0 * RIGHT]
    assert seen_x == [named, named[::-1], named[::-1]]
    assert trail.raw_px[1, LEFT, 0] == 10.0 * LEFT


def test_repair_of_one_frame_lasts_as_long_as_the_frame():
    one = repair("gap_filled", 0, start_time_s=0.4, end_time_s=0.4)
    (span,) = list_spans(build_repairs(one), build_recording())
    assert (span.start_s, span.end_s) == pytest.approx((0.38, 0.42))


def test_floor_line_reaches_as_far_as_the_feet_went_and_names_its_athlete():
    rows, raw = build_rows("none")
    poses = build_trail(
        rows, raw, build_repairs(swap(0, "left_knee")), build_recording()
    ).poses
    geometry = table("camera_geometry", [build_geometry()])
    floor = find_floor(geometry, build_recording(), poses)
    feet = [
        KEYPOINT_INDEX[f"{side}_{part}"]
        for side in ("left", "right")
        for part in ("heel", "big_toe")
    ]
    low, high = 10.0 * min(feet) + 1.0, 10.0 * max(feet) + 1.0
    assert floor is not None
    assert floor.start_px == pytest.approx(low - 6.4)
    assert floor.end_px == pytest.approx(high + 6.4)
    assert floor.label == "floor walker-a"
