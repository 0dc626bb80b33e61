import numpy as np
import pytest

from sportsgpt_lib.kinematics.rates import compute_rates, unwrap_deg


def test_a_ramp_with_gaps_and_uneven_frames_has_its_slope_everywhere():
    rng = np.random.default_rng(1)
    times_s = np.cumsum(rng.uniform(0.02, 0.045, 60))
    values = (4.0 + 250.0 * times_s)[:, np.newaxis]
    values[[7, 8, 30]] = np.nan
    np.testing.assert_allclose(compute_rates(times_s, values), 250.0, rtol=1e-9)


@pytest.mark.parametrize("rate_hz", [30.0, 120.0, 240.0])
def test_a_walking_pace_oscillation_keeps_its_rate_within_a_tenth(rate_hz):
    times_s = np.arange(0.0, 3.0, 1.0 / rate_hz)
    turn = 2.0 * np.pi * 2.0 * times_s
    rates = compute_rates(times_s, (30.0 * np.sin(turn))[:, np.newaxis])[:, 0]
    expected = 30.0 * 2.0 * np.pi * 2.0
    inner = slice(int(0.2 * rate_hz), int(2.8 * rate_hz))
    assert rates[inner].max() == pytest.approx(expected, rel=0.1)


def test_two_frames_have_no_rate():
    assert np.isnan(compute_rates(np.array([0.0, 0.03]), np.ones((2, 1)))).all()


def test_unwrapping_goes_on_over_a_missing_sample():
    turning_deg = np.arange(0.0, 900.0, 60.0)
    wrapped_deg = (turning_deg + 180.0) % 360.0 - 180.0
    wrapped_deg[5] = np.nan
    unwrapped_deg = unwrap_deg(wrapped_deg)
    seen = ~np.isnan(wrapped_deg)
    np.testing.assert_allclose(unwrapped_deg[seen], turning_deg[seen])
    assert np.isnan(unwrapped_deg[5])
