import dataclasses

import numpy as np
import pytest

from benchmarks.kismam.athletes import Athlete, draw_athletes, film
from benchmarks.kismam.cohorts import collect_cases
from benchmarks.kismam.detection import find_least_size
from benchmarks.kismam.pose_noise import draw_passing, find_knot_s
from benchmarks.kismam.real_labels import compute_separation
from benchmarks.kismam.reliability import (
    CalibrationPairs,
    compute_calibration_error,
    join_pairs,
    list_calibration_pairs,
    list_reliability,
)
from benchmarks.kismam.scoring import (
    Cases,
    compute_clean_false_share,
    compute_precision,
    join_cases,
    rank_by_hard_limits,
)
from benchmarks.kismam.true_motion import build_true_motion, measure_truth
from benchmarks.kismam.wishes import Wish, draw_wishes
from sportsgpt_lib.kinematics.rates import compute_derivatives
from sportsgpt_lib.kismam.indicators import assess_repetition
from sportsgpt_lib.sports.loader import load_movement, movement_names
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors

WALK, LANDING = load_movement("walking_stride"), load_movement("drop_landing")
FAULTS = ["overstriding", "forward_lean", "stiff_swing_knee", "uneven_rhythm"]


def draw(faults: list[str | None], size: float = 2.5, seed: int = 1) -> list[Athlete]:
    return list(draw_athletes(WALK, faults, np.full(len(faults), size), seed))


@pytest.fixture(scope="module")
def cases() -> Cases:
    return collect_cases(WALK, draw([*FAULTS, *[None] * 8]), 60.0, seed=2)


def test_a_true_motion_has_the_wanted_values() -> None:
    wanted = {
        "stride_time": 1.15,
        "stance_share": 62.0,
        "knee_flexion_at_foot_strike": 10.0,
        "swing_knee_flexion": 40.0,
        "trunk_lean_mean": 12.0,
    }
    wishes = {name: Wish(value, value, value) for name, value in wanted.items()}
    motion = build_true_motion(WALK, wishes)
    assert motion is not None
    for indicator in WALK.indicators:
        if indicator.name in wanted and indicator.target is not None:
            value, _ = measure_truth(WALK, motion, indicator)
            allowed = 0.1 * indicator.target.tolerance
            assert value == pytest.approx(wanted[indicator.name], abs=allowed)


def test_the_same_seed_draws_the_same_athletes() -> None:
    first, again = draw(["overstriding", None]), draw(["overstriding", None])
    for one, other in zip(first, again, strict=True):
        assert one.motion.keyframes == other.motion.keyframes
        for name, curve in one.motion.curves.items():
            np.testing.assert_array_equal(curve, other.motion.curves[name])


def test_without_noise_only_the_fault_deviates() -> None:
    (athlete,) = draw(["forward_lean"])
    for indicator in WALK.indicators:
        if indicator.target is None:
            continue
        value, _ = measure_truth(WALK, athlete.motion, indicator)
        low, high = indicator.target.low, indicator.target.high
        slack = 0.2 * indicator.target.tolerance
        is_inside = (low is None or value >= low - slack) and (
            high is None or value <= high + slack
        )
        assert is_inside == (indicator.name != "trunk_lean_mean")


def test_noise_is_as_large_as_told() -> None:
    (athlete,) = draw([None])
    curve = athlete.motion.curves["trunk_lean"]
    misses = []
    for seed in range(300):
        filmed = film(athlete, 60.0, 1.0, np.random.default_rng(seed))
        signal = filmed.signals["trunk_lean"]
        truth = np.interp(signal.times_s, athlete.motion.times_s, curve)
        misses.append(signal.values - truth)
    found = np.sqrt(np.mean(np.concatenate(misses) ** 2))
    assert found == pytest.approx(4.0, rel=0.1)


def test_repetitions_of_a_recording_share_what_lasts_of_an_error() -> None:
    (athlete,) = draw([None])
    curve = athlete.motion.curves["trunk_lean"]
    means = []
    for seed in range(150):
        generator = np.random.default_rng(seed)
        lasting: dict[str, float] = {}
        pair = []
        for _ in range(2):
            signal = film(athlete, 60.0, 1.0, generator, lasting).signals["trunk_lean"]
            truth = np.interp(signal.times_s, athlete.motion.times_s, curve)
            pair.append(float(np.mean(signal.values - truth)))
        means.append(pair)
    shared = np.corrcoef(np.array(means).T)[0, 1]
    assert 0.8 < shared < 0.999


def test_a_landing_has_no_leg_of_its_own() -> None:
    (athlete,) = draw_athletes(LANDING, ["stiff_landing"], np.array([1.5]), 3)
    assert athlete.motion.own_side == "both"


def test_clear_faults_rank_first_and_are_counted(cases: Cases) -> None:
    assert cases.fault_rank[:4].tolist() == [1, 1, 1, 1]
    assert not cases.fault_rank[4:].any()
    assert compute_precision(cases) > 0.5
    assert compute_clean_false_share(cases) <= 0.25
    assert rank_by_hard_limits(cases) >= 0.5


