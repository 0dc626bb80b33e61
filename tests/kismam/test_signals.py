import numpy as np
import pytest

from sportsgpt_lib.kismam.signals import Signal

NAN = float("nan")


def test_value_between_frames_lies_on_the_line() -> None:
    signal = Signal(np.array([0.0, 0.04, 0.08]), np.array([0.0, 4.0, 8.0]))
    assert signal.value_at(0.05) == pytest.approx(5.0)
    assert signal.value_at(0.08) == 8.0


def test_short_gap_is_bridged_and_long_gap_is_not() -> None:
    times_s = np.arange(0.0, 0.5, 0.04)
    short, long = times_s.copy(), times_s.copy()
    short[3] = NAN
    long[3:6] = NAN
    assert Signal(times_s, short).value_at(0.12) == pytest.approx(0.12)
    assert np.isnan(Signal(times_s, long).value_at(0.16))


def test_nothing_is_read_outside_the_recording() -> None:
    signal = Signal(np.array([0.0, 0.04]), np.array([1.0, 2.0]))
    assert np.isnan(signal.value_at(-0.01))
    assert np.isnan(signal.value_at(0.05))


def test_phase_with_too_many_gaps_is_empty() -> None:
    times_s = np.arange(0.0, 1.0, 0.02)
    values = np.ones(times_s.size)
    assert not Signal(times_s, values).within(0.1, 0.5).is_empty
    values[8:20] = NAN
    assert Signal(times_s, values).within(0.1, 0.5).is_empty


def test_phase_ends_at_its_keyframes_not_at_the_next_frame() -> None:
    times_s = np.arange(0.0, 1.0, 0.05)
    part = Signal(times_s, 10.0 * times_s).within(0.28, 0.42)
    np.testing.assert_allclose(part.times_s, [0.28, 0.3, 0.35, 0.4, 0.42])
    np.testing.assert_allclose(part.values, [2.8, 3.0, 3.5, 4.0, 4.2])


def test_reading_one_signal_again_gives_the_same_beside_a_gap() -> None:
    times_s = np.arange(0.0, 1.0, 0.02)
    values = np.sin(5.0 * times_s)
    values[[3, 4, 20]] = np.nan
    signal = Signal(times_s, values)
    seen = np.isfinite(values)
    for time_s in (0.0, 0.055, 0.07, 0.4, 0.41, 0.98):
        expected = np.interp(time_s, times_s[seen], values[seen])
        assert signal.value_at(time_s) == pytest.approx(expected, abs=1e-15)
        assert signal.value_at(time_s) == signal.value_at(time_s)
