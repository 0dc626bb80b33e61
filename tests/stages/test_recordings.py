"""The first stage says what lies in a session folder, and loses nothing."""

import difflib
import hashlib
import json
import os
from dataclasses import replace

import polars as pl
import pytest

from sportsgpt_lib.errors import ClipError, MovementFileError, SessionError
from sportsgpt_lib.media.clip import ClipFacts, probe_clip
from sportsgpt_lib.session.manifest import parse_manifest
from sportsgpt_lib.stages.clip_probe import probe_safely
from sportsgpt_lib.stages.recording_verdicts import KnownMovements
from sportsgpt_lib.stages.recordings import (
    check_partition,
    compute_recordings,
    subject_from_row,
)
from tests.privileges import without_privileges

MOVEMENTS = KnownMovements(("drop_landing", "walking_stride"))
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


def test_movement_whose_files_are_wrong_stops_only_its_recordings(tmp_path):
    for name in ("good.mp4", "broken.mp4"):
        (tmp_path / name).write_bytes(name.encode())
    manifest = parse_manifest(MANIFEST.encode(), "session.toml")
    wrong = MovementFileError(
        "sports/walking_stride", "2 problems", "correct them", problems=["one", "two"]
    )
    movements = KnownMovements(MOVEMENTS.names, {"walking_stride": wrong})
    session = compute_recordings(tmp_path, manifest, movements, probe)
    stopped = session.verdicts.filter(pl.col("reason_code") == "movement_unusable")
    assert stopped.height > 0
    assert set(stopped["verdict"]) == {"QUARANTINE"}
    assert "one (and 1 more)" in stopped["reason"][0]
    assert "sportsgpt movements check" in stopped["fix"][0]
    passed = session.verdicts.filter(pl.col("verdict") == "PASS")["subject_id"]
    kept = session.recordings.filter(pl.col("recording_id").is_in(passed.to_list()))
    assert set(kept["movement"]) == {"drop_landing"}


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


def test_file_that_may_not_be_read_is_one_verdict(tmp_path):
    for name in ("good.mp4", "broken.mp4"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "broken.mp4").chmod(0)
    manifest = parse_manifest(MANIFEST.encode(), "session.toml")
    with without_privileges(tmp_path):
        session = compute_recordings(tmp_path, manifest, MOVEMENTS, probe)
    assert verdict_of(session, "broken.mp4") == ["unreadable_file"]
    assert None in verdict_of(session, "good.mp4")


HEAD = """
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "a-1"
[[athletes]]
id = "a-2"
[[cameras]]
id = "side"
view = "sagittal"
capture_rate_hz = 240
calibration = {kind = "object", from = [0.1, 0.9], to = [0.1, 0.4], length_m = 2}
"""
PATTERN = """
[file_names]
pattern = "{athlete}_{movement}_{view}_{take}"
"""


def take_in(folder, text, probe_clip=probe):
    manifest = parse_manifest((HEAD + text).encode(), "session.toml")
    return compute_recordings(folder, manifest, MOVEMENTS, probe_clip)


def entry(**keys):
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n[[recordings]]\n" + "\n".join(lines) + "\n"


def said_of(session, clip_file):
    (row,) = session.verdicts.filter(pl.col("clip_file") == clip_file).to_dicts()
    return row


def usual(file, **keys):
    said = {"athlete": '"a-1"', "movement": '"drop_landing"', **keys}
    return entry(file=f'"{file}"', **said)


def test_recording_takes_what_it_does_not_say_from_its_camera(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"a")
    (tmp_path / "b.mp4").write_bytes(b"b")
    own = {
        "view": '"frontal"',
        "capture_rate_hz": "120",
        "calibration": (
            '{kind = "distance", from = [0, 0.9], to = [1, 0.9], length_m = 5, '
            "error_m = 0.1}"
        ),
    }
    session = take_in(
        tmp_path,
        usual("a.mp4", camera='"side"') + usual("b.mp4", camera='"side"', **own),
    )
    first, second = session.recordings.to_dicts()
    assert first["camera_id"] == second["camera_id"] == "side"
    assert (first["camera_view"], first["capture_rate_hz"]) == ("sagittal", 240.0)
    assert (second["camera_view"], second["capture_rate_hz"]) == ("frontal", 120.0)
    assert json.loads(first["calibration"]) == {
        "kind": "object",
        "from": [0.1, 0.9],
        "to": [0.1, 0.4],
        "length_m": 2.0,
        "error_m": None,
        "is_plumb": False,
    }
    subject = subject_from_row({**second, "team_id": "blue", "session_day": None})
    assert subject.calibration.kind == "distance"
    assert subject.calibration.end == (1.0, 0.9)
    assert subject.calibration.error_m == 0.1


