import numpy as np
import pytest

from sportsgpt_lib.kinematics.rates import (
    compute_derivatives,
    compute_rates,
    unwrap_deg,
)

# The table of docs/angles.md: frame rate, gain of noise of rate and acceleration, and
# the share of the rate's and the acceleration's peak that is kept at 2 and at 4 Hz.
DOCUMENTED_GAINS = [
    (30.0, 10.6, 117.0, 0.985, 0.81, 0.82, 0.41),
    (60.0, 17.8, 371.0, 0.998, 0.94, 0.98, 0.77),
    (120.0, 12.7, 256.0, 0.998, 0.94, 0.98, 0.77),
    (240.0, 9.0, 181.0, 0.998, 0.94, 0.98, 0.77),
]


def _swing_freely(times_s, *, length_m=0.4, amplitude_deg=60.0):
    """A pendulum by its equation of motion: angle, rate and acceleration in degrees."""
    step_s = 1e-4
    fine_s = np.arange(0.0, times_s[-1] + step_s, step_s)
    angle = np.empty(fine_s.size)
    rate = np.empty(fine_s.size)
    state = np.array([np.radians(amplitude_deg), 0.0])
    pull = lambda at: np.array([at[1], -9.81 / length_m * np.sin(at[0])])  # noqa: E731
    for i in range(fine_s.size):
        angle[i], rate[i] = state
        half = state + 0.5 * step_s * pull(state)
        state = state + step_s * pull(half)
    acceleration = -9.81 / length_m * np.sin(angle)
    return [
        np.degrees(np.interp(times_s, fine_s, series))
        for series in (angle, rate, acceleration)
    ]


def _uneven_times_s(rate_hz, duration_s=3.0, seed=4):
    rng = np.random.default_rng(seed)
    frames = np.arange(int(duration_s * rate_hz))
    return (frames + rng.uniform(-0.3, 0.3, frames.size)) / rate_hz + 0.02


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 120.0, 240.0])
def test_a_pendulum_filmed_unevenly_and_with_gaps_has_its_rate_and_acceleration(
    rate_hz,
):
    times_s = _uneven_times_s(rate_hz)
    angle_deg, rate_deg_s, acceleration_deg_s2 = _swing_freely(times_s)
    samples = angle_deg.copy()
    samples[int(0.5 * rate_hz)] = np.nan
    samples[int(1.2 * rate_hz) : int(1.2 * rate_hz) + 2] = np.nan
    found = compute_derivatives(times_s, samples[:, np.newaxis])
    for got, true, tolerance in (
        (found.smoothed, angle_deg, 0.01),
        (found.rates_per_s, rate_deg_s, 0.02),
        (found.accelerations_per_s2, acceleration_deg_s2, 0.13),
    ):
        known = np.isfinite(found.accelerations_per_s2[:, 0])
        error = np.abs(got[known, 0] - true[known])
        assert error.max() < tolerance * np.abs(true).max()
    assert known.mean() > 0.85
    assert np.isfinite(found.rates_per_s).mean() > 0.98


