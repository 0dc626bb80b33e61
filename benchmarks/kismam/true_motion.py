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
from scipy import optimize

from sportsgpt_lib.alignment.reference import load_reference
from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.quantities import fill_side, is_sided
from sportsgpt_lib.sports.rules import InPhase, QuantityRule, parse_keyframe_ref

FloatArray = npt.NDArray[np.float64]
Key = tuple[str, str]

_FINE_HZ = 240.0
_MARGIN_S = 0.4
# Between keyframes of a movement without a target model, before durations are set.
_STEP_S = 0.25
_ROUNDS = 12
_CLOSE_ENOUGH_TOLERANCES = 0.05
# The order of keyframes where a file's own order is not that of time, by the keyframe
# that ends the movement: a running cycle of 0.72 s, a throw off two feet. Rough, since
# the indicators' wanted durations move them.
_NOMINAL_S = {
    "next_foot_strike": {
        "foot_strike": 0.0,
        "mid_stance": 0.13,
        "toe_off": 0.26,
        "foot_strike/other": 0.36,
        "toe_off/other": 0.62,
        "next_foot_strike": 0.72,
    },
    "release": {"foot_strike/other": 0.0, "foot_strike": 0.2, "release": 0.32},
}
# Pulls keyframes to where they were, where no duration says otherwise.
_TIME_RIDGE = 0.02
# Miss, in tolerances, of a duration whose keyframes are out of order.
_OUT_OF_ORDER = 10.0
_OPPOSITE = {"left": "right", "right": "left", "both": "both"}


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
    own_side = _find_own_side(movement)
    texts = _list_texts(movement)
    times = _fit_times(movement, texts, wanted)
    keyframes = {
        _key(text, own_side): time_s for text, time_s in zip(texts, times, strict=True)
    }
    if any(
        span <= 0.0
        for span in np.diff([keyframes[key] for key in _order_keyframes(movement)])
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


def _find_own_side(movement: Movement) -> str:
    has_legs = any("left" in keyframe.sides for keyframe in movement.keyframes)
    return "left" if has_legs else "both"


def _list_texts(movement: Movement) -> list[str]:
    needed = itertools.chain.from_iterable(
        list_needed_keyframes(indicator.rule, movement)
        for indicator in movement.indicators
    )
    order = [keyframe.name for keyframe in movement.keyframes]
    return sorted(
        set(needed),
        key=lambda text: (
            order.index(parse_keyframe_ref(text).keyframe),
            parse_keyframe_ref(text).is_other_leg,
        ),
    )


def _key(text: str, own_side: str) -> Key:
    ref = parse_keyframe_ref(text)
    return ref.keyframe, _OPPOSITE[own_side] if ref.is_other_leg else own_side


def _order_keyframes(movement: Movement) -> list[Key]:
    """Order keyframes as they are without any fault."""
    own_side = _find_own_side(movement)
    texts = _list_texts(movement)
    nominal = _nominal_times(movement, texts)
    return [_key(texts[place], own_side) for place in np.argsort(nominal)]


def _nominal_times(movement: Movement, texts: list[str]) -> FloatArray:
    if not movement.references:
        known = _NOMINAL_S.get(texts[-1], {})
        if set(texts) <= set(known):
            return np.array([known[text] for text in texts])
        return _STEP_S * np.arange(len(texts), dtype=np.float64)
    reference = load_reference(movement.name, movement.references[0]).file
    places = {
        f"{part.name}/other" if part.leg == "other" else part.name: part.cycle_pct
        for part in reference.keyframes
    }
    return np.array(
        [0.01 * places[text] * reference.cycle_duration_s for text in texts]
    )


def _fit_times(
    movement: Movement, texts: list[str], wanted: Mapping[str, float]
) -> FloatArray:
    """Find keyframe times that give the wanted durations, shares and symmetries."""
    nominal = _nominal_times(movement, texts)
    timed = [
        indicator
        for indicator in movement.indicators
        if not isinstance(indicator.rule, QuantityRule) and indicator.name in wanted
    ]
    empty = Repetition("both", {}, {})

    def residuals(times: FloatArray) -> FloatArray:
        named = dict(zip(texts, times, strict=True))
        misses = [
            (
                compute_measure(part.rule, movement, empty, named).value
                - wanted[part.name]
            )
            / (part.target.tolerance if part.target else 1.0)
            for part in timed
        ]
        drift = _TIME_RIDGE * (np.diff(times) - np.diff(nominal)) / _STEP_S
        found = np.concatenate([misses, drift, times[:1]])
        return np.where(np.isfinite(found), found, _OUT_OF_ORDER)

    return np.asarray(optimize.least_squares(residuals, nominal).x)


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
    if movement.references:
        reference = load_reference(movement.name, movement.references[0])
        span_s = max(keyframes.values()) - min(keyframes.values())
        angles = reference.sample_deg((times_s - min(keyframes.values())) / span_s)
        sides = (own_side, _OPPOSITE[own_side])
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
        motion.keyframes[_key(text, motion.own_side)]
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
