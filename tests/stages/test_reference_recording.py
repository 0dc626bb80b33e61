import polars as pl
import pytest

from sportsgpt_lib.stages.contract import Verdict
from sportsgpt_lib.stages.reference_recording import find_recording
from sportsgpt_lib.stages.runner import STAGES_OF_EXEMPLARS, with_partition
from sportsgpt_lib.stages.verdict_rows import verdict_frame, verdict_row, verdict_table
from sportsgpt_lib.storage.rows import empty_rows
from tests.stages.exemplar_lake import BLUE, RECORDING_ID, fill_exemplar_lake
from tests.target_models.recorded_stride import annotate


@pytest.fixture
def find(tmp_path, build_rows):
    """Find the annotated recording in a lake; ``said`` is what the recording says."""

    def call(*changes, **said):
        lake = fill_exemplar_lake(tmp_path / "lake", build_rows, **said)
        return find_recording(lake, annotate(tmp_path, *changes))

    return call


def test_the_angles_of_the_annotated_clip_are_given(find):
    angles = find().angles
    assert angles.frame_idx.size == 240
    assert angles.angles_deg["left_knee_flexion"].max() > 55.0
    assert (angles.frame_rate_hz, angles.slow_motion_factor) == (60.0, 1.0)
    assert angles.clip_sha256 == "c" * 64


def test_slow_motion_is_known(find):
    angles = find(capture_rate_hz=240.0).angles
    assert (angles.frame_rate_hz, angles.slow_motion_factor) == (240.0, 4.0)


def test_everything_that_does_not_fit_is_told_at_once(find):
    problems = find(role="athlete", movement="drop_landing", camera_view="oblique")
    assert problems.angles is None
    role, movement, view = problems.problems
    assert "the recording's role is 'athlete'" in role
    assert 'write role = "reference"' in role
    assert "the recording is of 'drop_landing'" in movement
    assert "the camera's view is 'oblique'" in view


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (('clip = "coach.mp4"', 'clip = "coch.mp4"'), "nearest is 'coach.mp4'"),
        (("day = 2026-01-15", "day = 2026-01-16"), "sportsgpt run --day 2026-01-16"),
        (('team = "blue"', 'team = "b/blue"'), "cannot name a team"),
        (
            ('clip = "coach.mp4"', 'clip = "coach.mp4"\nathlete = "coach-02"'),
            "nearest is 'coach-01'",
        ),
        (
            ('clip = "coach.mp4"', 'clip = "coach.mp4"\nwindow_start_s = 3.0'),
            "is in 0 recordings (none starts there)",
        ),
    ],
)
def test_a_recording_that_is_not_there_is_told(find, change, found):
    (problem,) = find(change).problems
    assert found in problem
    assert problem.startswith("annotation.toml line ")


def test_of_several_recordings_one_must_be_named(tmp_path, build_rows, find):
    lake = fill_exemplar_lake(tmp_path / "lake", build_rows)
    rows = lake.read("recordings", BLUE)
    later = rows.with_columns(
        recording_id=pl.lit("later"), window_start_s=pl.lit(5.0, pl.Float64)
    )
    lake.write("recordings", BLUE, pl.concat([rows, later]))
    (problem,) = find_recording(lake, annotate(tmp_path)).problems
    assert "coach-01 from 0 s, coach-01 from 5 s" in problem
    named = ('clip = "coach.mp4"', 'clip = "coach.mp4"\nwindow_start_s = 0')
    assert find_recording(lake, annotate(tmp_path, named)).angles is not None


def test_a_recording_without_angles_is_told_why(tmp_path, build_rows):
    lake = fill_exemplar_lake(tmp_path / "lake", build_rows)
    lake.write("joint_kinematics", BLUE, empty_rows("joint_kinematics"))
    (problem,) = find_recording(lake, annotate(tmp_path)).problems
    assert "let the run of that day finish" in problem
    verdict = Verdict("REJECT", "x", "nobody was seen", "film it again")
    row = verdict_row("pose_tracks", "coach.mp4", RECORDING_ID, "coach-01", verdict)
    lake.write(
        verdict_table("pose_tracks"),
        BLUE,
        with_partition(verdict_frame([row]), BLUE, "1"),
    )
    (problem,) = find_recording(lake, annotate(tmp_path)).problems
    assert "stopped at pose_tracks: nobody was seen; film it again" in problem


def test_exemplars_go_as_far_as_their_angles(workshop):
    rows = workshop.lake.read("recordings", BLUE)
    exemplar = workshop.lake.read("joint_kinematics", BLUE)["recording_id"][0]
    workshop.lake.write(
        "recordings",
        BLUE,
        rows.with_columns(
            role=pl.when(pl.col("recording_id") == exemplar)
            .then(pl.lit("reference"))
            .otherwise(pl.col("role"))
        ),
    )
    for stage in ("joint_kinematics", "keyframes"):
        made = workshop.runner.run(getattr(workshop.catalog, stage), BLUE).rows
        is_there = exemplar in made["recording_id"].to_list()
        assert is_there == (stage in STAGES_OF_EXEMPLARS)
        assert made["recording_id"].n_unique() == 2 - (not is_there)
