"""Rows of ``keyframes`` and ``joint_kinematics`` of a made-up athlete, by contract."""

from datetime import date

import numpy as np
import polars as pl

from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.contract import Stage, StageInput, StageOutput, Subject
from sportsgpt_lib.stages.findings import FindingsStage
from sportsgpt_lib.stages.kismam_metrics import KismamMetricsStage
from sportsgpt_lib.stages.pose_rows import rows_from_pose_sequence
from sportsgpt_lib.stages.runner import with_partition
from sportsgpt_lib.stages.technique_scores import TechniqueScoresStage
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import conform_rows
from tests.oracles.walking import build_walk

DAY = date(2026, 1, 15)
PARTITION = PartitionKey("team-a", DAY)
_BY_ALIGNMENT = (
    *("event_offset_s", "event_offset_error_s", "alignment_cost", "reference_id"),
    *("reference_version", "reference_sha256", "vote_count"),
    *("is_mirrored", "speed_ratio"),
)
_POSE = {"pose_model": "mediapipe", "pose_weights_sha256": "w" * 64}


def build_subject(
    movement: str = "drop_landing",
    *,
    camera_view: str = "sagittal",
    capture_rate_hz: float | None = None,
) -> Subject:
    return Subject(
        team_id=PARTITION.team_id,
        session_day=DAY,
        recording_id="r" * 16,
        clip_sha256="c" * 64,
        clip_file="clip.mp4",
        athlete_id="A1",
        movement=movement,
        camera_view=camera_view,
        role="athlete",
        frame_rate_hz=60.0,
        capture_rate_hz=capture_rate_hz,
        duration_s=60.0,
        width_px=1280,
        height_px=720,
        athlete_height_m=None,
        window_start_s=0.0,
        window_end_s=None,
        athlete_hint=None,
    )


def conform(name: str, rows: pl.DataFrame) -> pl.DataFrame:
    return conform_rows(name, with_partition(rows, PARTITION, "1"))


def pose_rows(subject: Subject, *, is_rightward: bool = True) -> pl.DataFrame:
    """Write poses of somebody who faces right or left in the picture."""
    sequence = build_walk(is_rightward=is_rightward).sequence
    rows = rows_from_pose_sequence(
        sequence,
        np.arange(sequence.frame_count),
        [["none"] * sequence.positions_px.shape[1]] * sequence.frame_count,
        {
            "recording_id": subject.recording_id,
            "clip_sha256": subject.clip_sha256,
            "person_idx": 0,
            **_POSE,
        },
    )
    return conform("athlete_poses", rows)


def keyframe_rows(subject: Subject, repetitions: list[Repetition]) -> pl.DataFrame:
    return conform(
        "keyframes",
        pl.DataFrame(
            [
                {
                    "recording_id": subject.recording_id,
                    "clip_sha256": subject.clip_sha256,
                    "athlete_id": subject.athlete_id,
                    "movement": subject.movement,
                    "repetition_idx": index,
                    "keyframe": keyframe,
                    "side": side,
                    "time_s": time.time_s,
                    "time_error_s": time.error_s,
                    "method": "event",
                    **dict.fromkeys(_BY_ALIGNMENT),
                    "movement_sha256": load_movement(subject.movement).sha256,
                    **_POSE,
                }
                for index, repetition in enumerate(repetitions)
                for (keyframe, side), time in repetition.keyframes.items()
            ]
        ),
    )


def kinematics_rows(subject: Subject, repetition: Repetition) -> pl.DataFrame:
    return conform(
        "joint_kinematics",
        pl.concat(
            pl.DataFrame(
                {
                    "frame_idx": np.arange(signal.times_s.size),
                    "time_s": signal.times_s,
                    "value": signal.values,
                }
            ).with_columns(
                recording_id=pl.lit(subject.recording_id),
                clip_sha256=pl.lit(subject.clip_sha256),
                quantity=pl.lit(quantity),
                unit=pl.lit("deg"),
                rate_per_s=pl.lit(None, pl.Float64),
                acceleration_per_s2=pl.lit(None, pl.Float64),
                **{name: pl.lit(value) for name, value in _POSE.items()},
            )
            for quantity, signal in repetition.signals.items()
        ),
    )


def camera_rows(subject: Subject, **known: float | str | None) -> pl.DataFrame:
    """Write how the recording was filmed; nothing is known but what is given."""
    row = {
        "recording_id": subject.recording_id,
        "clip_sha256": subject.clip_sha256,
        "scale_method": "none",
        "scale_m_per_px": None,
        "scale_error_ratio": None,
        "scale_reason": "nothing of known length",
        "stature_px": None,
        "floor_level_px": None,
        "floor_slope_deg": None,
        "floor_error_px": None,
        "is_camera_moving": None,
        "camera_speed_body_heights_s": None,
        "roll_method": "none",
        "camera_roll_deg": None,
        "camera_roll_error_deg": None,
        "roll_reason": "the feet kept to one place",
        **known,
    }
    return conform("camera_geometry", pl.DataFrame([row]))


def run_stage(
    stage: Stage, subject: Subject, tables: dict[str, pl.DataFrame]
) -> StageOutput:
    return stage.compute(StageInput(subject, None, tables))


def run_assessment(
    subject: Subject, *repetitions: Repetition
) -> dict[str, pl.DataFrame]:
    """Run the three stages one after the other, each on the rows of the one before."""
    tables = {
        "athlete_poses": pose_rows(subject),
        "camera_geometry": camera_rows(subject),
        "keyframes": keyframe_rows(subject, list(repetitions)),
        "joint_kinematics": kinematics_rows(subject, repetitions[0]),
    }
    for stage in (KismamMetricsStage(), FindingsStage(), TechniqueScoresStage()):
        output = run_stage(stage, subject, tables)
        assert output.rows is not None
        tables[stage.table_name] = conform(stage.table_name, output.rows)
    return tables
