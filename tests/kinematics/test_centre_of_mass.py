import numpy as np
import pytest

from sportsgpt_lib.kinematics.body_segments import SEGMENTS
from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.landing import build_drop


def test_the_segments_hold_the_whole_body_mass():
    assert sum(segment.mass_ratio for segment in SEGMENTS) == pytest.approx(
        1.0, abs=0.002
    )


def test_standing_centre_of_mass_lies_between_half_and_six_tenths_of_stature():
    sequence = build_drop(box_body_heights=0.2).sequence
    standing = sequence.positions_px[:1]
    height_px = 900.0 - 500.0 * 0.2 - compute_centre_of_mass(standing)[0, 1]
    assert 0.5 < height_px / 500.0 < 0.6


def test_it_moves_with_the_body():
    positions = build_drop().sequence.positions_px[:5]
    shifted = positions + np.array([30.0, -12.0])
    moved = compute_centre_of_mass(shifted) - compute_centre_of_mass(positions)
    np.testing.assert_allclose(moved, np.tile([30.0, -12.0], (5, 1)))


def test_a_missing_hand_is_left_out_and_a_missing_trunk_is_refused():
    positions = build_drop().sequence.positions_px[:3].copy()
    whole = compute_centre_of_mass(positions)
    positions[1, KEYPOINT_INDEX["left_wrist"]] = np.nan
    positions[2, KEYPOINT_INDEX["hip"]] = np.nan
    found = compute_centre_of_mass(positions)
    assert np.abs(found[1] - whole[1]).max() < 10.0
    assert np.isnan(found[2]).all()
