import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings
from hypothesis.extra.numpy import arrays

from sportsgpt_lib.kernels.warping import find_warped_ends, trace_warped_path
from tests.oracles import warping as oracle

COSTS = arrays(
    np.float64,
    st.tuples(st.integers(1, 7), st.integers(1, 9)),
    elements=st.floats(0.0, 10.0).map(lambda x: round(x, 2)),
)


@settings(deadline=None, max_examples=60)
@given(costs=COSTS)
def test_end_costs_agree_with_all_paths_and_starts_begin_them(costs):
    totals, starts = find_warped_ends(costs)
    np.testing.assert_allclose(totals, oracle.find_warped_ends(costs))
    last = costs.shape[0] - 1
    for j in np.flatnonzero(np.isfinite(totals)):
        paths = oracle.list_paths_to(costs, last, int(j), is_allowed=lambda *_: True)
        best = {c[0] for total, c in paths if np.isclose(total, totals[j])}
        assert starts[j] in best
    assert (starts[~np.isfinite(totals)] == -1).all()


@settings(deadline=None, max_examples=60)
@given(costs=COSTS, radius=st.integers(0, 9))
def test_traced_path_is_the_cheapest_inside_its_band(costs, radius):
    row_count, column_count = costs.shape
    centre = np.linspace(0, column_count - 1, row_count).round().astype(np.int64)
    first = np.maximum(centre - radius, 0)
    last = np.minimum(centre + radius, column_count - 1)
    columns, cost = trace_warped_path(costs, first, last)
    expected = oracle.trace_warped_path(costs, first, last)
    if not np.isfinite(expected):
        assert not np.isfinite(cost)
        assert (columns == -1).all()
        return
    assert np.isclose(cost * row_count, expected)
    assert np.isclose(oracle.compute_path_cost(costs, columns), expected)


def test_an_identical_stretch_is_found_where_it_lies():
    query = np.sin(np.arange(60) * 0.7) + 0.1 * np.arange(60)
    reference = query[20:35]
    costs = (reference[:, np.newaxis] - query) ** 2
    totals, starts = find_warped_ends(costs)
    assert np.argmin(totals) == 34
    assert starts[34] == 20
    assert totals[34] == 0.0


def test_a_motion_at_less_than_half_or_more_than_twice_the_speed_does_not_fit():
    costs = np.zeros((9, 30))
    totals, starts = find_warped_ends(costs)
    durations = np.flatnonzero(np.isfinite(totals)) - starts[np.isfinite(totals)]
    assert durations.min() >= 4
    assert durations.max() <= 16
