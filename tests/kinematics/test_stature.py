import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.kinematics.stature import PROPORTIONS_ERROR, measure_stature
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.walking import STATURE_PX, build_walk


def _measure(sequence, view="sagittal"):
    return measure_stature(sequence.times_s, sequence.positions_px, view)


def _bring_nearer(sequence, share):
    factor = 1.0 + share * np.linspace(-0.5, 0.5, sequence.frame_count)
    return dataclasses.replace(
        sequence, positions_px=sequence.positions_px * factor[:, None, None]
    )


def test_the_bodys_proportions_are_most_of_the_error_from_the_side():
    stature = _measure(build_walk(noise_px=2.0).sequence)
    assert stature.px == pytest.approx(STATURE_PX, rel=0.01)
    assert PROPORTIONS_ERROR < stature.error_ratio < 1.1 * PROPORTIONS_ERROR


def test_jitter_adds_to_the_error():
    steady, shaky = (
        _measure(build_walk(noise_px=noise_px).sequence) for noise_px in (0.0, 40.0)
    )
    assert shaky.error_ratio > steady.error_ratio


def test_other_views_than_from_the_side_err_more():
    sequence = build_walk().sequence
    assert (
        _measure(sequence, "oblique").error_ratio > 2 * _measure(sequence).error_ratio
    )


@pytest.mark.parametrize("share", [0.2, -0.3])
def test_coming_nearer_is_seen_as_growth(share):
    sequence = _bring_nearer(build_walk(noise_px=2.0).sequence, share)
    assert _measure(sequence).change_ratio == pytest.approx(share, abs=0.02)


def test_a_square_path_grows_nowhere_along_the_way():
    stature = _measure(build_walk(noise_px=2.0).sequence)
    assert stature.growth_per_px == pytest.approx(0.0, abs=0.005)


def test_a_path_aslant_grows_along_the_way():
    sequence = build_walk(noise_px=1.0).sequence
    nearer = _bring_nearer(sequence, 0.2)
    way_px = np.ptp(nearer.positions_px[:, KEYPOINT_INDEX["hip"], 0])
    expected = 0.2 * STATURE_PX / way_px
    assert _measure(nearer).growth_per_px == pytest.approx(expected, rel=0.15)


def test_nothing_is_known_without_legs():
    sequence = build_walk().sequence
    stature = _measure(
        dataclasses.replace(
            sequence, positions_px=np.full_like(sequence.positions_px, np.nan)
        )
    )
    assert np.isnan([stature.px, stature.error_ratio, stature.change_ratio]).all()
