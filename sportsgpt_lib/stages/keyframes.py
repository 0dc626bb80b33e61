"""The stage ``keyframes``: angles and distances to repetitions and named instants.

Only conversion and the verdict live here; the science is in ``sportsgpt_lib/alignment``
and ``sportsgpt_lib/kinematics``.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from sportsgpt_lib.alignment.landings import find_drop_landings
from sportsgpt_lib.alignment.reference import load_reference
from sportsgpt_lib.alignment.repetitions import Keyframe, Repetition
from sportsgpt_lib.alignment.strides import find_strides
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.contract import (
    PASS,
    Grain,
    StageInput,
    StageOutput,
    Subject,
    Verdict,
)
from sportsgpt_lib.stages.joint_kinematics import read_quantities
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor

CODE_VERSION = "keyframes-1"

# Chosen, see docs/alignment.md: three times the combined error of both methods at
# 30 Hz; two that differ by more are not seeing the same instant.
LARGEST_OFFSET_S = 0.10
_SIDE_PREFIX = "{side}_"


class KeyframesStage:
    """Repetitions of the movement in one recording, each with its named instants."""

    table_name = "keyframes"
    side_tables: tuple[str, ...] = ()
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("joint_kinematics",)
    code_version = CODE_VERSION

    def fingerprint(self, subject: Subject) -> str:
        """Name the code version, the movement definition and the two frame rates."""
        return (
            f"{CODE_VERSION} movement={load_movement(subject.movement).sha256} "
            f"rate={subject.frame_rate_hz} capture={subject.capture_rate_hz}"
        )

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Find every repetition by alignment and events, joined where both exist.

        Raises
        ------
        MovementFileError
            The movement or one of its target models breaks its schema.
        """
        subject = stage_input.subject
        movement = load_movement(subject.movement)
        kinematics = stage_input.tables["joint_kinematics"]
        _, clip_times_s, quantities = read_quantities(kinematics)
        stretch = compute_slow_motion_factor(subject)
        times_s = clip_times_s / stretch
        found = _find_repetitions(movement, times_s, quantities)
        repetitions = _keep_named(movement, found)
        if not repetitions:
            return StageOutput(None, _quarantine_absent(movement, times_s))
        rows = _build_rows(stage_input, movement, repetitions, stretch)
        return StageOutput(rows, _judge(movement, repetitions))


def _find_repetitions(
    movement: Movement, times_s: FloatArray, quantities: dict[str, FloatArray]
) -> list[Repetition]:
    if movement.event_model == "landing":
        return find_drop_landings(times_s, quantities)
    references = [
        load_reference(movement.name, reference_id)
        for reference_id in movement.references
    ]
    weights = {
        name.removeprefix(_SIDE_PREFIX): weight
        for name, weight in movement.joint_weights.items()
    }
    return find_strides(times_s, quantities, references, weights)


def _keep_named(
    movement: Movement, repetitions: Sequence[Repetition]
) -> list[Repetition]:
    """Keep the keyframes that the movement names; drop repetitions left empty."""
    names = {keyframe.name for keyframe in movement.keyframes}
    kept = [
        Repetition(
            tuple(
                keyframe for keyframe in repetition.keyframes if keyframe.name in names
            ),
            repetition.alignment_cost,
            repetition.reference_id,
        )
        for repetition in repetitions
    ]
    return [repetition for repetition in kept if repetition.keyframes]


def _quarantine_absent(movement: Movement, times_s: FloatArray) -> Verdict:
    filmed_s = float(times_s[-1] - times_s[0]) if times_s.size else 0.0
    return Verdict(
        "QUARANTINE",
        "no_repetition_found",
        f"no repetition of '{movement.title}' was found in {filmed_s:.1f} s of film",
        "check movement, athlete and time window in session.toml; the window must hold "
        "one whole repetition with some time before and after it, feet in the picture",
    )


def _judge(movement: Movement, repetitions: Sequence[Repetition]) -> Verdict:
    doubtful = [
        keyframe
        for repetition in repetitions
        for keyframe in repetition.keyframes
        if _is_doubtful(keyframe)
    ]
    if doubtful:
        worst = max(doubtful, key=lambda keyframe: abs(keyframe.event_offset_s or 0.0))
        return Verdict(
            "WARN",
            "alignment_and_events_disagree",
            f"{len(doubtful)} keyframes differ between alignment and events, the worst "
            f"by {abs(worst.event_offset_s or 0.0) * 1000.0:.0f} ms "
            f"({worst.name} at {worst.instant.time_s:.2f} s)",
            "look at the feet in the overlay video; poses may be wrong there, or the "
            "technique is far from the target model",
        )
    aligned = [one for one in repetitions if one.reference_id is not None]
    if movement.references and not aligned:
        return Verdict(
            "WARN",
            "not_like_the_reference",
            "no repetition matches a target model; keyframes come from events alone",
            "check the movement in session.toml and the poses in the overlay video",
        )
    if movement.event_model == "landing":
        return _judge_completeness(movement, repetitions)
    return PASS


def _judge_completeness(
    movement: Movement, repetitions: Sequence[Repetition]
) -> Verdict:
    """Say which keyframes of a landing were not found."""
    missing = sorted(
        {
            keyframe.name
            for keyframe in movement.keyframes
            for repetition in repetitions
            if keyframe.name not in {found.name for found in repetition.keyframes}
        }
    )
    if not missing:
        return PASS
    return Verdict(
        "WARN",
        "keyframe_not_found",
        f"not found in every repetition: {', '.join(missing)}",
        "let the time window start before the take-off and end after the landing",
    )


def _is_doubtful(keyframe: Keyframe) -> bool:
    offset_s = keyframe.event_offset_s
    return offset_s is not None and abs(offset_s) > LARGEST_OFFSET_S


def _build_rows(
    stage_input: StageInput,
    movement: Movement,
    repetitions: Sequence[Repetition],
    stretch: float,
) -> pl.DataFrame:
    subject = stage_input.subject
    model = stage_input.tables["joint_kinematics"].row(0, named=True)
    records = [
        {
            "repetition_idx": index,
            "keyframe": keyframe.name,
            "side": keyframe.side,
            "time_s": keyframe.instant.time_s * stretch,
            "time_error_s": keyframe.instant.error_s * stretch,
            "method": keyframe.method,
            "event_offset_s": _stretch(keyframe.event_offset_s, stretch),
            "alignment_cost": repetition.alignment_cost,
            "reference_id": repetition.reference_id,
        }
        for index, repetition in enumerate(repetitions)
        for keyframe in sorted(
            repetition.keyframes, key=lambda keyframe: keyframe.instant.time_s
        )
    ]
    return pl.DataFrame(
        records,
        schema_overrides={
            "event_offset_s": pl.Float64,
            "alignment_cost": pl.Float64,
            "reference_id": pl.String,
        },
        infer_schema_length=None,
    ).with_columns(
        pl.lit(subject.recording_id).alias("recording_id"),
        pl.lit(subject.clip_sha256).alias("clip_sha256"),
        pl.lit(subject.athlete_id).alias("athlete_id"),
        pl.lit(subject.movement).alias("movement"),
        pl.lit(movement.sha256).alias("movement_sha256"),
        pl.lit(model["pose_model"]).alias("pose_model"),
        pl.lit(model["pose_weights_sha256"]).alias("pose_weights_sha256"),
    )


def _stretch(duration_s: float | None, stretch: float) -> float | None:
    return None if duration_s is None else float(np.float64(duration_s * stretch))
