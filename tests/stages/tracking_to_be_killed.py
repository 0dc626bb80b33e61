"""Tracks a clip in a process of its own and halts after a frame, to be killed there.

Called with the clip, the folder of checkpoints, its subject as a pickle, and the frame.
"""

import pickle
import sys
import time
from pathlib import Path

from sportsgpt_lib.pose.checkpoint import CheckpointRhythm
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.stages.clip_checkpoints import ClipCheckpoints
from sportsgpt_lib.stages.contract import StageInput
from sportsgpt_lib.stages.pose_tracks import PoseTracksStage


def main(clip: Path, checkpoints: Path, subject: Path, halt_after: int) -> None:
    def halt(_: str, frames_done: int) -> None:
        sys.stdout.write(f"{frames_done}\n")
        sys.stdout.flush()
        if frames_done == halt_after:
            time.sleep(600)

    stage = PoseTracksStage(
        MediapipeDetector(),
        MediapipeEstimator(),
        halt,
        ClipCheckpoints(checkpoints),
        CheckpointRhythm(min_frames=8, min_s=0.0),
    )
    facts = pickle.loads(subject.read_bytes())  # noqa: S301 - the test's own bytes
    stage.compute(StageInput(facts, clip, {}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
