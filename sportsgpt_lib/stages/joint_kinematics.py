"""The stage ``joint_kinematics``: the athlete's poses to angles, heights and distances.

Only conversion lives here; the science is in ``sportsgpt_lib/kinematics``, the verdict
in ``kinematics_verdicts.py``.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kinematics.camera_motion import CameraMotion
from sportsgpt_lib.kinematics.quantities import (
    QUANTITY_UNITS,
    UNKNOWN_CAMERA,
    CameraReading,
    Quantities,
    compute_quantities,
)
from sportsgpt_lib.stages.contract import (
    Grain,
    StageInput,
    StageOutput,
    Subject,
)
from sportsgpt_lib.stages.kinematics_verdicts import judge_kinematics, refuse_view
from sportsgpt_lib.stages.pose_rows import (
    frame_numbers_from_rows,
    pose_sequence_from_rows,
)
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor

CODE_VERSION = "joint_kinematics-4"


class JointKinematicsStage:
    """Angles, heights and distances of one recording, frame by frame."""

    table_name = "joint_kinematics"
    side_tables: tuple[str, ...] = ()
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("athlete_poses", "camera_geometry")
    code_version = CODE_VERSION

    def fingerprint(self, subject: Subject) -> str:
        """Name the code version, the view and the two frame rates."""
        return (
            f"{CODE_VERSION} view={subject.camera_view} "
            f"rate={subject.frame_rate_hz} capture={subject.capture_rate_hz}"
        )

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute every quantity of docs/angles.md.

        Raises
        ------
        PoseInputError
            There are no poses, or nothing can be measured on them.
        """
        subject = stage_input.subject
        if subject.camera_view == "frontal":
            return StageOutput(None, refuse_view("the camera stood in front"))
        poses = stage_input.tables["athlete_poses"]
        sequence = pose_sequence_from_rows(
            poses, width_px=subject.width_px, height_px=subject.height_px
        )
        camera = _read_camera(stage_input.tables["camera_geometry"], subject)
        motion_times_s = sequence.times_s / compute_slow_motion_factor(subject)
        quantities = compute_quantities(
            replace(sequence, times_s=motion_times_s), camera
        )
        verdict = judge_kinematics(subject, quantities, camera)
        if not verdict.lets_go_on:
            return StageOutput(None, verdict)
        rows = _build_rows(subject, poses, sequence.times_s, quantities)
        return StageOutput(rows, verdict)


def _read_camera(rows: pl.DataFrame, subject: Subject) -> CameraReading:
    """Read what ``athlete_poses`` found; unknown where there is no row."""
    if rows.is_empty():
        return UNKNOWN_CAMERA
    row = rows.row(0, named=True)
    return CameraReading(
        roll_deg=row["camera_roll_deg"],
        is_roll_from_floor=row["roll_method"] == "floor_line",
        m_per_px=row["scale_m_per_px"],
        is_along_known=subject.camera_view == "sagittal",
        motion=_read_motion(row),
    )


def _read_motion(row: dict[str, Any]) -> CameraMotion | None:
    if row["is_camera_moving"] is None:
        return None
    return CameraMotion(row["camera_speed_body_heights_s"], row["is_camera_moving"])


def _build_rows(
    subject: Subject,
    poses: pl.DataFrame,
    clip_times_s: FloatArray,
    quantities: Quantities,
) -> pl.DataFrame:
    names = [
        name
        for name, unit in QUANTITY_UNITS.items()
        if unit != "m" or np.isfinite(quantities.values[name]).any()
    ]
    frame_idx = frame_numbers_from_rows(poses)
    first = poses.row(0, named=True)
    return pl.DataFrame(
        {
            "frame_idx": np.repeat(frame_idx, len(names)),
            "time_s": np.repeat(clip_times_s, len(names)),
            "quantity": names * frame_idx.size,
            "value": _interleave(quantities.values, names),
            "unit": [QUANTITY_UNITS[name] for name in names] * frame_idx.size,
            "rate_per_s": _interleave(quantities.rates_per_s, names),
            "acceleration_per_s2": _interleave(quantities.accelerations_per_s2, names),
        }
    ).with_columns(
        pl.col("value", "rate_per_s", "acceleration_per_s2").fill_nan(None),
        pl.lit(subject.recording_id).alias("recording_id"),
        pl.lit(subject.clip_sha256).alias("clip_sha256"),
        pl.lit(first["pose_model"]).alias("pose_model"),
        pl.lit(first["pose_weights_sha256"]).alias("pose_weights_sha256"),
    )


def _interleave(columns: dict[str, FloatArray], names: list[str]) -> FloatArray:
    return np.stack([columns[name] for name in names], axis=1).ravel()


def read_quantities(
    rows: pl.DataFrame,
) -> tuple[IntArray, FloatArray, dict[str, FloatArray]]:
    """Turn rows of ``joint_kinematics`` of one recording into arrays.

    Returns
    -------
    Frame indices ``(T,)``, times ``(T,)`` in the clip, and each quantity ``(T,)``; NaN
    where a value is null or a row is absent.
    """
    wide = (
        rows.select("frame_idx", "time_s", "quantity", "value")
        .pivot(on="quantity", index=["frame_idx", "time_s"], values="value")
        .sort("frame_idx")
    )
    values = {
        name: wide[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        if name in wide.columns
        else np.full(wide.height, np.nan)
        for name in QUANTITY_UNITS
    }
    return (
        wide["frame_idx"].to_numpy().astype(np.int64),
        wide["time_s"].to_numpy().astype(np.float64),
        values,
    )