def test_a_clean_performance_with_a_finding_is_counted(cases: Cases) -> None:
    blamed = dataclasses.replace(cases, fault=np.full_like(cases.fault, -1))
    assert compute_clean_false_share(blamed) >= 4 / 12
    assert compute_precision(blamed) == 0.0


def test_what_is_limited_in_this_view_is_no_case_of_calibration(cases: Cases) -> None:
    names = [issue.name for issue in WALK.issues]
    assert not cases.can_be_reported[:, names.index("still_arms")].any()
    assert cases.can_be_reported[:, names.index("overstriding")].all()
    pairs = list_calibration_pairs(cases)
    assert pairs.probability.size == cases.can_be_reported.sum()
    assert pairs.is_there.sum() == len(FAULTS)


@pytest.mark.parametrize("name", movement_names())
def test_clean_athletes_and_faults_can_be_made_of_every_movement(name: str) -> None:
    movement = load_movement(name)
    faults = [None, None, movement.issues[0].name, movement.issues[-1].name]
    drawn = list(draw_athletes(movement, faults, np.full(4, 1.5), 5))
    assert [athlete.fault for athlete in drawn] == faults
    repetition = film(drawn[0], 120.0, 1.0, np.random.default_rng(6))
    results = assess_repetition(
        movement, repetition, "sagittal", load_measurement_errors()
    )
    # A condition that sets indicators aside, such as a jog's speed, must not be met.
    assert sum(result.validity == "not_measurable" for result in results) <= 1


def test_a_wish_that_is_not_firm_accepts_its_range() -> None:
    generator = np.random.default_rng(7)
    wishes = draw_wishes(WALK, "overstriding", 2.0, generator)
    assert wishes["foot_ahead_at_foot_strike"].is_firm
    assert wishes["foot_ahead_at_foot_strike"].value == pytest.approx(0.26 + 2 * 0.04)
    free = wishes["swing_knee_flexion"]
    assert not free.is_firm
    assert free.find_nearest(80.0) == free.high == 70.0
    assert free.find_nearest(60.0) == 60.0


def test_passing_errors_have_the_rate_that_is_stated() -> None:
    times_s = np.arange(0.0, 60.0, 1.0 / 120.0)
    knot_s = find_knot_s(7.0, 60.0)
    error = 7.0 * np.sqrt(0.5) * draw_passing(times_s, knot_s, np.random.default_rng(8))
    rates = compute_derivatives(times_s, error[:, None]).rates_per_s
    assert np.nanstd(rates) == pytest.approx(60.0, rel=0.1)
    assert np.std(error) == pytest.approx(7.0 * np.sqrt(0.5), rel=0.1)


def test_the_size_from_which_faults_are_found_is_where_all_larger_ones_are() -> None:
    size = np.linspace(0.5, 3.0, 5001)[:-1]
    assert find_least_size(size, size >= 1.5) == pytest.approx(1.5)
    assert find_least_size(size, size < 1.5) is None


def test_joined_cases_are_all_of_them(cases: Cases) -> None:
    joined = join_cases([cases, cases])
    assert joined.fault_rank.size == 2 * cases.fault_rank.size
    assert compute_precision(joined) == compute_precision(cases)


def test_calibration_error_of_known_probabilities() -> None:
    right = CalibrationPairs(np.full(10, 0.3), np.array([1.0] * 3 + [0.0] * 7))
    wrong = CalibrationPairs(np.full(10, 0.9), np.zeros(10))
    assert compute_calibration_error(right) == pytest.approx(0.0)
    assert compute_calibration_error(wrong) == pytest.approx(0.9)
    assert compute_calibration_error(join_pairs([right, wrong])) == pytest.approx(0.45)


def test_what_is_not_spoken_of_is_left_out_of_the_strict_error() -> None:
    pairs = CalibrationPairs(np.array([0.0, 0.01, 0.03, 0.8]), np.array([0, 0, 1, 1.0]))
    assert pairs.keep_spoken().probability.tolist() == [0.03, 0.8]


def test_a_reliability_table_holds_every_pair_once() -> None:
    generator = np.random.default_rng(9)
    probability = generator.random(5000)
    is_there = (generator.random(5000) < probability).astype(float)
    table = list(list_reliability(CalibrationPairs(probability, is_there)))
    assert sum(part.count for part in table) == 5000
    assert len(table) == 10
    for part in table:
        assert part.low <= part.probability < part.high
        assert part.frequency == pytest.approx(part.probability, abs=0.08)


def test_separation_of_known_groups() -> None:
    low, high = np.array([1.0, 2.0, np.nan]), np.array([3.0, 4.0])
    assert compute_separation(low, high) == 1.0
    assert compute_separation(high, low) == 0.0
    assert compute_separation(high, high) == 0.5
