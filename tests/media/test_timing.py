import itertools
from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import PictureType

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import Frame, probe_clip, read_frames
from sportsgpt_lib.media.timing import has_variable_rate

MakeClip = Callable[..., Path]
RATE_HZ = 30


def find_drawn_number(frame: Frame) -> int:
    """Read off the picture as which it was drawn, from the place of its block."""
    block = np.flatnonzero(frame.image_rgb[56, :, 1] > 120)
    return round((float(block.mean()) - 7.5) / 2)


def test_variable_frame_rate_keeps_its_true_times(make_clip: MakeClip) -> None:
    times_s = [0.0, *itertools.accumulate([0.03, 0.06] * 14)]
    clip = make_clip(times_s=times_s)
    assert probe_clip(clip).has_variable_frame_rate
    assert probe_clip(clip).duration_s == pytest.approx(times_s[-1], abs=1e-4)
    read_s = [frame.time_s for frame in read_frames(clip)]
    assert read_s == pytest.approx(times_s, abs=1e-4)


def has_b_frames(clip: Path) -> bool:
    with av.open(str(clip)) as container:
        kinds = {picture.pict_type for picture in container.decode(video=0)}
    return PictureType.B in kinds


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("b_frames", [0, 3])
def test_every_picture_of_an_avi_has_its_own_time(
    make_clip: MakeClip, codec: str, b_frames: int
) -> None:
    clip = make_clip("a.avi", codec=codec, b_frames=b_frames)
    assert has_b_frames(clip) is (b_frames > 0)
    facts = probe_clip(clip)
    assert (facts.frame_count, facts.has_variable_frame_rate) == (30, False)
    frames = list(read_frames(clip))
    assert [find_drawn_number(frame) for frame in frames] == list(range(30))
    assert [frame.time_s for frame in frames] == pytest.approx(
        [number / RATE_HZ for number in range(30)], abs=1e-9
    )


def test_pictures_left_out_of_an_avi_without_b_frames_keep_their_gap(
    make_clip: MakeClip,
) -> None:
    times_s = [i / RATE_HZ for i in range(30) if i not in (10, 11)]
    clip = make_clip("a.avi", b_frames=0, times_s=times_s)
    assert probe_clip(clip).has_variable_frame_rate
    assert [frame.time_s for frame in read_frames(clip)] == pytest.approx(times_s)


def test_pictures_left_out_of_an_avi_with_b_frames_are_refused_at_the_door(
    make_clip: MakeClip,
) -> None:
    times_s = [i / RATE_HZ for i in range(30) if i not in (10, 11)]
    clip = make_clip("a.avi", b_frames=3, times_s=times_s)
    for read in (probe_clip, lambda path: next(read_frames(path))):
        with pytest.raises(ClipError, match="nothing says when") as caught:
            read(clip)
        assert caught.value.reason_code == "unsupported_video"


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mts"])
def test_b_frames_elsewhere_come_in_the_order_of_time(
    make_clip: MakeClip, name: str
) -> None:
    frames = list(read_frames(make_clip(name, b_frames=3)))
    assert [find_drawn_number(frame) for frame in frames] == list(range(30))
    assert [frame.time_s for frame in frames] == pytest.approx(
        [number / RATE_HZ for number in range(30)], abs=1.1e-3
    )


@pytest.mark.parametrize("name", ["a.mkv", "a.webm"])
@pytest.mark.parametrize("rate_hz", [30, 60, 120, 240])
def test_a_constant_rate_is_constant_in_stamps_of_a_millisecond(
    make_clip: MakeClip, name: str, rate_hz: int
) -> None:
    codec = "libvpx-vp9" if name.endswith("webm") else "libx264"
    facts = probe_clip(make_clip(name, codec=codec, rate_hz=rate_hz))
    assert not facts.has_variable_frame_rate
    assert facts.frame_rate_hz == pytest.approx(rate_hz, rel=0.01)


@pytest.mark.parametrize("rate_hz", [30, 120, 240])
def test_a_dropped_frame_is_a_variable_rate_in_stamps_of_a_millisecond(
    make_clip: MakeClip, rate_hz: int
) -> None:
    times_s = [i / rate_hz for i in range(40) if i != 17]
    clip = make_clip("a.mkv", rate_hz=rate_hz, times_s=times_s)
    assert probe_clip(clip).has_variable_frame_rate


@pytest.mark.parametrize(
    ("intervals_ticks", "expected"),
    [
        ([4, 4, 5, 4], False),
        ([2, 2, 3, 2], False),
        ([2, 2, 4, 2], True),
        ([1, 1, 2, 1], True),
        ([1, 1, 1, 1], False),
        ([300, 300, 329, 300], False),
        ([300, 300, 340, 300], True),
    ],
)
def test_rounding_is_told_from_a_varying_rate(
    intervals_ticks: list[int], *, expected: bool
) -> None:
    tick_s = 0.001
    intervals_s = np.array(intervals_ticks) * tick_s
    assert has_variable_rate(intervals_s, tick_s) is expected