def test_recording_without_the_new_keys_keeps_its_name(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"a")
    text = usual("a.mp4", start_s="1.0", end_s="2.5")
    (row,) = take_in(tmp_path, text).recordings.to_dicts()
    content = hashlib.sha256(b"a").hexdigest()
    written = f"{content}|a-1|drop_landing|1.000|2.5"
    assert row["recording_id"] == hashlib.sha256(written.encode()).hexdigest()[:16]
    assert (row["camera_id"], row["calibration"]) == (None, None)


def test_clips_named_by_the_pattern_become_recordings(tmp_path):
    for name in ("a-1_drop_landing_frontal_1.mp4", "A-2_Walking_Stride_sagittal_2.MOV"):
        (tmp_path / name).write_bytes(name.encode())
    session = take_in(tmp_path, PATTERN)
    assert session.verdicts["verdict"].to_list() == ["PASS", "PASS"]
    facts = ["athlete_id", "movement", "camera_view"]
    assert session.recordings.sort("athlete_id").select(facts).rows() == [
        ("a-1", "drop_landing", "frontal"),
        ("a-2", "walking_stride", "sagittal"),
    ]


def test_entry_says_only_what_the_name_does_not(tmp_path):
    name = "a-2_drop_landing_frontal_1.mp4"
    (tmp_path / name).write_bytes(b"a")
    text = entry(file=f'"{name}"', start_s="0.5", camera='"side"') + PATTERN
    session = take_in(tmp_path, text)
    (row,) = session.recordings.to_dicts()
    assert (row["athlete_id"], row["movement"]) == ("a-2", "drop_landing")
    assert (row["window_start_s"], row["camera_view"]) == (0.5, "sagittal")
    verdict = said_of(session, name)
    assert verdict["reason_code"] == "file_name_disagrees"
    assert "view frontal" in verdict["reason"]
    assert "sagittal" in verdict["reason"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("a-3_drop_landing_frontal_1.mp4", "no known athlete"),
        ("a-1_drop_landin_frontal_1.mp4", "nearest: drop_landing"),
        ("IMG_0001.mp4", "'IMG_0001'"),
    ],
)
def test_name_that_does_not_fit_is_a_verdict(tmp_path, name, found):
    (tmp_path / name).write_bytes(b"a")
    (tmp_path / "a-1_drop_landing_frontal_2.mp4").write_bytes(b"b")
    session = take_in(tmp_path, PATTERN)
    verdict = said_of(session, name)
    assert (verdict["verdict"], verdict["reason_code"]) == (
        "QUARANTINE",
        "name_does_not_fit",
    )
    assert found in verdict["reason"]
    assert "rename" in verdict["fix"]
    assert said_of(session, "a-1_drop_landing_frontal_2.mp4")["verdict"] == "PASS"


def test_entry_whose_name_does_not_tell_the_rest_is_a_verdict(tmp_path):
    (tmp_path / "walk.mp4").write_bytes(b"a")
    session = take_in(tmp_path, entry(file='"walk.mp4"', athlete='"a-1"') + PATTERN)
    assert said_of(session, "walk.mp4")["reason_code"] == "name_does_not_fit"
    assert session.recordings.is_empty()


def test_entry_that_says_all_needs_no_fitting_name(tmp_path):
    (tmp_path / "walk.mp4").write_bytes(b"a")
    session = take_in(tmp_path, usual("walk.mp4") + PATTERN)
    assert said_of(session, "walk.mp4")["verdict"] == "PASS"


def test_without_a_pattern_names_tell_nothing(tmp_path):
    name = "a-1_drop_landing_frontal_1.mp4"
    (tmp_path / name).write_bytes(b"a")
    session = take_in(tmp_path, usual("gone.mp4"))
    assert said_of(session, name)["reason_code"] == "not_in_manifest"


def test_pattern_that_tells_no_movement_makes_no_recording(tmp_path):
    (tmp_path / "a-1_1.mp4").write_bytes(b"a")
    text = '[file_names]\npattern = "{athlete}_{take}"\n'
    verdict = said_of(take_in(tmp_path, text), "a-1_1.mp4")
    assert verdict["reason_code"] == "not_in_manifest"
    assert "do not tell the movement" in verdict["reason"]


