from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.pose.repair import RepairRules
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.stages.athlete_poses import AthletePosesStage
from sportsgpt_lib.stages.contract import StageInput, StageOutput, Subject
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import ATHLETE_POSES

DAY = date(2026, 1, 15)
RATE_HZ = 30.0
UNKNOWN = {"head", "left_small_toe", "right_small_toe"}
SUBJECT = Subject(
    team_id="team",
    session_day=DAY,
    recording_id="0123456789abcdef",
    clip_sha256="c" * 64,
    clip_file="clip.mp4",
    athlete_id="a1",
    movement="walking_stride",
    camera_view="sagittal",
    role="athlete",
    frame_rate_hz=RATE_HZ,
    capture_rate_hz=None,
    width_px=1000,
    height_px=600,
    athlete_height_m=None,
    window_start_s=0.0,
    window_end_s=None,
    athlete_hint=None,
)
# A standing body of about 400 px: height above the floor as a share, by body part.
HEIGHTS = {"knee": 0.285, "hip": 0.53, "neck": 0.82, "shoulder": 0.82, "ankle": 0.04}


def build_rows(
    person_idx: int,
    *,
    x_px: float,
    speed_px_s: float = 0.0,
    frames: range = range(60),
    hidden: range = range(0),
    jitter_px: float = 0.0,
) -> pl.DataFrame:
    rng = np.random.default_rng(person_idx)
    shown = [
        {
            "clip_sha256": "c" * 64,
            "frame_idx": frame,
            "time_s": frame / RATE_HZ,
            "person_idx": person_idx,
            "keypoint": name,
            "x_px": x_px + speed_px_s * frame / RATE_HZ + rng.normal(0, jitter_px),
            "y_px": 500.0
            - 400.0 * HEIGHTS.get(name.removeprefix("left_").removeprefix("right_"), 0),
            "confidence_ratio": 0.9,
            "pose_model": "net",
            "pose_weights_sha256": "e" * 64,
        }
        for frame in frames
        if frame not in hidden
        for name in KEYPOINTS
        if name not in UNKNOWN
    ]
    return pl.DataFrame(shown)


def run(rows: pl.DataFrame, **changes: object) -> StageOutput:
    subject = replace(SUBJECT, **changes)  # type: ignore[arg-type]
    return AthletePosesStage().compute(StageInput(subject, None, {"pose_tracks": rows}))


def rows_of(output: StageOutput) -> pl.DataFrame:
    assert output.rows is not None
    return output.rows


def test_rows_fit_the_contract() -> None:
    output = run(build_rows(0, x_px=300, hidden=range(30, 33)))
    rows = conform_rows(
        ATHLETE_POSES,
        rows_of(output).with_columns(
            team_id=pl.lit("team"), session_day=pl.lit(DAY), code_version=pl.lit("1")
        ),
    )
    assert rows.height == 60 * 26
    assert rows["x_m"].null_count() == rows.height


def test_the_athlete_is_cut_to_the_window() -> None:
    output = run(build_rows(0, x_px=300), window_start_s=0.5, window_end_s=1.5)
    rows = rows_of(output)
    assert rows["time_s"].min() == pytest.approx(0.5)
    assert rows["time_s"].max() == pytest.approx(1.5)
    assert output.verdict.word == "PASS"


def test_the_hint_picks_the_athlete() -> None:
    rows = pl.concat([build_rows(0, x_px=100, speed_px_s=200), build_rows(1, x_px=700)])
    output = run(rows, athlete_hint=(0.7, 0.6))
    assert set(rows_of(output)["person_idx"]) == {1}
    assert output.verdict.word == "PASS"


def test_two_alike_without_a_hint_warn_and_say_what_to_do() -> None:
    rows = pl.concat(
        [build_rows(0, x_px=100, speed_px_s=50), build_rows(1, x_px=700, speed_px_s=50)]
    )
    verdict = run(rows).verdict
    assert (verdict.word, verdict.reason_code) == ("WARN", "athlete_ambiguous")
    assert "margin" in str(verdict.reason)
    assert "session.toml" in str(verdict.fix)


def test_frames_in_which_nobody_was_seen_get_their_time_and_are_filled() -> None:
    output = run(build_rows(0, x_px=100, speed_px_s=60, hidden=range(30, 33)))
    hidden = rows_of(output).filter(pl.col("frame_idx").is_between(30, 32))
    assert hidden["time_s"].unique().sort().to_list() == pytest.approx(
        [30 / RATE_HZ, 31 / RATE_HZ, 32 / RATE_HZ]
    )
    knees = hidden.filter(pl.col("keypoint") == "left_knee")
    assert set(knees["repair"]) == {"gap_filled"}
    assert knees["confidence_ratio"].to_list() == [0.0, 0.0, 0.0]
    assert knees["x_px"].to_list() == pytest.approx([160, 162, 164], abs=0.2)


def test_long_absence_stays_missing_and_is_warned_of() -> None:
    output = run(build_rows(0, x_px=100, hidden=range(30, 42)))
    absent = rows_of(output).filter(pl.col("frame_idx").is_between(30, 41))
    assert absent["x_px"].null_count() == absent.height
    assert output.verdict.reason_code == "athlete_partly_seen"
    assert "80%" in str(output.verdict.reason)


def test_nobody_in_the_window_is_quarantined() -> None:
    output = run(build_rows(0, x_px=100), window_start_s=5.0, window_end_s=7.0)
    assert output.rows is None
    assert output.verdict.word == "QUARANTINE"
    assert output.verdict.reason_code == "athlete_not_found"


@pytest.mark.parametrize(
    ("frames", "window_end_s"), [(range(10), None), (range(20), 3.0)]
)
def test_too_little_of_the_athlete_is_quarantined(
    frames: range, window_end_s: float | None
) -> None:
    output = run(build_rows(0, x_px=100, frames=frames), window_end_s=window_end_s)
    assert output.rows is None
    assert output.verdict.reason_code == "athlete_barely_seen"
    assert output.verdict.fix


def test_metres_come_from_the_stated_height_only() -> None:
    walker = build_rows(0, x_px=300, jitter_px=0.2)
    rows = rows_of(run(walker, athlete_height_m=1.8))
    knee = rows.filter(pl.col("keypoint") == "left_knee")
    hip = rows.filter(pl.col("keypoint") == "left_hip")
    # Between the two lie 0.245 of 400 px; thigh and shank together are 0.49.
    thigh_m = float((hip["y_m"] - knee["y_m"]).median())  # type: ignore[arg-type]
    assert thigh_m == pytest.approx(0.245 * 1.8, rel=0.06)
    toes = rows.filter(pl.col("keypoint") == "left_big_toe")
    assert toes["y_m"].median() == pytest.approx(0.0, abs=0.02)


def test_slow_motion_is_smoothed_in_real_time() -> None:
    noisy = build_rows(0, x_px=300, jitter_px=3.0)
    normal = rows_of(run(noisy))["x_px"]
    slow = rows_of(run(noisy, capture_rate_hz=240.0))["x_px"]
    assert (
        slow.drop_nulls().diff().abs().mean() < normal.drop_nulls().diff().abs().mean()
    )  # type: ignore[operator]


def test_the_fingerprint_changes_with_the_rules() -> None:
    default = AthletePosesStage().fingerprint(SUBJECT)
    stricter = AthletePosesStage(RepairRules(max_gap_s=0.1)).fingerprint(SUBJECT)
    assert default != stricter
