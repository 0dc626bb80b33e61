import warnings

import numpy as np
import pytest

from sportsgpt_lib.kinematics.theil_line import fit_theil_slope


def test_a_quarter_of_strays_does_not_carry_the_slope_off():
    along = np.arange(40.0)
    values = 3.0 - 0.5 * along
    values[::4] += 100.0
    assert fit_theil_slope(along, values) == pytest.approx(-0.5, abs=0.05)


def test_the_slope_is_that_of_the_published_estimator():
    from scipy.stats import theilslopes

    rng = np.random.default_rng(4)
    along, values = rng.normal(size=(2, 60))
    expected = theilslopes(values, along)[0]
    assert fit_theil_slope(along, values) == pytest.approx(expected)


@pytest.mark.parametrize("count", [0, 1, 2, 900])
def test_one_place_or_one_value_gives_no_slope_and_no_warning(count):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert fit_theil_slope(np.full(count, 2.0), np.arange(float(count))) == 0.0
        assert fit_theil_slope(np.arange(float(count)), np.full(count, 2.0)) == 0.0


def test_thinning_keeps_the_slope():
    along = np.linspace(0.0, 5.0, 1501)
    assert fit_theil_slope(along, 2.0 * along) == pytest.approx(2.0)


def test_the_slope_is_the_same_from_either_side_in_any_order():
    rng = np.random.default_rng(7)
    along = rng.uniform(0.0, 100.0, 1001)
    values = 0.3 * along + rng.normal(0.0, 5.0, along.size)
    order = rng.permutation(along.size)
    slope = fit_theil_slope(along, values)
    assert slope == pytest.approx(0.3, abs=0.03)
    assert fit_theil_slope(along[order], values[order]) == pytest.approx(slope)
    assert fit_theil_slope(-along, values) == pytest.approx(-slope)
