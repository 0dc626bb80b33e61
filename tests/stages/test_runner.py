"""A stage is applied to each recording alone; nothing is computed twice."""

import hashlib
import os
import signal
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from sportsgpt_lib.errors import ClipError, DatabaseError, MissingTableError
from sportsgpt_lib.stages.contract import StageOutput, Verdict
from sportsgpt_lib.stages.runner import StageRunner, join_verdicts
from sportsgpt_lib.stages.stage_cache import StageCache
from sportsgpt_lib.stages.verdict_rows import verdict_frame, verdict_row, verdict_table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey
from sportsgpt_lib.storage.rows import empty_rows
from sportsgpt_lib.storage.tables import RECORDINGS
from tests.privileges import without_privileges

BLUE = PartitionKey("blue", date(2026, 1, 15))


class FakeStage:
    """Makes one pose row per clip; does as ``behaviour`` says for each clip."""

    table_name = "pose_tracks"
    side_tables = ()
    grain = "clip"
    reads = ()
    code_version = "1"

    def __init__(self, behaviour=None):
        self.behaviour = behaviour or {}
        self.calls = []
        self.weights = "w1"

    def fingerprint(self, subject):
        return self.weights

    def compute(self, stage_input):
        name = stage_input.subject.clip_file
        self.calls.append(name)
        action = self.behaviour.get(name)
        if isinstance(action, Exception):
            raise action
        if isinstance(action, Verdict):
            return StageOutput(None, action)
        row = {
            "clip_sha256": stage_input.subject.clip_sha256,
            "frame_idx": 0,
            "time_s": 0.0,
            "person_idx": 0,
            "keypoint": "nose",
            "x_px": 1.0,
            "y_px": 2.0,
            "confidence_ratio": 0.9,
            "pose_model": "fake",
            "pose_weights_sha256": self.weights,
        }
        return StageOutput(pl.DataFrame([row]))


def sha256_of(name):
    return hashlib.sha256(name.encode()).hexdigest()


def recording_row(name, athlete="a-1", verdict="PASS"):
    values = {
        "team_id": "blue",
        "session_day": BLUE.session_day,
        "recording_id": f"{name}-{athlete}",
        "clip_sha256": sha256_of(name),
        "clip_file": name,
        "athlete_id": athlete,
        "movement": "walking_stride",
        "camera_view": "sagittal",
        "role": "athlete",
        "lawful_basis": "consent",
        "window_start_s": 0.0,
        "codec": "h264",
        "width_px": 640,
        "height_px": 360,
        "rotation_deg": 0,
        "frame_rate_hz": 30.0,
        "has_variable_frame_rate": False,
        "frame_count": 90,
        "duration_s": 3.0,
        "verdict": verdict,
        "code_version": "1",
    }
    return {column: values.get(column) for column in RECORDINGS.column_names}


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path / "lake")
    rows = [
        recording_row("a.mp4"),
        recording_row("a.mp4", "a-2"),
        recording_row("b.mp4"),
        recording_row("c.mp4", verdict="REJECT"),
    ]
    schema = empty_rows(RECORDINGS).schema
    lake.write(RECORDINGS, BLUE, pl.DataFrame(rows, schema=schema))
    passed = [
        verdict_row("recordings", row["clip_file"], row["recording_id"], "a-1", v)
        for row, v in zip(
            rows,
            [Verdict("PASS")] * 3 + [Verdict("REJECT", "x", "y", "z")],
            strict=True,
        )
    ]
    lake.write(
        verdict_table("recordings"),
        BLUE,
        verdict_frame(passed).with_columns(
            team_id=pl.lit("blue"),
            session_day=pl.lit(BLUE.session_day),
            code_version=pl.lit("1"),
        ),
    )
    return lake


@pytest.fixture
def runner(lake, tmp_path):
    for name in ("a.mp4", "b.mp4", "c.mp4"):
        (tmp_path / name).write_text(name)
    return StageRunner(lake, StageCache(tmp_path / "cache"), lambda _: tmp_path)


def test_clip_with_two_athletes_is_computed_once_and_judged_twice(runner, lake):
    stage = FakeStage()
    report = runner.run(stage, BLUE)
    assert sorted(stage.calls) == ["a.mp4", "b.mp4"]
    assert report.rows.height == 2
    verdicts = lake.read(verdict_table("pose_tracks"), BLUE)
    assert sorted(verdicts["subject_id"]) == ["a.mp4-a-1", "a.mp4-a-2", "b.mp4-a-1"]


def test_second_run_computes_nothing(runner):
    runner.run(FakeStage(), BLUE)
    stage = FakeStage()
    report = runner.run(stage, BLUE)
    assert stage.calls == []
    assert (report.computed_count, report.reused_count) == (0, 2)


@pytest.mark.parametrize("changed", ["weights", "code_version"])
def test_changed_weights_or_code_compute_again(runner, changed):
    runner.run(FakeStage(), BLUE)
    stage = FakeStage()
    setattr(stage, changed, "2")
    runner.run(stage, BLUE)
    assert len(stage.calls) == 2


