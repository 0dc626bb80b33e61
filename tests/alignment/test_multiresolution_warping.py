import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sportsgpt_lib.alignment.multiresolution_warping import (
    trace_exact_path,
    trace_path_within_radius,
)

SIZES = st.integers(1, 40)


def draw_rows(seed, count):
    chance = np.random.default_rng(seed)
    return np.cumsum(chance.normal(size=(count, 2)), axis=0)


def sum_distances(path, reference, query):
    off = reference[path.reference_indices] - query[path.query_indices]
    return np.linalg.norm(off, axis=1).sum()


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), row_count=SIZES, column_count=SIZES)
def test_exact_path_costs_the_same_with_sides_exchanged(seed, row_count, column_count):
    reference, query = draw_rows(seed, row_count), draw_rows(seed + 1, column_count)
    there = trace_exact_path(reference, query).distance_sum
    assert np.isclose(there, trace_exact_path(query, reference).distance_sum)


@settings(deadline=None, max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    row_count=SIZES,
    column_count=SIZES,
    radius=st.integers(0, 8),
)
def test_a_path_within_a_radius_is_whole_and_never_cheaper_than_the_exact_one(
    seed, row_count, column_count, radius
):
    reference, query = draw_rows(seed, row_count), draw_rows(seed + 1, column_count)
    exact = trace_exact_path(reference, query)
    path = trace_path_within_radius(reference, query, radius)
    assert np.isclose(path.distance_sum, sum_distances(path, reference, query))
    assert path.distance_sum >= exact.distance_sum - 1e-9
    assert set(path.reference_indices) == set(range(row_count))
    assert set(path.query_indices) == set(range(column_count))
    if radius + 2 >= min(row_count, column_count):
        assert np.isclose(path.distance_sum, exact.distance_sum)


def test_a_wide_radius_finds_what_a_narrow_one_misses():
    sums = []
    for radius in (0, 2, 8, 30):
        paths = [
            trace_path_within_radius(
                draw_rows(seed, 120), draw_rows(seed + 50, 90), radius
            )
            for seed in range(10)
        ]
        sums.append(sum(path.distance_sum for path in paths))
    assert sums == sorted(sums, reverse=True)
    assert sums[-1] < 0.99 * sums[0]


def test_an_open_begin_leaves_out_what_comes_before():
    query = draw_rows(7, 60)
    path = trace_exact_path(query[35:], query, is_begin_open=True)
    assert path.distance_sum == pytest.approx(0.0)
    assert path.query_indices[0] == 35
