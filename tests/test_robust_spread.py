"""A spread that outliers cannot move."""

import numpy as np
import pytest

from sportsgpt_lib.robust_spread import compute_robust_sd


def test_it_is_the_standard_deviation_of_normal_values():
    values = np.random.default_rng(5).normal(3.0, 2.0, 20_000)
    assert compute_robust_sd(values) == pytest.approx(2.0, rel=0.02)


def test_outliers_do_not_move_it():
    values = np.random.default_rng(5).normal(3.0, 2.0, 1000)
    wrong = values.copy()
    wrong[:100] = 1e6
    assert compute_robust_sd(wrong) < 1.2 * compute_robust_sd(values)


def test_no_values_have_none():
    assert np.isnan(compute_robust_sd(np.array([])))
