"""All stages of the training graph, made once and with their ports.

Nothing heavy happens before a stage is first asked for: networks load on first use.
"""

from collections.abc import Callable
from functools import cached_property

from sportsgpt_lib.stages.athlete_poses import AthletePosesStage
from sportsgpt_lib.stages.contract import Stage
from sportsgpt_lib.stages.findings import FindingsStage
from sportsgpt_lib.stages.joint_kinematics import JointKinematicsStage
from sportsgpt_lib.stages.keyframes import KeyframesStage
from sportsgpt_lib.stages.kismam_metrics import KismamMetricsStage
from sportsgpt_lib.stages.technique_scores import TechniqueScoresStage
from sportsgpt_lib.target_models.library import (
    PACKAGED_REFERENCES,
    ReferenceLibrary,
)


class StageCatalog:
    """The stages, by the name of the table they make."""

    def __init__(
        self,
        build_pose_tracks: Callable[[], Stage],
        references: ReferenceLibrary = PACKAGED_REFERENCES,
    ) -> None:
        self._build_pose_tracks = build_pose_tracks
        self._references = references

    @cached_property
    def pose_tracks(self) -> Stage:
        """Clip to everybody's keypoints; loads the pose network."""
        return self._build_pose_tracks()

    @cached_property
    def athlete_poses(self) -> Stage:
        """Everybody's keypoints to the athlete's repaired pose."""
        return AthletePosesStage()

    @cached_property
    def joint_kinematics(self) -> Stage:
        """Pose to angles and positions."""
        return JointKinematicsStage()

    @cached_property
    def keyframes(self) -> Stage:
        """Angles and positions to repetitions and keyframes."""
        return KeyframesStage(self._references)

    @cached_property
    def kismam_metrics(self) -> Stage:
        """Keyframes to indicators with error and deviation."""
        return KismamMetricsStage(self._references)

    @cached_property
    def findings(self) -> Stage:
        """Deviations to technique issues."""
        return FindingsStage()

    @cached_property
    def technique_scores(self) -> Stage:
        """Issues and indicators to a score with strengths and weaknesses."""
        return TechniqueScoresStage()
