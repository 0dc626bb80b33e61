import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sportsgpt_lib.kernels.motion_rows import (
    bridge_gaps,
    count_seen_and_moving,
    fill_gaps,
    fit_motion_rows,
)
from tests.oracles import motion_rows as oracle


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    frame_count=st.integers(1, 30),
    half_width_s=st.sampled_from([0.02, 0.06, 0.1, 0.25]),
    lost_share=st.sampled_from([0.0, 0.1, 0.6]),
)
def test_rows_are_weighted_lines_through_what_was_seen(
    seed, frame_count, half_width_s, lost_share
):
    chance = np.random.default_rng(seed)
    times_s = np.cumsum(chance.uniform(0.01, 0.05, frame_count))
    angles_deg = chance.normal(0.0, 50.0, (frame_count, 3))
    angles_deg[chance.random(angles_deg.shape) < lost_share] = np.nan
    rows = fit_motion_rows(times_s, angles_deg, -0.05, 0.07, 14, half_width_s)
    expected = oracle.fit_motion_rows(
        times_s, angles_deg, -0.05, 0.07, 14, half_width_s
    )
    np.testing.assert_array_equal(np.isnan(rows), np.isnan(expected))
    np.testing.assert_allclose(rows, expected, rtol=1e-4, atol=2e-3)


def test_an_angle_with_gaps_is_not_scaled_otherwise_than_one_without():
    times_s = np.arange(60) / 60.0
    angles_deg = 30.0 * np.sin(7.0 * times_s)[:, None] + np.zeros(2)
    angles_deg[25, 1] = np.nan
    rows = fit_motion_rows(times_s, angles_deg, 0.2, 0.01, 50, 0.1)
    np.testing.assert_allclose(rows[0], rows[1], atol=0.5)
    np.testing.assert_allclose(rows[2], rows[3], atol=10.0)


def test_one_instant_seen_thrice_gives_no_line():
    times_s = np.array([0.0, 1e-12, 2e-12])
    rows = fit_motion_rows(times_s, np.ones((3, 1)), 0.0, 1.0, 1, 0.5)
    assert np.isnan(rows).all()
    lost = np.vstack([np.ones((3, 1)), [[np.nan]]])
    rows = fit_motion_rows(np.array([*times_s, 0.2]), lost, 0.0, 1.0, 1, 0.5)
    assert np.isnan(rows).all()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), longest=st.integers(0, 5))
def test_short_gaps_are_bridged_and_long_ones_stay(seed, longest):
    chance = np.random.default_rng(seed)
    rows = chance.normal(size=(3, 60)).astype(np.float32)
    rows[chance.random(rows.shape) < [[0.5], [0.1], [0.02]]] = np.nan
    expected = oracle.bridge_gaps(rows, longest)
    bridge_gaps(rows, longest)
    np.testing.assert_allclose(rows, expected, atol=1e-5)


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), longest_s=st.floats(0.0, 0.3))
def test_short_gaps_are_filled_from_means_on_both_sides(seed, longest_s):
    chance = np.random.default_rng(seed)
    times_s = np.cumsum(chance.uniform(0.01, 0.03, 60))
    angles_deg = chance.normal(size=(60, 3))
    angles_deg[chance.random(angles_deg.shape) < [0.5, 0.1, 0.02]] = np.nan
    angles_deg[20:26] = np.nan
    filled = fill_gaps(times_s, angles_deg, 0.08, longest_s)
    expected = oracle.fill_gaps(times_s, angles_deg, 0.08, longest_s)
    np.testing.assert_allclose(filled, expected, atol=1e-9)


def test_what_was_seen_and_what_moves_is_counted():
    chance = np.random.default_rng(8)
    rows = chance.normal(size=(6, 50)).astype(np.float32)
    rows[chance.random(rows.shape) < 0.3] = np.nan
    counts = count_seen_and_moving(rows, 0.8)
    assert counts == oracle.count_seen_and_moving(rows, 0.8)
