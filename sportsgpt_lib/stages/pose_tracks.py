"""Stage ``pose_tracks``: from a clip to the keypoints of everybody in it."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import polars as pl

from sportsgpt_lib.errors import ClipError, PoseInputError
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.people import PersonTrack, track_people
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.stages.contract import Grain, StageInput, StageOutput, Subject

CODE_VERSION = "2"

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
    """

    table_name = "pose_tracks"
    grain: Grain = "clip"
    reads: tuple[str, ...] = ()
    code_version = CODE_VERSION

    def __init__(
        self,
        detector: PersonDetector,
        estimator: PoseEstimator,
        progress: ReportClipFrames | None = None,
    ) -> None:
        self.detector = detector
        self.estimator = estimator
        self._progress = progress

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
        subject = stage_input.subject
        tracks, frame_count = track_people(
            read_frames(stage_input.clip_path),
            self.detector,
            self.estimator,
            lambda done: self._report(subject.clip_file, done),
        )
        if not tracks:
            raise _nobody_found(stage_input.clip_path, frame_count)
        rows = pl.concat(
            [_build_rows(person_idx, track) for person_idx, track in enumerate(tracks)]
        )
        return StageOutput(
            rows.with_columns(
                clip_sha256=pl.lit(subject.clip_sha256),
                pose_model=pl.lit(self.estimator.model_name),
                pose_weights_sha256=pl.lit(self.estimator.weights_sha256),
            )
        )

    def _report(self, clip_file: str, frames_done: int) -> None:
        if self._progress is not None:
            self._progress(clip_file, frames_done)


def _build_rows(person_idx: int, track: PersonTrack) -> pl.DataFrame:
    """Write one person as rows; keypoints that the network does not know have none."""
    frame_count, joint_count = track.points.shape[:2]
    rows = pl.DataFrame(
        {
            "frame_idx": np.repeat(track.frame_idx, joint_count),
            "time_s": np.repeat(track.times_s, joint_count),
            "keypoint": list(KEYPOINTS) * frame_count,
            "x_px": track.points[:, :, 0].ravel(),
            "y_px": track.points[:, :, 1].ravel(),
            "confidence_ratio": track.points[:, :, 2].clip(0.0, 1.0).ravel(),
        }
    )
    return rows.filter(
        pl.col("x_px").is_finite() & pl.col("y_px").is_finite()
    ).with_columns(person_idx=pl.lit(person_idx, dtype=pl.Int64))


def _nobody_found(path: Path, frame_count: int) -> ClipError:
    return ClipError(
        path.name,
        f"nobody was found in its {frame_count} pictures",
        "check that the athlete is in the picture from head to foot and at least a "
        "fifth of its height, or take the clip out of the session",
        reason_code="nobody_found",
    )
