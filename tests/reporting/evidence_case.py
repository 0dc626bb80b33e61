"""A repetition of any movement in which every quantity moves, without a body."""

import numpy as np

from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.quantities import QUANTITY_UNITS
from sportsgpt_lib.sports.rules import parse_keyframe_ref

RATE_HZ = 120.0
STEP_S = 0.2


def find_indicator(movement: Movement, name: str) -> Indicator:
    return next(part for part in movement.indicators if part.name == name)


def build_repetition(movement: Movement, far_side: str | None = "right") -> Repetition:
    """The own leg is the left one; keyframes are 0.2 s apart, as they are listed."""
    keyframes = {}
    texts = [
        text
        for indicator in movement.indicators
        for text in list_needed_keyframes(indicator.rule, movement)
    ]
    order = [part.name for part in movement.keyframes]
    refs = {parse_keyframe_ref(text) for text in texts}
    for ref in refs:
        place = order.index(ref.keyframe) + (0.5 if ref.is_other_leg else 0.0)
        side = "right" if ref.is_other_leg else "left"
        keyframes[ref.keyframe, side] = KeyframeTime(STEP_S * (place + 1), 0.01)
    last_s = max(one.time_s for one in keyframes.values())
    times_s = np.arange(0.0, last_s + STEP_S, 1.0 / RATE_HZ)
    signals = {}
    for number, (name, unit) in enumerate(QUANTITY_UNITS.items()):
        size = 30.0 if unit == "deg" else 0.2
        phase = 0.7 * number
        signals[name] = Signal(times_s, size * np.sin(9.0 * times_s + phase))
    return Repetition("left", keyframes, signals, far_side)
