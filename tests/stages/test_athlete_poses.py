from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.pose.repair import RepairRules
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.stages.athlete_poses import AthletePosesStage
from sportsgpt_lib.stages.contract import StageInput, StageOutput, Subject
from sportsgpt_lib.storage.contract import Table
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import (
    ATHLETE_POSES,
    CAMERA_GEOMETRY,
    POSE_QUALITY,
    POSE_REPAIRS,
)

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
    duration_s=60.0,
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


def build_sights(rows: pl.DataFrame, torso_a: dict[int, float]) -> pl.DataFrame:
    """Build a sight for every frame and person, well lit, in clothes of one colour."""
    seen = rows.select("clip_sha256", "frame_idx", "time_s", "person_idx").unique()
    colour = pl.col("person_idx").replace_strict(torso_a, default=None)
    return seen.sort("person_idx", "frame_idx").with_columns(
        brightness_ratio=pl.lit(0.5),
        clipped_ratio=pl.lit(0.0),
        sharpness_ratio=pl.lit(0.5),
        torso_l=pl.lit(50.0),
        torso_a=colour.cast(pl.Float64),
        torso_b=pl.lit(0.0),
        thigh_l=pl.lit(None, pl.Float64),
        thigh_a=pl.lit(None, pl.Float64),
        thigh_b=pl.lit(None, pl.Float64),
    )


def run(
    rows: pl.DataFrame, torso_a: dict[int, float] | None = None, **changes: object
) -> StageOutput:
    subject = replace(SUBJECT, **changes)  # type: ignore[arg-type]
    tables = {"pose_tracks": rows, "person_sights": build_sights(rows, torso_a or {})}
    return AthletePosesStage().compute(StageInput(subject, None, tables))


def conform(table: Table, rows: pl.DataFrame) -> pl.DataFrame:
    return conform_rows(
        table,
        rows.with_columns(
            team_id=pl.lit("team"), session_day=pl.lit(DAY), code_version=pl.lit("1")
        ),
    )


def rows_of(output: StageOutput) -> pl.DataFrame:
    assert output.rows is not None
    return output.rows


def test_rows_fit_the_contract() -> None:
    output = run(build_rows(0, x_px=300, hidden=range(30, 33)))
    rows = conform(ATHLETE_POSES, rows_of(output))
    assert rows.height == 60 * 26
    assert rows["x_m"].null_count() == rows.height
    for table in (POSE_REPAIRS, CAMERA_GEOMETRY, POSE_QUALITY):
        assert conform(table, output.side_rows[table.name]).height > 0


def test_every_filled_point_has_its_repair_with_frames_and_times() -> None:
    output = run(build_rows(0, x_px=300, speed_px_s=60, hidden=range(30, 33)))
    filled = output.side_rows["pose_repairs"].filter(
        (pl.col("rule") == "gap_filled") & (pl.col("keypoint") == "left_knee")
    )
    (row,) = filled.rows(named=True)
    assert (row["first_frame_idx"], row["last_frame_idx"]) == (30, 32)
    assert row["start_time_s"] == pytest.approx(1.0)
    assert row["before_x_px"] is None or np.isnan(row["before_x_px"])
    assert row["after_x_px"] == pytest.approx(362, abs=0.5)


def test_athlete_who_came_back_is_one_person_and_each_row_names_its_track() -> None:
    rows = pl.concat(
        [
            build_rows(0, x_px=500, frames=range(60)),
            build_rows(1, x_px=520, frames=range(66, 126)),
        ]
    )
    output = run(rows, {0: 40.0, 1: 40.0})
    poses = rows_of(output)
    assert poses["frame_idx"].n_unique() == 126
    by_track = poses.group_by("person_idx").agg(pl.col("frame_idx").n_unique())
    assert dict(by_track.iter_rows()) == {0: 66, 1: 60}
    linked = output.side_rows["pose_repairs"].filter(rule="identity_linked")
    assert linked["keypoint"].to_list() == ["all"]
    assert linked["first_frame_idx"].to_list() == [66]


def test_pieces_in_other_clothes_stay_other_people() -> None:
    rows = pl.concat(
        [
            build_rows(0, x_px=300, frames=range(60)),
            build_rows(1, x_px=400, frames=range(66, 120)),
        ]
    )
    poses = rows_of(run(rows, {0: 40.0, 1: -40.0}, athlete_hint=(0.3, 0.6)))
    assert set(poses["person_idx"]) == {0}


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


def test_two_alike_without_a_hint_are_stopped_and_told_apart() -> None:
    rows = pl.concat(
        [build_rows(0, x_px=100, speed_px_s=50), build_rows(1, x_px=700, speed_px_s=50)]
    )
    output = run(rows)
    verdict = output.verdict
    assert output.rows is None
    assert (verdict.word, verdict.reason_code) == ("QUARANTINE", "athlete_ambiguous")
    assert "margin" in str(verdict.reason)
    assert "person 0 `at = [0.10, 0.48]`, person 1 `at = [0.70, 0.48]`" in str(
        verdict.fix
    )
    assert output.side_rows["pose_repairs"].height > 0


