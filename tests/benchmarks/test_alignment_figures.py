from dataclasses import dataclass

import numpy as np
import pytest

from benchmarks.alignment import absence, coverage, repetitions, speed, trial_sets
from benchmarks.alignment.faults import MILD
from benchmarks.alignment.recordings import Trial, TrialOptions, draw_trial
from benchmarks.alignment.scoring import Accuracy, Find
from benchmarks.alignment.speed_cold_start import align_waves
from benchmarks.alignment.speed_memory import measure_peak_growth_bytes
from benchmarks.runner import list_benchmarks


def _tell_truth(trial: Trial, **_: bool) -> list[Find]:
    return [
        Find(t.start_s, t.end_s, 0.1, t.keyframe_times_s, np.full(6, 0.01))
        for t in trial.truths
    ]


def test_every_part_runs_alone_and_all_together():
    benchmarks = list_benchmarks()
    parts = {
        f"alignment.{name}"
        for name in (
            "absence",
            "accuracy",
            "coverage",
            "peer_accuracy",
            "ranges",
            "repetitions",
            "speed",
        )
    }
    assert parts <= set(benchmarks["alignment"])
    assert all(benchmarks[part] == (part,) for part in parts)


def test_f1_falls_with_what_is_missed_and_with_what_is_made_up(monkeypatch):
    trial = draw_trial(1, MILD, TrialOptions(repetition_count=2))

    def measure_with(find_all):
        monkeypatch.setattr(repetitions, "find_with_motion_dtw", find_all)
        figures = repetitions._measure_set("a", [trial], (0.98, 0.995))
        return [figure.value for figure in figures]

    assert measure_with(_tell_truth) == [1.0, 1.0, 0.0]
    assert measure_with(lambda t: _tell_truth(t)[:1]) == [pytest.approx(2 / 3), 0.5, 0]
    twice = measure_with(lambda t: _tell_truth(t) * 2)
    assert twice == [pytest.approx(2 / 3), 1.0, 2.0]


@dataclass
class _StandInSearch:
    costs: np.ndarray


@dataclass
class _StandInAlignment:
    search: _StandInSearch
    repetitions: tuple[str, ...]


def test_absence_counts_wrong_answers_both_ways(monkeypatch):
    present = [draw_trial(seed, MILD) for seed in (1, 2)]
    absent = [draw_trial(seed, MILD, TrialOptions(repetition_count=0)) for seed in (3,)]
    answers = iter(
        [
            _StandInAlignment(_StandInSearch(np.array([np.inf, 0.1])), ("one",)),
            _StandInAlignment(_StandInSearch(np.array([0.5, 0.6])), ()),
            _StandInAlignment(_StandInSearch(np.array([0.3, np.inf])), ("one",)),
        ]
    )
    monkeypatch.setattr(absence, "align_trial", lambda _trial: next(answers))
    figures = absence._measure_sets("a", present, absent)
    assert [figure.value for figure in figures] == [0.5, 1.0, 0.5]


def test_coverage_has_a_limit_on_both_sides():
    errors_frames, stated_s = np.full((1, 100), 1.0), np.full((1, 100), 0.05)
    all_inside = Accuracy(errors_frames, stated_s, np.array([1.0]))
    least, most, width = coverage._describe_limits("a", all_inside)
    assert (least.holds, most.holds) == (True, False)
    assert width.value == pytest.approx(1.96 * 3.0)
    none_inside = Accuracy(errors_frames, stated_s / 100, np.array([1.0]))
    least, most, _ = coverage._describe_limits("a", none_inside)
    assert (least.holds, most.holds) == (False, True)


def test_sets_are_aligned_with_the_trials_they_were_drawn_for(monkeypatch):
    monkeypatch.setattr(trial_sets, "find_with_motion_dtw", _tell_truth)
    trials = trial_sets.draw_with(MILD, TrialOptions(), first=0, count=2)
    accuracy = trial_sets.score_trials(trials)
    assert accuracy.mean_frames == 0.0
    assert accuracy.found_share == 1.0
    assert accuracy.covered_share == 1.0


def test_peak_memory_of_a_call_is_seen_though_it_is_freed_again():
    held = np.ones(3_000_000)
    growth = measure_peak_growth_bytes(lambda: np.ones(5_000_000).sum())
    assert 38e6 < growth < 45e6
    assert measure_peak_growth_bytes(held.sum) < 2e6


@pytest.mark.parametrize(("last_s", "spread_pct"), [(0.145, 0.0), (0.189, 33.3)])
def test_growth_is_judged_by_what_one_frame_more_costs(monkeypatch, last_s, spread_pct):
    monkeypatch.setattr(speed, "draw_recording", lambda _frames: None)
    monkeypatch.setattr(speed, "_describe_answer", lambda _trial: "")
    seconds = {3_600: 0.0046, 36_000: 0.037, 100_000: 0.101, 144_000: last_s}
    *_, spread = speed._describe_growth(seconds)
    assert spread.value == pytest.approx(spread_pct, abs=0.1)
    assert spread.holds == (spread_pct < 25.0)


def test_a_cold_start_aligns_something():
    assert align_waves() >= 1
