import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sportsgpt_lib.kernels.classic_warping import trace_classic_path
from tests.oracles import classic_warping as oracle


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    row_count=st.integers(1, 8),
    column_count=st.integers(1, 10),
    radius=st.integers(0, 10),
    is_begin_open=st.booleans(),
)
def test_traced_path_is_the_cheapest_inside_its_window(
    seed, row_count, column_count, radius, is_begin_open
):
    chance = np.random.default_rng(seed)
    reference = chance.normal(size=(row_count, 2))
    columns = chance.normal(size=(2, column_count))
    centre = np.linspace(0, column_count - 1, row_count).round().astype(np.int64)
    first = np.maximum(centre - radius, 0)
    last = np.minimum(centre + radius, column_count - 1)
    window = (first, last, is_begin_open)
    rows, path_columns, total = trace_classic_path(reference, columns, *window)
    expected = oracle.trace_classic_path(reference, columns, *window)
    if not np.isfinite(expected):
        assert total == np.inf
        assert rows.size == path_columns.size == 0
        return
    assert np.isclose(total, expected)
    paid = oracle.compute_path_sum(reference, columns, rows, path_columns)
    assert np.isclose(paid, expected)
    assert (rows[0], rows[-1]) == (0, row_count - 1)
    assert path_columns[-1] == column_count - 1
    assert is_begin_open or path_columns[0] == 0


def test_a_window_that_leaves_no_step_gives_no_path():
    reference, columns = np.zeros((2, 1)), np.zeros((1, 5))
    first, last = np.array([0, 3]), np.array([1, 4])
    rows, path_columns, total = trace_classic_path(
        reference, columns, first, last, is_begin_open=False
    )
    assert total == np.inf
    assert rows.size == path_columns.size == 0


def test_among_equals_both_sides_step():
    zeros = np.zeros((4, 1))
    first, last = np.zeros(4, dtype=np.int64), np.full(4, 3)
    rows, columns, total = trace_classic_path(
        zeros, np.zeros((1, 4)), first, last, is_begin_open=False
    )
    assert total == 0.0
    np.testing.assert_array_equal(rows, [0, 1, 2, 3])
    np.testing.assert_array_equal(columns, [0, 1, 2, 3])