def test_two_alike_near_the_hint_are_a_warning() -> None:
    rows = pl.concat([build_rows(0, x_px=500), build_rows(1, x_px=560)])
    verdict = run(rows, athlete_hint=(0.53, 0.8)).verdict
    assert (verdict.word, verdict.reason_code) == ("WARN", "athlete_ambiguous")


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
    quality = output.side_rows["pose_quality"]
    assert quality["measure"].to_list() == ["athlete_margin", "seen_share"]


def test_half_a_second_is_one_of_the_movement_not_of_its_slow_motion() -> None:
    output = run(build_rows(0, x_px=100, frames=range(30)), capture_rate_hz=240.0)
    assert output.verdict.reason_code == "athlete_barely_seen"
    assert "0.1 s of a window of 0.1 s" in str(output.verdict.reason)


def test_a_window_that_ends_after_the_clip_ends_with_it() -> None:
    output = run(build_rows(0, x_px=100), window_end_s=900.0, duration_s=59 / RATE_HZ)
    assert output.verdict.word == "PASS"
    assert set(rows_of(output)["frame_idx"]) == set(range(60))


def test_time_in_sight_follows_the_time_stamps() -> None:
    rows = build_rows(0, x_px=100, frames=range(75))
    uneven = rows.with_columns(
        time_s=pl.when(pl.col("frame_idx") < 60)
        .then(pl.col("frame_idx") / 60)
        .otherwise(1.0 + (pl.col("frame_idx") - 60) / 15)
    )
    seen = uneven.filter(pl.col("frame_idx") < 60)
    facts = {"frame_rate_hz": 75 / 2.0, "window_end_s": 2.0, "duration_s": 1.94}
    quality = run(seen, **facts).side_rows["pose_quality"]
    (share,) = quality.filter(measure="seen_share")["value"]
    assert share == pytest.approx(1.0 / 1.967, abs=0.03)


def test_a_capture_rate_that_is_the_clips_own_rounded_changes_no_time() -> None:
    rows = build_rows(0, x_px=300, jitter_px=3.0)
    plain = rows_of(run(rows))
    rounded = rows_of(run(rows, capture_rate_hz=31.0))
    assert rounded["x_px"].equals(plain["x_px"])


def test_nobody_at_the_hint_is_quarantined_and_nobody_else_is_taken() -> None:
    output = run(build_rows(0, x_px=100), athlete_hint=(0.9, 0.9))
    assert output.rows is None
    assert output.verdict.reason_code == "athlete_not_found"
    assert "body heights away" in str(output.verdict.reason)


def test_joined_tracks_are_a_warning_even_with_two_steps() -> None:
    pieces = [range(60), range(66, 126), range(132, 192)]
    rows = pl.concat(
        [build_rows(idx, x_px=500, frames=frames) for idx, frames in enumerate(pieces)]
    )
    output = run(rows, dict.fromkeys(range(3), 40.0))
    assert output.side_rows["pose_repairs"].filter(rule="identity_linked").height == 2
    assert output.verdict.word == "WARN"
    assert "taken for the same person by the clothes 2 times" in str(
        output.verdict.reason
    )


def test_a_pose_that_cannot_be_trusted_is_stopped_and_says_why() -> None:
    rows = build_rows(0, x_px=300, jitter_px=0.3)
    dim = rows.with_columns(
        confidence_ratio=pl.when(pl.col("keypoint") == "neck").then(0.9).otherwise(0.05)
    )
    output = run(dim)
    assert output.rows is None
    assert (output.verdict.word, output.verdict.reason_code) == (
        "QUARANTINE",
        "joints_hidden",
    )
    assert "0% of the body's joints" in str(output.verdict.reason)
    shown = output.side_rows["pose_quality"].filter(measure="visible_joint_share")
    assert shown["verdict"].to_list() == ["QUARANTINE"]


def test_the_margin_of_the_choice_is_kept_with_its_limit() -> None:
    rows = pl.concat([build_rows(0, x_px=100), build_rows(1, x_px=700)])
    quality = run(rows, athlete_hint=(0.7, 0.6)).side_rows["pose_quality"]
    (row,) = quality.filter(measure="athlete_margin").rows(named=True)
    assert row["unit"] == "body_heights"
    assert row["value"] > row["warn_limit"] > 0


def test_a_low_capture_rate_is_warned_of_with_the_others() -> None:
    verdict = run(build_rows(0, x_px=100, hidden=range(30, 42)), frame_rate_hz=15.0)
    assert verdict.verdict.word == "WARN"
    assert "pictures a second" in str(verdict.verdict.reason)


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
    slow = rows_of(run(noisy, capture_rate_hz=90.0))["x_px"]
    assert (
        slow.drop_nulls().diff().abs().mean() < normal.drop_nulls().diff().abs().mean()
    )  # type: ignore[operator]


def test_the_fingerprint_changes_with_the_rules() -> None:
    default = AthletePosesStage().fingerprint(SUBJECT)
    stricter = AthletePosesStage(RepairRules(max_gap_s=0.1)).fingerprint(SUBJECT)
    assert default != stricter
