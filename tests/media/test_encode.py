from pathlib import Path

import av
import numpy as np
import pytest
from av.video.reformatter import (
    ColorPrimaries,
    ColorRange,
    Colorspace,
    ColorTrc,
)

from sportsgpt_lib.media.clip import probe_clip, read_frames
from sportsgpt_lib.media.encode import VideoWriter


def grey_picture(level: int, height_px: int = 96, width_px: int = 128) -> np.ndarray:
    return np.full((height_px, width_px, 3), level, np.uint8)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    times_s = [0.0, 0.02, 0.05, *(0.1 + i / 25 for i in range(12))]
    with VideoWriter(path, width_px=128, height_px=96, frame_rate_hz=25) as writer:
        for index, time_s in enumerate(times_s):
            writer.write(grey_picture(40 + 10 * index), time_s)
    frames = list(read_frames(path))
    assert probe_clip(path).codec == "h264"
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=1e-4)
    assert [int(frame.image_rgb.mean()) for frame in frames] == pytest.approx(
        [40 + 10 * index for index in range(len(times_s))], abs=3
    )


def test_odd_sizes_lose_one_row_and_column(tmp_path: Path) -> None:
    path = tmp_path / "odd.mp4"
    with VideoWriter(path, width_px=129, height_px=97, frame_rate_hz=30) as writer:
        for index in range(12):
            writer.write(grey_picture(90, 97, 129), index / 30)
    facts = probe_clip(path)
    assert (facts.width_px, facts.height_px) == (128, 96)


def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "overlay.mp4"
    path.write_bytes(b"the older video")

    def write_and_fail() -> None:
        with VideoWriter(path, width_px=128, height_px=96, frame_rate_hz=30) as writer:
            writer.write(grey_picture(1), 0.0)
            raise RuntimeError("drawing failed")

    with pytest.raises(RuntimeError, match="drawing failed"):
        write_and_fail()
    assert path.read_bytes() == b"the older video"
    assert list(tmp_path.iterdir()) == [path]


def test_colours_are_stored_as_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "green.mp4"
    green = np.zeros((96, 128, 3), np.uint8)
    green[:, :, 1] = 255
    with VideoWriter(path, width_px=128, height_px=96, frame_rate_hz=30) as writer:
        writer.write(green, 0.0)
    with av.open(str(path)) as container:
        picture = next(container.decode(video=0))
    assert picture.colorspace == Colorspace.ITU709
    assert picture.color_range == ColorRange.MPEG
    assert picture.color_primaries == ColorPrimaries.BT709
    assert picture.color_trc == ColorTrc.BT709
    # BT.709 weighs green by 0.7152 (BT.601: 0.587), from 16 over 219 steps.
    luma = picture.to_ndarray()[:96]
    assert luma.mean() == pytest.approx(16 + 219 * 0.7152, abs=2)


@pytest.mark.parametrize(
    "broken", [{"frame_rate_hz": float("nan")}, {"width_px": 1}, {"height_px": 0}]
)
def test_a_writer_that_cannot_start_leaves_nothing(
    tmp_path: Path, broken: dict[str, float]
) -> None:
    sizes = {"width_px": 128, "height_px": 96, "frame_rate_hz": 30.0, **broken}
    writer = VideoWriter(tmp_path / "overlay.mp4", **sizes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r"NaN|Invalid argument"), writer:
        pass
    assert list(tmp_path.iterdir()) == []
