import dataclasses

import numpy as np
import pytest

from sportsgpt_lib.kinematics.flight import find_flight
from sportsgpt_lib.kinematics.quantities import compute_quantities
from tests.oracles.landing import build_drop
from tests.oracles.walking import build_walk

FREE_FALL = -9.81 / 1.75


def _find(standing, acceleration, rate_hz=100.0):
    standing = np.asarray(standing, dtype=float)
    times_s = np.arange(standing.size) / rate_hz
    nobody = np.where(np.isnan(standing), np.nan, 0.0)
    return find_flight(times_s, standing, nobody, np.asarray(acceleration))


def test_flight_is_between_stands_and_lasts_from_half_a_frame_before():
    standing = [1] * 20 + [0] * 12 + [1] * 20
    flight, duration_s = _find(standing, np.where(standing, 3.0, FREE_FALL))
    np.testing.assert_array_equal(flight, 1.0 - np.array(standing))
    np.testing.assert_allclose(duration_s[20:32], 0.12)
    assert not duration_s[:20].any()


def test_what_the_impact_smears_is_given_back_and_a_stand_on_a_box_is_not_flight():
    standing = np.array([0.0] * 40 + [1.0] * 20)
    acceleration = np.where(np.arange(60) < 20, 0.0, FREE_FALL)
    acceleration[34:44] = 10.0
    flight, duration_s = _find(standing, acceleration)
    np.testing.assert_array_equal(np.flatnonzero(flight), np.arange(20, 40))
    np.testing.assert_allclose(duration_s[20:40], 0.2)


def test_hanging_and_a_flicker_are_no_flight():
    hanging, _ = _find(np.zeros(50), np.zeros(50))
    assert not hanging.any()
    standing = np.ones(50)
    standing[20:22] = 0.0
    flicker, duration_s = _find(standing, np.where(standing == 1.0, 0.0, FREE_FALL))
    assert not flicker.any()
    assert not duration_s.any()


def test_the_shortest_flight_is_one_at_every_frame():
    standing = np.ones(240)
    standing[10:230:20] = standing[11:230:20] = standing[12:230:20] = 0.0
    falls = np.where(standing == 1.0, 0.0, FREE_FALL)
    flight, _ = _find(standing, falls, rate_hz=120.0)
    np.testing.assert_array_equal(flight, 1.0 - standing)


def test_a_flight_cut_off_or_unseen_at_its_edge_has_no_duration():
    fall = np.full(50, FREE_FALL)
    flight, duration_s = _find([1.0] * 20 + [0.0] * 30, fall)
    assert flight[20:].all()
    assert np.isnan(duration_s[20:]).all()
    standing = np.array([1.0] * 20 + [np.nan] * 3 + [0.0] * 20 + [1.0] * 7)
    flight, duration_s = _find(standing, fall)
    assert np.isnan(flight[20:23]).all()
    assert np.isnan(duration_s[20:43]).all()


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0, 240.0])
@pytest.mark.parametrize("box_body_heights", [0.2, 0.4])
def test_the_flight_of_a_drop_is_as_long_as_the_fall(rate_hz, box_body_heights):
    drop = build_drop(rate_hz=rate_hz, box_body_heights=box_body_heights, noise_px=2.0)
    values = compute_quantities(drop.sequence).values
    found_s = np.nanmax(values["flight_time"])
    assert found_s == pytest.approx(drop.contact_s - drop.take_off_s, abs=0.04)
    flown_s = drop.sequence.times_s[values["flight"] == 1.0]
    assert flown_s[0] == pytest.approx(drop.take_off_s, abs=0.034)
    assert flown_s[-1] == pytest.approx(drop.contact_s, abs=0.034)


def test_walking_and_a_moving_camera_have_no_flight():
    sequence = build_walk(noise_px=4.0).sequence
    assert not np.nansum(compute_quantities(sequence).values["flight"])
    panned_px = sequence.positions_px.copy()
    panned_px[..., 0] -= 500.0 * sequence.times_s[:, np.newaxis]
    panned = dataclasses.replace(sequence, positions_px=panned_px)
    values = compute_quantities(panned).values
    assert not np.nansum(values["flight"])
