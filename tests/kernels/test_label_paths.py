import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sportsgpt_lib.kernels.label_paths import trace_patterns, weigh_labels
from sportsgpt_lib.kernels.pair_filters import (
    compute_gains,
    follow_path,
    measure_bends,
    measure_excess,
)
from sportsgpt_lib.kernels.turn_scores import score_turns
from tests.oracles import label_paths as oracle
from tests.oracles import pair_filters, turn_scores

SEEDS = st.integers(0, 10_000)
REACH_SD = 5.0
FIRST_SPEED_VARIANCE = 16.0


def draw_motion(seed, frame_count, pair_count=3):
    """Random paths with gaps, and one pair that is never seen."""
    rng = np.random.default_rng(seed)
    times_s = np.cumsum(rng.uniform(0.01, 0.05, frame_count))
    differences = np.cumsum(rng.normal(0, 0.2, (frame_count, pair_count, 2)), axis=0)
    differences *= rng.choice([-1, 1], (frame_count, 1, 1), p=[0.3, 0.7])
    differences[rng.random((frame_count, pair_count)) < 0.2] = np.nan
    differences[:, -1] = np.nan
    noise = np.where(np.isnan(differences[..., 0]), np.nan, 0.001)
    noise *= rng.uniform(1, 4, noise.shape)
    return times_s, differences, noise, rng.uniform(50, 500, noise.shape)


def draw_filter(seed, frame_count):
    times_s, differences, noise, push = draw_motion(seed, frame_count)
    spread, gains = compute_gains(times_s, noise, push, FIRST_SPEED_VARIANCE)
    return times_s, differences, REACH_SD**2 * spread, gains


@settings(deadline=None, max_examples=40)
@given(
    seed=SEEDS,
    frame_count=st.integers(1, 12),
    lag=st.integers(1, 3),
    half_window=st.integers(1, 4),
)
def test_bends_agree_with_all_four_signs(seed, frame_count, lag, half_window):
    _, differences, _, _ = draw_motion(seed, frame_count)
    np.testing.assert_allclose(
        measure_bends(differences, lag, half_window),
        pair_filters.measure_bends(differences, lag, half_window),
        atol=1e-9,
    )


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, frame_count=st.integers(1, 12))
def test_gains_agree_with_the_matrix_form(seed, frame_count):
    times_s, _, noise, push = draw_motion(seed, frame_count)
    found = compute_gains(times_s, noise, push, FIRST_SPEED_VARIANCE)
    expected = pair_filters.compute_gains(times_s, noise, push, FIRST_SPEED_VARIANCE)
    for got, want in zip(found, expected[:2], strict=True):
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, frame_count=st.integers(1, 12))
def test_excess_agrees_with_the_matrix_form(seed, frame_count):
    times_s, places, noise, push = draw_motion(seed, frame_count)
    found = measure_excess(times_s, places, noise, push, FIRST_SPEED_VARIANCE, 2.5, 3.0)
    expected = pair_filters.measure_excess(
        times_s, places, noise, push, FIRST_SPEED_VARIANCE, miss_sd=2.5, reach_sd=3.0
    )
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-9)


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, frame_count=st.integers(1, 7))
def test_the_path_is_the_cheapest_of_those_kept_per_pattern(seed, frame_count):
    rng = np.random.default_rng(seed)
    signs = np.array([[1.0, -1.0, -1.0], [1.0, -1.0, 1.0], [1.0, -1.0, 1.0]])
    switch_costs = np.array([[0.0, 3.0, 3.0], [3.0, 0.0, 12.0], [3.0, 12.0, 0.0]])
    arguments = (
        *draw_filter(seed, frame_count),
        signs,
        np.array([12.5, 9.0, 9.0]),
        rng.uniform(0, 0.5, (frame_count, 3)) * [0.0, 1.0, 1.0],
        switch_costs,
    )
    path = trace_patterns(*arguments)
    totals, _ = oracle.trace_patterns(*arguments)
    cost = oracle.compute_path_cost(list(path), *arguments) + switch_costs[path[-1], 0]
    assert np.isclose(cost, min(totals))


def follow_both_ways(motion):
    times_s, differences, noise, push = motion
    return [
        values
        for is_backwards in (False, True)
        for values in follow_path(
            times_s,
            differences,
            noise,
            push,
            FIRST_SPEED_VARIANCE,
            REACH_SD,
            is_backwards,
        )
    ]


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, frame_count=st.integers(1, 12))
def test_followed_states_agree_with_the_matrix_form_both_ways(seed, frame_count):
    motion = draw_motion(seed, frame_count)
    found = follow_both_ways(motion)
    for idx, order in enumerate((slice(None), slice(None, None, -1))):
        times_s, differences, noise, push = (values[order] for values in motion)
        spread, gains, covariance = pair_filters.compute_gains(
            times_s, noise, push, FIRST_SPEED_VARIANCE
        )
        states = pair_filters.follow_path(
            times_s, differences, REACH_SD**2 * spread, gains
        )
        np.testing.assert_allclose(found[2 * idx], states[order], rtol=1e-6, atol=1e-8)
        np.testing.assert_allclose(
            found[2 * idx + 1], covariance[order], rtol=1e-6, atol=1e-9
        )


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, frame_count=st.integers(2, 10))
def test_scores_of_turns_agree_with_the_matrix_form(seed, frame_count):
    motion = draw_motion(seed, frame_count)
    arguments = (motion[0], *follow_both_ways(motion), REACH_SD**2, 0.06, 0.03)
    found = score_turns(*arguments)
    np.testing.assert_allclose(found, turn_scores.score_turns(*arguments), atol=1e-8)
    assert (np.abs(found) <= 1.0).all()


@settings(deadline=None, max_examples=40)
@given(seed=SEEDS, frame_count=st.integers(1, 5))
def test_margins_agree_with_all_paths(seed, frame_count):
    rng = np.random.default_rng(seed)
    switch_costs = rng.uniform(1, 6, (4, 4))
    np.fill_diagonal(switch_costs, 0.0)
    toggles = np.array([0, 1, 3])
    arguments = (
        rng.choice(toggles, frame_count),
        toggles,
        rng.normal(0, 6, (frame_count, 2)),
        4.0,
        rng.uniform(0, 2, (frame_count, 4)),
        switch_costs,
    )
    np.testing.assert_allclose(
        weigh_labels(*arguments), oracle.weigh_labels(*arguments), atol=1e-9
    )
