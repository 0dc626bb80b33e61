import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from sportsgpt_lib.kernels.local_regression import fit_local_polynomials
from tests.oracles import local_regression as oracle

SAMPLES = st.one_of(st.just(np.nan), st.floats(-1e3, 1e3).map(lambda x: round(x, 3)))


@settings(deadline=None, max_examples=60)
@given(
    values=arrays(
        np.float64, st.tuples(st.integers(1, 14), st.integers(1, 3)), elements=SAMPLES
    ),
    spacing_s=st.floats(0.01, 0.05),
    half_width_s=st.floats(0.03, 0.3),
    most_degree=st.sampled_from([1, 3]),
    seed=st.integers(0, 1000),
)
def test_polynomials_agree_with_least_squares(
    values, spacing_s, half_width_s, most_degree, seed
):
    rng = np.random.default_rng(seed)
    times_s = spacing_s * (np.arange(len(values)) + 0.4 * rng.random(len(values)))
    at_s = np.sort(rng.uniform(times_s[0] - 0.1, times_s[-1] + 0.1, 7))
    asked = (times_s, values, at_s, half_width_s, most_degree)
    found = fit_local_polynomials(*asked)
    expected = oracle.fit_local_polynomials(*asked)
    for got, want in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
        largest = np.abs(want[np.isfinite(want)]).max(initial=1.0)
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-9 * largest)


def test_a_cubic_with_gaps_is_found_exactly_at_samples_and_between():
    times_s = np.cumsum(np.random.default_rng(3).uniform(0.02, 0.045, 60))
    curve = np.polynomial.Polynomial([3.0, -7.0, 20.0, 31.0])
    values = curve(times_s)[:, np.newaxis]
    values[[14, 15, 31]] = np.nan
    at_s = np.linspace(times_s[8], times_s[-9], 80)
    found = fit_local_polynomials(times_s, values, at_s, 0.2, 3)
    for order, got in enumerate(found):
        exact = curve.deriv(order)(at_s) if order else curve(at_s)
        is_cubic = np.isfinite(found[2][:, 0])
        np.testing.assert_allclose(got[is_cubic, 0], exact[is_cubic], rtol=1e-7)
    assert is_cubic.mean() > 0.8


def test_few_samples_bear_a_parabola_or_a_line_and_no_second_derivative():
    times_s = np.arange(5) / 30.0
    for count, degree in ((5, 2), (4, 2), (3, 1)):
        values = np.full((5, 1), np.nan)
        values[:count, 0] = 2.0 - 3.0 * times_s[:count] ** degree
        fitted, slopes, bends = fit_local_polynomials(
            times_s, values, times_s[:1], 0.2, 3
        )
        assert abs(fitted[0, 0] - 2.0) < 1e-12
        assert abs(slopes[0, 0] - (-3.0 if degree == 1 else 0.0)) < 1e-9
        assert np.isnan(bends[0, 0])
    two = fit_local_polynomials(times_s[:2], values[:2], times_s[:1], 0.2, 3)
    assert np.isnan(two).all()


def test_samples_at_almost_one_instant_give_a_value_and_no_rate():
    times_s = np.array([0.0, 1e-9, 2e-9])
    fitted, slopes, _ = fit_local_polynomials(times_s, np.ones((3, 1)), times_s, 0.1, 3)
    np.testing.assert_allclose(fitted, 1.0)
    assert np.isnan(slopes).all()


def test_no_cubic_reaches_into_a_long_gap():
    times_s = np.arange(40) / 30.0
    values = np.ones((40, 1))
    values[12:28] = np.nan
    for found in fit_local_polynomials(times_s, values, times_s, 0.15, 3):
        assert np.isnan(found[13:27]).all()
