import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sportsgpt_lib.kernels.banded_warp import compute_worst_thirds, trace_banded_path
from tests.oracles import banded_warp as oracle


@settings(deadline=None, max_examples=80)
@given(
    seed=st.integers(0, 10_000),
    row_count=st.integers(1, 7),
    width=st.integers(1, 6),
    drift=st.sampled_from([0.0, 0.5, 1.0, 1.7]),
)
def test_the_path_is_the_cheapest_inside_its_band(seed, row_count, width, drift):
    chance = np.random.default_rng(seed)
    first_columns = np.round(drift * np.arange(row_count)).astype(np.int64)
    query = chance.normal(size=(2, first_columns[-1] + width)).astype(np.float32)
    reference = chance.normal(size=(row_count, 2)).astype(np.float32)
    columns, cost = trace_banded_path(query, reference, first_columns, width)
    expected = oracle.trace_banded_path(query, reference, first_columns, width)
    if not np.isfinite(expected):
        assert cost == np.inf
        assert np.isnan(columns).all()
        return
    np.testing.assert_allclose(cost, expected, rtol=1e-5)
    assert (np.ceil(columns) >= first_columns).all()
    assert (columns < first_columns + width).all()
    costs = oracle.compute_costs(query, reference)
    charged = oracle.compute_path_cost(costs, columns) / row_count
    np.testing.assert_allclose(charged, expected, rtol=1e-5)


def test_an_identical_stretch_is_traced_row_by_row():
    query = np.cumsum(np.random.default_rng(3).normal(size=(2, 30)), axis=1)
    query = query.astype(np.float32)
    reference = np.ascontiguousarray(query[:, 8:20].T)
    columns, cost = trace_banded_path(query, reference, np.arange(12), 18)
    assert cost == 0.0
    np.testing.assert_array_equal(columns, np.arange(8, 20))


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), row_count=st.integers(1, 6))
def test_the_worst_third_is_that_of_the_cheapest_path(seed, row_count):
    chance = np.random.default_rng(seed)
    query = chance.normal(size=(2, 9)).astype(np.float32)
    reference = chance.normal(size=(row_count + 3, 2)).astype(np.float32)
    firsts, lasts = np.array([2, 0, 4]), chance.integers(4, 9, 3)
    bounds, variants = np.array([0, row_count, row_count + 3]), np.array([0, 1, 0])
    intervals = (query, firsts, lasts, reference, bounds, variants)
    worst = compute_worst_thirds(*intervals)
    expected = oracle.compute_worst_thirds(*intervals)
    np.testing.assert_allclose(worst, expected, rtol=1e-5)


def test_a_movement_that_is_broken_off_has_one_bad_third():
    query = np.cumsum(np.random.default_rng(3).normal(size=(2, 30)), axis=1)
    query = query.astype(np.float32)
    reference = np.ascontiguousarray(query[:, 8:20].T)
    place = (np.array([8]), np.array([19]))
    wanted = (reference, np.array([0, 12]), np.array([0]))
    assert compute_worst_thirds(query, *place, *wanted) == [0.0]
    query[:, 16:] += 5.0
    assert compute_worst_thirds(query, *place, *wanted) > [5.0]
