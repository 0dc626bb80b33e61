"""A folder of everything that goes wrong: a clear verdict each, the rest is done."""

import os
import unicodedata
from datetime import date

import av
import numpy as np
import pytest

from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.stages.session_intake import SessionIntake
from sportsgpt_lib.stages.verdict_rows import verdict_table
from sportsgpt_lib.storage.lake import Lake
from sportsgpt_lib.storage.partition import PartitionKey

BLUE = PartitionKey("blue", date(2026, 1, 15))
FRAME_COUNT = 15
WIDTH_PX, HEIGHT_PX = 64, 48
HEAD = """
team = "blue"
day = 2026-01-15
lawful_basis = "consent"
[[athletes]]
id = "a-1"
"""
DECOMPOSED = unicodedata.normalize("NFD", "läufer é.mp4")
GOOD = {
    "with space.mp4": "with space.mp4",
    'o\'clock "final".mp4': 'o\'clock \\"final\\".mp4',
    DECOMPOSED: "läufer é.mp4",
    "morning/late/deep.mp4": "./morning/late/deep.mp4",
    "CON.mp4": "CON.mp4",
    "-y.mp4": "-y.mp4",
}


def encode(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    with VideoWriter(
        path, width_px=WIDTH_PX, height_px=HEIGHT_PX, frame_rate_hz=30.0
    ) as writer:
        for idx in range(FRAME_COUNT):
            picture = rng.integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3)).astype(np.uint8)
            writer.write(picture, idx / 30)


def encode_without_end(path):
    """As a camera writes: what lies where comes last, and is not there yet."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        picture = np.zeros((HEIGHT_PX, WIDTH_PX, 3), np.uint8)
        for _ in range(FRAME_COUNT):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"moov")])


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory):
    """Rows and verdicts of one session that holds every kind of bad input."""
    root = tmp_path_factory.mktemp("inbox")
    folder = root / "blue" / "2026-01-15"
    for seed, name in enumerate(GOOD):
        encode(folder / name, seed)
    whole = (folder / "CON.mp4").read_bytes()
    (folder / "copy of CON.mp4").write_bytes(whole)
    encode(folder / "cut.mp4", 98)
    os.truncate(folder / "cut.mp4", (folder / "cut.mp4").stat().st_size * 6 // 10)
    encode_without_end(folder / "endless.mp4")
    (folder / "empty.mp4").touch()
    with (folder / "zeros.mp4").open("wb") as file:
        file.truncate(100_000_000)
    (folder / "arriving.mp4.part").write_bytes(whole[:100])
    os.mkfifo(folder / "pipe.mp4")
    (folder / "folder.mp4").mkdir()
    encode(root / "red" / "secret.mp4", 99)
    (folder / "link.mp4").symlink_to(root / "red" / "secret.mp4")
    (folder / "evening").symlink_to(root / "red", target_is_directory=True)
    (folder / "line\nbreak.mp4").write_bytes(whole + b"\0")
    (folder / "back\\slash.mp4").write_bytes(whole + b"\0\0")
    (folder / "raw\udcff.mp4").write_bytes(whole + b"\0\0\0")
    named = [
        *GOOD.values(),
        *("copy of CON.mp4", "cut.mp4", "endless.mp4", "empty.mp4", "zeros.mp4"),
        *("pipe.mp4", "folder.mp4", "link.mp4", "evening/secret.mp4"),
        *("arriving.mp4", "gone.mp4"),
    ]
    text = HEAD + "".join(
        f'[[recordings]]\nfile = "{name}"\nathlete = "a-1"\n'
        f'movement = "walking_stride"\n'
        for name in named
    )
    (folder / "session.toml").write_text(text, encoding="utf-8")
    lake = Lake(root / "lake")
    report = SessionIntake(lake, lambda _partition: folder).take_in(BLUE)
    return report.rows, lake.read(verdict_table("recordings"), BLUE)


def rows_of(verdicts, clip_file):
    return [r for r in verdicts.iter_rows(named=True) if r["clip_file"] == clip_file]


@pytest.mark.parametrize("name", GOOD)
def test_odd_names_and_subfolders_go_on(taken_in, name):
    rows, verdicts = taken_in
    (verdict,) = rows_of(verdicts, name)
    assert verdict["verdict"] == "PASS"
    (row,) = [r for r in rows.iter_rows(named=True) if r["clip_file"] == name]
    assert row["frame_count"] == FRAME_COUNT


@pytest.mark.parametrize(
    ("clip_file", "reason_code", "words"),
    [
        ("copy of CON.mp4", "duplicate_recording", "CON.mp4"),
        ("cut.mp4", "corrupt_video", "pictures"),
        ("endless.mp4", "corrupt_video", "incomplete"),
        ("empty.mp4", "empty_file", "empty"),
        ("zeros.mp4", "not_a_video", "not a video"),
        ("pipe.mp4", "not_a_file", "pipe"),
        ("folder.mp4", "not_a_file", "folder"),
        ("link.mp4", "outside_session_folder", "link"),
        ("evening", "outside_session_folder", "link"),
        ("evening/secret.mp4", "outside_session_folder", "evening"),
        ("arriving.mp4", "still_being_copied", "arriving.mp4.part"),
        ("arriving.mp4.part", "still_being_copied", "arriving.mp4"),
        ("gone.mp4", "file_missing", "no such file"),
        ("line\\nbreak.mp4", "unusable_name", "control character"),
        ("back\\slash.mp4", "unusable_name", "backslash"),
        ("raw\\udcff.mp4", "unusable_name", "UTF-8"),
    ],
)
def test_bad_input_gets_a_clear_verdict(taken_in, clip_file, reason_code, words):
    _, verdicts = taken_in
    (verdict,) = rows_of(verdicts, clip_file)
    assert verdict["reason_code"] == reason_code
    assert verdict["verdict"] in ("REJECT", "QUARANTINE")
    assert words in verdict["reason"]
    assert verdict["fix"]


@pytest.mark.parametrize("clip_file", ["cut.mp4", "endless.mp4", "empty.mp4"])
def test_clip_without_its_end_may_still_be_on_its_way(taken_in, clip_file):
    _, verdicts = taken_in
    (verdict,) = rows_of(verdicts, clip_file)
    assert "still being copied" in verdict["fix"]


def test_nothing_is_lost_and_nothing_is_told_twice(taken_in):
    rows, verdicts = taken_in
    keys = verdicts.select("clip_file", "subject_id", "stage")
    assert keys.is_duplicated().sum() == 0
    assert verdicts.height == len(GOOD) + 16
    assert rows["recording_id"].is_unique().all()
    assert set(rows.filter(rows["verdict"] == "PASS")["clip_file"]) == set(GOOD)
