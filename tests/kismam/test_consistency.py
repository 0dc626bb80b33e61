import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from sportsgpt_lib.kismam.consistency import compare_sides, compute_consistency


def find_pattern(shown: int, count: int) -> str:
    return str(compute_consistency(np.array([shown]), np.array([count])).pattern[0])


@pytest.mark.parametrize(
    ("shown", "count", "pattern"),
    [
        (0, 0, "undecided"),
        (1, 1, "undecided"),
        (0, 1, "undecided"),
        (3, 3, "habit"),
        (8, 10, "habit"),
        (5, 10, "undecided"),
        (1, 6, "slip"),
        (0, 3, "absent"),
    ],
)
def test_habit_and_slip_need_enough_repetitions(
    shown: int, count: int, pattern: str
) -> None:
    assert find_pattern(shown, count) == pattern


def test_interval_is_that_of_the_beta_distribution() -> None:
    found = compute_consistency(np.array([3]), np.array([10]))
    beta = stats.beta(3.5, 7.5)
    assert found.share_low[0] == pytest.approx(beta.ppf(0.025))
    assert found.share_high[0] == pytest.approx(beta.ppf(0.975))


def test_interval_reaches_the_end_where_all_or_none_show() -> None:
    found = compute_consistency(np.array([0, 4]), np.array([4, 4]))
    assert found.share_low[0] == 0.0
    assert found.share_high[1] == 1.0
    assert found.share_high[0] < 0.6
    assert found.share_low[1] > 0.4


@given(st.integers(0, 30), st.integers(0, 30))
def test_what_shows_and_what_does_not_are_mirror_images(shown: int, not_shown: int):
    count = shown + not_shown
    found = compute_consistency(np.array([shown]), np.array([count]))
    mirrored = compute_consistency(np.array([not_shown]), np.array([count]))
    np.testing.assert_allclose(found.share_low, 1.0 - mirrored.share_high, atol=1e-9)


def test_a_clear_difference_between_the_sides_is_told() -> None:
    assert compare_sides(6, 6, 0, 6) == "left"
    assert compare_sides(0, 6, 6, 6) == "right"
    assert compare_sides(3, 6, 3, 6) == "undecided"
    assert compare_sides(1, 1, 0, 1) == "undecided"


def test_a_side_that_was_never_seen_decides_nothing() -> None:
    assert compare_sides(10, 10, 0, 0) == "undecided"
