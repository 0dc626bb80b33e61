import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sportsgpt_lib.kernels.classic_search import TILE_COLUMNS, find_classic_ends
from tests.oracles import classic_search as oracle


def draw_rows(seed, count, quantity_count):
    chance = np.random.default_rng(seed)
    return np.cumsum(chance.normal(size=(count, quantity_count)), axis=0)


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 10_000),
    row_count=st.integers(1, 9),
    column_count=st.integers(1, 12),
    quantity_count=st.integers(1, 9),
    is_rooted=st.booleans(),
)
def test_end_costs_agree_with_the_whole_table(
    seed, row_count, column_count, quantity_count, is_rooted
):
    reference = draw_rows(seed, row_count, quantity_count)
    query = draw_rows(seed + 1, column_count, quantity_count)
    ends = find_classic_ends(reference, query, is_rooted)
    expected = oracle.find_classic_ends(reference, query, is_rooted)
    np.testing.assert_allclose(ends, expected, rtol=2e-5, atol=1e-3)


@pytest.mark.parametrize("column_count", [TILE_COLUMNS, 2 * TILE_COLUMNS + 5])
@pytest.mark.parametrize("is_rooted", [False, True])
def test_tiles_and_lanes_leave_no_seam(column_count, is_rooted):
    reference, query = draw_rows(1, 6, 3), draw_rows(2, column_count, 3)
    ends = find_classic_ends(reference, query, is_rooted)
    expected = oracle.find_classic_ends(reference, query, is_rooted)
    np.testing.assert_allclose(ends, expected, rtol=2e-5)
    assert ends.argmin() == expected.argmin()


def test_a_path_may_run_along_a_row_through_many_lanes():
    query = np.zeros((TILE_COLUMNS + 40, 1))
    query[:5], query[-5:] = 100.0, 100.0
    reference = np.array([[100.0], [0.5], [100.0]])
    ends = find_classic_ends(reference, query, is_rooted=False)
    expected = oracle.find_classic_ends(reference, query, is_rooted=False)
    np.testing.assert_allclose(ends, expected, rtol=0.01, atol=0.01)
    assert ends[-1] == pytest.approx(558 * 0.25, rel=0.01)


def test_an_identical_stretch_ends_where_it_lies():
    query = draw_rows(3, 200, 4)
    ends = find_classic_ends(np.ascontiguousarray(query[60:90]), query, is_rooted=False)
    assert ends.argmin() == 89
    assert ends[89] == pytest.approx(0.0, abs=1e-2)
    assert (ends >= 0.0).all()
