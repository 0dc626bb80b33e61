import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from sportsgpt_lib.kernels.subsequence_warp import (
    TILE_COLUMNS,
    compute_feature_rows,
    find_warped_ends,
    search_motion_rows,
)
from tests.oracles import subsequence_warp as oracle


def draw_rows(seed, count, quantity_count):
    chance = np.random.default_rng(seed)
    return np.cumsum(chance.normal(size=(count, quantity_count)), axis=0)


def assert_ends_agree(query, reference):
    ends, starts = find_warped_ends(query, reference)
    expected, expected_starts = oracle.find_warped_ends(query, reference)
    np.testing.assert_allclose(ends, expected, rtol=2e-5, atol=1e-3)
    np.testing.assert_array_equal(starts, expected_starts)


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 10_000),
    row_count=st.integers(1, 9),
    column_count=st.integers(1, 14),
    quantity_count=st.integers(1, 9),
)
def test_ends_and_starts_agree_with_the_whole_table(
    seed, row_count, column_count, quantity_count
):
    query = draw_rows(seed + 1, column_count, quantity_count)
    assert_ends_agree(query, draw_rows(seed, row_count, quantity_count))


def test_quantities_in_which_a_reference_stays_at_nothing_still_cost():
    reference = draw_rows(5, 7, 9)
    reference[:, 3:] = 0.0
    assert_ends_agree(draw_rows(6, 30, 9), reference)


@pytest.mark.parametrize("column_count", [TILE_COLUMNS, 2 * TILE_COLUMNS + 7])
def test_tiles_leave_no_seam(column_count):
    assert_ends_agree(draw_rows(2, column_count, 3), draw_rows(1, 6, 3))


def test_an_identical_stretch_across_two_tiles_is_found_where_it_lies():
    query = draw_rows(3, TILE_COLUMNS + 60, 4)
    ends, starts = find_warped_ends(query, query[TILE_COLUMNS - 9 : TILE_COLUMNS + 11])
    assert ends.argmin() == TILE_COLUMNS + 10
    assert starts[TILE_COLUMNS + 10] == TILE_COLUMNS - 9
    assert ends.min() == pytest.approx(0.0, abs=1e-2)


def test_a_motion_at_less_than_half_or_more_than_twice_the_speed_does_not_fit():
    _, starts = find_warped_ends(np.zeros((40, 2)), np.zeros((9, 2)))
    fits = np.flatnonzero(starts >= 0)
    durations = fits - starts[fits] + 1
    assert durations.min() >= 4
    assert durations.max() <= 18
    ends, starts = find_warped_ends(np.zeros((3, 2)), np.zeros((9, 2)))
    assert np.isinf(ends).all()
    assert (starts == -1).all()


def draw_search(seed, column_count, quantity_count, lengths):
    chance = np.random.default_rng(seed)
    rows = 20.0 * draw_rows(seed, column_count, quantity_count).T
    rows[:, chance.random(column_count) < 0.1] = np.nan
    rows[chance.random(rows.shape) < 0.1] = np.nan
    weights = chance.uniform(0.2, 1.5, quantity_count)
    scaling = (
        chance.normal(0.0, 20.0, quantity_count),
        chance.uniform(5.0, 30.0, quantity_count),
        weights,
    )
    references = 0.3 * chance.normal(size=(sum(lengths), quantity_count + 1))
    bounds = np.concatenate([[0], np.cumsum(lengths)])
    charges = chance.uniform(0.0, 0.1, len(lengths))
    single = [part.astype(np.float32) for part in (rows, *scaling, references)]
    return (*single, bounds, charges.astype(np.float32))


@pytest.mark.parametrize(
    ("column_count", "lengths"),
    [(30, [5]), (40, [6, 3, 9]), (TILE_COLUMNS + 5, [4, 5])],
)
def test_the_cheapest_of_several_references_is_named_at_every_end(
    column_count, lengths
):
    search = draw_search(column_count, column_count, 5, lengths)
    costs, starts, chosen = search_motion_rows(*search)
    expected, expected_starts, expected_chosen = oracle.search_motion_rows(*search)
    np.testing.assert_allclose(costs, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(starts, expected_starts)
    np.testing.assert_array_equal(chosen, expected_chosen)


def test_where_no_reference_fits_none_is_named():
    costs, starts, chosen = search_motion_rows(*draw_search(1, 3, 2, [9, 12]))
    assert np.isinf(costs).all()
    assert (starts == -1).all()
    assert (chosen == -1).all()


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), quantity_count=st.integers(1, 6))
def test_features_agree_and_are_shorter_than_one_where_all_was_seen(
    seed, quantity_count
):
    rows, centre, spread, weights, *_ = draw_search(seed, 12, quantity_count, [2])
    features = compute_feature_rows(rows, centre, spread, weights)
    expected = oracle.compute_feature_rows(rows, centre, spread, weights)
    np.testing.assert_allclose(features, expected, rtol=1e-4, atol=1e-5)
    whole = np.isfinite(rows).all(axis=0)
    assert (np.linalg.norm(features[:, whole], axis=0) < 1.0).all()
    assert (features[-1, whole] == 0.0).all()


def test_an_instant_of_which_nothing_was_seen_is_far_from_every_seen_one():
    rows = np.array([[10.0, np.nan], [-5.0, np.nan]], dtype=np.float32)
    ones = np.ones(2, dtype=np.float32)
    features = compute_feature_rows(rows, 0.0 * ones, ones, ones)
    assert (features[:-1, 1] == 0.0).all()
    assert features[-1, 1] ** 2 == pytest.approx(0.5)
