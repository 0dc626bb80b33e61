from pathlib import Path

import av
import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import probe_clip, read_frames
from tests.media.encoded_clips import Encoding, write_clip

SIZE_PX = (176, 144)
COUNT = 14
BAR_ROWS = slice(40, 120)
SPEED_PX = 5  # per half picture
INTERLACED_H264 = {"flags": "+ildct+ilme", "crf": "12", "preset": "veryfast"}
INTERLACED_MPEG = {"flags": "+ildct+ilme", "b": "6000000"}


def draw_moment(half: int) -> np.ndarray:
    """A bright bar that moves to the right, before a wall with fine upright stripes."""
    image = np.full((SIZE_PX[1], SIZE_PX[0], 3), 60, np.uint8)
    image[:30, ::4] = 90
    left = find_true_edge(half)
    image[BAR_ROWS, left : left + 24] = 220
    return image


def find_true_edge(half: int) -> int:
    return 8 + SPEED_PX * (half % 26)


def interlace(number: int, first_field: str) -> np.ndarray:
    """Two moments in alternate lines; the earlier in the upper ones for "tff"."""
    early, late = draw_moment(2 * number), draw_moment(2 * number + 1)
    image = early.copy()
    later_lines = slice(1, None, 2) if first_field == "tff" else slice(0, None, 2)
    image[later_lines] = late[later_lines]
    return image


def write_interlaced(
    path: Path, first_field: str, codec: str = "libx264", **changes: object
) -> Path:
    options = INTERLACED_H264 if codec == "libx264" else INTERLACED_MPEG
    how = Encoding(codec, options=options, first_field=first_field, **changes)  # type: ignore[arg-type]
    images = [interlace(number, first_field) for number in range(COUNT)]
    return write_clip(path, images, how, rate_hz=25)


def read_as_stored(clip: Path) -> list[np.ndarray]:
    with av.open(str(clip)) as container:
        return [
            picture.to_ndarray(format="rgb24") for picture in container.decode(video=0)
        ]


def find_edges(image: np.ndarray) -> np.ndarray:
    """Where the bar begins in each of its lines, away from its ends."""
    lines = image[BAR_ROWS][8:-8, :, 1] > 140
    return np.argmax(lines, axis=1)


def measure_comb(image: np.ndarray) -> float:
    """Mean difference of neighbouring lines of the bar's middle, in grey levels."""
    lines = image[BAR_ROWS][8:-8, :, 1].astype(float)
    return float(np.abs(np.diff(lines, axis=0)).mean())


@pytest.mark.parametrize("first_field", ["tff", "bff"])
@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mts", "libx264"),
        ("a.mkv", "libx264"),
        ("a.mpg", "mpeg2video"),
        ("a.avi", "mpeg4"),
    ],
)
def test_a_moving_edge_has_no_comb_and_stands_where_the_earlier_half_saw_it(
    tmp_path: Path, name: str, codec: str, first_field: str
) -> None:
    clip = write_interlaced(tmp_path / name, first_field, codec)
    assert probe_clip(clip).is_interlaced
    frames = list(read_frames(clip))
    assert [frame.index for frame in frames] == list(range(COUNT))
    assert [frame.time_s for frame in frames] == pytest.approx(
        [number / 25 for number in range(COUNT)], abs=1e-4
    )
    for frame, stored in zip(frames, read_as_stored(clip), strict=True):
        assert np.ptp(find_edges(stored)) >= SPEED_PX - 1
        edges = find_edges(frame.image_rgb)
        assert np.ptp(edges) <= 1
        assert np.median(edges) == pytest.approx(find_true_edge(2 * frame.index), abs=1)
        assert measure_comb(frame.image_rgb) < 0.15 * measure_comb(stored)


def test_what_stands_still_keeps_its_fine_lines(tmp_path: Path) -> None:
    lines = np.full((SIZE_PX[1], SIZE_PX[0], 3), 60, np.uint8)
    lines[::4] = lines[1::4] = 180
    how = Encoding(options=INTERLACED_H264, first_field="tff")
    clip = write_clip(tmp_path / "a.mp4", [lines] * 12, how, rate_hz=25)
    for frame, stored in zip(read_frames(clip), read_as_stored(clip), strict=True):
        if 0 < frame.index < 11:
            np.testing.assert_allclose(
                frame.image_rgb.astype(int), stored.astype(int), atol=3
            )


