import numpy as np
import pytest

from benchmarks.alignment import peers
from benchmarks.alignment.faults import CLEAN, MILD
from benchmarks.alignment.movements import MIRROR
from benchmarks.alignment.peers import PEERS, SLOW_PEERS, find_with_peer
from benchmarks.alignment.recordings import TUNING_SEEDS, TrialOptions, draw_trial
from benchmarks.alignment.scoring import (
    Find,
    build_reference,
    compute_auc,
    compute_coverage,
    compute_f1,
    count_matches,
    score_single,
)
from benchmarks.alignment.timeline import Piece, Truth, join_pieces


def _find(*times_s: float, cost: float = 0.1, error_s: float = 0.01) -> Find:
    marks = np.array(times_s, dtype=float)
    return Find(marks[0], marks[-1], cost, marks, np.full(marks.size, error_s))


def _truth(*times_s: float) -> Truth:
    return Truth(times_s[0], times_s[-1], np.array(times_s))


def test_errors_are_in_sixtieths_and_the_cheapest_find_counts():
    trial = draw_trial(TUNING_SEEDS[0], CLEAN, TrialOptions(duration_s=30.0))
    marks_s = trial.truths[0].keyframe_times_s
    near, far = marks_s + [0.05, -0.05] * 3, marks_s + 5.0
    good = score_single([(trial, [_find(*near), _find(*far, cost=0.5)])])
    assert good.mean_frames == pytest.approx(3.0)
    assert good.found_share == 1.0
    both = score_single([(trial, [_find(*near)]), (trial, [_find(*far)]), (trial, [])])
    assert both.found_share == pytest.approx(1 / 3)
    assert both.mean_frames == pytest.approx(3.0)
    assert len(both.errors_frames) == 1


def test_a_method_that_never_finds_anything_has_no_error_rather_than_none():
    trial = draw_trial(TUNING_SEEDS[0], CLEAN, TrialOptions(duration_s=30.0))
    lost = score_single([(trial, [])])
    assert np.isnan(lost.mean_frames)
    assert lost.found_share == 0.0


def test_coverage_counts_errors_within_1_96_standard_uncertainties():
    errors_frames = np.array([[1.17, 1.18, -1.17, np.nan]])
    stated_s = np.full((1, 4), 0.01)  # 1.176 frames of 60 per second
    assert compute_coverage(errors_frames, stated_s) == pytest.approx(2 / 3)


def test_one_truth_is_matched_once():
    truths = [_truth(1.0, 2.0), _truth(5.0, 6.0)]
    finds = [_find(1.0, 2.0), _find(1.05, 2.05, cost=0.2), _find(5.3, 6.3)]
    assert count_matches(finds, truths) == 1
    assert count_matches([*finds, _find(5.1, 6.1)], truths) == 2


def test_f1_is_the_harmonic_mean_of_precision_and_recall():
    assert compute_f1(3, 4, 6) == pytest.approx(2 * 0.75 * 0.5 / 1.25)
    assert compute_f1(0, 0, 0) == 1.0


def test_auc_counts_pairs_in_order_and_ties_half():
    assert compute_auc(np.array([0.1, 0.2]), np.array([0.3, 0.4])) == 1.0
    assert compute_auc(np.array([0.1, 0.3]), np.array([0.3, 0.4])) == 0.875


def test_references_keep_keyframes_and_ends():
    trial = draw_trial(TUNING_SEEDS[1], MILD, TrialOptions(duration_s=30.0))
    reference = build_reference(trial, trial.performers[0])
    times_s = [mark.time_s for mark in reference.keyframes]
    np.testing.assert_array_equal(times_s, trial.performers[0].keyframe_times_s)
    assert set(reference.motion.names) == set(MIRROR)


def test_pieces_are_joined_without_a_jump():
    pieces = [
        Piece(1.0, lambda t: np.zeros((t.size, 1))),
        Piece(1.0, lambda t: 5.0 + t[:, None], _truth(0.2, 0.8)),
        Piece(9.0, lambda t: np.ones((t.size, 1))),
    ]
    times_s = np.arange(0.0, 5.0, 0.001)
    values, truths = join_pieces(np.random.default_rng(0), pieces, times_s)
    assert np.abs(np.diff(values[:, 0])).max() < 0.04
    at = np.interp(truths[0].keyframe_times_s, times_s, values[:, 0])
    np.testing.assert_allclose(at, [5.2, 5.8], atol=1e-3)


@pytest.mark.parametrize("form", ["scaled", "unit"])
def test_peers_get_rows_of_the_movement_and_of_the_recording(form):
    trial = draw_trial(TUNING_SEEDS[2], MILD, TrialOptions(duration_s=20.0))
    wanted, seen = peers.build_features(trial.performers[0], trial, form)
    assert wanted.shape == (180, 24)
    assert seen.shape == (1200, 24)
    assert np.isfinite(wanted).all()
    assert np.isfinite(seen).all()


_TSLEARN = "tslearn subsequence, our rows"


@pytest.mark.parametrize(
    "name",
    [
        *(name for name in (*PEERS, *SLOW_PEERS) if name != _TSLEARN),
        pytest.param(_TSLEARN, marks=pytest.mark.slow),  # compiles for seconds
    ],
)
def test_a_peer_finds_a_clean_movement_that_fills_the_recording(name):
    module = {"dtaidistance": "dtaidistance", "dtw-python": "dtw"}
    pytest.importorskip(module.get(name.split()[0], name.split()[0]))
    trial = draw_trial(TUNING_SEEDS[4], CLEAN, TrialOptions(duration_s=20.0))
    truth = trial.truths[0]
    is_near = (trial.times_s > truth.start_s) & (trial.times_s < truth.end_s)
    cut = type(trial)(
        trial.names,
        trial.times_s[is_near],
        trial.angles_deg[is_near],
        trial.truths,
        trial.performers,
    )
    find_path, form = {**PEERS, **SLOW_PEERS}[name]
    found = find_with_peer(cut, find_path, form)[0]
    np.testing.assert_allclose(found.keyframe_times_s, truth.keyframe_times_s, atol=0.1)
