import numpy as np
import pytest

from sportsgpt_lib.alignment.features import (
    UNSEEN_COST,
    MotionRows,
    build_scaling,
    compute_costs,
    compute_features,
    sample_query,
    sample_reference,
)


@pytest.fixture
def rows(reference):
    return sample_reference(reference, np.linspace(0.0, 1.0, 20, endpoint=False))


def test_costs_are_the_squared_distances_of_the_rows(rows, scaling):
    features = compute_features(rows, scaling)
    costs = compute_costs(features, features)
    direct = ((features[:, np.newaxis] - features[np.newaxis]) ** 2).sum(axis=2)
    np.testing.assert_allclose(costs, direct, atol=1e-12)
    np.testing.assert_allclose(np.diag(costs), 0.0, atol=1e-12)


def test_rows_are_shorter_than_one_whatever_the_outlier(rows, scaling):
    wild = MotionRows(rows.values_deg * 50.0, rows.rates_deg_s * 50.0)
    lengths = np.linalg.norm(compute_features(wild, scaling), axis=1)
    assert lengths.max() < 1.0


def test_a_missing_joint_changes_little_and_a_missing_body_is_neutral(rows, scaling):
    values_deg = rows.values_deg.copy()
    rates_deg_s = rows.rates_deg_s.copy()
    values_deg[3, 1] = rates_deg_s[3, 1] = np.nan
    values_deg[7] = rates_deg_s[7] = np.nan
    features = compute_features(rows, scaling)
    gappy = compute_features(MotionRows(values_deg, rates_deg_s), scaling)
    costs = compute_costs(features, gappy)
    assert np.isfinite(costs).all()
    assert np.argmin(costs[:, 3]) == 3
    assert (costs[:, 7] == UNSEEN_COST).all()


def test_resampling_recovers_the_reference_between_frames(reference):
    times_s = np.arange(0.0, 3.0, 1.0 / 60.0)
    angles_deg = reference.sample_deg(times_s / reference.file.cycle_duration_s)
    at_s = np.linspace(0.5, 2.5, 97)
    found = sample_query(times_s, angles_deg, at_s, 0.05)
    expected = sample_reference(reference, at_s / reference.file.cycle_duration_s)
    assert np.abs(found.values_deg - expected.values_deg).max() < 2.5
    scale = np.abs(expected.rates_deg_s).max()
    assert np.abs(found.rates_deg_s - expected.rates_deg_s).max() < 0.15 * scale


def test_a_joint_without_weight_has_no_say(reference, rows):
    scaling = build_scaling(reference, {"ankle_dorsiflexion": 0.0})
    disturbed = rows.values_deg.copy()
    disturbed[:, [2, 5]] += 40.0
    plain = compute_features(rows, scaling)
    changed = compute_features(MotionRows(disturbed, rows.rates_deg_s), scaling)
    np.testing.assert_allclose(plain, changed)
