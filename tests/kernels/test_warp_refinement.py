import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sportsgpt_lib.kernels.warp_refinement import (
    fit_style,
    refine_warp,
    sample_columns,
    step_warp,
    weigh_bends,
)
from tests.oracles import warp_refinement as oracle

SETTINGS = np.array([0.012, 0.05, 0.25, 0.1])


def _draw_case(seed, lost_share):
    chance = np.random.default_rng(seed)
    columns = np.arange(60.0)
    phases = np.array([0.0, 1.0, 2.5])[:, None]
    values = 30.0 * np.sin(columns / 6.0 + phases)
    rates = 5.0 * np.cos(columns / 6.0 + phases)
    values += chance.normal(0.0, 1.0, values.shape)
    values[chance.random(values.shape) < lost_share] = np.nan
    reference = 25.0 * np.sin(np.linspace(10.0, 50.0, 30)[:, None] / 6.0 + phases.T)
    path = np.linspace(11.0, 48.0, 30)
    return values.astype(np.float32), rates.astype(np.float32), reference, path


@pytest.mark.parametrize("lost_share", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("iterations", [0, 1, 4])
def test_the_warp_agrees_with_dense_matrices(lost_share, iterations):
    values, rates, reference, path = _draw_case(1, lost_share)
    weights = np.array([1.0, 0.5, 0.0])
    case = (values, rates, reference, path, weights, SETTINGS, iterations)
    with np.errstate(invalid="ignore"):
        expected, expected_errors = oracle.refine_warp(*case)
        columns, errors = refine_warp(*case)
    np.testing.assert_allclose(columns, expected, atol=1e-3)
    if lost_share < 1.0:
        np.testing.assert_allclose(errors, expected_errors, rtol=1e-3)


def test_a_wrong_path_is_pulled_between_frames():
    values, rates, reference, path = _draw_case(2, 0.1)
    start = np.round(path)
    columns, errors = refine_warp(
        values, rates, reference, start, np.ones(3), SETTINGS, 8
    )
    truth = np.linspace(10.0, 50.0, 30)
    assert np.abs(columns - truth).mean() < 0.15
    assert np.abs(start - truth).mean() > 0.5
    assert (errors > 0.0).all()


def test_the_error_grows_with_the_noise():
    values, rates, reference, path = _draw_case(3, 0.0)
    noise = np.random.default_rng(4).normal(0.0, 8.0, values.shape)
    quiet = refine_warp(values, rates, reference, path, np.ones(3), SETTINGS, 6)[1]
    loud = refine_warp(
        (values + noise).astype(np.float32),
        rates,
        reference,
        path,
        np.ones(3),
        SETTINGS,
        6,
    )[1]
    assert loud.mean() > 1.5 * quiet.mean()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), row_count=st.integers(1, 12))
def test_a_step_solves_the_normal_equations(seed, row_count):
    chance = np.random.default_rng(seed)
    columns = np.cumsum(chance.uniform(0.5, 1.5, row_count))
    misses, slopes = chance.normal(size=(2, row_count, 3))
    misses[chance.random(misses.shape) < 0.2] = np.nan
    slopes[0] = 1.0
    misses[0] = 0.3
    slopes[-1] = 1.0
    misses[-1] = 0.3
    stiffness = chance.uniform(0.1, 1.0, row_count)
    step, variance = step_warp(columns, misses, slopes, stiffness)
    expected, expected_variance = oracle.step_warp(columns, misses, slopes, stiffness)
    np.testing.assert_allclose(step, expected, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(variance, expected_variance, rtol=1e-6)


def test_a_pause_is_held_less_than_an_even_pace():
    columns = np.concatenate([np.arange(10.0), np.full(10, 9.0), np.arange(9.0, 19.0)])
    holds = weigh_bends(columns)
    np.testing.assert_allclose(holds, oracle.weigh_bends(columns))
    assert holds[9] == pytest.approx(0.05)
    assert (holds[1:9] == 1.0).all()
    np.testing.assert_array_equal(weigh_bends(np.array([3.0])), [1.0])


def test_an_angle_moved_differently_is_trusted_less():
    values, rates, reference, path = _draw_case(8, 0.0)
    late = np.interp(np.arange(60.0) - 5.0, np.arange(60.0), values[2])
    values[2] = late.astype(np.float32)
    columns, _ = refine_warp(values, rates, reference, path, np.ones(3), SETTINGS, 8)
    assert np.abs(columns - np.linspace(10.0, 50.0, 30))[5:-5].mean() < 0.09


def test_style_is_a_ridge_towards_none():
    chance = np.random.default_rng(5)
    reference = chance.normal(0.0, 20.0, (40, 3))
    seen = 1.3 * reference + 7.0
    seen[5:9, 0] = np.nan
    seen[:, 2] = np.nan
    spread = reference.std(axis=0)
    free = fit_style(reference, seen, spread, 0.0, 0.0)
    np.testing.assert_allclose(free[0], [1.3, 1.3, 1.0])
    np.testing.assert_allclose(free[1], [7.0, 7.0, 0.0])
    drawn = fit_style(reference, seen, spread, 0.25, 0.1)
    np.testing.assert_allclose(
        drawn, oracle.fit_style(reference, seen, spread, 0.25, 0.1)
    )
    assert (drawn[0][:2] < 1.3).all()


def test_samples_lie_on_lines_and_end_with_the_rows():
    rows = np.array([[0.0, 2.0, np.nan, 6.0]], dtype=np.float32)
    columns = np.array([-0.1, 0.0, 0.5, 1.5, 3.0, 3.1])
    samples = sample_columns(rows, columns)[:, 0]
    np.testing.assert_allclose(samples[1:3], [0.0, 1.0])
    assert np.isnan(samples[[0, 3, 5]]).all()
    np.testing.assert_array_equal(samples, oracle.sample_columns(rows, columns)[:, 0])
    assert sample_columns(rows[:, :1], np.array([0.0]))[0, 0] == 0.0


def test_an_exact_fit_stays_where_it_is():
    rates = np.array([[1.0, 1.0, 1.0, 1.0]], dtype=np.float32)
    values = np.cumsum(rates, axis=1, dtype=np.float32)
    reference = values[:, :3].T.astype(np.float64)
    path = np.arange(3.0)
    columns, errors = refine_warp(
        values, rates, reference, path, np.ones(1), SETTINGS, 2
    )
    np.testing.assert_array_equal(columns, path)
    assert np.isfinite(errors).all()


def test_misfits_of_one_sign_are_shared_by_every_row():
    values, rates, reference, path = _draw_case(6, 0.0)
    short = slice(0, 3)
    case = (values, rates, reference[short], path[short], np.ones(3), SETTINGS, 1)
    columns, errors = refine_warp(*case)
    expected, expected_errors = oracle.refine_warp(*case)
    np.testing.assert_allclose(columns, expected, atol=1e-3)
    np.testing.assert_allclose(errors, expected_errors, rtol=1e-3)
