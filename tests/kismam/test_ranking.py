import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sportsgpt_lib.kismam.aggregation import assess_issues
from sportsgpt_lib.kismam.deviation import (
    build_target_limits,
    compute_deviations,
)
from sportsgpt_lib.kismam.ranking import (
    LARGEST_MARGIN_ERRORS,
    compute_nearness,
    compute_ranks,
    rank_issues,
)
from sportsgpt_lib.sports.definition import Target

LIMITS = build_target_limits(
    [
        Target(low=0.0, high=10.0, tolerance=5.0, source="x", holds_for="all"),
        Target(low=0.0, high=10.0, tolerance=5.0, source="x", holds_for="all"),
        None,
    ]
)
TRUST = np.ones(3)


def assess(value: list[float], issue_map: list[list[float]]) -> list[int]:
    values, errors = np.array(value), np.full(3, 2.0)
    matrix = np.array(issue_map)
    issues = assess_issues(compute_deviations(values, errors, LIMITS), TRUST, matrix)
    return rank_issues(issues, compute_nearness(values, errors, TRUST, LIMITS, matrix))


def test_a_reported_issue_comes_before_one_whose_indicators_are_surer() -> None:
    # The first issue is supported only, by a value that lies far outside.
    issue_map = [[0.4, 0.0], [0.0, 0.9], [0.0, 0.0]]
    assert assess([40.0, 18.0, 0.0], issue_map) == [1, 0]


def test_of_issues_without_a_deviation_the_nearest_to_its_limit_comes_first() -> None:
    issue_map = [[0.9, 0.0], [0.0, 0.9], [0.0, 0.0]]
    assert assess([5.0, 9.5, 0.0], issue_map) == [1, 0]
    assert assess([9.5, 5.0, 0.0], issue_map) == [0, 1]


def test_a_clean_indicator_speaks_against_an_issue() -> None:
    # Both issues share the first indicator; the second's other one is inside.
    issue_map = [[0.9, 0.9], [0.0, 0.9], [0.0, 0.0]]
    nearness = compute_nearness(
        np.array([10.5, 3.0, 0.0]), np.full(3, 2.0), TRUST, LIMITS, np.array(issue_map)
    )
    assert nearness[0] > 0.0 > nearness[1]


def test_nearness_is_the_weighted_sum_of_distances_in_errors() -> None:
    issue_map = np.array([[0.8], [-0.4], [0.0]])
    trust = np.array([1.0, 0.5, 1.0])
    value, error = np.array([13.0, -2.0, 1.0]), np.array([2.0, 4.0, 1.0])
    found = compute_nearness(value, error, trust, LIMITS, issue_map)
    expected = (0.8 * 1.5 + 0.2 * 0.5) / np.hypot(0.8, 0.2)
    np.testing.assert_allclose(found, [expected])


def test_a_missing_indicator_drops_out_and_an_issue_without_any_is_not_ranked() -> None:
    issue_map = np.array([[0.8, 0.0], [0.5, 0.9], [0.0, 0.0]])
    value, error = np.array([13.0, np.nan, 1.0]), np.full(3, 2.0)
    nearness = compute_nearness(value, error, TRUST, LIMITS, issue_map)
    np.testing.assert_allclose(nearness, [1.5, -np.inf])
    issues = assess_issues(compute_deviations(value, error, LIMITS), TRUST, issue_map)
    assert compute_ranks(issues, nearness).tolist() == [1, 0]


def test_a_value_without_an_error_counts_as_sure() -> None:
    issue_map = np.array([[0.8], [0.0], [0.0]])
    found = compute_nearness(
        np.array([10.1, 0.0, 0.0]), np.zeros(3), TRUST, LIMITS, issue_map
    )
    np.testing.assert_allclose(found, [LARGEST_MARGIN_ERRORS])


@given(
    arrays(
        np.float64,
        (4, 3),
        elements=st.one_of(st.floats(-30.0, 40.0), st.just(float("nan"))),
    ),
    arrays(np.float64, (3, 5), elements=st.sampled_from([-0.9, -0.3, 0.0, 0.5, 1.0])),
)
def test_ranks_are_1_to_the_number_of_assessed_issues(
    value: np.ndarray, issue_map: np.ndarray
) -> None:
    issue_map[2] = 0.0
    error = np.where(np.isfinite(value), 2.0, np.nan)
    issues = assess_issues(compute_deviations(value, error, LIMITS), TRUST, issue_map)
    nearness = compute_nearness(value, error, TRUST, LIMITS, issue_map)
    for row, count in zip(
        compute_ranks(issues, nearness), issues.is_assessed.sum(axis=-1), strict=True
    ):
        assert sorted(row[row > 0]) == list(range(1, count + 1))