@pytest.mark.parametrize("codec", ["libx264", "libx265", "libvpx-vp9", "mpeg4"])
def test_a_progressive_clip_is_untouched_to_the_bit(tmp_path: Path, codec: str) -> None:
    images = [interlace(number, "tff") for number in range(COUNT)]
    clip = write_clip(tmp_path / "a.mkv", images, Encoding(codec))
    assert not probe_clip(clip).is_interlaced
    for frame, stored in zip(read_frames(clip), read_as_stored(clip), strict=True):
        np.testing.assert_array_equal(frame.image_rgb, stored)


@pytest.mark.parametrize("first_index", range(COUNT))
def test_an_interlaced_clip_read_from_the_middle_gives_the_same_frames(
    tmp_path: Path, first_index: int
) -> None:
    clip = write_interlaced(tmp_path / "a.mts", "tff")
    whole = list(read_frames(clip))[first_index:]
    for again, frame in zip(read_frames(clip, first_index), whole, strict=True):
        assert (again.index, again.time_s) == (frame.index, frame.time_s)
        np.testing.assert_array_equal(again.image_rgb, frame.image_rgb)


def test_a_clip_interlaced_in_parts_is_touched_only_there(tmp_path: Path) -> None:
    """Pictures 14 to 27 and 42 to 55 are interlaced, those before each are whole."""
    parts = []
    for place, first_field in enumerate(("", "tff", "", "tff")):
        images = [interlace(number, "tff") for number in range(COUNT)]
        options = INTERLACED_H264 if first_field else {}
        how = Encoding(options=options, first_field=first_field)
        times_s = [2 * place + number / 25 for number in range(COUNT)]
        part = tmp_path / f"{place}.ts"
        write_clip(part, images, how, rate_hz=25, times_s=times_s)
        parts.append(part.read_bytes())
    clip = tmp_path / "a.mts"
    clip.write_bytes(b"".join(parts))
    stored = read_as_stored(clip)
    frames = list(read_frames(clip))
    assert len(frames) == 4 * COUNT
    is_kept = [
        np.array_equal(frame.image_rgb, picture)
        for frame, picture in zip(frames, stored, strict=True)
    ]
    assert is_kept == 2 * ([True] * COUNT + [False] * COUNT)
    for first_index in (13, 14, 15, 27, 28, 29, 41, 42, 43, 44, 55):
        for frame in read_frames(clip, first_index):
            np.testing.assert_array_equal(
                frame.image_rgb, frames[frame.index].image_rgb
            )


def test_interlaced_h265_is_refused_since_its_halves_stay_apart(tmp_path: Path) -> None:
    images = [interlace(number, "tff") for number in range(COUNT)]
    how = Encoding("libx265", options={"x265-params": "interlace=tff:log-level=none"})
    clip = write_clip(tmp_path / "a.mp4", images, how, rate_hz=25)
    for read in (probe_clip, lambda path: next(read_frames(path))):
        with pytest.raises(ClipError, match=r"interlaced H\.265") as caught:
            read(clip)
        assert caught.value.reason_code == "unsupported_video"


def test_colours_of_an_interlaced_clip_are_those_of_a_progressive_one(
    tmp_path: Path,
) -> None:
    colours = np.zeros((SIZE_PX[1], SIZE_PX[0], 3), np.uint8)
    colours[:, :88], colours[:, 88:] = (200, 60, 40), (30, 90, 210)
    frames = []
    for name, first_field in (("a.mts", "tff"), ("b.mts", "")):
        how = Encoding(options=INTERLACED_H264, first_field=first_field)
        clip = write_clip(tmp_path / name, [colours] * 10, how, rate_hz=25)
        frames.append(list(read_frames(clip))[5].image_rgb.astype(int))
    np.testing.assert_allclose(frames[0], frames[1], atol=3)
