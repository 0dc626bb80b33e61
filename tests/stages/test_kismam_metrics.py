from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from sportsgpt_lib.kinematics.camera_roll import UNKNOWN_ROLL_ERROR_DEG
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.kismam_metrics import KismamMetricsStage
from sportsgpt_lib.storage.audit import audit_rows
from sportsgpt_lib.target_models.library import ReferenceLibrary
from tests.kismam.landing_athlete import build_landing
from tests.kismam.walking_athlete import build_stride
from tests.stages.assessment_rows import (
    build_subject,
    camera_rows,
    conform,
    keyframe_rows,
    kinematics_rows,
    pose_rows,
    run_assessment,
    run_stage,
)

LANDING = load_movement("drop_landing")


def test_every_indicator_of_every_repetition_has_one_row() -> None:
    rows = run_assessment(build_subject(), build_landing(), build_landing())[
        "kismam_metrics"
    ]
    counts = rows.group_by("repetition_idx").len().sort("repetition_idx")
    assert counts["len"].to_list() == [len(LANDING.indicators)] * 2


def test_rows_pass_the_audit_of_their_contract() -> None:
    tables = run_assessment(
        build_subject(), build_landing(deepest_knee_deg=62.0, absorption_s=0.1)
    )
    for name in ("kismam_metrics", "findings", "technique_scores"):
        audit = audit_rows(name, tables[name])
        assert audit.success, audit.problems


def test_identity_comes_from_the_keyframes() -> None:
    tables = run_assessment(build_subject(), build_landing())
    for name in ("kismam_metrics", "findings", "technique_scores"):
        row = tables[name].row(0, named=True)
        assert row["recording_id"] == "r" * 16
        assert row["athlete_id"] == "A1"
        assert row["pose_model"] == "mediapipe"
        assert row["movement_sha256"] == LANDING.sha256


def test_not_measurable_rows_hold_nulls_and_a_reason() -> None:
    subject = build_subject(camera_view="frontal")
    rows = run_assessment(subject, build_landing())["kismam_metrics"]
    refused = rows.filter(pl.col("validity") == "not_measurable")
    assert refused.height > 0
    for column in ("value", "error", "deviation", "keyframe_time_s"):
        assert refused[column].null_count() == refused.height
    assert refused["reason"].null_count() == 0
    kept = rows.filter(pl.col("validity") != "not_measurable")
    assert kept["value"].null_count() == 0
    assert kept["error"].null_count() == 0


def test_no_repetition_is_quarantined() -> None:
    subject = build_subject()
    landing = build_landing()
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframe_rows(subject, [landing]).clear(),
        "joint_kinematics": kinematics_rows(subject, landing),
    }
    output = run_stage(KismamMetricsStage(), subject, tables)
    assert output.rows is None
    assert output.verdict.word == "QUARANTINE"
    assert output.verdict.reason_code == "no_repetition"


def test_nothing_measurable_is_warned_of_with_all_rows_kept() -> None:
    subject = build_subject()
    landing = replace(
        build_landing(), keyframes={("take_off", "both"): KeyframeTime(0.65, 0.01)}
    )
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframe_rows(subject, [landing]),
        "joint_kinematics": kinematics_rows(subject, landing),
    }
    output = run_stage(KismamMetricsStage(), subject, tables)
    assert output.verdict.word == "WARN"
    assert output.rows is not None
    assert output.rows.height == len(LANDING.indicators)
    assert conform("kismam_metrics", output.rows)["value"].null_count() == 10


def _slow_down(landing: Repetition, factor: float) -> Repetition:
    return replace(
        landing,
        keyframes={
            key: KeyframeTime(factor * time.time_s, factor * time.error_s)
            for key, time in landing.keyframes.items()
        },
        signals={
            name: Signal(factor * signal.times_s, signal.values)
            for name, signal in landing.signals.items()
        },
    )


def test_slow_motion_gives_the_numbers_of_the_movement_at_the_clips_times() -> None:
    # Neighbouring samples lie 0.13 s apart in the clip, 0.017 s in the movement.
    landing = build_landing()
    true = run_assessment(build_subject(), landing)["kismam_metrics"]
    slow = run_assessment(
        build_subject(capture_rate_hz=480.0), _slow_down(landing, 8.0)
    )["kismam_metrics"]
    for column in ("value", "error", "deviation"):
        assert slow[column].to_list() == pytest.approx(
            true[column].to_list(), nan_ok=True
        )
    assert slow["reason"].to_list() == true["reason"].to_list()
    assert slow["keyframe_time_s"].to_list() == pytest.approx(
        [8.0 * time_s for time_s in true["keyframe_time_s"]]
    )


