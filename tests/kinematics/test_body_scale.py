import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.kinematics.body_scale import estimate_stature_px, find_facing
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.walking import STATURE_PX, build_walk


def test_stature_is_read_from_the_legs_whatever_they_do():
    sequence = build_walk(noise_px=4.0).sequence
    assert estimate_stature_px(sequence.positions_px) == pytest.approx(
        STATURE_PX, rel=0.01
    )


def test_stature_is_unknown_without_legs():
    positions_px = build_walk().sequence.positions_px.copy()
    for side in ("left", "right"):
        positions_px[:, KEYPOINT_INDEX[f"{side}_knee"]] = np.nan
    assert np.isnan(estimate_stature_px(positions_px))


@pytest.mark.parametrize(("is_rightward", "sign"), [(True, 1), (False, -1)])
def test_the_feet_say_where_forward_is_even_walking_backwards(is_rightward, sign):
    sequence = build_walk(is_rightward=is_rightward).sequence
    facing = find_facing(sequence.positions_px, STATURE_PX)
    backwards = find_facing(sequence.positions_px[::-1], STATURE_PX)
    assert (facing.sign, facing.evidence) == (sign, "feet")
    assert backwards.sign == sign
    assert facing.strength_ratio > 0.99


def test_without_feet_the_way_travelled_decides_and_without_way_nothing_does():
    sequence = build_walk(is_rightward=False).sequence
    positions_px = sequence.positions_px.copy()
    for side in ("left", "right"):
        positions_px[:, KEYPOINT_INDEX[f"{side}_heel"]] = np.nan
    sequence = dataclasses.replace(sequence, positions_px=positions_px)
    travelled = find_facing(sequence.positions_px, STATURE_PX)
    standing = find_facing(sequence.positions_px[:6], STATURE_PX)
    assert (travelled.sign, travelled.evidence) == (-1, "travel")
    assert standing.evidence == "none"
