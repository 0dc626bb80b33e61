import numpy as np
import pytest

from sportsgpt_lib.kismam.aggregation import assess_issues
from sportsgpt_lib.kismam.batch import BatchAssessment, assess_batch
from sportsgpt_lib.kismam.deviation import build_target_limits, compute_deviation
from sportsgpt_lib.kismam.ranking import (
    compute_nearness,
    compute_ranks,
    rank_issues,
)
from sportsgpt_lib.kismam.score import MetricFacts, compute_score
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.loader import load_movement, movement_names

WALK = load_movement("walking_stride")
REPETITIONS = 300


def build_values(
    movement: Movement = WALK,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values around the targets with gaps; the last repetition has no value."""
    generator = np.random.default_rng(3)
    targets = [part.target for part in movement.indicators]
    middle = np.array([t.low or t.high or 0.0 if t else 0.0 for t in targets])
    width = np.array([t.tolerance if t else 1.0 for t in targets])
    shape = (REPETITIONS, len(targets))
    value = middle + width * generator.normal(0.0, 2.0, shape)
    value[generator.random(shape) < 0.3] = np.nan
    value[-1] = np.nan
    error = np.where(np.isfinite(value), 0.5 * width, np.nan)
    return value, error, generator.choice([0.5, 1.0], shape)


@pytest.mark.parametrize("name", movement_names())
def test_every_movement_is_assessed_at_once_as_one_by_one(name: str) -> None:
    movement = load_movement(name)
    value, error, trust = build_values(movement)
    limits = build_target_limits([part.target for part in movement.indicators])
    issue_map = np.array(movement.issue_map)
    batch = assess_batch(movement, value, error, trust)
    for row in range(0, REPETITIONS, 23):
        single = assess_issues(
            np.array(
                [
                    compute_deviation(value[row, i], error[row, i], part.target)
                    if part.target
                    else 0.0 * value[row, i]
                    for i, part in enumerate(movement.indicators)
                ]
            ),
            trust[row],
            issue_map,
        )
        nearness = compute_nearness(
            value[row], error[row], trust[row], limits, issue_map
        )
        np.testing.assert_allclose(batch.issues.probability[row], single.probability)
        np.testing.assert_array_equal(batch.issues.is_reported[row], single.is_reported)
        np.testing.assert_array_equal(batch.rank[row], compute_ranks(single, nearness))
        assessed = single.is_assessed
        np.testing.assert_allclose(
            batch.issues.contribution[row][:, assessed].sum(axis=0), 1.0
        )


@pytest.fixture(scope="module")
def batch() -> BatchAssessment:
    return assess_batch(WALK, *build_values())


def test_deviations_are_those_of_single_values(batch: BatchAssessment) -> None:
    value, error, _ = build_values()
    for row in range(REPETITIONS):
        expected = [
            compute_deviation(value[row, i], error[row, i], part.target)
            if part.target
            else 0.0 * value[row, i]
            for i, part in enumerate(WALK.indicators)
        ]
        np.testing.assert_array_equal(batch.deviation[row], expected)


def test_issues_and_ranks_are_those_of_single_repetitions(
    batch: BatchAssessment,
) -> None:
    value, error, trust = build_values()
    issue_map = np.array(WALK.issue_map)
    limits = build_target_limits([part.target for part in WALK.indicators])
    for row in range(REPETITIONS):
        single = assess_issues(batch.deviation[row], trust[row], issue_map)
        nearness = compute_nearness(
            value[row], error[row], trust[row], limits, issue_map
        )
        np.testing.assert_allclose(batch.issues.probability[row], single.probability)
        np.testing.assert_allclose(batch.issues.severity[row], single.severity)
        np.testing.assert_allclose(batch.issues.contribution[row], single.contribution)
        order = rank_issues(single, nearness)
        assert [int(batch.rank[row, column]) for column in order] == list(
            range(1, len(order) + 1)
        )
        assert np.count_nonzero(batch.rank[row]) == len(order)


def test_scores_are_those_of_single_repetitions(batch: BatchAssessment) -> None:
    value, error, trust = build_values()
    for row in range(REPETITIONS):
        single = compute_score(
            [
                MetricFacts(
                    indicator,
                    value[row, i],
                    error[row, i],
                    batch.deviation[row, i],
                    trust[row, i] < 1.0,
                    None,
                )
                for i, indicator in enumerate(WALK.indicators)
            ]
        )
        np.testing.assert_allclose(batch.scores.points[row], single.points)
        np.testing.assert_allclose(batch.scores.error_points[row], single.error_points)


def test_a_repetition_without_values_has_nothing(batch: BatchAssessment) -> None:
    assert np.isnan(batch.scores.points[-1])
    assert np.isnan(batch.issues.probability[-1]).all()
    assert not batch.rank[-1].any()
    assert not batch.issues.contribution[-1].any()


def test_no_repetition_is_no_row() -> None:
    none = np.empty((0, len(WALK.indicators)))
    found = assess_batch(WALK, none, none, none)
    assert found.rank.shape == (0, len(WALK.issues))
    assert found.scores.points.shape == (0,)
