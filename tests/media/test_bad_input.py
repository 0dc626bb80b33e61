"""What teams hand in by mistake: each is named for what it is, or read as it should."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media import headers
from sportsgpt_lib.media.clip import probe_clip, read_frames
from tests.media.encoded_clips import Encoding, draw_marked_frame, write_clip

SIZE_PX = (176, 144)
MJPEG = Encoding("mjpeg", "yuvj420p")
# Sparse on disk.
ZEROS_BYTES = 100_000_000


def refuse(path: Path) -> ClipError:
    """The error of probing; reading must end in the same reason code."""
    errors = []
    for read in (probe_clip, lambda path: list(read_frames(path))):
        with pytest.raises(ClipError) as caught:
            read(path)
        errors.append(caught.value)
    probed, read_error = errors
    assert probed.where == read_error.where == path.name
    assert probed.reason_code == read_error.reason_code
    assert probed.found
    assert probed.fix
    return probed


@pytest.fixture(scope="module")
def images() -> list[np.ndarray]:
    return [draw_marked_frame(number, SIZE_PX) for number in range(30)]


def write_whole(path: Path, images: list[np.ndarray], *, index_first: bool) -> Path:
    """An mp4 whose index lies at its front or at its end; else as the suffix says."""
    plain = write_clip(path, images, MJPEG if path.suffix == ".avi" else None)
    if not index_first:
        return plain
    front = path.with_name("front.mp4")
    with (
        av.open(str(plain)) as source,
        av.open(str(front), "w", options={"movflags": "faststart"}) as target,
    ):
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                target.mux(packet)
    return front.replace(path)


@pytest.mark.parametrize(
    ("name", "index_first"),
    [
        ("a.mp4", True),
        ("a.mp4", False),
        ("a.mov", False),
        ("a.mkv", False),
        ("a.avi", False),
    ],
)
@pytest.mark.parametrize("present_pct", [3, 30, 60, 92, 99])
def test_a_clip_cut_short_anywhere_is_refused(
    tmp_path: Path,
    images: list[np.ndarray],
    name: str,
    present_pct: int,
    *,
    index_first: bool,
) -> None:
    clip = write_whole(tmp_path / name, images, index_first=index_first)
    assert probe_clip(clip).frame_count == 30
    os.truncate(clip, clip.stat().st_size * present_pct // 100)
    error = refuse(clip)
    assert error.reason_code == "corrupt_video"
    assert "copy the file from the camera again" in error.fix


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_what_follows_a_whole_clip_does_no_harm(
    tmp_path: Path, images: list[np.ndarray], name: str
) -> None:
    clip = write_whole(tmp_path / name, images, index_first=False)
    with clip.open("ab") as file:
        file.write(b"\xff" * 4000)
    assert probe_clip(clip).frame_count == 30


def test_a_live_recording_that_says_no_length_is_read(
    tmp_path: Path, images: list[np.ndarray]
) -> None:
    clip = write_clip(tmp_path / "a.mkv", images)
    content = clip.read_bytes()
    segment = content.index(b"\x18\x53\x80\x67") + 4
    unknown = b"\x01" + b"\xff" * 7
    clip.write_bytes(content[:segment] + unknown + content[segment + 8 :])
    assert headers.find_promised_bytes(clip) == 0
    assert probe_clip(clip).frame_count == 30


@pytest.mark.parametrize(
    ("written", "named"),
    [("a.mp4", "a.avi"), ("a.mkv", "a.mp4"), ("a.avi", "a.mov"), ("a.mp4", "a.webm")],
)
def test_a_wrong_extension_does_not_matter(
    tmp_path: Path, images: list[np.ndarray], written: str, named: str
) -> None:
    clip = write_whole(tmp_path / written, images, index_first=False)
    clip = clip.rename(tmp_path / f"renamed-{named}")
    assert probe_clip(clip).frame_count == 30
    assert len(list(read_frames(clip))) == 30


@pytest.mark.parametrize("name", ["notes.mp4", "notes.avi", "notes.mkv"])
@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n" + bytes(200),
        b"%PDF-1.7\n" + b"text " * 90,
        b"PK\x03\x04" + b"word/document.xml" * 20,
        b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(200),
    ],
    ids=["png", "pdf", "docx", "wav"],
)
def test_another_kind_of_file_under_a_videos_name_is_no_video(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = refuse(path)
    assert error.reason_code == "not_a_video"
    assert "take other files out" in error.fix


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "aac"), ("a.avi", "pcm_s16le")]
)
def test_sound_alone_is_refused(tmp_path: Path, name: str, codec: str) -> None:
    path = tmp_path / name
    kind = "fltp" if codec == "aac" else "s16"
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=44_100, layout="mono")
        silence = np.zeros((1, 44_100), np.float32 if kind == "fltp" else np.int16)
        frame = av.AudioFrame.from_ndarray(silence, format=kind, layout="mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    error = refuse(path)
    assert error.reason_code == "no_video_stream"
    assert "only sound" in error.found


def count_read_bytes() -> int:
    counters = Path("/proc/self/io").read_text(encoding="ascii").split()
    return int(counters[counters.index("rchar:") + 1])


@pytest.mark.parametrize(
    "name", ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.mts"]
)
@pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts bytes in /proc")
def test_a_hundred_megabytes_of_zeros_are_refused_after_two(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(ZEROS_BYTES)
    before = count_read_bytes()
    with pytest.raises(ClipError) as caught:
        probe_clip(path)
    assert caught.value.reason_code == "not_a_video"
    assert count_read_bytes() - before < 2_000_000


@pytest.mark.parametrize(
    "name",
    [
        "with spaces and 'single' \"double\" quotes.mp4",
        "Grüße_跑步_ركض.mp4",
        "-i other.mp4",
        "--help.mp4",
        "file:a.mp4",
        "concat:a.mp4|b.mp4",
        "pipe:0.mp4",
        "data:,a.mp4",
        "http:%2f%2flocalhost.mp4",
        "picture%03d.mp4",
        "what?now#end&more=1;$(touch x)`.mp4",
        "*.mp4",
        " leading and trailing .mp4 ",
        ".hidden.mp4",
        "n" * 240 + ".mp4",
    ],
)
def test_a_name_is_only_a_name(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    images: list[np.ndarray],
    name: str,
) -> None:
    source = write_clip(tmp_path / "source.mkv", images)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    clip = Path(name)
    shutil.copy(source, tmp_path / "here" / name)
    assert probe_clip(clip).frame_count == 30
    assert len(list(read_frames(clip))) == 30
    assert [path.name for path in Path().iterdir()] == [name]


@pytest.fixture(params=["folder", "pipe", "device"])
def no_file(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "x.mp4"
    if request.param == "folder":
        path.mkdir()
    elif request.param == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to("/dev/zero")
    return path


def test_what_is_no_file_is_refused_without_being_opened(no_file: Path) -> None:
    error = refuse(no_file)
    assert error.reason_code == "not_a_file"


def test_a_file_that_is_gone_is_no_verdict_on_the_clip(tmp_path: Path) -> None:
    for read in (probe_clip, lambda path: list(read_frames(path))):
        with pytest.raises(FileNotFoundError):
            read(tmp_path / "gone.mp4")


def patch_avi_rates(clip: Path, *, period: bool, scale: bool, rate: bool) -> None:
    """Put 0 into the fields of the header that say how long a picture lasts."""
    content = bytearray(clip.read_bytes())
    main, stream = content.index(b"avih"), content.index(b"vids")
    for place, is_cleared in (
        (main + 8, period),
        (stream + 20, scale),
        (stream + 24, rate),
    ):
        if is_cleared:
            content[place : place + 4] = bytes(4)
    clip.write_bytes(content)


@pytest.mark.parametrize(
    ("scale", "rate"), [(True, False), (False, True), (True, True)]
)
def test_an_avi_of_0_hz_is_refused_and_not_guessed_at(
    tmp_path: Path, images: list[np.ndarray], *, scale: bool, rate: bool
) -> None:
    clip = write_clip(tmp_path / "a.avi", images, MJPEG)
    patch_avi_rates(clip, period=True, scale=scale, rate=rate)
    error = refuse(clip)
    assert error.reason_code == "unsupported_video"
    assert "frame rate of 0" in error.found


@pytest.mark.parametrize(
    ("period", "rate"), [(True, False), (False, True)], ids=["stream", "main"]
)
def test_an_avi_that_says_its_rate_in_one_place_is_read_at_it(
    tmp_path: Path, images: list[np.ndarray], *, period: bool, rate: bool
) -> None:
    clip = write_clip(tmp_path / "a.avi", images, MJPEG)
    patch_avi_rates(clip, period=period, scale=False, rate=rate)
    assert probe_clip(clip).frame_rate_hz == pytest.approx(30, abs=0.01)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
def test_an_mp4_whose_pictures_last_no_time_is_refused(
    tmp_path: Path, images: list[np.ndarray], codec: str
) -> None:
    clip = write_clip(tmp_path / "a.mp4", images, Encoding(codec))
    content = bytearray(clip.read_bytes())
    table = content.index(b"stts") + 8
    entry_count = int.from_bytes(content[table : table + 4], "big")
    for entry in range(entry_count):
        place = table + 4 + 8 * entry + 4
        content[place : place + 4] = bytes(4)
    clip.write_bytes(content)
    assert refuse(clip).reason_code == "corrupt_video"


def test_an_mp4_without_a_clock_is_refused(
    tmp_path: Path, images: list[np.ndarray]
) -> None:
    clip = write_clip(tmp_path / "a.mp4", images)
    content = bytearray(clip.read_bytes())
    ticks_per_s = content.index(b"mdhd") + 16
    content[ticks_per_s : ticks_per_s + 4] = bytes(4)
    clip.write_bytes(content)
    assert refuse(clip).reason_code == "corrupt_video"


def test_an_mp4_of_countless_boxes_is_not_read_to_its_end(tmp_path: Path) -> None:
    clip = tmp_path / "a.mp4"
    promises_more = b"\x7f\xff\xff\xffmdat"
    few, many = b"\0\0\0\x08free" * 100, b"\0\0\0\x08free" * 100_000
    clip.write_bytes(few + promises_more)
    assert headers.find_promised_bytes(clip) == len(few) + 0x7FFFFFFF
    clip.write_bytes(many + promises_more)
    assert headers.find_promised_bytes(clip) == 0


@pytest.mark.parametrize("hidden_count", [1, 20])
@pytest.mark.parametrize("name", ["a.mp4", "a.mov"])
def test_pictures_that_an_edit_list_hides_are_no_lack(
    tmp_path: Path, images: list[np.ndarray], name: str, hidden_count: int
) -> None:
    whole = write_whole(tmp_path / f"whole-{name}", images, index_first=False)
    cut = cut_by_copying(whole, tmp_path / name, hidden_count)
    with av.open(str(cut)) as container:
        assert container.streams.video[0].frames == 30
    facts = probe_clip(cut)
    frames = list(read_frames(cut))
    assert facts.frame_count == len(frames) == 30 - hidden_count
    assert frames[0].time_s == 0
    assert frames[-1].time_s == pytest.approx(facts.duration_s)


def test_a_cut_clip_of_which_a_part_is_missing_is_refused(
    tmp_path: Path, images: list[np.ndarray]
) -> None:
    whole = write_whole(tmp_path / "whole.mp4", images, index_first=False)
    cut = cut_by_copying(whole, tmp_path / "a.mp4", 10)
    content = cut.read_bytes()
    data = content.index(b"mdat")
    assert content.index(b"moov") < data
    # A box of size 0 goes to the end of the file, wherever that is.
    content = content[: data - 4] + bytes(4) + content[data:]
    cut.write_bytes(content[: data + (len(content) - data) * 3 // 4])
    error = refuse(cut)
    assert error.reason_code == "corrupt_video"


def cut_by_copying(whole: Path, path: Path, hidden_count: int) -> Path:
    """Cut as ``ffmpeg -ss … -c copy`` does: what comes before keeps negative times."""
    options = {"avoid_negative_ts": "disabled", "movflags": "faststart"}
    with (
        av.open(str(whole)) as source,
        av.open(str(path), "w", options=options) as sink,
    ):
        stream = source.streams.video[0]
        copied = sink.add_stream_from_template(stream)
        for packet in source.demux(stream):
            if packet.dts is not None:
                offset = round(hidden_count / 30 / stream.time_base)
                packet.pts, packet.dts = packet.pts - offset, packet.dts - offset
                packet.stream = copied
                sink.mux(packet)
    return path
