import numpy as np
import pytest

from sportsgpt_lib.kinematics.extrema import find_peaks, refine_peak


@pytest.mark.parametrize("shift_s", [0.0, 0.007, 0.013, 0.02])
def test_a_parabola_is_placed_between_frames(shift_s):
    times_s = np.arange(0.0, 1.0, 1.0 / 30.0)
    values = -((times_s - 0.5 - shift_s) ** 2)
    index = int(np.argmax(values))
    peak = refine_peak(times_s, values, index, interval_s=1.0 / 30.0)
    assert peak.time_s == pytest.approx(0.5 + shift_s, abs=1e-6)


def test_the_stated_error_covers_the_true_one():
    rng = np.random.default_rng(5)
    times_s = np.arange(0.0, 2.0, 1.0 / 60.0)
    deviations = []
    for _ in range(200):
        true_s = 1.0 + rng.uniform(-0.01, 0.01)
        values = np.cos(2 * np.pi * (times_s - true_s)) + 0.02 * rng.normal(size=120)
        (peak,) = find_peaks(
            times_s[20:100],
            values[20:100],
            minimum_prominence=0.5,
            minimum_distance_s=0.5,
        )
        deviations.append((peak.time_s - true_s) / peak.error_s)
    assert 0.85 < np.mean(np.abs(deviations) < 1.96) <= 1.0


def test_a_peak_in_a_gap_or_at_the_end_is_not_reported():
    times_s = np.arange(0.0, 2.0, 1.0 / 30.0)
    values = np.cos(2 * np.pi * (times_s - 1.0))
    values[27:34] = np.nan
    assert not find_peaks(
        times_s, values, minimum_prominence=0.5, minimum_distance_s=0.5
    )
    assert not find_peaks(
        times_s[:10], values[:10], minimum_prominence=0.5, minimum_distance_s=0.5
    )


def test_nothing_is_found_where_nothing_was_seen():
    times_s = np.arange(10) / 30.0
    nothing = np.full(10, np.nan)
    assert (
        find_peaks(times_s, nothing, minimum_prominence=0.1, minimum_distance_s=0.1)
        == []
    )
