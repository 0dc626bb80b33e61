"""The stage ``joint_kinematics``: the athlete's poses to angles, heights and distances.

Only conversion and the verdict live here; the science is in
``sportsgpt_lib/kinematics``.
"""

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kinematics.quantities import (
    QUANTITY_UNITS,
    UNKNOWN_CAMERA,
    CameraReading,
    Quantities,
    compute_quantities,
)
from sportsgpt_lib.stages.contract import (
    PASS,
    Grain,
    StageInput,
    StageOutput,
    Subject,
    Verdict,
)
from sportsgpt_lib.stages.pose_rows import (
    frame_numbers_from_rows,
    pose_sequence_from_rows,
)

CODE_VERSION = "joint_kinematics-2"

# Chosen, see docs/angles.md: with fewer frames on its side a facing is a guess.
_CLEAR_FACING_RATIO = 0.75
_FILM_FROM_THE_SIDE = (
    "film from the side, the camera square to the direction of movement, "
    'and set camera_view = "sagittal" in session.toml'
)


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
            return StageOutput(None, _quarantine_view("the camera stood in front"))
        poses = stage_input.tables["athlete_poses"]
        sequence = pose_sequence_from_rows(
            poses, width_px=subject.width_px, height_px=subject.height_px
        )
        quantities = compute_quantities(
            sequence, _read_camera(stage_input.tables["camera_geometry"], subject)
        )
        verdict = _judge(subject, quantities)
        if not verdict.lets_go_on:
            return StageOutput(None, verdict)
        rows = _build_rows(subject, poses, quantities)
        return StageOutput(rows, verdict)


def _read_camera(rows: pl.DataFrame, subject: Subject) -> CameraReading:
    """Read roll and scale from the recording's row; unknown where there is none."""
    if rows.is_empty():
        return UNKNOWN_CAMERA
    row = rows.row(0, named=True)
    return CameraReading(
        roll_deg=row["camera_roll_deg"],
        m_per_px=row["scale_m_per_px"],
        is_along_known=subject.camera_view == "sagittal",
    )


def compute_time_stretch(subject: Subject) -> float:
    """Compute the seconds of the clip per real second; above 1 for slow motion."""
    if subject.capture_rate_hz is None:
        return 1.0
    return subject.capture_rate_hz / subject.frame_rate_hz


def _judge(subject: Subject, quantities: Quantities) -> Verdict:
    facing = quantities.facing
    if subject.camera_view == "unknown" and facing.evidence == "none":
        return _quarantine_view("the view is not stated and the feet point at no side")
    if subject.camera_view in ("oblique", "unknown"):
        found = {
            "oblique": "the camera stood at an angle to the movement",
            "unknown": "the view is not stated; it looks like a view from the side",
        }[subject.camera_view]
        return Verdict(
            "WARN",
            "view_not_sagittal",
            f"{found}; angles may be off by more than the stated errors",
            _FILM_FROM_THE_SIDE,
        )
    if facing.evidence == "none" or facing.strength_ratio < _CLEAR_FACING_RATIO:
        return Verdict(
            "WARN",
            "facing_unclear",
            f"only {facing.strength_ratio:.0%} of frames agree on the side the athlete "
            "faces, so forward and backward may be exchanged",
            "choose a time window in which the athlete keeps one direction",
        )
    if quantities.motion.is_moving:
        return Verdict(
            "WARN",
            "camera_moves",
            "feet that stand move across the picture, by "
            f"{abs(quantities.motion.speed_body_heights_s):.1f} body heights a second: "
            "the camera moved, or a belt under the feet; places along the way and "
            "ground contact are missing",
            "keep the camera still, on a stand",
        )
    if quantities.floor is None:
        return Verdict(
            "WARN",
            "floor_not_found",
            "no foot was seen standing, so heights and ground contact are missing",
            "film the feet and the floor; keep the camera still",
        )
    return PASS


def _quarantine_view(found: str) -> Verdict:
    return Verdict(
        "QUARANTINE",
        "view_not_supported",
        f"{found}; angles are measured from the side only",
        _FILM_FROM_THE_SIDE,
    )


def _build_rows(
    subject: Subject, poses: pl.DataFrame, quantities: Quantities
) -> pl.DataFrame:
    stretch = compute_time_stretch(subject)
    names = [
        name
        for name, unit in QUANTITY_UNITS.items()
        if unit != "m" or np.isfinite(quantities.values[name]).any()
    ]
    frame_idx = frame_numbers_from_rows(poses)
    rates = {name: rate * stretch for name, rate in quantities.rates_per_s.items()}
    first = poses.row(0, named=True)
    return pl.DataFrame(
        {
            "frame_idx": np.repeat(frame_idx, len(names)),
            "time_s": np.repeat(quantities.times_s, len(names)),
            "quantity": names * frame_idx.size,
            "value": _interleave(quantities.values, names),
            "unit": [QUANTITY_UNITS[name] for name in names] * frame_idx.size,
            "rate_per_s": _interleave(rates, names),
        }
    ).with_columns(
        pl.col("value", "rate_per_s").fill_nan(None),
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
