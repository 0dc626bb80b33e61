"""A run of the real networks on a real clip, killed with signal 9, goes on."""

import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import polars as pl
import pytest

from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.pose.checkpoint import CheckpointRhythm
from sportsgpt_lib.pose.looking import QUALITY_STEP_FRAMES
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.stages.clip_checkpoints import ClipCheckpoints
from sportsgpt_lib.stages.contract import StageInput, StageOutput
from sportsgpt_lib.stages.pose_tracks import PoseTracksStage
from tests.stages.test_pose_tracks import build_subject

CHECKOUT = Path(__file__).resolve().parents[2]
SIZE_PX = (884, 497)
# The walker comes out from behind the tree: she is found at the 31st of these and
# traced back over the frames before.
FRAMES = range(15, 75)

RunStage = Callable[..., StageOutput]


@pytest.fixture(scope="module")
def entry_clip(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of the demo clip at half the size."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    with VideoWriter(
        path, width_px=SIZE_PX[0], height_px=SIZE_PX[1], frame_rate_hz=30
    ) as writer:
        for frame in read_frames(shared_data / "video_sports2d_flip" / "demo.mp4"):
            if frame.index in FRAMES:
                small = cv2.resize(
                    frame.image_rgb, SIZE_PX, interpolation=cv2.INTER_AREA
                )
                writer.write(small, (frame.index - FRAMES.start) / 30)
            elif frame.index >= FRAMES.stop:
                break
    return path


@pytest.fixture(scope="module")
def run_stage(entry_clip: Path) -> RunStage:
    detector, estimator = MediapipeDetector(), MediapipeEstimator()

    def run(
        checkpoints: Path | None = None, done: list[int] | None = None
    ) -> StageOutput:
        stage = PoseTracksStage(
            detector,
            estimator,
            lambda _, frames_done: [] if done is None else done.append(frames_done),
            None if checkpoints is None else ClipCheckpoints(checkpoints),
            CheckpointRhythm(min_frames=8, min_s=0.0),
        )
        return stage.compute(StageInput(build_subject(), entry_clip, {}))

    return run


@pytest.fixture(scope="module")
def whole(run_stage: RunStage) -> StageOutput:
    """What a run gives that is never stopped and keeps no checkpoint."""
    return run_stage()


def kill_after(frame_count: int, clip: Path, checkpoints: Path) -> int:
    """Run the stage in a process of its own until it is killed; gives its exit code."""
    subject = checkpoints.parent / "subject.pickle"
    subject.write_bytes(pickle.dumps(build_subject()))
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.stages.tracking_to_be_killed"),
            *(str(clip), str(checkpoints), str(subject), str(frame_count)),
        ],
        cwd=CHECKOUT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) == frame_count:
                process.send_signal(signal.SIGKILL)
                break
        return process.wait()


def assert_same(output: StageOutput, expected: StageOutput) -> None:
    tables = [(output.rows, expected.rows)]
    tables += [
        (output.side_rows[name], rows) for name, rows in expected.side_rows.items()
    ]
    for rows, wanted in tables:
        assert isinstance(rows, pl.DataFrame)
        assert isinstance(wanted, pl.DataFrame)
        assert rows.equals(wanted)


@pytest.mark.slow
@pytest.mark.parametrize("killed_after", [11, 30, 37])
def test_a_killed_run_goes_on_to_the_same_rows(
    killed_after: int,
    entry_clip: Path,
    run_stage: RunStage,
    whole: StageOutput,
    tmp_path: Path,
) -> None:
    checkpoints = tmp_path / "checkpoints"
    assert kill_after(killed_after, entry_clip, checkpoints) == -signal.SIGKILL
    assert any(checkpoints.rglob("state"))
    done: list[int] = []
    output = run_stage(checkpoints, done)
    assert done[0] == killed_after // 8 * 8 + 1
    assert done[-1] == len(FRAMES)
    assert_same(output, whole)
    assert list(checkpoints.iterdir()) == []


@pytest.mark.slow
def test_the_walker_is_traced_back_and_everybody_is_described(
    whole: StageOutput,
) -> None:
    sights = whole.side_rows["person_sights"]
    assert set(sights["origin"]) == {"found", "followed", "traced_back"}
    walker = sights.filter(person_idx=1).sort("frame_idx")
    assert walker["frame_idx"][0] < walker.filter(origin="found")["frame_idx"][0]
    measured = sights.filter(pl.col("frame_idx") % QUALITY_STEP_FRAMES == 0)
    assert measured["brightness_ratio"].is_between(0.1, 0.9).all()
    assert measured["sharpness_ratio"].is_not_nan().all()
    assert sights["torso_l"].null_count() < len(sights) / 4


@pytest.mark.slow
@pytest.mark.parametrize("name", ["state", "sights-000001"])
def test_a_damaged_checkpoint_costs_time_and_nothing_else(
    name: str,
    entry_clip: Path,
    run_stage: RunStage,
    whole: StageOutput,
    tmp_path: Path,
) -> None:
    checkpoints = tmp_path / "checkpoints"
    kill_after(20, entry_clip, checkpoints)
    path = next(checkpoints.rglob(name))
    path.write_bytes(path.read_bytes()[:-7] + b"damaged")
    done: list[int] = []
    assert_same(run_stage(checkpoints, done), whole)
    assert done[0] == 1