def test_the_fingerprint_follows_the_movement_definition() -> None:
    stage = KismamMetricsStage()
    landing = stage.fingerprint(build_subject())
    assert LANDING.sha256 in landing
    assert landing != stage.fingerprint(build_subject("walking_stride"))


def test_the_fingerprint_follows_a_federations_own_target_models(
    tmp_path: Path,
) -> None:
    subject = build_subject("walking_stride")
    stage = KismamMetricsStage(ReferenceLibrary(tmp_path))
    before = stage.fingerprint(subject)
    assert before == KismamMetricsStage().fingerprint(subject)
    model = tmp_path / "walking_stride" / "champion.toml"
    model.parent.mkdir()
    model.write_text("")
    assert stage.fingerprint(subject) != before


@pytest.mark.parametrize(
    ("is_rightward", "far_side"), [(True, "left"), (False, "right")]
)
def test_the_far_legs_knee_counts_half_where_the_near_leg_passes_it(
    *, is_rightward: bool, far_side: str
) -> None:
    subject = build_subject("walking_stride")
    for own_side in ("left", "right"):
        stride = build_stride(own_side)
        tables = {
            "athlete_poses": pose_rows(subject, is_rightward=is_rightward),
            "camera_geometry": camera_rows(subject),
            "keyframes": keyframe_rows(subject, [stride]),
            "joint_kinematics": kinematics_rows(subject, stride),
        }
        rows = run_stage(KismamMetricsStage(), subject, tables).rows
        assert rows is not None
        limited = rows.filter(pl.col("reason").str.contains("away from the camera"))
        hidden = ["loading_knee_flexion", "swing_knee_flexion"]
        assert limited["indicator"].to_list() == hidden * (own_side == far_side)
        assert set(limited["validity"]) <= {"limited"}


def test_without_a_view_from_the_side_no_leg_is_called_the_far_one() -> None:
    subject = build_subject("walking_stride", camera_view="oblique")
    stride = build_stride("left")
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframe_rows(subject, [stride]),
        "joint_kinematics": kinematics_rows(subject, stride),
    }
    rows = run_stage(KismamMetricsStage(), subject, tables).rows
    assert rows is not None
    assert not rows["reason"].str.contains("away from the camera").any()


def test_scale_and_roll_of_the_recording_reach_the_errors() -> None:
    subject = build_subject()
    landing = build_landing()
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframe_rows(subject, [landing]),
        "joint_kinematics": kinematics_rows(subject, landing),
    }
    rolled = camera_rows(
        subject,
        roll_method="plumb_object",
        camera_roll_deg=1.0,
        camera_roll_error_deg=6.0,
    )
    plain = run_stage(KismamMetricsStage(), subject, tables).rows
    told = run_stage(
        KismamMetricsStage(), subject, {**tables, "camera_geometry": rolled}
    ).rows
    assert plain is not None
    assert told is not None
    lean = pl.col("indicator") == "trunk_lean_at_deepest"
    before, after = (rows.filter(lean)["error"].item() for rows in (plain, told))
    unknown = UNKNOWN_ROLL_ERROR_DEG**2
    assert after == pytest.approx((before**2 - unknown + 36.0) ** 0.5)


def test_without_a_row_for_the_camera_errors_are_those_of_the_pose_alone() -> None:
    subject = build_subject()
    landing = build_landing()
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject).clear(),
        "keyframes": keyframe_rows(subject, [landing]),
        "joint_kinematics": kinematics_rows(subject, landing),
    }
    known = {**tables, "camera_geometry": camera_rows(subject)}
    drop = pl.col("indicator") == "drop_height"
    without, with_row = (
        run_stage(KismamMetricsStage(), subject, each).rows for each in (tables, known)
    )
    assert without is not None
    assert with_row is not None
    assert without.filter(drop)["error"].item() < with_row.filter(drop)["error"].item()


def test_values_stand_beside_those_of_the_target_model() -> None:
    subject = build_subject("walking_stride")
    rows = run_assessment(subject, build_stride())["kismam_metrics"]
    knee = rows.filter(pl.col("indicator") == "swing_knee_flexion")
    assert knee["reference_count"].to_list() == [1]
    assert knee["reference_mean"][0] == pytest.approx(59.0, abs=2.0)
    assert knee["reference_spread"].to_list() == [None]
    assert knee["reference_deviation"].to_list() == [None]
    trunk = rows.filter(pl.col("indicator") == "trunk_lean_mean")
    assert trunk["reference_count"].to_list() == [None]
