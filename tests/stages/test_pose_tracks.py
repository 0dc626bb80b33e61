import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import polars as pl
import pytest

from sportsgpt_lib.errors import ClipError, PoseInputError
from sportsgpt_lib.media.clip import read_frames
from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.pose.checkpoint import CheckpointRhythm
from sportsgpt_lib.pose.mediapipe_detector import MediapipeDetector
from sportsgpt_lib.pose.mediapipe_estimator import MediapipeEstimator
from sportsgpt_lib.stages.clip_checkpoints import ClipCheckpoints
from sportsgpt_lib.stages.contract import StageInput, Subject
from sportsgpt_lib.stages.pose_tracks import PoseTracksStage
from sportsgpt_lib.storage.rows import conform_rows
from sportsgpt_lib.storage.tables import POSE_TRACKS

SIZE_PX = (884, 497)
DAY = date(2026, 1, 15)


def build_subject() -> Subject:
    return Subject(
        team_id="team",
        session_day=DAY,
        recording_id="0123456789abcdef",
        clip_sha256="c" * 64,
        clip_file="clip.mp4",
        athlete_id="a1",
        movement="walking_stride",
        camera_view="sagittal",
        role="athlete",
        frame_rate_hz=30.0,
        capture_rate_hz=None,
        duration_s=60.0,
        width_px=SIZE_PX[0],
        height_px=SIZE_PX[1],
        athlete_height_m=None,
        window_start_s=0.0,
        window_end_s=None,
        athlete_hint=None,
    )


