import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sportsgpt_lib.kismam.aggregation import (
    LARGEST_PROBABILITY,
    assess_issues,
    compute_reach,
)
from sportsgpt_lib.kismam.calibration import CertaintyCalibration, load_calibration

INDICATORS, ISSUES = 5, 4
DEVIATIONS = arrays(
    np.float64,
    INDICATORS,
    elements=st.one_of(st.floats(-20.0, 20.0), st.just(float("nan"))),
)
TRUSTS = arrays(np.float64, INDICATORS, elements=st.sampled_from([0.5, 1.0]))
MAPS = arrays(
    np.float64,
    (INDICATORS, ISSUES),
    elements=st.one_of(st.just(0.0), st.floats(-1.0, -0.01), st.floats(0.01, 1.0)),
)


@given(DEVIATIONS, TRUSTS, MAPS)
def test_every_assessed_issue_obeys_the_contract(
    deviation: np.ndarray, trust: np.ndarray, issue_map: np.ndarray
) -> None:
    found = assess_issues(deviation, trust, issue_map)
    assessed = found.is_assessed
    for share in (found.probability[assessed], found.severity[assessed]):
        assert np.all((share >= 0.0) & (share < 1.0))
    np.testing.assert_allclose(found.contribution[:, assessed].sum(axis=0), 1.0)
    assert np.all(found.contribution >= 0.0)
    assert np.all(found.contribution[np.isnan(deviation)] == 0.0)
    expected = (np.isfinite(deviation)[:, None] & (issue_map != 0.0)).any(axis=0)
    np.testing.assert_array_equal(assessed, expected)


@given(DEVIATIONS, TRUSTS, MAPS, st.integers(0, INDICATORS - 1), st.floats(0.0, 10.0))
def test_probability_and_severity_never_fall_as_a_deviation_grows_towards_an_issue(
    deviation: np.ndarray,
    trust: np.ndarray,
    issue_map: np.ndarray,
    which: int,
    growth: float,
) -> None:
    positive = np.abs(issue_map)
    before = assess_issues(deviation, trust, positive)
    larger = deviation.copy()
    larger[which] += growth
    after = assess_issues(larger, trust, positive)
    both = before.is_assessed
    assert np.all(after.probability[both] >= before.probability[both] - 1e-12)
    assert np.all(after.severity[both] >= before.severity[both] - 1e-12)


@given(DEVIATIONS, TRUSTS, MAPS)
def test_a_missing_indicator_is_as_if_it_had_no_row(
    deviation: np.ndarray, trust: np.ndarray, issue_map: np.ndarray
) -> None:
    kept = np.isfinite(deviation)
    found = assess_issues(deviation, trust, issue_map)
    without = assess_issues(deviation[kept], trust[kept], issue_map[kept])
    np.testing.assert_allclose(found.probability, without.probability, atol=1e-12)
    np.testing.assert_allclose(found.severity, without.severity, atol=1e-12)


def raise_beyond_even_odds(probability: float) -> float:
    gain = load_calibration().certainty.gain_beyond_even_odds
    return 1.0 - 0.5 * (2.0 * (1.0 - probability)) ** gain


def test_noisy_or_matches_the_hand_calculation() -> None:
    issue_map = np.array([[0.8], [-0.5]])
    found = assess_issues(np.array([1.0, -2.0]), np.ones(2), issue_map)
    half_width = load_calibration().link.half_width_tolerances
    shown = np.array(
        [
            0.8 * (1.0 - 2.0 ** -((1.0 / half_width) ** 2)),
            0.5 * (1.0 - 2.0 ** -((2.0 / half_width) ** 2)),
        ]
    )
    expected = raise_beyond_even_odds(1.0 - (1.0 - shown).prod())
    assert found.probability[0] == pytest.approx(expected)
    logs = np.log(1.0 - shown)
    np.testing.assert_allclose(found.contribution[:, 0], logs / logs.sum())
    rms = np.sqrt((0.8 * 1.0 + 0.5 * 4.0) / 1.3)
    assert found.severity[0] == pytest.approx(1.0 - 2.0 ** (-rms / 2.0))


def test_at_the_fitted_half_width_an_indicator_speaks_with_half_its_weight() -> None:
    half_width = load_calibration().link.half_width_tolerances
    found = assess_issues(np.array([half_width]), np.ones(1), np.array([[0.8]]))
    assert found.probability[0] == pytest.approx(0.4)


def test_up_to_even_odds_the_fitted_gain_changes_nothing() -> None:
    plain = load_calibration().model_copy(
        update={
            "certainty": CertaintyCalibration(gain_beyond_even_odds=1.0, origin="none")
        }
    )
    deviation = np.linspace(0.0, 3.0, 40)[:, None]
    issue_map = np.array([[0.9]])
    found = assess_issues(deviation, np.ones((40, 1)), issue_map)
    before = assess_issues(deviation, np.ones((40, 1)), issue_map, calibration=plain)
    is_likely = before.probability[:, 0] > 0.5
    np.testing.assert_allclose(
        found.probability[~is_likely], before.probability[~is_likely]
    )
    assert np.all(found.probability[is_likely] > before.probability[is_likely])
    np.testing.assert_array_equal(found.is_reported, before.is_reported)
    np.testing.assert_allclose(found.contribution, before.contribution)


def test_no_issue_is_certain_however_much_speaks_for_it() -> None:
    deviation, issue_map = np.full(INDICATORS, 20.0), np.ones((INDICATORS, 1))
    found = assess_issues(deviation, np.ones(INDICATORS), issue_map)
    assert found.probability[0] == LARGEST_PROBABILITY
    reach = compute_reach(np.isfinite(deviation), np.ones(INDICATORS), issue_map)
    assert reach[0] == LARGEST_PROBABILITY


def test_a_deviation_the_other_way_does_not_speak_for_an_issue() -> None:
    found = assess_issues(np.array([3.0]), np.ones(1), np.array([[-0.9]]))
    assert found.probability[0] == 0.0
    assert found.contribution[0, 0] == 1.0


def test_a_limited_indicator_alone_is_never_reported() -> None:
    found = assess_issues(np.array([50.0]), np.array([0.5]), np.array([[0.9]]))
    assert not found.is_reported[0]


def test_an_issue_without_any_measured_indicator_is_not_assessed() -> None:
    issue_map = np.array([[0.9, 0.0], [0.0, 0.9]])
    found = assess_issues(np.array([2.0, np.nan]), np.ones(2), issue_map)
    assert np.isnan(found.probability[1])
    assert found.is_assessed.tolist() == [True, False]


def test_no_fault_exceeds_the_reach() -> None:
    issue_map = np.array([[0.9, 0.0], [-0.6, 0.8]])
    trust = np.array([[1.0, 0.5], [0.5, 1.0]])
    deviation = np.array([[50.0, -50.0], [50.0, np.nan]])
    reach = compute_reach(np.isfinite(deviation), trust, issue_map)
    both = raise_beyond_even_odds(1.0 - 0.1 * 0.7)
    np.testing.assert_allclose(reach, [[both, 0.4], [0.45, 0.0]])
    probability = assess_issues(deviation, trust, issue_map).probability
    np.testing.assert_allclose(probability[:, 0], reach[:, 0])
