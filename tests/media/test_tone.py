from pathlib import Path
from typing import Any

import numpy as np
import pytest
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace

from sportsgpt_lib.media.clip import probe_clip, read_frames
from sportsgpt_lib.media.tone import find_tone_curve
from tests.media.encoded_clips import HLG, PQ, Encoding, write_clip

WHITE_CD_M2 = 203.0
# ITU-R BT.2087-0: linear RGB of BT.709 to that of BT.2020.
TO_BT2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)


def draw_scene() -> np.ndarray:
    """Grey steps from black to white above, skin, kit and grass colours below."""
    image = np.zeros((96, 160, 3), np.uint8)
    for step in range(10):
        image[:48, 16 * step : 16 * step + 16] = 25 * step + 10
    colours = (
        (224, 172, 138),
        (120, 80, 60),
        (200, 40, 40),
        (40, 60, 170),
        (60, 120, 50),
    )
    for step, colour in enumerate(colours):
        image[48:, 32 * step : 32 * step + 32] = colour
    return image


def encode_pq(light_cd_m2: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084, equation 5."""
    power = (light_cd_m2 / 10_000) ** (2610 / 16384)
    over = 3424 / 4096 + 2413 / 4096 * 32 * power
    return (over / (1 + 2392 / 4096 * 32 * power)) ** (2523 / 4096 * 128)


def encode_hlg(scene: np.ndarray) -> np.ndarray:
    """ITU-R BT.2100-2, table 5."""
    upper = 0.17883277 * np.log(np.maximum(12 * scene - 0.28466892, 1e-9)) + 0.55991073
    return np.where(scene <= 1 / 12, np.sqrt(3 * scene), upper)


def write_hdr(path: Path, image: np.ndarray, trc: Any) -> Path:
    """Encode what a phone would, with white at the level that BT.2408 gives it."""
    if trc == PQ:
        signal = encode_pq((image / 255) ** 2.4 @ TO_BT2020.T * WHITE_CD_M2)
    else:
        signal = encode_hlg((image / 255) ** 2.0 @ TO_BT2020.T * 0.265)
    how = Encoding(
        "libx265",
        "yuv420p10le",
        {"x265-params": "log-level=none", "crf": "8", "preset": "veryfast"},
        colorspace=Colorspace.BT2020,
        color_trc=trc,
        color_primaries=ColorPrimaries.BT2020,
    )
    return write_clip(path, [np.round(signal * 65535).astype(np.uint16)] * 12, how)


@pytest.mark.parametrize("trc", [PQ, HLG])
@pytest.mark.parametrize("name", ["a.mov", "a.mkv"])
def test_hdr_looks_as_the_scene_does_in_standard_range(
    tmp_path: Path, name: str, trc: Any
) -> None:
    scene = draw_scene()
    clip = write_hdr(tmp_path / name, scene, trc)
    assert probe_clip(clip).is_hdr
    image = next(read_frames(clip)).image_rgb.astype(float)
    assert image.std() == pytest.approx(scene.std(), rel=0.08)
    for column in range(10):
        grey = image[8:40, 16 * column + 5 : 16 * column + 11].mean()
        assert grey == pytest.approx(25 * column + 10, abs=10)
    for column in range(5):
        place = np.s_[56:88, 32 * column + 8 : 32 * column + 24]
        colour = image[place].mean(axis=(0, 1))
        true = scene[60, 32 * column + 16].astype(float)
        assert np.abs(colour - true).mean() < 18


def test_standard_range_is_left_alone(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", [draw_scene()] * 10)
    assert not probe_clip(clip).is_hdr


@pytest.mark.parametrize("trc", [PQ, HLG])
def test_more_light_is_never_shown_darker(trc: Any) -> None:
    class Picture:
        color_trc = trc

    curve = find_tone_curve(Picture())
    assert curve is not None
    levels = curve.levels.astype(int)
    assert np.all(np.diff(levels) >= 0)
    assert (levels[0], levels[-1]) == (0, 255)


@pytest.mark.parametrize(
    ("color_range", "pix_fmt"),
    [
        (ColorRange.MPEG, "yuv420p"),
        (ColorRange.JPEG, "yuv420p"),
        (ColorRange.JPEG, "yuvj420p"),
    ],
)
@pytest.mark.parametrize("colorspace", [Colorspace.ITU601, Colorspace.ITU709])
def test_range_and_matrix_of_the_file_are_respected(
    tmp_path: Path, color_range: ColorRange, pix_fmt: str, colorspace: Colorspace
) -> None:
    scene = draw_scene()
    how = Encoding(
        pix_fmt=pix_fmt,
        options={"crf": "6"},
        color_range=color_range,
        colorspace=colorspace,
    )
    clip = write_clip(tmp_path / "a.mp4", [scene] * 10, how)
    image = next(read_frames(clip)).image_rgb.astype(int)
    np.testing.assert_allclose(image[8:40, 5::16], scene[8:40, 5::16], atol=4)
    np.testing.assert_allclose(image[56:88, 16::32], scene[56:88, 16::32], atol=5)
