import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from sportsgpt_lib.kernels.local_regression import fit_local_lines
from tests.oracles import local_regression as oracle

SAMPLES = st.one_of(st.just(np.nan), st.floats(-1e3, 1e3).map(lambda x: round(x, 3)))


@settings(deadline=None, max_examples=60)
@given(
    values=arrays(
        np.float64, st.tuples(st.integers(1, 12), st.integers(1, 3)), elements=SAMPLES
    ),
    spacing_s=st.floats(0.01, 0.05),
    half_width_s=st.floats(0.03, 0.2),
    seed=st.integers(0, 1000),
)
def test_agrees_with_weighted_polyfit(values, spacing_s, half_width_s, seed):
    rng = np.random.default_rng(seed)
    times_s = spacing_s * (np.arange(len(values)) + 0.4 * rng.random(len(values)))
    at_s = np.sort(rng.uniform(times_s[0] - 0.1, times_s[-1] + 0.1, 7))
    found = fit_local_lines(times_s, values, at_s, half_width_s, 2)
    expected = oracle.fit_local_lines(times_s, values, at_s, half_width_s, 2)
    for got, want in zip(found, expected, strict=True):
        np.testing.assert_array_equal(np.isnan(got), np.isnan(want))
        np.testing.assert_allclose(got, want, rtol=1e-6, atol=1e-6)


def test_a_line_with_gaps_is_found_exactly_between_and_at_samples():
    times_s = np.arange(30) / 30.0
    values = (3.0 - 7.0 * times_s)[:, np.newaxis]
    values[[4, 5, 11]] = np.nan
    at_s = np.linspace(0.05, 0.9, 50)
    fitted, slopes = fit_local_lines(times_s, values, at_s, 0.12, 3)
    np.testing.assert_allclose(fitted[:, 0], 3.0 - 7.0 * at_s, atol=1e-12)
    np.testing.assert_allclose(slopes, -7.0, atol=1e-9)


def test_nothing_is_invented_inside_a_long_gap():
    times_s = np.arange(30) / 30.0
    values = np.ones((30, 1))
    values[8:20] = np.nan
    fitted, slopes = fit_local_lines(times_s, values, times_s, 0.1, 3)
    assert np.isnan(fitted[11:17]).all()
    assert np.isnan(slopes[11:17]).all()
