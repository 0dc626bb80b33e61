"""The first stage says what lies in a session folder, and loses nothing."""

import polars as pl
import pytest

from sportsgpt_lib.errors import ClipError, SessionError
from sportsgpt_lib.media.clip import ClipFacts
from sportsgpt_lib.session.manifest import parse_manifest
from sportsgpt_lib.stages.recordings import (
    check_partition,
    compute_recordings,
    subject_from_row,
)

MOVEMENTS = ("drop_landing", "walking_stride")
MANIFEST = """
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "a-1"
[[recordings]]
file = "good.mp4"
athlete = "a-1"
movement = "walking_stride"
[[recordings]]
file = "good.mp4"
athlete = "a-1"
movement = "drop_landing"
start_s = 1.0
at = [0.25, 0.5]
[[recordings]]
file = "broken.mp4"
athlete = "a-1"
movement = "walking_stride"
[[recordings]]
file = "absent.mp4"
athlete = "a-1"
movement = "walking_stride"
[[recordings]]
file = "good.mp4"
athlete = "a-1"
movement = "walking_strides"
[[recordings]]
file = "good.mp4"
athlete = "a-1"
movement = "walking_stride"
start_s = 99.0
"""


def probe(path):
    if path.name == "broken.mp4":
        raise ClipError(
            path.name, "it is broken", "send it again", reason_code="corrupt_video"
        )
    return ClipFacts(
        codec="h264",
        width_px=640,
        height_px=360,
        rotation_deg=0,
        frame_rate_hz=30.0,
        has_variable_frame_rate=False,
        frame_count=90,
        duration_s=3.0,
    )


@pytest.fixture
def session(tmp_path):
    for name in ("good.mp4", "broken.mp4", "extra.mov", "notes.txt"):
        (tmp_path / name).write_bytes(name.encode())
    manifest = parse_manifest(MANIFEST.encode(), "session.toml")
    return compute_recordings(tmp_path, manifest, MOVEMENTS, probe)


def verdict_of(session, clip_file, subject_id=None):
    rows = session.verdicts.filter(pl.col("clip_file") == clip_file)
    if subject_id:
        rows = rows.filter(pl.col("subject_id") == subject_id)
    return rows["reason_code"].to_list()


def test_each_clip_and_recording_has_its_verdict(session):
    assert verdict_of(session, "broken.mp4") == ["corrupt_video"]
    assert verdict_of(session, "absent.mp4") == ["file_missing"]
    assert verdict_of(session, "extra.mov") == ["not_in_manifest"]
    assert sorted(map(str, verdict_of(session, "good.mp4"))) == [
        "None",
        "None",
        "unknown_movement",
        "window_outside_clip",
    ]


def test_every_stop_says_why_and_what_to_do(session):
    stopped = session.verdicts.filter(pl.col("verdict") != "PASS")
    assert stopped.height == 5
    assert stopped["reason"].null_count() == stopped["fix"].null_count() == 0


def test_misspelt_movement_gets_the_nearest_name(session):
    row = session.verdicts.filter(pl.col("reason_code") == "unknown_movement")
    assert "walking_stride'" in row["fix"][0]


def test_same_clip_gives_recordings_of_their_own(session):
    good = session.recordings.filter(pl.col("verdict") == "PASS")
    assert good["recording_id"].n_unique() == 2
    assert good["clip_sha256"].n_unique() == 1


def test_unreadable_clip_keeps_its_row_without_facts(session):
    (row,) = session.recordings.filter(pl.col("clip_file") == "broken.mp4").to_dicts()
    assert row["verdict"] == "REJECT"
    assert row["frame_rate_hz"] is None


def test_row_becomes_a_subject(session):
    rows = session.recordings.filter(
        (pl.col("movement") == "drop_landing") & (pl.col("verdict") == "PASS")
    )
    (row,) = rows.to_dicts()
    subject = subject_from_row({**row, "team_id": "blue", "session_day": None})
    assert subject.athlete_hint == (0.25, 0.5)
    assert subject.window_start_s == 1.0
    assert subject.window_end_s is None


def test_manifest_of_another_team_is_refused():
    manifest = parse_manifest(MANIFEST.encode(), "session.toml")
    check_partition(manifest, "blue", manifest.day)
    with pytest.raises(SessionError, match="team blue"):
        check_partition(manifest, "red", manifest.day)


TWICE = """
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "a-1"
[[athletes]]
id = "a-2"
[[recordings]]
file = "one.mp4"
athlete = "a-1"
movement = "walking_stride"
[[recordings]]
file = "copy.mp4"
athlete = "a-1"
movement = "walking_stride"
[[recordings]]
file = "./one.mp4"
athlete = "a-1"
movement = "walking_stride"
view = "frontal"
[[recordings]]
file = "absent.mp4"
athlete = "a-1"
movement = "walking_stride"
[[recordings]]
file = "absent.mp4"
athlete = "a-2"
movement = "walking_stride"
"""


def test_copies_repeated_entries_and_missing_files_keep_every_key_unique(tmp_path):
    for name in ("one.mp4", "copy.mp4"):
        (tmp_path / name).write_bytes(b"the same")
    manifest = parse_manifest(TWICE.encode(), "session.toml")
    session = compute_recordings(tmp_path, manifest, MOVEMENTS, probe)
    assert session.recordings["recording_id"].to_list() == (
        session.recordings["recording_id"].unique().to_list()
    )
    keys = session.verdicts.select("clip_file", "subject_id", "stage")
    assert keys.is_duplicated().sum() == 0
    assert verdict_of(session, "copy.mp4") == ["duplicate_recording"]
    assert sorted(map(str, verdict_of(session, "one.mp4"))) == [
        "None",
        "duplicate_recording",
    ]
    assert verdict_of(session, "absent.mp4") == ["file_missing", "file_missing"]


def test_file_that_may_not_be_read_is_one_verdict(tmp_path, monkeypatch):
    (tmp_path / "good.mp4").write_bytes(b"x")

    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("sportsgpt_lib.stages.recordings.compute_clip_sha256", refuse)
    manifest = parse_manifest(MANIFEST.encode(), "session.toml")
    session = compute_recordings(tmp_path, manifest, MOVEMENTS, probe)
    assert "unreadable_file" in verdict_of(session, "good.mp4")
