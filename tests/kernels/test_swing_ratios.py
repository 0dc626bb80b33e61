import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sportsgpt_lib.kernels.swing_ratios import compute_swing_ratios
from tests.oracles import swing_ratios as oracle


@settings(deadline=None, max_examples=40)
@given(seed=st.integers(0, 10_000), lost_share=st.sampled_from([0.0, 0.5, 1.0]))
def test_ratios_are_medians_of_spreads_over_the_references(seed, lost_share):
    chance = np.random.default_rng(seed)
    values = chance.normal(0.0, 20.0, (4, 30)).astype(np.float32)
    values[chance.random(values.shape) < lost_share] = np.nan
    starts = chance.integers(0, 15, 5)
    ends = starts + chance.integers(0, 15, 5)
    spreads = np.array([10.0, 0.0, 20.0, 5.0])
    np.testing.assert_allclose(
        compute_swing_ratios(values, starts, ends, spreads),
        oracle.compute_swing_ratios(values.astype(float), starts, ends, spreads),
        rtol=1e-4,
        atol=1e-6,
    )


def test_a_movement_of_half_the_size_has_half_the_ratio():
    wave = np.sin(np.arange(40) / 3.0)[np.newaxis]
    spread = np.array([wave.std()])
    columns = np.array([0]), np.array([39])
    ratio = compute_swing_ratios((0.5 * wave).astype(np.float32), *columns, spread)
    np.testing.assert_allclose(ratio, 0.5, rtol=1e-5)
