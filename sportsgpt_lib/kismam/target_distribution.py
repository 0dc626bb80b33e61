"""What the target models say of each indicator, and how far a value lies from them.

A target model is measured like an athlete: the same rules on its curves, at its
keyframes. An indicator whose quantity a model does not carry has no value from it. A
model that is a mean over people carries no spread between them, so a single model gives
a difference and no distribution.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.alignment.reference import Reference, load_reference
from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement

_SAMPLES_PER_CYCLE = 400
# Beyond both ends, so that nothing is cut off at them.
_MARGIN_CYCLES = 0.05
_FEWEST_FOR_SPREAD = 2
_FULL_PCT = 100.0
_OWN, _OTHER = "left", "right"


@dataclass(frozen=True)
class TargetDistribution:
    """One indicator over the target models that give it.

    ``spread`` is the standard deviation between models; NaN for a single one.
    """

    mean: float
    spread: float
    count: int

    def compute_difference(self, value: float) -> float:
        """Compute the value minus the models' mean, in the indicator's unit."""
        return value - self.mean

    def compute_deviation(self, value: float, error: float) -> float:
        """Compute the difference in standard deviations, softened by the error.

        The spread between models and the measurement error are joined as the root of
        the sum of squares, so that a value inside either is near 0. NaN for a single
        model: what is usual among people is then not known.
        """
        width = math.hypot(self.spread, error)
        return self.compute_difference(value) / width if width > 0.0 else math.nan


def find_target_distributions(movement: Movement) -> dict[str, TargetDistribution]:
    """Measure a movement's target models; empty where it has none."""
    references = [load_reference(movement.name, name) for name in movement.references]
    return summarise_references(movement, references)


def summarise_references(
    movement: Movement, references: Sequence[Reference]
) -> dict[str, TargetDistribution]:
    """Summarise target models by indicator; what no model gives is left out."""
    measured = [measure_reference(movement, reference) for reference in references]
    found = {}
    for indicator in movement.indicators:
        values = [part[indicator.name] for part in measured if indicator.name in part]
        if values:
            is_spread_known = len(values) >= _FEWEST_FOR_SPREAD
            found[indicator.name] = TargetDistribution(
                mean=float(np.mean(values)),
                spread=float(np.std(values, ddof=1)) if is_spread_known else math.nan,
                count=len(values),
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


def _build_repetition(reference: Reference) -> Repetition:
    duration_s = reference.file.cycle_duration_s
    margin = round(_MARGIN_CYCLES * _SAMPLES_PER_CYCLE)
    shares = np.arange(-margin, _SAMPLES_PER_CYCLE + margin + 1) / _SAMPLES_PER_CYCLE
    angles = reference.sample_deg(shares)
    names = [
        f"{side}_{quantity}"
        for side in (_OWN, _OTHER)
        for quantity in reference.quantities
    ]
    return Repetition(
        own_side=_OWN,
        keyframes={
            (part.name, _OTHER if part.leg == "other" else _OWN): KeyframeTime(
                duration_s * part.cycle_pct / _FULL_PCT,
                duration_s * part.spread_pct / _FULL_PCT,
            )
            for part in reference.file.keyframes
        },
        signals={
            name: Signal(duration_s * shares, angles[:, column])
            for column, name in enumerate(names)
        },
    )