def test_one_bad_clip_leaves_the_others_alone(runner, lake):
    error = ClipError("b.mp4", "nobody in it", "film again", reason_code="nobody_found")
    report = runner.run(FakeStage({"b.mp4": error}), BLUE)
    assert report.stopped_count == 1
    assert report.rows["clip_sha256"].to_list() == [sha256_of("a.mp4")]
    (row,) = (
        lake.read(verdict_table("pose_tracks"), BLUE)
        .filter(pl.col("verdict") != "PASS")
        .to_dicts()
    )
    assert (row["verdict"], row["reason_code"]) == ("REJECT", "nobody_found")
    assert (row["reason"], row["fix"]) == ("nobody in it", "film again")


def test_crash_in_a_stage_is_a_verdict_and_is_tried_again(runner, lake):
    runner.run(FakeStage({"b.mp4": RuntimeError("bug")}), BLUE)
    verdicts = lake.read(verdict_table("pose_tracks"), BLUE)
    (row,) = verdicts.filter(pl.col("verdict") != "PASS").to_dicts()
    assert row["verdict"] == "QUARANTINE"
    assert "RuntimeError" in row["reason"]
    assert "bug" not in row["reason"]
    stage = FakeStage()
    runner.run(stage, BLUE)
    assert stage.calls == ["b.mp4"]


def test_fault_outside_the_clips_stops_the_run_and_writes_nothing(runner, lake):
    with pytest.raises(DatabaseError):
        runner.run(FakeStage({"b.mp4": DatabaseError("db", "down", "start it")}), BLUE)
    assert not lake.has("pose_tracks", BLUE)


def test_stopped_recording_never_reaches_a_later_stage(runner, lake):
    runner.run(FakeStage({"b.mp4": Verdict("QUARANTINE", "x", "y", "z")}), BLUE)

    class Later(FakeStage):
        table_name = "joint_kinematics"
        side_tables = ()
        grain = "recording"

        def compute(self, stage_input):
            self.calls.append(stage_input.subject.recording_id)
            return StageOutput(None, Verdict("REJECT", "x", "y", "z"))

    later = Later()
    runner.run(later, BLUE)
    assert sorted(later.calls) == ["a.mp4-a-1", "a.mp4-a-2"]
    joined = join_verdicts(lake, BLUE, ("recordings", "pose_tracks"))
    assert joined.height == 7


def test_stage_of_grain_recording_gets_no_clip(runner):
    class Later(FakeStage):
        table_name = "athlete_poses"
        side_tables = ()
        grain = "recording"

        def compute(self, stage_input):
            assert stage_input.clip_path is None
            return StageOutput(None, Verdict("REJECT", "seen", "y", "z"))

    assert runner.run(Later(), BLUE).stopped_count == 3


class Reading(FakeStage):
    """Keeps which clips' rows it was shown for each recording."""

    table_name = "athlete_poses"
    side_tables = ()
    grain = "recording"
    reads = ("pose_tracks",)

    def __init__(self):
        super().__init__()
        self.shown = {}

    def compute(self, stage_input):
        (rows,) = stage_input.tables.values()
        self.shown[stage_input.subject.recording_id] = set(rows["clip_sha256"])
        return StageOutput(None, Verdict("REJECT", "seen", "y", "z"))


def test_each_recording_is_shown_its_own_rows_only(runner):
    runner.run(FakeStage(), BLUE)
    stage = Reading()
    runner.run(stage, BLUE)
    assert stage.shown == {
        "a.mp4-a-1": {sha256_of("a.mp4")},
        "a.mp4-a-2": {sha256_of("a.mp4")},
        "b.mp4-a-1": {sha256_of("b.mp4")},
    }


def test_a_missing_earlier_table_stops_the_run_and_writes_nothing(runner, lake):
    with pytest.raises(MissingTableError, match="pose_tracks"):
        runner.run(Reading(), BLUE)
    assert not lake.has(verdict_table("athlete_poses"), BLUE)


def test_all_clips_stopped_gives_an_empty_table(runner, lake):
    stop = Verdict("REJECT", "x", "y", "z")
    runner.run(FakeStage({"a.mp4": stop, "b.mp4": stop}), BLUE)
    assert lake.read("pose_tracks", BLUE).is_empty()


@pytest.mark.parametrize("change", ["before", "during"])
def test_clip_that_changes_under_way_is_stopped_and_never_kept(
    runner, lake, tmp_path, change
):
    class Arriving(FakeStage):
        def compute(self, stage_input):
            if change == "during":
                stage_input.clip_path.write_text("more of it")
            return super().compute(stage_input)

    if change == "before":
        (tmp_path / "b.mp4").write_text("another clip")
    runner.run(Arriving(), BLUE)
    verdicts = lake.read(verdict_table("pose_tracks"), BLUE)
    (row,) = verdicts.filter(pl.col("clip_file") == "b.mp4").to_dicts()
    assert (row["verdict"], row["reason_code"]) == ("REJECT", "clip_changed")
    (tmp_path / "b.mp4").write_text("b.mp4")
    again = FakeStage()
    runner.run(again, BLUE)
    assert "b.mp4" in again.calls


