import math

import numpy as np
import pytest

from sportsgpt_lib.kismam.noise_bias import (
    LASTING_SHARE,
    compute_noise_bias,
    remove_noise_bias,
    remove_size_bias,
)
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.measurement_errors import name_rate
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    DurationSymmetry,
    InPhase,
)

SQUAT = load_movement("squat")
TIMES = {"start": 0.2, "finish": 3.2}
TIMES_S = np.arange(0.0, 3.5, 1.0 / 60.0)
NAME = "hip_height"
ERROR, KNOT_S = 0.02, 0.2
PASSING = ERROR * math.sqrt(1.0 - LASTING_SHARE)
ERRORS = {NAME: ERROR, name_rate(NAME): math.sqrt(3.0) * PASSING / KNOT_S}


def rule(measure: str) -> InPhase:
    return InPhase.model_validate(
        {"measure": measure, "quantity": NAME, "phase": "whole"}
    )


def correct(measure: str, values: np.ndarray) -> float:
    repetition = Repetition("both", {}, {NAME: Signal(TIMES_S, values)})
    return compute_noise_bias(rule(measure), SQUAT, repetition, TIMES, ERRORS)


def draw_noise(generator: np.random.Generator) -> np.ndarray:
    knots_s = np.arange(-KNOT_S * generator.random(), 4.0, KNOT_S)
    drawn = generator.normal(0.0, PASSING * math.sqrt(1.5), knots_s.size)
    return np.interp(TIMES_S, knots_s, drawn)


def read_range(values: np.ndarray) -> float:
    inside = values[(TIMES_S >= 0.2) & (TIMES_S <= 3.2)]
    return float(inside.max() - inside.min())


@pytest.mark.parametrize("rise", [0.0, 0.1])
def test_a_range_loses_what_noise_adds_on_average(rise: float) -> None:
    truth = rise * np.exp(-0.5 * ((TIMES_S - 1.7) / 0.4) ** 2)
    generator = np.random.default_rng(1)
    raw, corrected = [], []
    for _ in range(100):
        values = truth + draw_noise(generator)
        raw.append(read_range(values) - rise)
        corrected.append(raw[-1] - correct("range_in_phase", values))
    assert np.mean(raw) > 0.8 * PASSING
    assert abs(np.mean(corrected)) < 0.4 * np.mean(raw)


def test_the_highest_of_independent_values_exceeds_them_by_the_known_amount() -> None:
    # A flat curve over 15 stretches: the mean of the highest of 15 normal values is
    # 1.736 standard deviations (Harter 1961, Biometrika 48, table 1).
    found = correct("maximum_in_phase", np.zeros_like(TIMES_S))
    assert found == pytest.approx(1.736 * PASSING, rel=0.01)


def test_a_minimum_is_raised_by_as_much_as_a_maximum_is_lowered() -> None:
    curve = np.sin(TIMES_S)
    assert correct("minimum_in_phase", curve) < 0.0
    assert correct("minimum_in_phase", curve) == pytest.approx(
        -correct("maximum_in_phase", -curve)
    )
    assert correct("range_in_phase", curve) == pytest.approx(
        correct("maximum_in_phase", curve) - correct("minimum_in_phase", curve)
    )


def test_a_steep_curve_loses_less_than_a_flat_one() -> None:
    flat, steep = np.zeros_like(TIMES_S), 2.0 * np.abs(TIMES_S - 1.7)
    assert correct("maximum_in_phase", steep) < 0.7 * correct("maximum_in_phase", flat)


def test_means_and_instants_have_no_bias() -> None:
    assert correct("mean_in_phase", np.zeros_like(TIMES_S)) == 0.0
    instant = AtKeyframe(measure="at_keyframe", quantity=NAME, keyframe="start")
    repetition = Repetition("both", {}, {NAME: Signal(TIMES_S, TIMES_S)})
    assert compute_noise_bias(instant, SQUAT, repetition, TIMES, ERRORS) == 0.0


def test_the_size_of_a_difference_loses_the_error_in_square() -> None:
    symmetry = DurationSymmetry(
        measure="duration_symmetry", first=("a", "b"), second=("b", "c")
    )
    generator = np.random.default_rng(2)
    seen = np.abs(12.0 + generator.normal(0.0, 5.0, 4000))
    corrected = np.array([remove_size_bias(symmetry, one, 5.0) for one in seen])
    assert np.mean(corrected**2) == pytest.approx(144.0, rel=0.02)
    assert remove_size_bias(symmetry, 3.0, 5.0) == 0.0


def test_what_has_a_sign_keeps_its_value() -> None:
    signed = AtKeyframe(measure="at_keyframe", quantity=NAME, keyframe="start")
    assert remove_size_bias(signed, -3.0, 5.0) == -3.0


def test_a_range_that_is_smaller_than_its_noise_is_0_and_not_negative() -> None:
    excess = correct("range_in_phase", np.zeros_like(TIMES_S))
    assert remove_noise_bias(rule("range_in_phase"), 0.5 * excess, excess) == 0.0
    assert remove_noise_bias(rule("maximum_in_phase"), 0.5 * excess, excess) < 0.0


def test_the_difference_of_two_sides_extremes_has_no_bias_of_extremes() -> None:
    # Both sides' peaks are raised alike; a negative rest would grow when it is squared.
    signals = {
        f"{side}_knee_flexion": Signal(TIMES_S, np.zeros_like(TIMES_S))
        for side in ("left", "right")
    }
    peaks = InPhase(
        measure="maximum_in_phase",
        quantity="{side}_knee_flexion",
        phase="whole",
        sides="difference",
    )
    errors = {"{side}_knee_flexion": 7.0, name_rate("{side}_knee_flexion"): 100.0}
    repetition = Repetition("both", {}, signals)
    assert compute_noise_bias(peaks, SQUAT, repetition, TIMES, errors) == 0.0
    of_both = peaks.model_copy(update={"sides": "mean"})
    assert compute_noise_bias(of_both, SQUAT, repetition, TIMES, errors) > 0.0