@pytest.mark.parametrize(
    ("rate_hz", "expected"),
    [
        ("30", None),
        ("29.97", None),
        ("240", None),
        ("30000", None),
        ("25", "capture_rate_implausible"),
        ("0.5", "capture_rate_implausible"),
        ("30001", "capture_rate_implausible"),
    ],
)
def test_capture_rate_must_be_one_of_slow_motion(tmp_path, rate_hz, expected):
    (tmp_path / "a.mp4").write_bytes(b"a")
    session = take_in(tmp_path, usual("a.mp4", capture_rate_hz=rate_hz))
    verdict = said_of(session, "a.mp4")
    assert verdict["reason_code"] == expected
    if expected:
        assert verdict["verdict"] == "QUARANTINE"
        assert rate_hz in verdict["reason"]
        assert "30.00 Hz" in verdict["reason"]


@pytest.mark.parametrize(
    ("end_s", "is_beyond"),
    [("3.0", False), ("3.1", False), ("3.2", True), ("900", True)],
)
def test_window_that_ends_after_the_clip_is_told_and_goes_on(
    tmp_path, end_s, is_beyond
):
    (tmp_path / "a.mp4").write_bytes(b"a")
    session = take_in(tmp_path, usual("a.mp4", start_s="1.0", end_s=end_s))
    verdict = said_of(session, "a.mp4")
    if is_beyond:
        assert verdict["verdict"] == "WARN"
        assert verdict["reason_code"] == "window_outside_clip"
        assert f"end at {float(end_s):g} s, the clip lasts 3.00 s" in verdict["reason"]
        assert "end_s" in verdict["fix"]
    else:
        assert verdict["verdict"] == "PASS"


def test_variable_frame_rate_is_a_fact_and_no_fault(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"a")
    session = take_in(
        tmp_path,
        usual("a.mp4"),
        lambda path: replace(probe(path), has_variable_frame_rate=True),
    )
    assert said_of(session, "a.mp4")["verdict"] == "PASS"
    assert session.recordings["has_variable_frame_rate"].item()


def test_two_reservations_are_both_told(tmp_path):
    name = "a-2_drop_landing_frontal_1.mp4"
    (tmp_path / name).write_bytes(b"a")
    session = take_in(
        tmp_path,
        usual(name, end_s="99.0") + PATTERN,
    )
    verdict = said_of(session, name)
    assert verdict["verdict"] == "WARN"
    assert "its name says athlete a-2" in verdict["reason"]
    assert "the recording is to end at 99 s" in verdict["reason"]


def test_copy_under_another_name_names_both_and_the_first_goes_on(tmp_path):
    for name in ("one.mp4", "two.mp4", "three.mp4"):
        (tmp_path / name).write_bytes(b"the same")
    session = take_in(tmp_path, usual("two.mp4") + usual("one.mp4", athlete='"a-2"'))
    assert said_of(session, "two.mp4")["verdict"] == "PASS"
    for name in ("one.mp4", "three.mp4"):
        verdict = said_of(session, name)
        assert (verdict["verdict"], verdict["reason_code"]) == (
            "QUARANTINE",
            "duplicate_clip",
        )
        assert name in verdict["reason"]
        assert "two.mp4" in verdict["reason"]
    going_on = session.recordings.filter(pl.col("verdict") == "PASS")
    assert going_on["clip_file"].to_list() == ["two.mp4"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"movement": '"walkin"'},
        {"start_s": "99.0"},
        {"capture_rate_hz": "1"},
    ],
)
def test_wrong_entry_does_not_stand_in_the_way_of_a_good_copy(tmp_path, wrong):
    for name in ("wrong.mp4", "good.mp4"):
        (tmp_path / name).write_bytes(b"the same")
    session = take_in(tmp_path, usual("wrong.mp4", **wrong) + usual("good.mp4"))
    assert said_of(session, "good.mp4")["verdict"] == "PASS"
    stopped = said_of(session, "wrong.mp4")
    assert stopped["verdict"] in ("QUARANTINE", "REJECT")
    assert "good.mp4" in stopped["reason"]
    going_on = session.recordings.filter(pl.col("verdict") == "PASS")
    assert going_on["clip_file"].to_list() == ["good.mp4"]


