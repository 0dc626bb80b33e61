"""Rows of the side tables of ``athlete_poses``: repairs, camera, quality.

Only conversion lives here: no filter, no judgement, no file.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kinematics.camera_geometry import CameraGeometry
from sportsgpt_lib.pose.quality import Measured
from sportsgpt_lib.pose.repair_audit import IdentityRepair, Repair
from sportsgpt_lib.stages.contract import Subject
from sportsgpt_lib.storage.rows import empty_rows

WHOLE_PERSON = "all"

Row = Mapping[str, object]


def build_repair_rows(
    subject: Subject,
    frame_idx: IntArray,
    times_s: FloatArray,
    identity_repairs: Sequence[IdentityRepair],
    repairs: Sequence[Repair],
) -> pl.DataFrame:
    """Write every repair of a recording as a row of ``pose_repairs``.

    Parameters
    ----------
    subject
        The recording.
    frame_idx, times_s
        Index and time ``(T,)`` of the frames that the repairs count in.
    identity_repairs
        Decisions about who is who that touch these frames.
    repairs
        Repairs of single keypoints.
    """
    rows = [
        *_list_identity_rows(frame_idx, times_s, identity_repairs),
        *(_keypoint_row(frame_idx, times_s, repair) for repair in repairs),
    ]
    return _build_table(
        "pose_repairs",
        subject,
        [{"repair_idx": idx, **row} for idx, row in enumerate(rows)],
    )


def build_camera_rows(subject: Subject, geometry: CameraGeometry) -> pl.DataFrame:
    """Write how the recording was filmed as the row of ``camera_geometry``."""
    row = {name: getattr(geometry, name) for name in _GEOMETRY_COLUMNS}
    return _build_table("camera_geometry", subject, [row])


def build_quality_rows(subject: Subject, measured: Sequence[Measured]) -> pl.DataFrame:
    """Write the judged measures of a recording as rows of ``pose_quality``."""
    rows = [
        {
            "measure": measure.name,
            "measure_name": measure.rule.words,
            "value": measure.value,
            "unit": measure.rule.unit,
            "warn_limit": measure.rule.warn_limit,
            "stop_limit": measure.rule.stop_limit,
            "verdict": measure.verdict,
            "reason_code": measure.reason_code,
            "reason": measure.reason,
            "fix": measure.fix,
        }
        for measure in measured
    ]
    return _build_table("pose_quality", subject, rows)


_GEOMETRY_COLUMNS = (
    "scale_method",
    "scale_m_per_px",
    "scale_error_ratio",
    "scale_reason",
    "stature_px",
    "floor_level_px",
    "floor_slope_deg",
    "floor_error_px",
    "is_camera_moving",
    "camera_speed_body_heights_s",
    "roll_method",
    "camera_roll_deg",
    "camera_roll_error_deg",
    "roll_reason",
)


def _list_identity_rows(
    frame_idx: IntArray, times_s: FloatArray, repairs: Sequence[IdentityRepair]
) -> Iterator[Row]:
    for repair in repairs:
        touched = np.flatnonzero(
            (frame_idx >= repair.first_frame_idx) & (frame_idx <= repair.last_frame_idx)
        )
        if touched.size:
            yield {
                "rule": repair.rule,
                "keypoint": WHOLE_PERSON,
                **_name_range(frame_idx, times_s, int(touched[0]), int(touched[-1])),
                "confidence_ratio": repair.confidence_ratio,
            }


def _keypoint_row(frame_idx: IntArray, times_s: FloatArray, repair: Repair) -> Row:
    return {
        "rule": repair.rule,
        "keypoint": repair.keypoint,
        **_name_range(frame_idx, times_s, repair.first_frame, repair.last_frame),
        "confidence_ratio": repair.confidence_ratio,
        "before_x_px": float(repair.before_px[0]),
        "before_y_px": float(repair.before_px[1]),
        "after_x_px": float(repair.after_px[0]),
        "after_y_px": float(repair.after_px[1]),
        "cutoff_hz": repair.cutoff_hz,
        "reason": repair.reason,
    }


def _name_range(
    frame_idx: IntArray, times_s: FloatArray, first: int, last: int
) -> dict[str, object]:
    return {
        "first_frame_idx": int(frame_idx[first]),
        "last_frame_idx": int(frame_idx[last]),
        "start_time_s": float(times_s[first]),
        "end_time_s": float(times_s[last]),
    }


def _build_table(name: str, subject: Subject, rows: Sequence[Row]) -> pl.DataFrame:
    """Build a table with all columns of its contract; absent ones are null."""
    own = {"recording_id": subject.recording_id, "clip_sha256": subject.clip_sha256}
    table = pl.DataFrame(
        [{**own, **row} for row in rows], schema=empty_rows(name).schema
    )
    return table.drop("team_id", "session_day", "code_version")
