"""A run with markers and force plates against what is computed from its side view."""

import numpy as np
import pytest

from sportsgpt_lib.kinematics.centre_of_mass import compute_centre_of_mass
from sportsgpt_lib.kinematics.quantities import (
    QUANTITY_UNITS,
    CameraReading,
    compute_quantities,
)
from sportsgpt_lib.kinematics.rates import compute_derivatives
from tests.oracles.force_plate_walks import read_events
from tests.oracles.full_body_run import (
    GRAVITY_M_S2,
    film_from_the_other_side,
    read_forces,
    read_run,
)

M_PER_MM = CameraReading(m_per_px=0.001)


@pytest.fixture(scope="module")
def folder(shared_data):
    return shared_data / "events_bmc_grf"


@pytest.fixture(scope="module")
def run(folder):
    return read_run(folder)


def _flight_s(folder):
    (take_off_s,) = read_events(folder, "run", "right", "toe_off")
    (strike_s,) = read_events(folder, "run", "left", "foot_strike")
    return take_off_s, strike_s


def test_the_centre_of_mass_of_the_side_view_moves_as_that_of_the_markers(run):
    poses = run.as_poses()
    found = compute_centre_of_mass(poses.positions_px) / 1000.0
    true = run.centre_of_mass_m
    rise_m = np.stack([found[:, 0] - true[:, 0], -found[:, 1] - true[:, 1]], axis=1)
    apart_m = rise_m - rise_m.mean(axis=0)
    assert np.sqrt(np.mean(apart_m**2, axis=0)).max() < 0.002
    offset_m = rise_m.mean(axis=0) - [1.5, -2.3]
    assert np.abs(offset_m).max() < 0.02


def test_in_flight_the_centre_of_mass_falls_at_the_speed_of_free_fall(run, folder):
    take_off_s, strike_s = _flight_s(folder)
    quantities = compute_quantities(run.as_poses(), M_PER_MM)
    height_m = quantities.values["centre_of_mass_height_m"]
    is_flight = (run.times_s > take_off_s) & (run.times_s < strike_s)
    bend, *_ = np.polyfit(run.times_s[is_flight], height_m[is_flight], 2)
    assert 2.0 * bend == pytest.approx(-GRAVITY_M_S2, rel=0.06)
    found = quantities.accelerations_per_s2["centre_of_mass_height_m"]
    middle = np.abs(run.times_s - (take_off_s + strike_s) / 2.0) < 0.02
    assert found[middle].mean() == pytest.approx(-GRAVITY_M_S2, rel=0.06)


def test_its_acceleration_is_that_of_the_force_plates(run, folder):
    force_s, force_n = read_forces(folder)
    quantities = compute_quantities(run.as_poses(), M_PER_MM)
    found = quantities.accelerations_per_s2["centre_of_mass_height_m"]
    known = np.isfinite(found)
    step_s = force_s[1] - force_s[0]
    errors = {}
    for mass_kg in np.arange(50.0, 100.0, 0.5):  # nobody wrote down the runner's mass
        pushed = force_n[:, 1] / mass_kg - GRAVITY_M_S2
        path_m = np.cumsum(np.cumsum(pushed)) * step_s**2
        seen_m = np.interp(run.times_s, force_s, path_m)[:, np.newaxis]
        true = compute_derivatives(run.times_s, seen_m).accelerations_per_s2[:, 0]
        errors[mass_kg] = np.sqrt(np.mean((found - true)[known] ** 2))
        if errors[mass_kg] == min(errors.values()):
            correlation = np.corrcoef(found[known], true[known])[0, 1]
    assert min(errors.values()) < 1.5  # m/s², of a range of 23
    assert correlation > 0.98


@pytest.mark.parametrize("every", [1, 2, 5], ids=["150 Hz", "75 Hz", "30 Hz"])
def test_contact_and_flight_agree_with_the_force_plates(run, folder, every):
    quantities = compute_quantities(run.as_poses(every=every, noise_mm=5.0))
    times_s = quantities.times_s
    for side in ("left", "right"):
        (strike_s,) = read_events(folder, "run", side, "foot_strike")
        (toe_off_s,) = read_events(folder, "run", side, "toe_off")
        stands = quantities.values[f"{side}_ground_contact"] == 1.0
        first = stands & (times_s < 0.72)
        assert times_s[first][0] == pytest.approx(strike_s, abs=0.035)
        assert times_s[first][-1] == pytest.approx(toe_off_s, abs=0.035)
    take_off_s, strike_s = _flight_s(folder)
    middle = np.argmin(np.abs(times_s - (take_off_s + strike_s) / 2.0))
    assert quantities.values["flight"][middle] == 1.0
    found_s = quantities.values["flight_time"][middle]
    assert found_s == pytest.approx(strike_s - take_off_s, abs=0.02)


@pytest.mark.parametrize("every", [1, 5], ids=["150 Hz", "30 Hz"])
def test_running_to_the_left_gives_the_numbers_of_running_to_the_right(run, every):
    right = compute_quantities(run.as_poses(every=every, noise_mm=5.0), M_PER_MM)
    left = compute_quantities(
        film_from_the_other_side(run.as_poses(every=every, noise_mm=5.0)), M_PER_MM
    )
    assert left.facing.sign == -right.facing.sign
    for name in QUANTITY_UNITS:
        for table in ("values", "rates_per_s", "accelerations_per_s2"):
            found, true = getattr(left, table)[name], getattr(right, table)[name]
            if table == "values" and name.removesuffix("_m") in (
                "hip_forward",
                "centre_of_mass_forward",
            ):
                found, true = found - found[0], true - true[0]
            largest = np.nanmax(np.abs(true), initial=1.0)
            np.testing.assert_allclose(
                found, true, atol=1e-6 * largest, err_msg=f"{table} of {name}"
            )