@pytest.mark.parametrize("gains", DOCUMENTED_GAINS, ids=lambda gains: f"{gains[0]} Hz")
def test_the_documented_gains_are_those_of_analytic_motions(gains):
    rate_hz, rate_noise, acceleration_noise, *kept = gains
    times_s = np.arange(0.0, 1.0, 1.0 / rate_hz)
    middle = times_s.size // 2
    impulses = compute_derivatives(times_s, np.eye(times_s.size))
    found_noise = np.linalg.norm(impulses.rates_per_s[middle])
    assert found_noise == pytest.approx(rate_noise, rel=0.01)
    found_noise = np.linalg.norm(impulses.accelerations_per_s2[middle])
    assert found_noise == pytest.approx(acceleration_noise, rel=0.01)
    for turns_hz, kept_rate, kept_acceleration in ((2, *kept[:2]), (4, *kept[2:])):
        omega = 2.0 * np.pi * turns_hz
        phase = omega * (times_s - times_s[middle])
        waves = compute_derivatives(
            times_s, np.stack([np.sin(phase), np.cos(phase)], 1)
        )
        assert waves.rates_per_s[middle, 0] / omega == pytest.approx(
            kept_rate, abs=0.006
        )
        assert -waves.accelerations_per_s2[middle, 1] / omega**2 == pytest.approx(
            kept_acceleration, abs=0.006
        )


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 50.0, 60.0, 120.0, 240.0])
def test_the_cubic_keeps_more_of_a_rate_than_a_line_at_the_same_noise(rate_hz):
    times_s = np.arange(0.0, 1.0, 1.0 / rate_hz)
    middle = times_s.size // 2
    noise = np.eye(times_s.size)
    cubic = np.linalg.norm(compute_derivatives(times_s, noise).rates_per_s[middle])
    line = np.linalg.norm(compute_rates(times_s, noise)[middle])
    assert cubic < 1.07 * line
    for turns_hz in (1.0, 2.0, 3.0, 4.0):
        omega = 2.0 * np.pi * turns_hz
        wave = np.sin(omega * (times_s - times_s[middle]))[:, np.newaxis]
        kept = compute_derivatives(times_s, wave).rates_per_s[middle, 0] / omega
        kept_by_line = compute_rates(times_s, wave)[middle, 0] / omega
        assert kept_by_line < kept < 1.001


def test_accelerations_are_not_guessed_beside_ends_and_gaps():
    times_s = np.arange(60) / 30.0
    values = np.ones((60, 1))
    values[25:33] = np.nan
    found = compute_derivatives(times_s, values)
    known = np.isfinite(found.accelerations_per_s2[:, 0])
    assert not known[[0, 1, 23, 24, 25, 28, 32, 33, 34, 58, 59]].any()
    assert known[[2, 22, 35, 57]].all()
    assert np.isfinite(found.rates_per_s[[0, 24, 33, 59], 0]).all()


@pytest.mark.parametrize(
    "differentiate",
    [compute_rates, lambda *given: compute_derivatives(*given).rates_per_s],
    ids=["line", "cubic"],
)
def test_a_ramp_with_gaps_and_uneven_frames_has_its_slope_everywhere(differentiate):
    rng = np.random.default_rng(1)
    times_s = np.cumsum(rng.uniform(0.02, 0.045, 60))
    values = (4.0 + 250.0 * times_s)[:, np.newaxis]
    values[[7, 8, 30]] = np.nan
    np.testing.assert_allclose(differentiate(times_s, values), 250.0, rtol=1e-9)


def test_a_line_does_not_overshoot_beside_an_impact():
    times_s = np.arange(0.0, 2.0, 1.0 / 120.0)
    stopped = np.minimum(times_s, 1.0)[:, np.newaxis]
    assert compute_rates(times_s, stopped).max() < 1.0 + 1e-9
    assert compute_derivatives(times_s, stopped).rates_per_s.max() > 1.02


def test_two_frames_have_no_rate():
    times_s = np.array([0.0, 0.03])
    assert np.isnan(compute_rates(times_s, np.ones((2, 1)))).all()
    found = compute_derivatives(times_s[:1], np.ones((1, 1)))
    assert np.isnan([found.rates_per_s, found.accelerations_per_s2]).all()


def test_unwrapping_goes_on_over_a_missing_sample():
    turning_deg = np.arange(0.0, 900.0, 60.0)
    wrapped_deg = (turning_deg + 180.0) % 360.0 - 180.0
    wrapped_deg[5] = np.nan
    unwrapped_deg = unwrap_deg(wrapped_deg)
    seen = ~np.isnan(wrapped_deg)
    np.testing.assert_allclose(unwrapped_deg[seen], turning_deg[seen])
    assert np.isnan(unwrapped_deg[5])
