import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import MIN_FRAME_COUNT, probe_clip, read_frames

MakeClip = Callable[..., Path]


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
    ("name", "codec", "b_frames"),
    [("a.mp4", "libx264", 3), ("a.avi", "mpeg4", 3), ("a.webm", "libvpx-vp9", None)],
)
@pytest.mark.parametrize("first_index", [0, 1, 17, 29])
def test_reading_from_the_middle_gives_the_same_frames(
    make_clip: MakeClip, name: str, codec: str, b_frames: int | None, first_index: int
) -> None:
    clip = make_clip(name, codec=codec, b_frames=b_frames)
    whole = list(read_frames(clip))[first_index:]
    rest = list(read_frames(clip, first_index))
    assert [(frame.index, frame.time_s) for frame in rest] == [
        (frame.index, frame.time_s) for frame in whole
    ]
    for read_again, frame in zip(rest, whole, strict=True):
        np.testing.assert_array_equal(read_again.image_rgb, frame.image_rgb)


def test_reading_from_behind_the_end_gives_nothing(make_clip: MakeClip) -> None:
    assert list(read_frames(make_clip(), 30)) == []


def test_damage_before_the_first_frame_wanted_is_found(make_clip: MakeClip) -> None:
    clip = make_clip(size_px=(320, 240))
    content = bytearray(clip.read_bytes())
    middle = len(content) * 2 // 3
    content[middle : middle + 400] = random.Random(1).randbytes(400)  # noqa: S311
    clip.write_bytes(content)
    with pytest.raises(ClipError) as caught:
        list(read_frames(clip, 29))
    assert caught.value.reason_code == "corrupt_video"


def test_time_starts_at_zero_when_the_clip_starts_late(make_clip: MakeClip) -> None:
    clip = make_clip("late.mkv", times_s=[2.0 + i / 30 for i in range(20)])
    assert next(read_frames(clip)).time_s == 0.0
    assert probe_clip(clip).duration_s == pytest.approx(19 / 30, abs=2e-3)


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


def test_the_demo_clip_is_described_as_its_source_says(shared_data: Path) -> None:
    facts = probe_clip(shared_data / "video_sports2d_flip" / "demo.mp4")
    assert (facts.codec, facts.width_px, facts.height_px) == ("vp9", 1768, 994)
    assert facts.frame_count == 230
    assert facts.frame_rate_hz == pytest.approx(30.0, abs=0.01)
    assert facts.rotation_deg == 0
