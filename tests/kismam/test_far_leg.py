import numpy as np
import pytest

from sportsgpt_lib.kismam.far_leg import find_far_side
from tests.oracles.walking import build_walk


@pytest.mark.parametrize(
    ("is_rightward", "far_side"), [(True, "left"), (False, "right")]
)
def test_the_far_leg_is_the_left_of_somebody_facing_right(
    *, is_rightward: bool, far_side: str
) -> None:
    positions_px = build_walk(is_rightward=is_rightward).sequence.positions_px
    assert find_far_side(positions_px) == far_side


def test_without_a_facing_no_leg_is_the_far_one() -> None:
    positions_px = build_walk().sequence.positions_px.copy()
    positions_px[..., 0] = np.mean(positions_px[..., 0])
    assert find_far_side(positions_px) is None
