import numpy as np
import pytest

from sportsgpt_lib.kinematics.extrema import (
    Instant,
    find_peaks,
    join_instants,
    refine_peak,
    widen,
)


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


@pytest.mark.parametrize("seen_after", [2, 3])
def test_a_top_beyond_the_frames_that_were_seen_is_none(seen_after):
    times_s = np.arange(0.0, 1.0, 1.0 / 60.0)
    values = -((times_s - 0.5) ** 2)
    values[30 + seen_after :] = np.nan  # the top is at frame 30
    for index in (29, 28):
        peak = refine_peak(times_s, values, index, interval_s=1.0 / 60.0)
        assert peak.time_s == pytest.approx(0.5, abs=1e-9)
    values[30:] = np.nan
    assert refine_peak(times_s, values, 28, interval_s=1.0 / 60.0) is None


@pytest.mark.parametrize("rate_hz", [25.0, 30.0, 50.0, 60.0, 150.0])
def test_when_the_clock_began_and_how_stamps_round_changes_no_peak(rate_hz):
    rng = np.random.default_rng(8)
    times_s = np.arange(0.0, 4.0, 1.0 / rate_hz)
    values = np.cos(2 * np.pi * times_s) + 0.05 * rng.standard_normal(times_s.size)
    given = {"minimum_prominence": 0.5, "minimum_distance_s": 0.5}
    plain_s = [one.time_s for one in find_peaks(times_s, values, **given)]
    assert len(plain_s) == 3
    for start_s in (0.1, 37.123, 1234.5):
        late = find_peaks(times_s + start_s, values, **given)
        late_s = [one.time_s - start_s for one in late]
        np.testing.assert_allclose(late_s, plain_s, atol=1e-9)
    rounded = find_peaks(np.round(times_s, 3), values, **given)
    np.testing.assert_allclose([one.time_s for one in rounded], plain_s, atol=2e-3)


def test_nothing_is_found_where_nothing_was_seen():
    times_s = np.arange(10) / 30.0
    nothing = np.full(10, np.nan)
    assert (
        find_peaks(times_s, nothing, minimum_prominence=0.1, minimum_distance_s=0.1)
        == []
    )


def test_the_stated_error_covers_jitter_that_wanders_from_frame_to_frame():
    rng = np.random.default_rng(6)
    times_s = np.arange(0.0, 1.0, 1.0 / 120.0)
    deviations = []
    for _ in range(200):
        wander = np.zeros(120)
        for frame in range(1, 120):
            wander[frame] = 0.7 * wander[frame - 1] + rng.standard_normal()
        values = np.cos(2 * np.pi * (times_s - 0.5)) + 0.08 * wander
        peak = refine_peak(times_s, values, 60, interval_s=1 / 120, half_width_s=0.2)
        deviations.append((peak.time_s - 0.5) / peak.error_s)
    assert 0.85 < np.mean(np.abs(deviations) < 1.96) <= 1.0


def test_joined_instants_weigh_the_surer_one_and_grow_when_they_disagree():
    agreeing = join_instants(Instant(1.0, 0.01), Instant(1.0, 0.01))
    assert agreeing.error_s == pytest.approx(0.01 / np.sqrt(2.0))
    surer = join_instants(Instant(1.0, 0.01), Instant(1.1, 0.02))
    assert surer.time_s == pytest.approx(1.02)
    assert surer.error_s == pytest.approx(0.1 / np.hypot(0.01, 0.02) * np.sqrt(8e-5))
    assert widen(Instant(1.0, 0.03), 0.04) == Instant(1.0, 0.05)