@pytest.fixture(scope="module")
def short_clip(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of the demo clip at half the size."""
    path = tmp_path_factory.mktemp("clips") / "clip.mp4"
    source = shared_data / "video_sports2d_flip" / "demo.mp4"
    with VideoWriter(
        path, width_px=SIZE_PX[0], height_px=SIZE_PX[1], frame_rate_hz=30
    ) as writer:
        for frame in read_frames(source):
            if 60 <= frame.index < 85:
                small = cv2.resize(
                    frame.image_rgb, SIZE_PX, interpolation=cv2.INTER_AREA
                )
                writer.write(small, frame.time_s - 2.0)
            elif frame.index >= 85:
                break
    return path


@pytest.fixture(scope="module")
def build_stage() -> Callable[..., PoseTracksStage]:
    detector, estimator = MediapipeDetector(), MediapipeEstimator()

    def build(progress: Callable[[str, int], None] | None = None) -> PoseTracksStage:
        return PoseTracksStage(detector, estimator, progress)

    return build


def test_real_video_becomes_rows_of_the_contract(
    short_clip: Path, build_stage: Callable[..., PoseTracksStage]
) -> None:
    done: list[tuple[str, int]] = []
    stage = build_stage(lambda file, count: done.append((file, count)))
    output = stage.compute(StageInput(build_subject(), short_clip, {}))
    assert output.rows is not None
    rows = conform_rows(
        POSE_TRACKS,
        output.rows.with_columns(
            team_id=pl.lit("team"), session_day=pl.lit(DAY), code_version=pl.lit("1")
        ),
    )
    assert rows["person_idx"].unique().sort().to_list() == [0, 1]
    assert rows["frame_idx"].n_unique() >= 24
    assert rows.unique(list(POSE_TRACKS.key)).height == rows.height
    assert rows["keypoint"].n_unique() == 23
    assert set(rows["pose_weights_sha256"]) == {stage.estimator.weights_sha256}
    assert done[-1] == ("clip.mp4", 25)
    assert stage.network_seconds > 0


def test_the_same_clip_gives_the_same_rows(
    short_clip: Path, build_stage: Callable[..., PoseTracksStage]
) -> None:
    stage_input = StageInput(build_subject(), short_clip, {})
    first = build_stage().compute(stage_input).rows
    again = build_stage().compute(stage_input).rows
    assert first is not None
    assert again is not None
    assert first.equals(again)


def test_a_clip_with_nobody_is_rejected_in_words(
    tmp_path: Path, build_stage: Callable[..., PoseTracksStage]
) -> None:
    path = tmp_path / "meadow.mp4"
    with VideoWriter(path, width_px=320, height_px=240, frame_rate_hz=30) as writer:
        for index in range(20):
            shade = np.linspace(30, 200, 320).astype(np.uint8)
            picture = np.broadcast_to(shade[None, :, None], (240, 320, 3)).copy()
            picture[100:140, 10 * index : 10 * index + 40] = 250
            writer.write(picture, index / 30)
    with pytest.raises(ClipError) as caught:
        build_stage().compute(StageInput(build_subject(), path, {}))
    assert caught.value.reason_code == "nobody_found"
    assert caught.value.where == "meadow.mp4"
    assert caught.value.found == "nobody was found in its 20 pictures"
    assert "athlete" in caught.value.fix


def test_a_rejected_clip_leaves_no_checkpoint(
    tmp_path: Path, build_stage: Callable[..., PoseTracksStage]
) -> None:
    path = tmp_path / "dark.mp4"
    with VideoWriter(path, width_px=320, height_px=240, frame_rate_hz=30) as writer:
        for index in range(20):
            writer.write(np.full((240, 320, 3), 2, np.uint8), index / 30)
    some = build_stage()
    stage = PoseTracksStage(
        some.detector,
        some.estimator,
        checkpoints=ClipCheckpoints(tmp_path / "checkpoints"),
        rhythm=CheckpointRhythm(min_frames=5, min_s=0.0),
    )
    with pytest.raises(ClipError, match="very dark"):
        stage.compute(StageInput(build_subject(), path, {}))
    assert list((tmp_path / "checkpoints").iterdir()) == []


def test_without_a_clip_the_stage_says_so(
    build_stage: Callable[..., PoseTracksStage],
) -> None:
    with pytest.raises(PoseInputError, match="got no clip"):
        build_stage().compute(StageInput(build_subject(), None, {}))


def test_the_fingerprint_names_both_weights(
    build_stage: Callable[..., PoseTracksStage],
) -> None:
    stage = build_stage()
    fingerprint = stage.fingerprint(build_subject())
    assert stage.detector.weights_sha256 in fingerprint
    assert stage.estimator.weights_sha256 in fingerprint


def test_the_stage_can_go_to_a_worker_process(
    build_stage: Callable[..., PoseTracksStage],
) -> None:
    copy = pickle.loads(pickle.dumps(build_stage()))  # noqa: S301 - our own bytes
    subject = build_subject()
    assert copy.fingerprint(subject) == build_stage().fingerprint(subject)


@pytest.mark.parametrize("changed", ["detector", "estimator"])
def test_a_run_on_another_device_does_not_go_on_where_this_one_stopped(
    tmp_path: Path, short_clip: Path, changed: str
) -> None:
    parts = {"detector": MediapipeDetector(), "estimator": MediapipeEstimator()}
    for part in parts.values():
        part.run_settings = "cpu batch=16 threads=0"  # type: ignore[union-attr]
    checkpoints = ClipCheckpoints(tmp_path / "checkpoints")
    rhythm = CheckpointRhythm(min_frames=5, min_s=0.0)

    def run(report: Callable[[str, int], None]) -> str:
        stage = PoseTracksStage(
            **parts, progress=report, checkpoints=checkpoints, rhythm=rhythm
        )
        stage.compute(StageInput(build_subject(), short_clip, {}))
        return stage.fingerprint(build_subject())

    def stop(_: str, done: int) -> None:
        if done == 12:
            raise KeyboardInterrupt

    def first_of(runs: list[int]) -> int:
        with pytest.raises(KeyboardInterrupt):
            run(stop)
        run(lambda _, done: runs.append(done))
        return runs[0]

    assert first_of([]) > 1
    with pytest.raises(KeyboardInterrupt):
        run(stop)
    parts[changed].run_settings = "cuda batch=16 threads=0"  # type: ignore[union-attr]
    runs: list[int] = []
    run(lambda _, done: runs.append(done))
    assert runs[0] == 1
