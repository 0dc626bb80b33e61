"""Stage ``training.kismam_metrics``: keyframes and kinematics to indicators.

The measuring is in ``sportsgpt_lib/kismam/indicators.py``; here rows are converted.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from sportsgpt_lib.kinematics.camera_roll import UNKNOWN_ROLL_ERROR_DEG
from sportsgpt_lib.kinematics.stature import measure_stature
from sportsgpt_lib.kismam.camera_errors import UNKNOWN_CAMERA_ERRORS, CameraErrors
from sportsgpt_lib.kismam.far_leg import find_far_side
from sportsgpt_lib.kismam.indicators import IndicatorResult, assess_repetition
from sportsgpt_lib.kismam.missing_keyframes import explain_missing
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    find_own_side,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.kismam.target_distribution import (
    TargetDistribution,
    summarise_references,
)
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors
from sportsgpt_lib.stages.contract import (
    PASS,
    Grain,
    StageInput,
    StageOutput,
    Subject,
    Verdict,
)
from sportsgpt_lib.stages.pose_rows import pose_sequence_from_rows
from sportsgpt_lib.stages.repetition_rows import build_stage_rows, iterate_repetitions
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor
from sportsgpt_lib.storage.tables import KISMAM_METRICS
from sportsgpt_lib.target_models.library import (
    PACKAGED_REFERENCES,
    ReferenceLibrary,
)

CODE_VERSION = "8"
_REFERENCE_COLUMNS = (
    "reference_mean",
    "reference_spread",
    "reference_count",
    "reference_deviation",
)


class KismamMetricsStage:
    """Measures every indicator of every repetition, or says why it cannot.

    Parameters
    ----------
    references
        Where the target models of a movement are.
    """

    table_name = KISMAM_METRICS.name
    side_tables: tuple[str, ...] = ()
    grain: Grain = "recording"
    reads: tuple[str, ...] = (
        "athlete_poses",
        "camera_geometry",
        "joint_kinematics",
        "keyframes",
    )
    code_version = CODE_VERSION

    def __init__(self, references: ReferenceLibrary = PACKAGED_REFERENCES) -> None:
        self._references = references

    def fingerprint(self, subject: Subject) -> str:
        """Name the movement definition, its models, and the athlete's groups."""
        return (
            f"movement={load_movement(subject.movement).sha256} "
            f"references={self._references.compute_sha256(subject.movement)} "
            f"groups={','.join(sorted(subject.athlete_groups))}"
        )

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute the indicators of one recording.

        Raises
        ------
        MovementFileError
            The movement or one of its target models breaks its schema.
        """
        subject = stage_input.subject
        stretch = compute_slow_motion_factor(subject)
        signals = _build_signals(stage_input.tables["joint_kinematics"], stretch)
        keyframes = stage_input.tables["keyframes"]
        if keyframes.is_empty():
            return StageOutput(None, _NO_REPETITION)
        poses = stage_input.tables["athlete_poses"]
        camera = _read_camera_errors(
            stage_input.tables["camera_geometry"], poses, subject
        )
        movement = load_movement(subject.movement)
        recording = _Recording(
            signals,
            _find_far_side(subject, poses),
            camera,
            summarise_references(movement, self._references.load(movement)),
        )
        rows = list(_iterate_rows(subject, keyframes, recording))
        is_any_measured = any(row["value"] is not None for row in rows)
        return StageOutput(
            build_stage_rows(KISMAM_METRICS, rows),
            PASS if is_any_measured else _word_nothing_measured(subject),
        )


@dataclass(frozen=True)
class _Recording:
    """What all repetitions of a recording share."""

    signals: dict[str, Signal]
    far_side: str | None
    camera: CameraErrors
    distributions: Mapping[str, TargetDistribution]


_NO_REPETITION = Verdict(
    "QUARANTINE",
    "no_repetition",
    "no repetition of the movement was found in the recording",
    "check the movement and the time window in session.toml",
)


def _word_nothing_measured(subject: Subject) -> Verdict:
    return Verdict(
        "WARN",
        "nothing_measurable",
        f"no indicator of {subject.movement} could be measured from the view "
        f"{subject.camera_view}",
        "film from the side, and state camera_view in session.toml",
    )


def _find_far_side(subject: Subject, poses: pl.DataFrame) -> str | None:
    """Find the leg away from the camera; None where the view is not from the side."""
    if subject.camera_view != "sagittal" or poses.is_empty():
        return None
    sequence = pose_sequence_from_rows(
        poses, width_px=subject.width_px, height_px=subject.height_px
    )
    return find_far_side(sequence.positions_px)


def _read_camera_errors(
    geometry: pl.DataFrame, poses: pl.DataFrame, subject: Subject
) -> CameraErrors:
    """Read what scale and roll add to errors; a body height's error is measured here.

    Without a row nothing is known of the camera. A roll that is not known costs what a
    camera aimed by eye errs.
    """
    if geometry.is_empty():
        return UNKNOWN_CAMERA_ERRORS
    row = geometry.row(0, named=True)
    roll_error_deg = row["camera_roll_error_deg"]
    return CameraErrors(
        scale_error_ratio=row["scale_error_ratio"],
        scale_reason=row["scale_reason"],
        stature_error_ratio=_measure_stature_error(poses, subject),
        roll_error_deg=(
            UNKNOWN_ROLL_ERROR_DEG if roll_error_deg is None else roll_error_deg
        ),
    )


def _measure_stature_error(poses: pl.DataFrame, subject: Subject) -> float:
    if poses.is_empty():
        return 0.0
    sequence = pose_sequence_from_rows(
        poses, width_px=subject.width_px, height_px=subject.height_px
    )
    stature = measure_stature(
        sequence.times_s / compute_slow_motion_factor(subject),
        sequence.positions_px,
        subject.camera_view,
    )
    return float(np.nan_to_num(stature.error_ratio))


def _iterate_rows(
    subject: Subject, keyframes: pl.DataFrame, recording: _Recording
) -> Iterator[dict[str, Any]]:
    movement = load_movement(subject.movement)
    stretch = compute_slow_motion_factor(subject)
    for identity, part in iterate_repetitions(keyframes):
        repetition = replace(
            _build_repetition(movement, part, recording.signals, stretch),
            far_side=recording.far_side,
            athlete_groups=subject.athlete_groups,
        )
        for result in assess_repetition(
            movement,
            repetition,
            subject.camera_view,
            load_measurement_errors(),
            recording.camera,
        ):
            yield {
                **identity,
                **_row_of(result, stretch),
                "reason": _read_reason(movement, repetition, result),
                **_compare_with_references(result, recording.distributions),
                "movement_sha256": movement.sha256,
            }


def _build_signals(rows: pl.DataFrame, stretch: float) -> dict[str, Signal]:
    """Turn rows into signals, at times of the movement, slow motion taken out."""
    return {
        str(part["quantity"][0]): Signal(
            part["time_s"].to_numpy().astype(np.float64) / stretch,
            part["value"].cast(pl.Float64).fill_null(float("nan")).to_numpy(),
        )
        for part in rows.sort("frame_idx").partition_by("quantity")
    }


def _build_repetition(
    movement: Movement, rows: pl.DataFrame, signals: dict[str, Signal], stretch: float
) -> Repetition:
    keyframes = {
        (row["keyframe"], row["side"]): KeyframeTime(
            row["time_s"] / stretch, row["time_error_s"] / stretch
        )
        for row in rows.iter_rows(named=True)
    }
    return Repetition(
        own_side=find_own_side(movement, keyframes),
        keyframes=keyframes,
        signals=signals,
    )


def _row_of(result: IndicatorResult, stretch: float) -> dict[str, Any]:
    indicator, target = result.indicator, result.indicator.target
    return {
        "indicator": indicator.name,
        "indicator_name": indicator.title,
        "value": _or_none(result.value),
        "unit": indicator.unit,
        "error": _or_none(result.error),
        "target_low": target.low if target else None,
        "target_high": target.high if target else None,
        "deviation": _or_none(result.deviation),
        "validity": result.validity,
        "reason": result.reason,
        "keyframe_time_s": _or_none(result.time_s * stretch),
    }


def _read_reason(
    movement: Movement, repetition: Repetition, result: IndicatorResult
) -> str | None:
    if result.validity != "not_measurable":
        return result.reason
    missing = explain_missing(movement, repetition, result.indicator, result.reason)
    return missing or result.reason


def _compare_with_references(
    result: IndicatorResult, distributions: Mapping[str, TargetDistribution]
) -> dict[str, Any]:
    found = distributions.get(result.indicator.name)
    if found is None:
        return dict.fromkeys(_REFERENCE_COLUMNS)
    deviation = found.compute_deviation(result.value, result.error)
    numbers = (found.mean, found.spread, found.count, deviation)
    return {
        name: _or_none(number)
        for name, number in zip(_REFERENCE_COLUMNS, numbers, strict=True)
    }


def _or_none(number: float) -> float | None:
    return number if np.isfinite(number) else None
