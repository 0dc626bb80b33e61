import numpy as np
import pytest

from sportsgpt_lib.kernels.seen_moments import compute_seen_moments
from tests.oracles import seen_moments as oracle


@pytest.mark.parametrize("lost_share", [0.0, 0.4, 1.0])
def test_mean_and_spread_are_of_what_was_seen(lost_share):
    chance = np.random.default_rng(1)
    values = chance.normal(50.0, 9.0, (5, 40))
    values[chance.random(values.shape) < lost_share] = np.nan
    values[2] = np.nan
    moments = compute_seen_moments(values)
    np.testing.assert_allclose(moments, oracle.compute_seen_moments(values))
    assert np.isnan(moments[:, 2]).all()
