"""The stage ``keyframes``: angles and distances to repetitions and named instants.

Only conversion lives here: the science is in ``sportsgpt_lib/alignment`` and
``sportsgpt_lib/kinematics``, the verdict in ``keyframe_verdicts.py``, the rows are made
in ``alignment_rows.py``.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from sportsgpt_lib.errors import AlignmentInputError, MovementFileError
from sportsgpt_lib.repetitions.finder import find_repetitions
from sportsgpt_lib.repetitions.repetition import Repetition
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.stages.alignment_rows import (
    build_cost_rows,
    build_keyframe_rows,
    build_path_rows,
)
from sportsgpt_lib.stages.contract import (
    Grain,
    StageInput,
    StageOutput,
    Subject,
)
from sportsgpt_lib.stages.joint_kinematics import read_quantities
from sportsgpt_lib.stages.keyframe_verdicts import (
    judge_keyframes,
    refuse_absent,
    refuse_alignment,
    refuse_target_models,
)
from sportsgpt_lib.stages.slow_motion import compute_slow_motion_factor
from sportsgpt_lib.target_models.library import (
    PACKAGED_REFERENCES,
    ReferenceLibrary,
)
from sportsgpt_lib.target_models.reference import Reference

CODE_VERSION = "keyframes-5"


class KeyframesStage:
    """Repetitions of the movement in one recording, each with its named instants.

    Parameters
    ----------
    references
        Where the target models of a movement are.
    """

    table_name = "keyframes"
    side_tables: tuple[str, ...] = ("alignment_costs", "alignment_paths")
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("joint_kinematics",)
    code_version = CODE_VERSION

    def __init__(self, references: ReferenceLibrary = PACKAGED_REFERENCES) -> None:
        self._references = references

    def fingerprint(self, subject: Subject) -> str:
        """Name code version, movement, target models and the two frame rates."""
        return (
            f"{CODE_VERSION} movement={load_movement(subject.movement).sha256} "
            f"references={self._references.compute_sha256(subject.movement)} "
            f"rate={subject.frame_rate_hz} capture={subject.capture_rate_hz}"
        )

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Find every repetition by alignment and events, joined where both exist.

        Target models that cannot be used stop the recordings of their movement, each
        with a verdict.

        Raises
        ------
        MovementFileError
            The movement breaks its schema, or the folder of target models cannot be
            read.
        PoseInputError
            Times or quantities of the recording cannot be aligned.
        """
        movement = load_movement(stage_input.subject.movement)
        try:
            references = self._references.load(movement)
        except MovementFileError as error:
            if not error.problems:  # No file is wrong: they cannot be read at all.
                raise
            return StageOutput(None, refuse_target_models(movement, error))
        try:
            return find_in_recording(stage_input, movement, references)
        except AlignmentInputError as error:
            return StageOutput(None, refuse_alignment(movement, error))


def find_in_recording(
    stage_input: StageInput, movement: Movement, references: Sequence[Reference]
) -> StageOutput:
    """Find the repetitions of any movement, from a folder anywhere.

    Parameters
    ----------
    stage_input
        The recording, with its rows of ``joint_kinematics``.
    movement, references
        The movement and its target models.

    Raises
    ------
    PoseInputError
        Times or quantities of the recording cannot be aligned.
    AlignmentInputError
        A target model does not fit the quantities there are.
    """
    subject = stage_input.subject
    kinematics = stage_input.tables["joint_kinematics"]
    _, clip_times_s, quantities = read_quantities(kinematics)
    stretch = compute_slow_motion_factor(subject)
    times_s = clip_times_s / stretch
    found = find_repetitions(movement, times_s, quantities, references)
    repetitions = found.repetitions
    side_rows = {
        "alignment_costs": build_cost_rows(
            found.searches, repetitions, subject, stretch
        ),
        "alignment_paths": build_path_rows(
            repetitions, times_s, quantities, subject, stretch
        ),
    }
    if not repetitions:
        filmed_s = float(np.ptp(clip_times_s)) if clip_times_s.size else 0.0
        verdict = refuse_absent(movement, filmed_s, found)
        return StageOutput(None, verdict, side_rows)
    return StageOutput(
        _build_rows(stage_input, movement, repetitions, references, stretch),
        judge_keyframes(movement, found, stretch, _find_film_ends(times_s)),
        side_rows,
    )


def _find_film_ends(times_s: npt.NDArray[np.float64]) -> tuple[float, float]:
    return float(times_s[0]), float(times_s[-1])


def _build_rows(
    stage_input: StageInput,
    movement: Movement,
    repetitions: Sequence[Repetition],
    references: Sequence[Reference],
    stretch: float,
) -> pl.DataFrame:
    subject = stage_input.subject
    model = stage_input.tables["joint_kinematics"].row(0, named=True)
    about = {
        "recording_id": subject.recording_id,
        "clip_sha256": subject.clip_sha256,
        "athlete_id": subject.athlete_id,
        "movement": subject.movement,
        "movement_sha256": movement.sha256,
        "pose_model": model["pose_model"],
        "pose_weights_sha256": model["pose_weights_sha256"],
    }
    by_id = {reference.reference_id: reference for reference in references}
    return build_keyframe_rows(repetitions, by_id, about, stretch)
