"""Every common codec in every container that may hold it, made with real encoders."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sportsgpt_lib.media.clip import Frame, probe_clip, read_frames
from tests.media.encoded_clips import (
    CORNER_RGB,
    Encoding,
    draw_marked_frame,
    read_corners,
    read_number,
    write_clip,
)

SIZE_PX = (176, 144)
COUNT = 16
H264 = Encoding("libx264", options={"preset": "veryfast", "crf": "18"})
H265 = Encoding(
    "libx265", options={"preset": "veryfast", "x265-params": "log-level=none:crf=18"}
)
VP9 = Encoding(
    "libvpx-vp9",
    options={"cpu-used": "8", "deadline": "realtime", "crf": "16", "b": "0"},
)
AV1 = Encoding(
    "libsvtav1", options={"preset": "8", "crf": "18", "svtav1-params": "lp=1"}
)
MJPEG = Encoding("mjpeg", "yuvj420p", options={"qmin": "2", "qmax": "4"})
CODECS = {"h264": H264, "hevc": H265, "vp9": VP9, "av1": AV1, "mjpeg": MJPEG}
CONTAINERS = {
    "h264": ("mp4", "mov", "mkv", "avi"),
    "hevc": ("mp4", "mov", "mkv"),
    "vp9": ("mp4", "mkv", "webm"),
    "av1": ("mp4", "mkv", "webm"),
    "mjpeg": ("mp4", "mov", "mkv", "avi"),
}
LAWFUL = [(codec, name) for codec, names in CONTAINERS.items() for name in names]
# Stamps of mkv and webm are whole milliseconds, the first and the last.
ROUNDING_S = 1.01e-3


def draw_frames(count: int, size_px: tuple[int, int] = SIZE_PX) -> list[np.ndarray]:
    return [draw_marked_frame(number, size_px) for number in range(count)]


def assert_all_read(
    frames: list[Frame], times_s: list[float], rounding_s: float
) -> None:
    """Each picture once, in order, at its true time to the last, upright."""
    count = len(times_s)
    assert [frame.index for frame in frames] == list(range(count))
    assert [read_number(frame.image_rgb) for frame in frames] == list(range(count))
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=rounding_s)
    for frame in (frames[0], frames[-1]):
        np.testing.assert_allclose(read_corners(frame.image_rgb), CORNER_RGB, atol=16)


@pytest.mark.parametrize(("codec", "container"), LAWFUL)
def test_each_codec_in_each_container_is_read(
    tmp_path: Path, codec: str, container: str
) -> None:
    clip = write_clip(tmp_path / f"a.{container}", draw_frames(COUNT), CODECS[codec])
    facts = probe_clip(clip)
    assert (facts.codec, facts.width_px, facts.height_px) == (codec, *SIZE_PX)
    assert facts.frame_count == COUNT
    assert not facts.has_variable_frame_rate
    assert not facts.is_interlaced
    assert not facts.is_hdr
    times_s = [number / 30 for number in range(COUNT)]
    assert_all_read(list(read_frames(clip)), times_s, ROUNDING_S)


# An avi has no place for a rotation.
@pytest.mark.parametrize(
    ("codec", "container"),
    [pair for pair in LAWFUL if pair[1] != "avi"],
)
@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_rotation_is_applied_wherever_a_container_can_say_it(
    tmp_path: Path, codec: str, container: str, rotation_deg: int
) -> None:
    # What the camera stores is the upright picture turned the other way.
    stored = [
        np.ascontiguousarray(np.rot90(image, rotation_deg // 90))
        for image in draw_frames(10)
    ]
    how = replace(CODECS[codec], rotation_deg=360 - rotation_deg)
    clip = write_clip(tmp_path / f"a.{container}", stored, how)
    facts = probe_clip(clip)
    assert facts.rotation_deg == rotation_deg
    assert (facts.width_px, facts.height_px) == SIZE_PX
    times_s = [number / 30 for number in range(10)]
    assert_all_read(list(read_frames(clip)), times_s, ROUNDING_S)


@pytest.mark.parametrize(
    ("codec", "container"),
    [pair for pair in LAWFUL if pair[1] != "avi"],
)
def test_a_variable_rate_keeps_its_true_times(
    tmp_path: Path, codec: str, container: str
) -> None:
    # A phone that falls to half its rate in poor light, and loses a picture.
    intervals_s = [1 / 60] * 6 + [1 / 30] * 6 + [3 / 30] + [1 / 60] * 6
    times_s = [0.0, *itertools.accumulate(intervals_s)]
    clip = write_clip(
        tmp_path / f"a.{container}",
        draw_frames(len(times_s)),
        CODECS[codec],
        rate_hz=60,
        times_s=times_s,
    )
    facts = probe_clip(clip)
    assert facts.has_variable_frame_rate
    assert facts.duration_s == pytest.approx(times_s[-1], abs=ROUNDING_S)
    assert_all_read(list(read_frames(clip)), times_s, ROUNDING_S)


@pytest.mark.parametrize("codec", ["h264", "hevc", "vp9", "av1"])
@pytest.mark.parametrize("rate_hz", [120, 240])
def test_high_rates_do_not_drift(tmp_path: Path, codec: str, rate_hz: int) -> None:
    images = [draw_marked_frame(number % 250, SIZE_PX) for number in range(2 * rate_hz)]
    clip = write_clip(tmp_path / "a.mp4", images[:240], CODECS[codec], rate_hz=rate_hz)
    facts = probe_clip(clip)
    assert facts.frame_rate_hz == pytest.approx(rate_hz, rel=1e-4)
    assert not facts.has_variable_frame_rate
    times_s = [number / rate_hz for number in range(240)]
    assert_all_read(list(read_frames(clip)), times_s, 1e-4)


def test_slow_motion_has_the_times_of_its_playback(tmp_path: Path) -> None:
    """240 pictures a second shown at 30: the capture rate is the manifest's to say."""
    clip = write_clip(tmp_path / "a.mov", draw_frames(60), H264, rate_hz=30)
    facts = probe_clip(clip)
    assert facts.frame_rate_hz == pytest.approx(30, abs=1e-3)
    assert facts.duration_s == pytest.approx(59 / 30, abs=1e-4)


