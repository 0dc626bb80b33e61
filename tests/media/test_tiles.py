import numpy as np
import pytest

from sportsgpt_lib.media.tiles import plan_tiles


@pytest.mark.parametrize("size", [(398, 224), (224, 224), (224, 640), (1000, 373)])
def test_tiles_cover_every_pixel(size: tuple[int, int]) -> None:
    width_px, height_px = size
    covered = np.zeros((height_px, width_px), bool)
    for left, top in plan_tiles(width_px, height_px, 224, 0.3):
        assert left + 224 <= width_px
        assert top + 224 <= height_px
        covered[top : top + 224, left : left + 224] = True
    assert covered.all()