def put_pipe(clip):
    clip.unlink()
    os.mkfifo(clip)


def put_folder(clip):
    clip.unlink()
    clip.mkdir()


def take_rights(clip):
    clip.chmod(0)


def put_clip(clip):
    if clip.is_dir():
        clip.rmdir()
    clip.unlink(missing_ok=True)
    clip.write_text(clip.name)


class Spoiled(FakeStage):
    """Finds that a clip was spoilt while it was at work, and reads it nevertheless."""

    def __init__(self, spoil):
        super().__init__()
        self.spoil = spoil

    def compute(self, stage_input):
        if stage_input.subject.clip_file == "b.mp4":
            self.spoil(stage_input.clip_path)
            if self.spoil is not put_pipe:
                stage_input.clip_path.read_bytes()
        return super().compute(stage_input)


@pytest.mark.parametrize("is_during", [False, True])
@pytest.mark.parametrize("spoil", [put_pipe, put_folder, take_rights])
def test_clip_that_cannot_be_read_any_more_stops_alone(
    runner, lake, tmp_path, caplog, spoil, *, is_during
):
    clip = tmp_path / "b.mp4"
    if not is_during:
        spoil(clip)
    tmp_path.chmod(0o777)
    for folder in tmp_path.rglob("*/"):
        folder.chmod(0o777)
    with without_privileges(tmp_path):
        if is_during and spoil is take_rights:
            clip.unlink()
            put_clip(clip)
        runner.run(Spoiled(spoil if is_during else lambda _: None), BLUE)
    verdicts = lake.read(verdict_table("pose_tracks"), BLUE)
    (row,) = verdicts.filter(pl.col("clip_file") == "b.mp4").to_dicts()
    assert row["verdict"] == "REJECT"
    assert row["reason_code"] in ("clip_changed", "unreadable_file")
    assert "b.mp4" not in caplog.text
    put_clip(clip)
    again = FakeStage()
    runner.run(again, BLUE)
    assert "b.mp4" in again.calls


class Deadly(FakeStage):
    """Kills its process on one clip, as the kernel does when memory runs out."""

    def compute(self, stage_input):
        if stage_input.subject.clip_file == "b.mp4":
            os.kill(os.getpid(), signal.SIGKILL)
        return super().compute(stage_input)


def test_clip_that_kills_its_worker_stops_alone(runner, lake):
    report = replace(runner, workers=2).run(Deadly(), BLUE)
    assert report.rows["clip_sha256"].to_list() == [sha256_of("a.mp4")]
    verdicts = lake.read(verdict_table("pose_tracks"), BLUE)
    (row,) = verdicts.filter(pl.col("verdict") != "PASS").to_dicts()
    assert (row["clip_file"], row["reason_code"]) == ("b.mp4", "stage_failed")
    assert "memory" in row["reason"]


class StageWithSideTable(FakeStage):
    """Makes quality rows besides; the recording of a-2 is stopped by its verdict."""

    table_name = "athlete_poses"
    side_tables = ("pose_quality",)
    grain = "recording"

    def compute(self, stage_input):
        self.calls.append(stage_input.subject.recording_id)
        is_stopped = stage_input.subject.athlete_id == "a-2"
        quality = {
            "recording_id": stage_input.subject.recording_id,
            "clip_sha256": stage_input.subject.clip_sha256,
            "measure": "seen_share",
            "measure_name": "Seen",
            "value": 0.5,
            "unit": "ratio",
            "verdict": "QUARANTINE" if is_stopped else "PASS",
        }
        verdict = (
            Verdict("QUARANTINE", "x", "y", "z") if is_stopped else Verdict("PASS")
        )
        schema = empty_rows("pose_quality").schema
        rows = pl.DataFrame([quality], schema=schema).drop(
            "team_id", "session_day", "code_version"
        )
        return StageOutput(None, verdict, {"pose_quality": rows})


def test_side_tables_are_written_even_for_stopped_recordings(runner, lake):
    report = runner.run(StageWithSideTable(), BLUE)
    written = lake.read("pose_quality", BLUE)
    assert written.equals(report.side_rows["pose_quality"])
    assert dict(written.select("recording_id", "verdict").iter_rows()) == {
        "a.mp4-a-1": "PASS",
        "a.mp4-a-2": "QUARANTINE",
        "b.mp4-a-1": "PASS",
    }


def test_side_tables_come_from_the_cache_as_well(runner, lake):
    runner.run(StageWithSideTable(), BLUE)
    before = lake.read("pose_quality", BLUE)
    again = StageWithSideTable()
    report = runner.run(again, BLUE)
    assert again.calls == []
    assert report.side_rows["pose_quality"].equals(before)