@pytest.mark.parametrize(
    ("container", "how"),
    [
        # H.264 with 4:2:0 colours crops the coded picture to even sizes only.
        ("mp4", Encoding("libx264", "yuv444p")),
        ("mp4", Encoding("libx265", "yuv444p", H265.options)),
        ("webm", VP9),
        ("mkv", MJPEG),
    ],
    ids=["h264", "hevc", "vp9", "mjpeg"],
)
def test_odd_sizes_keep_every_row_and_column(
    tmp_path: Path, container: str, how: Encoding
) -> None:
    size_px = (641, 359)
    clip = write_clip(tmp_path / f"a.{container}", draw_frames(10, size_px), how)
    facts = probe_clip(clip)
    assert (facts.width_px, facts.height_px) == size_px
    frames = list(read_frames(clip))
    assert frames[0].image_rgb.shape == (359, 641, 3)
    assert_all_read(frames, [number / 30 for number in range(10)], ROUNDING_S)


@pytest.mark.parametrize("codec", ["h264", "hevc"])
def test_4k_is_read_whole(tmp_path: Path, codec: str) -> None:
    size_px = (3840, 2160)
    how = Encoding(
        CODECS[codec].codec,
        options={**CODECS[codec].options, "preset": "ultrafast"},
    )
    clip = write_clip(tmp_path / "a.mp4", draw_frames(10, size_px), how)
    assert (probe_clip(clip).width_px, probe_clip(clip).height_px) == size_px
    assert_all_read(
        list(read_frames(clip)), [number / 30 for number in range(10)], 1e-4
    )


@pytest.mark.parametrize(
    ("container", "how"),
    [
        ("mp4", Encoding("libx264", "yuv420p10le")),
        ("mov", Encoding("libx265", "yuv420p10le", H265.options)),
        ("mov", Encoding("libx265", "yuv422p10le", H265.options)),
        ("mkv", Encoding("libsvtav1", "yuv420p10le", AV1.options)),
        ("mov", Encoding("prores_ks", "yuv422p10le")),
    ],
    ids=["h264", "hevc", "hevc-422", "av1", "prores"],
)
def test_ten_bits_keep_their_colours(
    tmp_path: Path, container: str, how: Encoding
) -> None:
    clip = write_clip(tmp_path / f"a.{container}", draw_frames(10), how)
    assert not probe_clip(clip).is_hdr
    times_s = [number / 30 for number in range(10)]
    assert_all_read(list(read_frames(clip)), times_s, ROUNDING_S)
