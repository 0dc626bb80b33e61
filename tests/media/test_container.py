import os
import shutil
import struct
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import probe_clip, read_frames

MakeClip = Callable[..., Path]


def refuse(path: Path) -> set[str]:
    """Reason codes of probing and of reading; both must refuse."""
    codes = set()
    for read in (probe_clip, lambda path: list(read_frames(path))):
        with pytest.raises(ClipError) as caught:
            read(path)
        assert caught.value.where == path.name
        assert caught.value.fix
        codes.add(caught.value.reason_code)
    return codes


@pytest.mark.parametrize(
    ("content", "reason_code"),
    [
        (b"", "empty_file"),
        (b"this is a shopping list, not a video\n" * 40, "not_a_video"),
        (bytes(100_000), "not_a_video"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(500), "corrupt_video"),
    ],
)
def test_what_is_no_video_is_named_so(
    tmp_path: Path, content: bytes, reason_code: str
) -> None:
    path = tmp_path / "günter's clip.mp4"
    path.write_bytes(content)
    assert refuse(path) == {reason_code}


def test_text_in_another_encoding_than_utf_8_does_no_harm(make_clip: MakeClip) -> None:
    clip = make_clip("a.mkv", title="XXXXXXX")
    content = clip.read_bytes()
    assert content.count(b"XXXXXXX") == 1
    clip.write_bytes(content.replace(b"XXXXXXX", "München".encode("latin-1")))
    assert probe_clip(clip).frame_count == 30
    assert len(list(read_frames(clip))) == 30


@pytest.mark.parametrize(
    "name",
    [b"12:30 Uhr.mp4", b"concat:a|b.mp4", b"100% M\xfcnchen.mp4", b"pic%03d.mp4"],
)
def test_any_file_name_is_a_file_name(
    make_clip: MakeClip, tmp_path: Path, name: bytes
) -> None:
    path = tmp_path / os.fsdecode(name)
    shutil.copy(make_clip(), path)
    assert probe_clip(path).frame_count == 30


@pytest.mark.parametrize(
    "script",
    [
        "ffconcat version 1.0\nfile other.mkv\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nother.mkv\n#EXT-X-ENDLIST\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\n"
        "a=rtpmap:96 H264/90000\n",
    ],
    ids=["ffconcat", "hls", "sdp"],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mpg", ".mkv"])
def test_a_script_that_names_another_video_is_no_video(
    make_clip: MakeClip, tmp_path: Path, script: str, suffix: str
) -> None:
    make_clip("other.mkv")
    path = tmp_path / f"clip{suffix}"
    path.write_text(script)
    assert refuse(path) == {"not_a_video"}


def test_an_mp4_that_points_into_another_file_does_not_reach_it(
    make_clip: MakeClip,
) -> None:
    clip = make_clip(faststart=True)
    content = clip.read_bytes()
    own = b"\x00\x00\x00\x0curl \x00\x00\x00\x01"
    assert content.count(own) == 1
    # The flag that says "in this file" taken away; then FFmpeg would look elsewhere.
    clip.write_bytes(content.replace(own, own[:-1] + b"\x00"))
    assert probe_clip(clip).frame_count == 30


def test_a_picture_codec_that_is_not_known_is_named_so(make_clip: MakeClip) -> None:
    clip = make_clip("a.avi", codec="mjpeg")
    clip.write_bytes(clip.read_bytes().replace(b"MJPG", b"ZZZZ"))
    assert refuse(clip) == {"unsupported_video"}


def write_sound(path: Path, *, with_cover: bool) -> None:
    with av.open(str(path), "w") as container:
        cover = None
        if with_cover:
            cover = container.add_stream("mjpeg", rate=1)
            cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
            cover.disposition = av.stream.Disposition.attached_pic
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        if cover is not None:
            image = np.zeros((64, 64, 3), np.uint8)
            picture = av.VideoFrame.from_ndarray(image, format="rgb24")
            container.mux(cover.encode(picture))
            container.mux(cover.encode(None))
        silence = np.zeros((1, 44_100), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


@pytest.mark.parametrize("with_cover", [False, True])
def test_sound_is_no_video_even_with_a_cover(
    tmp_path: Path, *, with_cover: bool
) -> None:
    path = tmp_path / "sound.mp4"
    write_sound(path, with_cover=with_cover)
    assert refuse(path) == {"no_video_stream"}


@pytest.mark.parametrize("name", ["empty.mp4", "empty.mkv", "empty.avi"])
def test_a_video_without_a_picture_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=30)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        container.start_encoding()
    with pytest.raises(ClipError) as caught:
        probe_clip(path)
    assert caught.value.reason_code == "corrupt_video"


@pytest.mark.parametrize("name", ["one.mp4", "one.mkv", "one.avi"])
def test_a_single_picture_is_too_short(make_clip: MakeClip, name: str) -> None:
    clip = make_clip(name, times_s=[0.0])
    with pytest.raises(ClipError) as caught:
        probe_clip(clip)
    assert caught.value.reason_code == "too_short"
    assert [frame.time_s for frame in read_frames(clip)] == [0.0]


def claim_size(clip: Path, width_px: int, height_px: int) -> None:
    """Overwrite the size in the headers of a Motion JPEG AVI."""
    content = bytearray(clip.read_bytes())
    stream_format = content.index(b"strf") + 12
    content[stream_format : stream_format + 8] = struct.pack("<ii", width_px, height_px)
    start_of_frame = content.index(b"\xff\xc0")
    while start_of_frame >= 0:
        place = start_of_frame + 5
        content[place : place + 4] = struct.pack(">HH", height_px, width_px)
        start_of_frame = content.find(b"\xff\xc0", place)
    clip.write_bytes(content)


@pytest.mark.parametrize(
    ("size_px", "reason_code"),
    [
        ((7680, 4320), "corrupt_video"),
        ((7688, 4320), "unsupported_video"),
        ((60_000, 60_000), "corrupt_video"),
    ],
)
def test_a_header_that_claims_too_much_is_refused(
    make_clip: MakeClip, size_px: tuple[int, int], reason_code: str
) -> None:
    clip = make_clip("a.avi", codec="mjpeg")
    claim_size(clip, *size_px)
    assert refuse(clip) == {reason_code}
