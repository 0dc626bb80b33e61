"""Kinematics whose indicators have given values: a target model, bent until it fits.

Works for any movement. Where the movement has a target model, its curves are bent;
other quantities begin as constants. Segments are not linked: a knee is bent without
moving the foot, which a real body cannot do.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.kismam.true_times import (
    OPPOSITE,
    Key,
    find_base,
    find_own_side,
    fit_times,
    list_texts,
    name_key,
    order_keyframes,
)
from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.quantities import fill_side, is_sided
from sportsgpt_lib.sports.rules import InPhase, QuantityRule

FloatArray = npt.NDArray[np.float64]

_FINE_HZ = 240.0
_MARGIN_S = 0.4
_ROUNDS = 12
_CLOSE_ENOUGH_TOLERANCES = 0.05


@dataclass(frozen=True)
class TrueMotion:
    """A repetition without any error: keyframes and densely sampled quantities."""

    own_side: str
    keyframes: dict[Key, float]
    times_s: FloatArray
    curves: dict[str, FloatArray]


def build_true_motion(
    movement: Movement, wanted: Mapping[str, float]
) -> TrueMotion | None:
    """Build a repetition whose indicators come as near the wanted values as they can.

    Indicators that depend on each other, as an angle and its change, may not all reach
    theirs: the later ones of the movement file do.

    Returns
    -------
    None where the wanted times put the keyframes out of order.
    """
    own_side = find_own_side(movement)
    texts = list_texts(movement)
    times = fit_times(movement, texts, wanted)
    keyframes = {
        name_key(text, own_side): time_s
        for text, time_s in zip(texts, times, strict=True)
    }
    if any(
        span <= 0.0
        for span in np.diff([keyframes[key] for key in order_keyframes(movement)])
    ):
        return None
    first, last = min(keyframes.values()), max(keyframes.values())
    times_s = np.arange(first - _MARGIN_S, last + _MARGIN_S, 1.0 / _FINE_HZ)
    motion = TrueMotion(
        own_side,
        keyframes,
        times_s,
        _build_base(movement, own_side, keyframes, times_s),
    )
    _bend(movement, motion, wanted)
    return motion


def as_repetition(motion: TrueMotion) -> Repetition:
    """Read a true motion as a repetition that was measured without error."""
    return Repetition(
        own_side=motion.own_side,
        keyframes={
            key: KeyframeTime(time_s, 0.0) for key, time_s in motion.keyframes.items()
        },
        signals={
            name: Signal(motion.times_s, values)
            for name, values in motion.curves.items()
        },
    )


def measure_truth(
    movement: Movement, motion: TrueMotion, indicator: Indicator
) -> tuple[float, float]:
    """Measure an indicator's true value and the time that shows it."""
    repetition = as_repetition(motion)
    times = {}
    for text in list_needed_keyframes(indicator.rule, movement):
        found = repetition.find_keyframe(text)
        if found is None:
            return float("nan"), float("nan")
        times[text] = found.time_s
    measured = compute_measure(indicator.rule, movement, repetition, times)
    return measured.value, measured.time_s


def _build_base(
    movement: Movement,
    own_side: str,
    keyframes: Mapping[Key, float],
    times_s: FloatArray,
) -> dict[str, FloatArray]:
    curves = {}
    for indicator in movement.indicators:
        rule = indicator.rule
        if isinstance(rule, QuantityRule):
            for side in ("left", "right"):
                curves[fill_side(rule.quantity, side)] = np.zeros_like(times_s)
    reference = find_base(movement.name)
    if reference is not None:
        span_s = max(keyframes.values()) - min(keyframes.values())
        angles = reference.sample_deg((times_s - min(keyframes.values())) / span_s)
        sides = (own_side, OPPOSITE[own_side])
        for column, (side, quantity) in enumerate(
            itertools.product(sides, reference.quantities)
        ):
            if f"{side}_{quantity}" in curves:
                curves[f"{side}_{quantity}"] = angles[:, column]
    return curves


def _bend(movement: Movement, motion: TrueMotion, wanted: Mapping[str, float]) -> None:
    """Bend the curves in place, one indicator after the other, until all fit."""
    judged = [
        indicator
        for indicator in movement.indicators
        if isinstance(indicator.rule, QuantityRule) and indicator.name in wanted
    ]
    for _ in range(_ROUNDS):
        worst = 0.0
        for indicator in judged:
            value, time_s = measure_truth(movement, motion, indicator)
            miss = wanted[indicator.name] - value
            tolerance = indicator.target.tolerance if indicator.target else 1.0
            worst = max(worst, abs(miss) / tolerance)
            shape = _build_shape(movement, motion, indicator, time_s)
            for name in _list_bent(motion, indicator, time_s):
                motion.curves[name] += miss * shape
        if worst < _CLOSE_ENOUGH_TOLERANCES:
            return


def _build_shape(
    movement: Movement, motion: TrueMotion, indicator: Indicator, time_s: float
) -> FloatArray:
    """Build where on the curve an indicator is bent, 1 = by the whole miss."""
    rule = indicator.rule
    if not isinstance(rule, InPhase):
        return _build_hill(motion, time_s, _find_free_s(motion, time_s))
    if rule.measure == "mean_in_phase":
        return np.ones_like(motion.times_s)
    # Inside the phase: a peak at its end would be a spike between two keyframes.
    phase = movement.phase(rule.phase)
    start_s, end_s = (
        motion.keyframes[name_key(text, motion.own_side)]
        for text in (phase.start, phase.end)
    )
    third_s = (end_s - start_s) / 3.0
    centre_s = float(np.clip(time_s, start_s + third_s, end_s - third_s))
    return _build_hill(motion, centre_s, 0.5 * third_s)


def _list_bent(motion: TrueMotion, indicator: Indicator, time_s: float) -> list[str]:
    """List the curves that are bent for an indicator."""
    rule = indicator.rule
    if not isinstance(rule, QuantityRule):
        return []
    sides = [motion.own_side]
    if not is_sided(rule.quantity):
        sides = ["left"]
    elif rule.sides == "mean" or (motion.own_side == "both" and rule.sides == "own"):
        sides = ["left", "right"]
    elif rule.sides == "difference":
        sides = [_larger_side(motion, rule.quantity, time_s)]
    return [fill_side(rule.quantity, side) for side in sides]


def _larger_side(motion: TrueMotion, quantity: str, time_s: float) -> str:
    at = int(np.searchsorted(motion.times_s, time_s))
    left, right = (
        motion.curves[fill_side(quantity, side)][at] for side in ("left", "right")
    )
    return "left" if left >= right else "right"


def _find_free_s(motion: TrueMotion, time_s: float) -> float:
    """Find how wide a hill at an instant may be to leave other keyframes alone."""
    gaps = np.abs(np.array(list(motion.keyframes.values())) - time_s)
    near = gaps[gaps > 1.0 / _FINE_HZ]
    return float(np.clip(0.6 * near.min(initial=0.25), 0.02, 0.2))


def _build_hill(motion: TrueMotion, centre_s: float, spread_s: float) -> FloatArray:
    return np.asarray(np.exp(-0.5 * ((motion.times_s - centre_s) / spread_s) ** 2))
