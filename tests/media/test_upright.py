from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from sportsgpt_lib.errors import ClipError
from sportsgpt_lib.media.clip import probe_clip, read_frames

MakeClip = Callable[..., Path]
RED, DARK = 0, 1


def corner_colours(image: np.ndarray) -> list[int]:
    """Whether the corners are red, clockwise from the upper left."""
    corners = (image[5, 5], image[5, -5], image[-5, -5], image[-5, 5])
    return [RED if pixel[0] > 150 else DARK for pixel in corners]


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


def test_a_mirrored_clip_is_refused(make_clip: MakeClip) -> None:
    clip = make_clip(rotation_deg=180)
    turned_round = np.array([-1, 0, 0, 0, -1, 0], ">i4") * 65536
    mirrored = np.array([-1, 0, 0, 0, 1, 0], ">i4") * 65536
    content = clip.read_bytes()
    assert content.count(turned_round.astype(">i4").tobytes()) == 1
    clip.write_bytes(
        content.replace(
            turned_round.astype(">i4").tobytes(), mirrored.astype(">i4").tobytes()
        )
    )
    for read in (probe_clip, lambda path: next(read_frames(path))):
        with pytest.raises(ClipError, match="left and right") as caught:
            read(clip)
        assert caught.value.reason_code == "unsupported_video"


@pytest.mark.parametrize("size_px", [(127, 95), (129, 96), (128, 97)])
def test_odd_sizes_keep_every_row_and_column(
    make_clip: MakeClip, size_px: tuple[int, int]
) -> None:
    clip = make_clip("odd.webm", codec="libvpx-vp9", size_px=size_px)
    facts = probe_clip(clip)
    assert (facts.width_px, facts.height_px) == size_px
    frame = next(read_frames(clip))
    assert frame.image_rgb.shape == (size_px[1], size_px[0], 3)
    assert frame.image_rgb.flags.c_contiguous


@pytest.mark.parametrize(
    ("rotation_deg", "expected"), [(0, (192, 96)), (90, (96, 192))]
)
def test_oblong_pixels_are_made_square(
    make_clip: MakeClip, rotation_deg: int, expected: tuple[int, int]
) -> None:
    clip = make_clip(pixel_aspect=Fraction(3, 2), rotation_deg=rotation_deg)
    facts = probe_clip(clip)
    assert (facts.width_px, facts.height_px) == expected
    image = next(read_frames(clip)).image_rgb
    assert image.shape[1::-1] == expected


def test_a_pixel_that_is_square_but_for_rounding_stays(make_clip: MakeClip) -> None:
    facts = probe_clip(make_clip(pixel_aspect=Fraction(1001, 1000)))
    assert (facts.width_px, facts.height_px) == (128, 96)


def test_pictures_that_change_their_size_are_refused(
    make_clip: MakeClip, tmp_path: Path
) -> None:
    path = tmp_path / "changing.mts"
    path.write_bytes(
        make_clip("a.mts").read_bytes()
        + make_clip(
            "b.mts", size_px=(160, 96), times_s=[2 + i / 30 for i in range(30)]
        ).read_bytes()
    )
    with pytest.raises(ClipError, match="has another size") as caught:
        list(read_frames(path))
    assert caught.value.reason_code == "unsupported_video"
