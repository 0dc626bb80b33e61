"""Stage ``pose_tracks``: from a clip to the keypoints of everybody in it.

The side table ``person_sights`` says how each person was come upon and looked.
"""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from sportsgpt_lib.errors import ClipError, PoseInputError
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.pose.checkpoint import CheckpointRhythm
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.people import collect_people
from sportsgpt_lib.stages.clip_checkpoints import ClipCheckpoint, ClipCheckpoints
from sportsgpt_lib.stages.clip_pictures import describe_pictures
from sportsgpt_lib.stages.contract import Grain, StageInput, StageOutput, Subject
from sportsgpt_lib.stages.sight_rows import (
    build_keypoint_rows,
    build_sight_rows,
)

CODE_VERSION = "3"

ReportClipFrames = Callable[[str, int], None]


class PoseTracksStage:
    """Finds everybody in a clip and follows them; it decodes the clip as a stream.

    Parameters
    ----------
    detector, estimator
        The backend.
    progress
        Called after every frame with the clip's file and the number of frames done. It
        must be picklable where clips are spread over processes.
    checkpoints
        Where the state of a run is kept, so that a killed one goes on; None = nowhere.
    rhythm
        When it is kept; None = as CheckpointRhythm says.
    """

    table_name = "pose_tracks"
    side_tables: tuple[str, ...] = ("person_sights",)
    grain: Grain = "clip"
    reads: tuple[str, ...] = ()
    code_version = CODE_VERSION

    def __init__(
        self,
        detector: PersonDetector,
        estimator: PoseEstimator,
        progress: ReportClipFrames | None = None,
        checkpoints: ClipCheckpoints | None = None,
        rhythm: CheckpointRhythm | None = None,
    ) -> None:
        self.detector = detector
        self.estimator = estimator
        self._progress = progress
        self._checkpoints = checkpoints
        self._rhythm = rhythm

    @property
    def network_seconds(self) -> float:
        """Time spent inside both networks so far, in seconds."""
        return self.detector.network_seconds + self.estimator.network_seconds

    def fingerprint(self, subject: Subject) -> str:  # noqa: ARG002 - same for all
        """Name the two networks by their weights."""
        return " ".join(
            f"{part.model_name}:{part.weights_sha256}"
            for part in (self.detector, self.estimator)
        )

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Track everybody in the clip.

        Raises
        ------
        ClipError
            The clip cannot be decoded, or nobody is in it (``nobody_found``).
        """
        if stage_input.clip_path is None:
            raise PoseInputError(
                "stage pose_tracks", "it got no clip", "pass clip_path to the stage"
            )
        checkpoint = self._open_checkpoint(stage_input.subject)
        try:
            output = self._track(stage_input.subject, stage_input.clip_path, checkpoint)
        except ClipError:
            if checkpoint is not None:
                checkpoint.remove()
            raise
        if checkpoint is not None:
            checkpoint.remove()
        return output

    def _track(
        self, subject: Subject, path: Path, checkpoint: ClipCheckpoint | None
    ) -> StageOutput:
        people, frame_count = collect_people(
            lambda first_index: read_frames(path, first_index),
            self.detector,
            self.estimator,
            checkpoint=checkpoint,
            rhythm=self._rhythm,
            report_frames=lambda done: self._report(subject.clip_file, done),
        )
        if not people:
            raise _nobody_found(path, frame_count)
        constants = (
            pl.lit(subject.clip_sha256).alias("clip_sha256"),
            pl.lit(self.estimator.model_name).alias("pose_model"),
            pl.lit(self.estimator.weights_sha256).alias("pose_weights_sha256"),
        )
        return StageOutput(
            build_keypoint_rows(people).with_columns(constants),
            side_rows={
                "person_sights": build_sight_rows(people).with_columns(constants)
            },
        )

    def _open_checkpoint(self, subject: Subject) -> ClipCheckpoint | None:
        if self._checkpoints is None:
            return None
        key = " ".join(
            [self.code_version, self.fingerprint(subject), *self._list_run_settings()]
        )
        return self._checkpoints.open(subject.clip_sha256, key)

    def _list_run_settings(self) -> list[str]:
        """List what changes the last digits of a result, such as the device.

        A run goes on to the bit only under the same; a result that is done stays.
        """
        parts = (self.detector, self.estimator)
        return [str(getattr(part, "run_settings", "")) for part in parts]

    def _report(self, clip_file: str, frames_done: int) -> None:
        if self._progress is not None:
            self._progress(clip_file, frames_done)


def _nobody_found(path: Path, frame_count: int) -> ClipError:
    return ClipError(
        path.name,
        f"nobody was found in its {frame_count} pictures{describe_pictures(path)}",
        "check that the athlete is in the picture from head to foot and at least a "
        "fifth of its height, or take the clip out of the session",
        reason_code="nobody_found",
    )
