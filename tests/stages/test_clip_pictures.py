from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sportsgpt_lib.media.encode import VideoWriter
from sportsgpt_lib.stages.clip_pictures import describe_pictures

WriteClip = Callable[[Callable[[int], np.ndarray]], Path]


@pytest.fixture
def write_clip(tmp_path: Path) -> WriteClip:
    def write(picture_at: Callable[[int], np.ndarray]) -> Path:
        path = tmp_path / "clip.mp4"
        with VideoWriter(path, width_px=320, height_px=240, frame_rate_hz=30) as writer:
            for index in range(40):
                writer.write(picture_at(index).astype(np.uint8), index / 30)
        return path

    return write


def meadow(index: int, *, noise: float = 0.0, step_px: int = 0) -> np.ndarray:
    rng = np.random.default_rng(index)
    shade = np.linspace(60, 200, 320)
    picture = np.broadcast_to(shade[None, :, None], (240, 320, 3)).copy()
    picture[100:140, 40 + step_px * index : 80 + step_px * index] = 250
    return np.clip(picture + noise * rng.standard_normal(picture.shape), 0, 255)


def test_a_night_is_called_dark(write_clip: WriteClip) -> None:
    path = write_clip(lambda i: meadow(i, step_px=4) * 0.05)
    assert "very dark" in describe_pictures(path)


def test_a_photograph_is_called_still_in_spite_of_noise(write_clip: WriteClip) -> None:
    path = write_clip(lambda i: meadow(i, noise=2.0))
    assert "all alike" in describe_pictures(path)


def test_a_small_thing_that_moves_by_day_is_neither(write_clip: WriteClip) -> None:
    path = write_clip(lambda i: meadow(i, step_px=1))
    assert describe_pictures(path) == ""
