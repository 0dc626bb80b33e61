import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sportsgpt_lib.pose.assignment import assign_globally, assign_surely

FORBIDDEN = math.inf


def test_the_sum_is_least_and_not_the_first_choice() -> None:
    # Row 0 is nearest to column 0, but row 1 has nobody else.
    assert assign_globally(np.array([[0.1, 0.2], [0.3, 5.0]])) == {0: 1, 1: 0}


def test_forbidden_pairs_stay_apart() -> None:
    assert assign_globally(np.array([[FORBIDDEN, FORBIDDEN], [0.5, 0.1]])) == {1: 1}


def test_nobody_to_assign_is_no_error() -> None:
    assert assign_globally(np.empty((0, 3))) == {}
    assert assign_surely(np.empty((2, 0)), 2.0, 0.25) == {}


@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_other_pairing_is_better(rows: int, columns: int, seed: int) -> None:
    costs = np.random.default_rng(seed).random((rows, columns))
    found = sum(costs[row, column] for row, column in assign_globally(costs).items())
    wide = costs if rows <= columns else costs.T
    best = min(
        sum(wide[row, column] for row, column in enumerate(order))
        for order in itertools.permutations(range(wide.shape[1]), wide.shape[0])
    )
    assert math.isclose(found, best)


def test_who_fits_one_only_is_assigned() -> None:
    assert assign_surely(np.array([[0.4, 1.5]]), 2.0, 0.25) == {0: 0}


def test_who_fits_two_equally_is_neither() -> None:
    assert assign_surely(np.array([[0.4, 0.5]]), 2.0, 0.25) == {}


def test_an_exchange_that_costs_the_same_is_not_decided() -> None:
    assert assign_surely(np.array([[0.4, 0.6], [0.6, 0.7]]), 2.0, 0.25) == {}


def test_somebody_surely_taken_is_no_rival() -> None:
    costs = np.array([[0.4, 0.5], [1.9, 0.1]])
    assert assign_surely(costs, 2.0, 0.25) == {0: 0, 1: 1}


def test_who_fits_badly_is_a_stranger() -> None:
    assert assign_surely(np.array([[1.9]]), 2.0, 0.25) == {}
