"""What the target models say of each indicator, and how far a value lies from them.

A target model is measured like an athlete: the same rules on its curves, at its
keyframes. An indicator whose quantity a model does not carry has no value from it.
Which models count, and when they have a spread, is in docs/adr/0005.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import (
    OPPOSITE_SIDES,
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES
from sportsgpt_lib.sports.rules import QuantityRule
from sportsgpt_lib.target_models.reference import (
    FULL_PCT,
    CyclicReference,
    RecordedReference,
    Reference,
)

_SAMPLES_PER_CYCLE = 400
# Beyond both ends, so that nothing is cut off at them.
_MARGIN_CYCLES = 0.05
_FEWEST_FOR_SPREAD = 2


@dataclass(frozen=True)
class TargetDistribution:
    """One indicator over the target models that give it.

    ``spread`` is the standard deviation between people; NaN where the models are no
    sample of people.
    """

    mean: float
    spread: float
    count: int

    def compute_difference(self, value: float) -> float:
        """Compute the value minus the models' mean, in the indicator's unit."""
        return value - self.mean

    def compute_deviation(self, value: float, error: float) -> float:
        """Compute the difference in standard deviations, softened by the error.

        The spread between people and the measurement error are joined as the root of
        the sum of squares, so that a value inside either is near 0. NaN where the
        spread is not known.
        """
        width = math.hypot(self.spread, error)
        return self.compute_difference(value) / width if width > 0.0 else math.nan


def summarise_references(
    movement: Movement, references: Sequence[Reference]
) -> dict[str, TargetDistribution]:
    """Summarise target models by indicator; what no model gives is left out.

    Models whose durations the movement would judge as outside its targets are left out:
    they show it at another speed. The spread is that of at least two models that were
    recorded of people of one level; a published mean over people has none.
    """
    measured = [
        (reference, values)
        for reference in references
        if _is_at_speed(movement, values := measure_reference(movement, reference))
    ]
    found = {}
    for indicator in movement.indicators:
        named = [
            (reference, values[indicator.name])
            for reference, values in measured
            if indicator.name in values
        ]
        if named:
            models, numbers = zip(*named, strict=True)
            found[indicator.name] = TargetDistribution(
                mean=float(np.mean(numbers)),
                spread=_compute_spread(models, numbers),
                count=len(numbers),
            )
    return found


def measure_reference(movement: Movement, reference: Reference) -> dict[str, float]:
    """Measure the indicators of one target model, by name.

    Indicators that rest on a quantity or keyframe the model does not carry are left
    out; none is guessed.
    """
    repetition = _build_repetition(reference)
    found = {}
    for indicator in movement.indicators:
        times = {
            text: keyframe.time_s
            for text in list_needed_keyframes(indicator.rule, movement)
            if (keyframe := repetition.find_keyframe(text)) is not None
        }
        if len(times) < len(list_needed_keyframes(indicator.rule, movement)):
            continue
        measured = compute_measure(indicator.rule, movement, repetition, times)
        if math.isfinite(measured.value) and not measured.unseen:
            found[indicator.name] = measured.value
    return found


def _is_at_speed(movement: Movement, values: Mapping[str, float]) -> bool:
    """Whether every duration of a model that the movement judges is in its target."""
    return all(
        _is_in_target(indicator, values[indicator.name])
        for indicator in movement.indicators
        if not isinstance(indicator.rule, QuantityRule) and indicator.name in values
    )


def _is_in_target(indicator: Indicator, value: float) -> bool:
    target = indicator.target
    if target is None:
        return True
    low = -math.inf if target.low is None else target.low
    high = math.inf if target.high is None else target.high
    return low <= value <= high


def _compute_spread(models: Sequence[Reference], values: Sequence[float]) -> float:
    is_sample = (
        len(models) >= _FEWEST_FOR_SPREAD
        and all(model.file.recording is not None for model in models)
        and len({model.file.level for model in models}) == 1
    )
    return float(np.std(values, ddof=1)) if is_sample else math.nan


def _build_repetition(reference: Reference) -> Repetition:
    if isinstance(reference, CyclicReference):
        return _repeat_cycle(reference)
    return _take_recording(reference)


def _repeat_cycle(reference: CyclicReference) -> Repetition:
    duration_s = reference.file.cycle_duration_s
    margin = round(_MARGIN_CYCLES * _SAMPLES_PER_CYCLE)
    shares = np.arange(-margin, _SAMPLES_PER_CYCLE + margin + 1) / _SAMPLES_PER_CYCLE
    angles = reference.sample_deg(shares)
    own, other = BODY_SIDES
    names = [
        f"{side}_{quantity}"
        for side in (own, other)
        for quantity in reference.quantities
    ]
    return Repetition(
        own_side=own,
        keyframes={
            (part.name, other if part.leg == "other" else own): KeyframeTime(
                duration_s * part.cycle_pct / FULL_PCT,
                duration_s * part.spread_pct / FULL_PCT,
            )
            for part in reference.file.keyframes
        },
        signals={
            name: Signal(duration_s * shares, angles[:, column])
            for column, name in enumerate(names)
        },
    )


def _take_recording(reference: RecordedReference) -> Repetition:
    own = reference.own_side
    return Repetition(
        own_side=own,
        keyframes={
            (part.name, OPPOSITE_SIDES[own] if part.leg == "other" else own): (
                KeyframeTime(part.time_s, part.spread_s)
            )
            for part in reference.file.keyframes
        },
        signals={
            name: Signal(reference.times_s, reference.angles_deg[:, column])
            for column, name in enumerate(reference.quantities)
        },
    )
