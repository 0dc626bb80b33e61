import itertools
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import MIN_FRAME_COUNT, probe_clip, read_frames

MakeClip = Callable[..., Path]
RED, DARK = 0, 1


def corner_colours(image: np.ndarray) -> list[int]:
    """Whether the corners are red, clockwise from the upper left."""
    corners = (image[5, 5], image[5, -5], image[-5, -5], image[-5, 5])
    return [RED if pixel[0] > 150 else DARK for pixel in corners]


@pytest.mark.parametrize(
    ("name", "codec", "expected"),
    [
        ("a.mp4", "libx264", "h264"),
        ("a.mov", "libx265", "hevc"),
        ("a.webm", "libvpx-vp9", "vp9"),
        ("a.mkv", "libsvtav1", "av1"),
        ("a.avi", "mjpeg", "mjpeg"),
    ],
)
def test_common_formats_are_read(
    make_clip: MakeClip, name: str, codec: str, expected: str
) -> None:
    facts = probe_clip(make_clip(name, codec=codec))
    assert facts.codec == expected
    assert (facts.width_px, facts.height_px) == (128, 96)
    assert facts.frame_count == 30
    assert facts.frame_rate_hz == pytest.approx(30.0, abs=0.05)
    assert not facts.has_variable_frame_rate


def test_frames_come_in_order_with_colours_and_times(make_clip: MakeClip) -> None:
    frames = list(read_frames(make_clip()))
    assert [frame.index for frame in frames] == list(range(30))
    assert [frame.time_s for frame in frames] == pytest.approx(
        [i / 30 for i in range(30)], abs=1e-4
    )
    assert frames[0].image_rgb.dtype == np.uint8
    assert frames[0].image_rgb[5, 5] == pytest.approx([220, 30, 30], abs=8)
    block = frames[20].image_rgb[56, :, 1] > 120
    assert np.flatnonzero(block).mean() == pytest.approx(20 * 2 + 7.5, abs=1.5)


@pytest.mark.parametrize(
    ("anticlockwise_deg", "clockwise_deg", "red_corner"),
    [(0, 0, 0), (-90, 90, 1), (180, 180, 2), (90, 270, 3)],
)
def test_rotation_is_applied(
    make_clip: MakeClip, anticlockwise_deg: int, clockwise_deg: int, red_corner: int
) -> None:
    clip = make_clip(rotation_deg=anticlockwise_deg)
    facts = probe_clip(clip)
    image = next(read_frames(clip)).image_rgb
    assert facts.rotation_deg == clockwise_deg
    assert image.shape[:2] == (facts.height_px, facts.width_px)
    assert corner_colours(image).index(RED) == red_corner


def test_variable_frame_rate_keeps_its_true_times(make_clip: MakeClip) -> None:
    times_s = [0.0, *itertools.accumulate([0.03, 0.06] * 14)]
    clip = make_clip(times_s=times_s)
    assert probe_clip(clip).has_variable_frame_rate
    assert probe_clip(clip).duration_s == pytest.approx(times_s[-1], abs=1e-4)
    read_s = [frame.time_s for frame in read_frames(clip)]
    assert read_s == pytest.approx(times_s, abs=1e-4)


def test_time_starts_at_zero_when_the_clip_starts_late(make_clip: MakeClip) -> None:
    clip = make_clip("late.mkv", times_s=[2.0 + i / 30 for i in range(20)])
    assert next(read_frames(clip)).time_s == 0.0
    assert probe_clip(clip).duration_s == pytest.approx(19 / 30, abs=2e-3)


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
    for read in (probe_clip, lambda path: list(read_frames(path))):
        with pytest.raises(ClipError) as caught:
            read(path)
        assert caught.value.reason_code == reason_code
        assert caught.value.where == path.name
        assert caught.value.fix


@pytest.mark.parametrize("faststart", [True, False])
def test_a_copy_cut_short_is_corrupt(make_clip: MakeClip, *, faststart: bool) -> None:
    clip = make_clip(faststart=faststart)
    clip.write_bytes(clip.read_bytes()[: clip.stat().st_size * 6 // 10])
    with pytest.raises(ClipError) as caught:
        probe_clip(clip)
    assert caught.value.reason_code == "corrupt_video"


def test_damage_inside_is_found_while_reading(make_clip: MakeClip) -> None:
    clip = make_clip(size_px=(320, 240))
    content = bytearray(clip.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 400] = random.Random(1).randbytes(400)  # noqa: S311
    clip.write_bytes(content)
    with pytest.raises(ClipError) as caught:
        list(read_frames(clip))
    assert caught.value.reason_code == "corrupt_video"


def test_too_few_pictures_are_too_short(make_clip: MakeClip) -> None:
    enough = make_clip(times_s=[i / 30 for i in range(MIN_FRAME_COUNT)])
    assert probe_clip(enough).frame_count == MIN_FRAME_COUNT
    short = make_clip(times_s=[i / 30 for i in range(MIN_FRAME_COUNT - 1)])
    with pytest.raises(ClipError) as caught:
        probe_clip(short)
    assert caught.value.reason_code == "too_short"


def test_sound_alone_is_no_video_stream(tmp_path: Path) -> None:
    import av

    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44_100, layout="mono")
        silence = np.zeros((1, 44_100), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 44_100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    with pytest.raises(ClipError) as caught:
        probe_clip(path)
    assert caught.value.reason_code == "no_video_stream"


def test_the_demo_clip_is_described_as_its_source_says(shared_data: Path) -> None:
    facts = probe_clip(shared_data / "video_sports2d_flip" / "demo.mp4")
    assert (facts.codec, facts.width_px, facts.height_px) == ("vp9", 1768, 994)
    assert facts.frame_count == 230
    assert facts.frame_rate_hz == pytest.approx(30.0, abs=0.01)
    assert facts.rotation_deg == 0
