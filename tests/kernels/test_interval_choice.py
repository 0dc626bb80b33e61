import hypothesis.strategies as st
import numpy as np
from hypothesis import given, settings

from sportsgpt_lib.kernels.interval_choice import drop_overlapping
from tests.oracles import interval_choice as oracle


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 10_000),
    count=st.integers(0, 12),
    share=st.sampled_from([0.0, 0.3, 0.9]),
)
def test_the_best_of_overlapping_intervals_are_kept(seed, count, share):
    chance = np.random.default_rng(seed)
    starts = chance.integers(0, 20, count).astype(np.float64)
    ends = starts + chance.integers(0, 10, count)
    kept = drop_overlapping(starts, ends, share)
    assert kept.tolist() == oracle.drop_overlapping(starts, ends, share)


def test_intervals_that_touch_are_both_kept():
    starts, ends = np.array([4.0, 0.0, 3.0]), np.array([8.0, 4.0, 7.0])
    assert drop_overlapping(starts, ends, 0.0).tolist() == [0, 1]
