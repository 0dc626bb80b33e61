"""The filter, its cut-off and the outlier rule on signals whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sportsgpt_lib.pose.cutoff import TOO_SHORT, TOO_SLOW, choose_cutoffs
from sportsgpt_lib.pose.gaps import fill_gaps, find_pieces
from sportsgpt_lib.pose.low_pass import smooth_pieces
from sportsgpt_lib.pose.outliers import find_outliers
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

RATES_HZ = (30.0, 60.0, 120.0, 240.0)
KNEE = KEYPOINT_INDEX["left_knee"]
AMPLITUDE_PX = 80.0


def track(times_s, x_px):
    """One joint ``(T, 1, 2)`` that moves along x only."""
    return np.stack([x_px, np.zeros(times_s.size)], axis=1)[:, None]


def choose(times_s, positions):
    pieces = find_pieces(times_s, positions, 0.2)
    return choose_cutoffs(times_s, positions, pieces)[0]


def wave(times_s, frequency_hz, phase=0.0):
    return AMPLITUDE_PX * np.sin(2 * np.pi * frequency_hz * times_s + phase)


def fit_wave(times_s, values, frequency_hz):
    """Amplitude and phase of a known frequency, by least squares."""
    angle = 2 * np.pi * frequency_hz * times_s
    terms = np.stack([np.sin(angle), np.cos(angle), np.ones_like(angle)], axis=1)
    sine, cosine, _ = np.linalg.lstsq(terms, values, rcond=None)[0]
    return np.hypot(sine, cosine), np.arctan2(cosine, sine)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("seed", range(5))
def test_a_wave_of_2_hz_in_noise_keeps_its_height_and_its_time(rate_hz, seed):
    times_s = np.arange(int(4 * rate_hz)) / rate_hz
    noise = np.random.default_rng(seed).normal(0, 3.0, times_s.size)
    positions = track(times_s, wave(times_s, 2.0) + noise)
    cutoff = choose(times_s, positions)
    smoothed = smooth_pieces(times_s, positions[:, 0], cutoff.cutoff_hz)[:, 0]
    amplitude_px, phase = fit_wave(times_s, smoothed, 2.0)
    assert amplitude_px == pytest.approx(AMPLITUDE_PX, rel=0.05)
    assert phase / (2 * np.pi * 2.0) == pytest.approx(0.0, abs=0.002)
    left = np.std(smoothed - wave(times_s, 2.0))
    assert left < 0.85 * noise.std()


def test_the_filter_halves_the_power_at_its_cutoff_and_does_not_shift():
    times_s = np.arange(600) / 120.0
    values = wave(times_s, 6.0)[:, None]
    smoothed = smooth_pieces(times_s, values, 6.0)
    inner = slice(100, -100)
    amplitude_px, phase = fit_wave(times_s[inner], smoothed[inner, 0], 6.0)
    assert amplitude_px / AMPLITUDE_PX == pytest.approx(np.sqrt(0.5), abs=0.02)
    assert phase == pytest.approx(0.0, abs=1e-3)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_neither_end_rings_or_is_drawn_to_a_standstill(rate_hz):
    times_s = np.arange(int(2 * rate_hz)) / rate_hz
    steady = 400.0 * times_s + 100.0
    smoothed = smooth_pieces(times_s, steady[:, None], 6.0)[:, 0]
    assert np.abs(smoothed - steady).max() < 0.5
    turning = wave(times_s, 1.0, phase=0.7)
    smoothed = smooth_pieces(times_s, turning[:, None], 6.0)[:, 0]
    assert np.abs(smoothed - turning).max() < 0.04 * AMPLITUDE_PX


def test_uneven_frames_are_smoothed_in_time():
    times_s = np.cumsum(np.where(np.arange(200) % 2, 0.01, 0.03))
    truth = np.column_stack([wave(times_s, 1.0), times_s])
    noise = np.random.default_rng(4).normal(0, 2, truth.shape)
    smoothed = smooth_pieces(times_s, truth + noise, 6.0)
    assert np.abs(smoothed - truth)[10:-10].std() < 0.7 * noise[10:-10].std()


def test_ticks_of_the_container_change_next_to_nothing():
    times_s = np.arange(480) / 240.0
    ticked_s = np.round(times_s, 3)
    values = wave(times_s, 2.0)[:, None]
    exact = smooth_pieces(times_s, values, 6.0)
    ticked = smooth_pieces(ticked_s, values, 6.0)
    assert np.abs(exact - ticked).max() < 1.0


@pytest.mark.parametrize("count", [1, 2])
def test_one_or_two_frames_stay_as_they_are(count):
    values = np.random.default_rng(1).normal(size=(count, 2))
    assert np.array_equal(smooth_pieces(np.arange(count) / 30.0, values, 6.0), values)


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0, 240.0])
@pytest.mark.parametrize("count", [3, 5, 9])
def test_a_short_piece_comes_nearer_to_the_truth_and_its_ends_stay(count, rate_hz):
    times_s = np.arange(count) / rate_hz
    phases = np.linspace(0, 2 * np.pi, 500)
    truth = wave(times_s[:, None], 1.0, phases)
    noisy = truth + np.random.default_rng(1).normal(0, 4.0, truth.shape)
    smoothed = smooth_pieces(times_s, noisy, 4.5)
    assert np.std(smoothed - truth) < np.std(noisy - truth)
    np.testing.assert_allclose(smoothed[[0, -1]], noisy[[0, -1]], atol=0.5)


def test_the_highest_cutoff_of_12_hz_is_tried():
    times_s = np.arange(1200) / 120.0
    assert choose(times_s, track(times_s, wave(times_s, 7.0))).cutoff_hz == 12.0


def test_a_pause_between_pieces_does_not_change_the_cutoff():
    times_s = np.arange(600) / 60.0
    noise = np.random.default_rng(8).normal(0, 2.0, times_s.size)
    positions = track(times_s, wave(times_s, 3.0) + noise)
    parted_s = np.where(times_s < 5.0, times_s, times_s + 20.0)
    positions[300] = np.nan
    assert choose(parted_s, positions).cutoff_hz == choose(times_s, positions).cutoff_hz


@given(
    st.integers(10, 80),
    st.floats(4.0, 9.0),
    st.integers(0, 2**32 - 1),
)
@settings(deadline=None)
def test_filtering_is_linear_and_blind_to_place(count, cutoff_hz, seed):
    first, second = np.random.default_rng(seed).normal(size=(2, count, 1))
    times_s = np.arange(count) / 60.0
    np.testing.assert_allclose(
        smooth_pieces(times_s, first + 2 * second + 7, cutoff_hz),
        smooth_pieces(times_s, first, cutoff_hz)
        + 2 * smooth_pieces(times_s, second, cutoff_hz)
        + 7,
        atol=1e-9,
    )


@pytest.mark.parametrize("noise_px", [0.5, 2.0, 8.0])
def test_the_same_movement_gets_about_the_same_cutoff_at_every_rate(noise_px):
    cutoffs_hz = []
    for rate_hz in RATES_HZ:
        times_s = np.arange(int(10 * rate_hz)) / rate_hz
        movement = wave(times_s, 1.0) + 0.3 * wave(times_s, 3.0)
        # As much noise below 15 Hz at every rate.
        spread_px = noise_px * np.sqrt(rate_hz / 30.0)
        noise = np.random.default_rng(5).normal(0, spread_px, times_s.size)
        cutoffs_hz.append(choose(times_s, track(times_s, movement + noise)).cutoff_hz)
    assert max(cutoffs_hz) - min(cutoffs_hz) <= 1.5


def test_more_noise_means_a_lower_cutoff_and_faster_movement_a_higher_one():
    times_s = np.arange(1200) / 120.0
    noise = np.random.default_rng(6).normal(0, 1.0, times_s.size)

    def cutoff_hz(movement, noise_px):
        return choose(times_s, track(times_s, movement + noise_px * noise)).cutoff_hz

    slow, quick = wave(times_s, 1.5), wave(times_s, 5.0)
    assert cutoff_hz(quick, 2.0) >= cutoff_hz(slow, 2.0) + 2.0
    steps = slow + 0.2 * wave(times_s, 4.5) + 0.1 * wave(times_s, 7.5)
    found = [cutoff_hz(steps, noise_px) for noise_px in (0.5, 4.0, 30.0)]
    assert found[0] > found[1] > found[2]


@pytest.mark.parametrize("noise_px", [1.0, 4.0, 16.0])
@pytest.mark.parametrize("rate_hz", [30.0, 60.0])
def test_no_other_cutoff_would_have_come_much_nearer_to_the_truth(noise_px, rate_hz):
    times_s = np.arange(int(20 * rate_hz)) / rate_hz
    truth = wave(times_s, 1.5) + 0.3 * wave(times_s, 4.5) + 0.1 * wave(times_s, 6.5)
    noise = np.random.default_rng(10).normal(0, noise_px, times_s.size)
    positions = track(times_s, truth + noise)

    def error_px(cutoff_hz):
        smoothed = smooth_pieces(times_s, positions[:, 0], cutoff_hz)[:, 0]
        return np.sqrt(np.mean((smoothed - truth) ** 2))

    least_px = min(error_px(cutoff_hz) for cutoff_hz in np.arange(4.0, 9.5, 0.25))
    assert error_px(choose(times_s, positions).cutoff_hz) < 1.1 * least_px


def test_a_trembling_far_above_the_movement_does_not_count_as_noise():
    times_s = np.arange(2400) / 240.0
    noise = np.random.default_rng(11).normal(0, 2.0, times_s.size)
    steps = wave(times_s, 1.5) + 0.2 * wave(times_s, 4.5) + noise
    plain = choose(times_s, track(times_s, steps))
    shaken = choose(times_s, track(times_s, steps + 0.2 * wave(times_s, 40.0)))
    assert shaken.cutoff_hz == pytest.approx(plain.cutoff_hz, abs=0.25)


def test_uneven_frames_keep_their_own_times():
    times_s = np.sort(np.random.default_rng(12).uniform(0.0, 4.0, 400))
    values = wave(times_s, 0.5)[:, None]
    smoothed = smooth_pieces(times_s, values, 6.0)
    assert np.abs(smoothed - values).max() < 0.02 * AMPLITUDE_PX


def test_what_the_filter_takes_of_pure_noise_is_surely_noise():
    times_s = np.arange(1200) / 120.0
    chance = np.random.default_rng(7)
    noisy = choose(times_s, track(times_s, chance.normal(0, 5.0, times_s.size)))
    assert noisy.noise_ratio > 0.8
    quick = choose(times_s, track(times_s, wave(times_s, 7.0)))
    assert quick.noise_ratio < 0.2


def test_both_axes_and_all_pieces_of_a_joint_are_pooled():
    times_s = np.arange(1200) / 120.0
    noise = np.random.default_rng(8).normal(0, 2.0, (2, times_s.size))
    quick = wave(times_s, 5.0) + noise[0]
    along_x = np.stack([quick, noise[1]], axis=1)[:, None]
    along_y = along_x[:, :, ::-1]
    assert choose(times_s, along_x) == choose(times_s, along_y)
    broken = along_x.copy()
    broken[550:650] = np.nan
    assert choose(times_s, broken).cutoff_hz == pytest.approx(
        choose(times_s, along_x).cutoff_hz, abs=0.5
    )


@pytest.mark.parametrize(
    ("count", "rate_hz", "reason"),
    [(14, 30.0, TOO_SHORT), (100, 240.0, TOO_SHORT), (200, 10.0, TOO_SLOW)],
)
def test_where_noise_cannot_be_told_from_movement_the_reason_is_given(
    count, rate_hz, reason
):
    times_s = np.arange(count) / rate_hz
    cutoff = choose(times_s, track(times_s, wave(times_s, 1.0)))
    assert (cutoff.cutoff_hz, cutoff.reason) == (6.0, reason)


@given(st.data())
@settings(deadline=None)
def test_gaps_of_any_pattern_are_filled_by_their_length_in_time_alone(data):
    count = data.draw(st.integers(1, 40))
    intervals_s = data.draw(
        st.lists(st.sampled_from([0.01, 0.04, 0.3]), min_size=count, max_size=count)
    )
    times_s = np.cumsum(intervals_s)
    is_missing = np.array(
        data.draw(st.lists(st.booleans(), min_size=count, max_size=count))
    )
    positions = track(times_s, 50.0 * times_s)
    positions[is_missing] = np.nan
    filled, lengths_s = fill_gaps(times_s, positions, 0.2)
    known = np.flatnonzero(~is_missing)
    for frame in range(count):
        before, after = known[known < frame], known[known > frame]
        is_inner = before.size and after.size and is_missing[frame]
        gap_s = times_s[after[0]] - times_s[before[-1]] if is_inner else 0.0
        is_fillable = is_inner and gap_s <= 0.2 + 1e-6
        assert lengths_s[frame, 0] == pytest.approx(gap_s if is_fillable else 0.0)
        if is_fillable or not is_missing[frame]:
            assert filled[frame, 0, 0] == pytest.approx(50.0 * times_s[frame])
        else:
            assert np.isnan(filled[frame, 0]).all()


def standing(frame_count, noise_px, seed=9):
    """Noise about a body that stands; its trunk is 100 px long."""
    chance = np.random.default_rng(seed)
    positions = chance.normal(0.0, noise_px, (frame_count, len(KEYPOINTS), 2))
    positions[:, KEYPOINT_INDEX["neck"], 1] -= 100.0
    return np.arange(frame_count) / 60.0, positions


def find(times_s, positions):
    return find_outliers(times_s, positions, half_window_s=0.1, trunk_ratio=0.2)


def middle_line(offsets, values):
    """Theil's line through the others of a window: its value in the middle."""
    half = len(values) // 2
    for lag in (half + 1, max(half // 2, 1)):
        rises = [(values[i + lag] - values[i]) / lag for i in range(len(values) - lag)]
        rises = [rise for rise in rises if np.isfinite(rise)]
        if lag > half and 2 * len(rises) < half:
            continue
        break
    return np.median(rises) if rises else 0.0


def excess_written_out(window, tolerance_px):
    """One joint's and axis' window ``(W,)`` with the point in the middle."""
    half = len(window) // 2
    others = window.copy()
    others[half] = np.nan
    offsets = np.arange(-half, half + 1)
    ratios = []
    for slope in (middle_line(offsets, others), 0.0):
        level = window - slope * offsets
        median = np.nanmedian(others - slope * offsets)
        spread = np.nanmedian(np.abs(level - median))
        limit = max(3 * 1.4826 * spread, tolerance_px)
        ratios.append(abs(level[half] - median) / limit)
    fewer = min(np.isfinite(others[:half]).sum(), np.isfinite(others[half:]).sum())
    return min(ratios) if fewer < half / 2 else ratios[0]


@pytest.mark.filterwarnings("ignore:All-NaN slice encountered")
def test_outliers_are_those_of_the_rule_written_out():
    times_s, positions = standing(150, 4.0)
    positions[:, :, 0] += 600.0 * times_s[:, None]
    chance = np.random.default_rng(1)
    shape = positions.shape[:2]
    positions[chance.random(shape) < 0.05] += 60.0
    positions[chance.random(shape) < 0.2] = np.nan
    excess = find(times_s, positions)
    trunk_px = np.nanmedian(
        np.linalg.norm(
            positions[:, KEYPOINT_INDEX["neck"]] - positions[:, KEYPOINT_INDEX["hip"]],
            axis=1,
        )
    )
    padded = np.pad(positions, ((6, 6), (0, 0), (0, 0)), constant_values=np.nan)
    expected = np.zeros_like(excess)
    for frame, joint in np.argwhere(np.isfinite(positions[:, :, 0])):
        ratio = max(
            excess_written_out(padded[frame : frame + 13, joint, axis], 0.2 * trunk_px)
            for axis in range(2)
        )
        expected[frame, joint] = ratio if ratio > 1 else 0.0
    assert np.count_nonzero(expected) > 100
    is_found = excess > 0
    np.testing.assert_allclose(excess[is_found], expected[is_found])
    # The quick look that comes first may pass over a point that is hardly out.
    assert expected[~is_found].max() < 1.5
    assert np.count_nonzero(expected[~is_found]) < 0.03 * np.count_nonzero(expected)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_an_outlier_is_found_in_full_swing_and_only_it(rate_hz):
    times_s = np.arange(int(2 * rate_hz)) / rate_hz
    positions = np.zeros((times_s.size, len(KEYPOINTS), 2))
    positions[:, KEYPOINT_INDEX["neck"], 1] -= 100.0
    # A running foot: 1.4 strides a second, up to 9 trunk lengths a second.
    positions[:, :, 0] += 100.0 * np.sin(2 * np.pi * 1.4 * times_s)[:, None]
    steepest = int(np.argmax(np.abs(np.diff(positions[: times_s.size // 2, KNEE, 0]))))
    positions[steepest, KNEE, 0] += 40.0
    assert np.argwhere(find(times_s, positions)).tolist() == [[steepest, KNEE]]


def test_the_first_and_last_point_of_a_steady_movement_are_kept():
    times_s, positions = standing(90, 1.0)
    positions[:, :, 0] += 900.0 * times_s[:, None]
    positions[40:60] = np.nan
    assert not find(times_s, positions).any()


def test_without_a_trunk_nothing_is_called_an_outlier():
    times_s, positions = standing(60, 1.0)
    positions[30, KNEE] += 500.0
    assert find(times_s, positions)[30, KNEE] > 1
    positions[:, KEYPOINT_INDEX["neck"]] = np.nan
    assert not find(times_s, positions).any()
