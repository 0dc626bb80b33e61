"""Kinematics whose indicators have given values: a target model, bent until it fits.

Works for any movement. Where the movement has a target model, its curves are bent;
other quantities begin as constants, save what must move forward or peak. How a curve is
bent is in ``bending.py``.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from benchmarks.kismam.bending import Bender, BentRule
from benchmarks.kismam.true_times import (
    Key,
    find_base,
    find_own_side,
    fit_times,
    list_texts,
    name_key,
    order_keyframes,
)
from benchmarks.kismam.wishes import Wish
from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side, fill_side
from sportsgpt_lib.sports.rules import (
    DelayBetweenExtremes,
    DirectionAtKeyframe,
    list_quantities,
)

FloatArray = npt.NDArray[np.float64]

_FINE_HZ = 240.0
_MARGIN_S = 0.4
_WISHED_ROUNDS, _ROUNDS = 4, 16
_CLOSE_ENOUGH_TOLERANCES = 0.05
# Forward speed of a take-off whose direction is bent, 2.7 m/s at 1.70 m. Made up: only
# the direction is judged, and how well it is seen depends on the speed.
_TAKE_OFF_BODY_HEIGHTS_S = 1.6
# A rate that peaks once: where in the phase, and how long it is high.
_PEAK_SHARE, _PEAK_SPREAD_SHARE = 0.35, 0.2


@dataclass(frozen=True)
class TrueMotion:
    """A repetition without any error: keyframes and densely sampled quantities."""

    own_side: Side
    keyframes: dict[Key, float]
    times_s: FloatArray
    curves: dict[str, FloatArray]


def build_true_motion(
    movement: Movement, wishes: Mapping[str, Wish]
) -> TrueMotion | None:
    """Build a repetition whose indicators have the wished values, or accepted ones.

    The curves are first bent to the wished values, one indicator after the other; then
    those that are still outside what is accepted are bent to its nearest end, and firm
    ones to their value, until nothing is left to bend (alternating projections).

    Returns
    -------
    None where the wished times put the keyframes out of order.
    """
    own_side = find_own_side(movement)
    texts = list_texts(movement)
    times = fit_times(movement, texts, wishes)
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
    _bend(movement, motion, wishes)
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
    own_side: Side,
    keyframes: Mapping[Key, float],
    times_s: FloatArray,
) -> dict[str, FloatArray]:
    curves = {
        fill_side(quantity, side): np.zeros_like(times_s)
        for indicator in movement.indicators
        for _, quantity in list_quantities(indicator.rule)
        for side in ("left", "right")
    }
    for indicator in movement.indicators:
        rule = indicator.rule
        if isinstance(rule, DirectionAtKeyframe):
            curves[rule.forward] = _TAKE_OFF_BODY_HEIGHTS_S * times_s
        if isinstance(rule, DelayBetweenExtremes):
            phase = movement.phase(rule.phase)
            ends_s = [
                keyframes[name_key(text, own_side)] for text in (phase.start, phase.end)
            ]
            for quantity, side in itertools.product(
                (rule.first, rule.second), ("left", "right")
            ):
                curves[fill_side(quantity, side)] = _build_step(times_s, *ends_s)
    reference = find_base(movement.name)
    if reference is not None:
        span_s = max(keyframes.values()) - min(keyframes.values())
        angles = reference.sample_deg((times_s - min(keyframes.values())) / span_s)
        sides = (own_side, OPPOSITE_SIDES[own_side])
        for column, (side, quantity) in enumerate(
            itertools.product(sides, reference.quantities)
        ):
            if f"{side}_{quantity}" in curves:
                curves[f"{side}_{quantity}"] = angles[:, column]
    return curves


def _build_step(times_s: FloatArray, start_s: float, end_s: float) -> FloatArray:
    """Build a curve that goes forward by 1, fastest at one instant of a phase."""
    span_s = end_s - start_s
    centre_s = start_s + _PEAK_SHARE * span_s
    return np.asarray(
        special.ndtr((times_s - centre_s) / (_PEAK_SPREAD_SHARE * span_s))
    )


def _bend(movement: Movement, motion: TrueMotion, wishes: Mapping[str, Wish]) -> None:
    """Bend the curves in place, one indicator after the other, until all fit."""
    bent = [
        indicator
        for indicator in movement.indicators
        if isinstance(indicator.rule, BentRule) and indicator.name in wishes
    ]
    bender = Bender(
        movement, motion.own_side, motion.keyframes, motion.times_s, motion.curves
    )
    for turn in range(_ROUNDS):
        worst = 0.0
        for indicator in bent:
            wish = wishes[indicator.name]
            value, time_s = measure_truth(movement, motion, indicator)
            is_wished = turn < _WISHED_ROUNDS
            wanted = wish.value if is_wished else wish.find_nearest(value)
            tolerance = indicator.target.tolerance if indicator.target else 1.0
            worst = max(worst, abs(wanted - value) / tolerance)
            if value != wanted and np.isfinite(value):
                bender.bend(indicator.rule, value, time_s, wanted)
        if worst < _CLOSE_ENOUGH_TOLERANCES:
            return
