import numpy as np
import pytest

from benchmarks.alignment.faults import (
    CLEAN,
    HARD,
    MILD,
    add_faults,
    draw_bursts,
    draw_gaps,
    draw_jitter,
)
from benchmarks.alignment.movements import (
    ANGLE_NAMES,
    MIRROR,
    MIRRORED_COLUMNS,
    build_plain_style,
    draw_movement,
    draw_performance,
    draw_style,
)
from benchmarks.alignment.recordings import (
    REPORTING_SEEDS,
    TUNING_SEEDS,
    TrialOptions,
    draw_trial,
)


def _draw_performance(seed: int, style_deg: float = 0.0):
    chance = np.random.default_rng(seed)
    movement = draw_movement(chance)
    style = draw_style(chance, style_deg, 0.0) if style_deg else build_plain_style()
    return draw_performance(chance, movement, style, speed_ratio=1.3)


@pytest.mark.parametrize("seed", range(3))
def test_keyframe_times_map_back_to_their_phases_exactly(seed):
    performance = _draw_performance(seed)
    phases = performance.find_phases(performance.keyframe_times_s)
    np.testing.assert_allclose(
        phases, performance.movement.keyframe_phases, rtol=0, atol=1e-12
    )
    assert performance.duration_s == pytest.approx(3.0 / 1.3)


def test_truth_in_a_recording_is_where_the_movement_shows_its_keyframes():
    trial = draw_trial(TUNING_SEEDS[3], CLEAN, TrialOptions(frame_rate_hz=480.0))
    truth, performer = trial.truths[0], trial.performers[0]
    wanted = [
        np.interp(performer.keyframe_times_s, performer.times_s, column)
        for column in performer.angles_deg.T
    ]
    seen = [
        np.interp(truth.keyframe_times_s, trial.times_s, column)
        for column in trial.angles_deg.T
    ]
    np.testing.assert_allclose(seen, wanted, atol=0.2)
    assert truth.start_s < truth.keyframe_times_s[0]
    assert (np.diff(truth.keyframe_times_s) > 0).all()
    assert truth.keyframe_times_s[-1] < truth.end_s < trial.times_s[-1]


def test_truth_does_not_depend_on_the_frame_rate_or_lie_on_frames():
    trials = [
        draw_trial(5, MILD, TrialOptions(frame_rate_hz=rate)) for rate in (30.0, 240.0)
    ]
    for slow, fast in zip(trials[0].truths, trials[1].truths, strict=True):
        np.testing.assert_array_equal(slow.keyframe_times_s, fast.keyframe_times_s)
        beside_frames = (slow.keyframe_times_s * 30.0) % 1.0
        assert ((beside_frames > 1e-6) & (beside_frames < 1 - 1e-6)).all()


def test_a_seed_gives_the_same_trial_again_and_another_seed_another():
    first, again, other = (draw_trial(seed, HARD) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first.angles_deg, again.angles_deg)
    assert not np.array_equal(first.angles_deg, other.angles_deg, equal_nan=True)
    assert first.truths[0].start_s != other.truths[0].start_s


def test_tuning_and_reporting_share_no_seed():
    assert not set(TUNING_SEEDS) & set(REPORTING_SEEDS)


def test_options_are_kept():
    options = TrialOptions(
        duration_s=120.0, repetition_count=6, performer_count=3, speed_ratio=2.0
    )
    trial = draw_trial(2, MILD, options)
    assert trial.angles_deg.shape == (7200, len(ANGLE_NAMES))
    assert len(trial.truths) == 6
    assert len(trial.performers) == 3
    lengths_s = [truth.end_s - truth.start_s for truth in trial.truths]
    np.testing.assert_allclose(lengths_s, 1.5)
    ends = [truth.end_s for truth in trial.truths]
    starts = [truth.start_s for truth in trial.truths]
    assert all(end < start for end, start in zip(ends, starts[1:], strict=False))


def test_a_recording_without_the_movement_has_no_truth():
    trial = draw_trial(2, MILD, TrialOptions(repetition_count=0))
    assert trial.truths == ()


def test_more_repetitions_than_fit_are_refused():
    options = TrialOptions(duration_s=20.0, repetition_count=9)
    with pytest.raises(ValueError, match="fewer repetitions"):
        draw_trial(1, MILD, options)


def test_a_mirrored_athlete_is_the_same_athlete_with_sides_exchanged():
    plain = draw_trial(4, CLEAN)
    mirrored = draw_trial(4, CLEAN, TrialOptions(is_mirrored=True))
    left = ANGLE_NAMES.index("left_knee_deg")
    right = ANGLE_NAMES.index(MIRROR["left_knee_deg"])
    np.testing.assert_array_equal(
        plain.angles_deg[:, left], mirrored.angles_deg[:, right]
    )
    assert MIRROR["trunk_deg"] == "trunk_deg"
    assert tuple(np.argsort(MIRRORED_COLUMNS)) == MIRRORED_COLUMNS


@pytest.mark.parametrize("severity", [MILD, HARD], ids=lambda one: one.name)
def test_gaps_come_to_the_share_that_was_asked(severity):
    trial = draw_trial(9, severity)
    gap_share = np.isnan(trial.angles_deg).mean()
    assert gap_share == pytest.approx(severity.gap_share, abs=1e-4)


def test_swaps_exchange_the_sides_in_the_share_that_was_asked():
    angles_deg = np.arange(12.0) + np.zeros((5000, 12))
    only_swaps = type(HARD)("swaps", 0.0, 0.0, 0.0, 0.04, 0.0, 0.0)
    seen = add_faults(np.random.default_rng(1), angles_deg, 60.0, only_swaps)
    is_swapped = (seen != angles_deg).any(axis=1)
    assert is_swapped.sum() == 200
    np.testing.assert_array_equal(
        seen[is_swapped], angles_deg[is_swapped][:, MIRRORED_COLUMNS]
    )


def test_spikes_hit_the_share_of_cells_that_was_asked_and_are_large():
    only_spikes = type(HARD)("spikes", 0.0, 0.02, 0.0, 0.0, 0.0, 0.0)
    seen = add_faults(np.random.default_rng(1), np.zeros((1000, 12)), 60.0, only_spikes)
    assert (seen != 0).sum() == 240
    assert np.abs(seen[seen != 0]).min() >= 20.0


def test_bursts_and_gaps_are_bursts_not_single_frames():
    chance = np.random.default_rng(0)
    is_in = draw_bursts(chance, 20_000, 0.1, 6.0)
    assert is_in.sum() == 2000
    assert 3.0 < 2000 / np.count_nonzero(np.diff(is_in.astype(int)) == 1) < 12.0
    gaps = draw_gaps(chance, 6000, 60.0, 0.1)
    changes = np.count_nonzero(np.diff(gaps.astype(int), axis=0) == 1)
    assert gaps.sum() / changes > 4.0


@pytest.mark.parametrize("frame_rate_hz", [30.0, 240.0])
def test_jitter_has_unit_variance_at_any_rate_and_half_of_it_stays(frame_rate_hz):
    jitter = draw_jitter(np.random.default_rng(2), (200_000, 1), frame_rate_hz)[:, 0]
    assert jitter.std() == pytest.approx(1.0, abs=0.02)
    next_frame = np.corrcoef(jitter[1:], jitter[:-1])[0, 1]
    assert next_frame == pytest.approx(
        0.5 * np.exp(-1.0 / (0.07 * frame_rate_hz)), abs=0.02
    )