TRANSPORT = (b"\x47" + bytes(187)) * 3
HIDDEN_VIDEOS = {
    "a.ts": TRANSPORT,
    "b.bdav": bytes(4) + (b"\x47" + bytes(191)) * 3,
    "c.wmv": bytes.fromhex("3026b2758e66cf11") + bytes(400),
    "d.insv": b"\0\0\0\x20ftypavc1" + bytes(400),
    "e": b"\x1a\x45\xdf\xa3" + bytes(400),
    "f.bak": b"RIFF\0\0\0\0AVI LIST" + bytes(400),
}
NO_VIDEOS = {
    "photo.heic": b"\0\0\0\x20ftypheic" + bytes(400),
    "sound.m4a": b"\0\0\0\x20ftypM4A " + bytes(400),
    "voice.wav": b"RIFF\0\0\0\0WAVE" + bytes(400),
    "notes.txt": b"Good day." * 60,
    "G.txt": b"G",
    ".hidden": TRANSPORT,
}


def test_video_under_another_suffix_is_not_passed_over(tmp_path):
    for name, content in (HIDDEN_VIDEOS | NO_VIDEOS).items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "listed.ts").write_bytes(TRANSPORT)
    session = take_in(tmp_path, usual("listed.ts"))
    assert said_of(session, "listed.ts")["verdict"] == "PASS"
    others = session.verdicts.filter(pl.col("clip_file") != "listed.ts")
    assert sorted(others["clip_file"]) == list(HIDDEN_VIDEOS)
    assert set(others["reason_code"]) == {"not_in_manifest"}
    assert set(others["verdict"]) == {"QUARANTINE"}


def test_pipe_put_in_place_of_a_clip_is_not_waited_for(tmp_path):
    clip = tmp_path / "a.mp4"
    os.mkfifo(clip)
    probed = probe_safely(clip, probe_clip)
    assert probed.facts is None
    assert probed.verdict.reason_code == "not_a_file"


def test_files_that_are_equally_broken_are_no_copies(tmp_path):
    for name in ("broken.mp4", "x/broken.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"the same")
    session = take_in(tmp_path, usual("broken.mp4"))
    assert said_of(session, "x/broken.mp4")["reason_code"] == "not_in_manifest"


def test_clip_that_grows_while_it_is_read_is_not_believed(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"a")
    (tmp_path / "b.mp4").write_bytes(b"b")

    def grow(path):
        if path.name == "a.mp4":
            with path.open("ab") as file:
                file.write(b"more")
        return probe(path)

    session = take_in(tmp_path, usual("a.mp4") + usual("b.mp4"), grow)
    assert said_of(session, "a.mp4")["reason_code"] == "clip_changed"
    assert said_of(session, "b.mp4")["verdict"] == "PASS"


def test_fault_of_the_reader_stops_its_clip_only(tmp_path):
    (tmp_path / "a.mp4").write_bytes(b"a")
    (tmp_path / "b.mp4").write_bytes(b"b")

    def stumble(path):
        if path.name == "a.mp4":
            raise RuntimeError("unforeseen")
        return probe(path)

    session = take_in(tmp_path, usual("a.mp4") + usual("b.mp4"), stumble)
    verdict = said_of(session, "a.mp4")
    assert (verdict["verdict"], verdict["reason_code"]) == (
        "QUARANTINE",
        "stage_failed",
    )
    assert said_of(session, "b.mp4")["verdict"] == "PASS"


def test_missing_file_names_the_nearest_one(tmp_path):
    (tmp_path / "landing-01.mp4").write_bytes(b"a")
    session = take_in(tmp_path, usual("landing-1.mp4"))
    verdict = said_of(session, "landing-1.mp4")
    assert "the nearest is landing-01.mp4" in verdict["reason"]


def test_nearest_names_are_looked_for_a_bounded_number_of_times(tmp_path, monkeypatch):
    asked = []
    nearest = difflib.get_close_matches

    def find(word, words, n):
        asked.append(len(words))
        return nearest(word, words, n)

    monkeypatch.setattr(difflib, "get_close_matches", find)
    for number in range(60):
        (tmp_path / f"clip-{number:02d}.mp4").write_bytes(b"%d" % number)
    text = "".join(usual(f"clip_{number:02d}.mp4") for number in range(60))
    session = take_in(tmp_path, text)
    missing = session.verdicts.filter(pl.col("reason_code") == "file_missing")
    assert missing.height == 60
    assert missing["reason"].str.contains("the nearest is clip-").sum() == 50
    assert len(asked) == 50
