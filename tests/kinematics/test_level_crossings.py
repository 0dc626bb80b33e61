import numpy as np
import pytest

from sportsgpt_lib.kinematics.level_crossings import find_rise, smooth_path


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 240.0])
@pytest.mark.parametrize("shift_s", [0.0, 0.007, 0.02])
def test_a_straight_rise_is_placed_between_frames(rate_hz, shift_s):
    times_s = np.arange(0.0, 1.0, 1.0 / rate_hz)
    values = 2.0 * (times_s - 0.5 - shift_s)
    rise = find_rise(times_s, values, 0.3, noise=0.0, interval_s=1.0 / rate_hz)
    assert rise.time_s == pytest.approx(0.65 + shift_s, abs=1e-9)


def test_the_first_of_several_rises_is_taken():
    times_s = np.arange(0.0, 2.0, 0.01)
    rise = find_rise(
        times_s, np.sin(2 * np.pi * times_s - 1.0), 0.0, noise=0.0, interval_s=0.01
    )
    assert rise.time_s == pytest.approx(0.5 / np.pi, abs=1e-3)


def test_the_stated_error_covers_that_of_noise():
    rng = np.random.default_rng(3)
    times_s = np.arange(0.0, 1.0, 1.0 / 60.0)
    deviations = []
    for _ in range(200):
        true_s = 0.5 + rng.uniform(-0.01, 0.01)
        noisy = 0.6 * (times_s - true_s) + 0.004 * rng.standard_normal(60)
        rise = find_rise(times_s, noisy, 0.0, noise=0.004, interval_s=1.0 / 60.0)
        deviations.append((rise.time_s - true_s) / rise.error_s)
    assert 0.9 < np.mean(np.abs(deviations) < 1.96) <= 1.0


@pytest.mark.parametrize("gap_frames", [2, 12])
def test_a_crossing_in_a_long_gap_is_not_reported(gap_frames):
    times_s = np.arange(0.0, 1.0, 0.01)
    values = times_s - 0.5
    values[50 - gap_frames // 2 : 50 + gap_frames // 2] = np.nan
    assert (find_rise(times_s, values, 0.0, noise=0.0, interval_s=0.01) is None) == (
        gap_frames > 7
    )


def test_a_gap_is_as_long_in_a_part_of_two_frames_as_in_the_recording():
    times_s, values = np.array([0.0, 0.3]), np.array([-1.0, 1.0])
    assert find_rise(times_s, values, 0.0, noise=0.0, interval_s=0.01) is None
    assert find_rise(times_s, values, 0.0, noise=0.0, interval_s=0.3) is not None


def test_a_curve_that_rises_too_slowly_or_not_at_all_does_not_cross():
    times_s = np.arange(0.0, 1.0, 0.02)
    values = 0.2 * (times_s - 0.5)
    assert (
        find_rise(times_s, values, 0.0, noise=0.0, interval_s=0.02, least_slope=0.3)
        is None
    )
    assert (
        find_rise(times_s, values, 0.0, noise=0.0, interval_s=0.02, least_slope=0.1)
        is not None
    )
    assert find_rise(times_s, -values, 0.0, noise=0.0, interval_s=0.02) is None
    assert (
        find_rise(times_s, np.full(50, np.nan), 0.0, noise=0.0, interval_s=0.02) is None
    )


def test_smoothing_keeps_lines_gaps_and_sparse_samples():
    times_s = np.arange(0.0, 1.0, 0.01)
    line = 3.0 * times_s - 1.0
    line[40:43] = np.nan
    smooth = smooth_path(times_s, line, half_width_s=0.025)
    assert np.array_equal(np.isnan(smooth), np.isnan(line))
    assert np.allclose(smooth, line, equal_nan=True)
    sparse = np.array([0.0, 1.0, 0.0])
    kept = smooth_path(np.array([0.0, 0.1, 0.2]), sparse, half_width_s=0.025)
    assert np.array_equal(kept, sparse)
