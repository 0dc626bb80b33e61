"""Synthetic athletes: who they are, what fault they have, what the camera sees of them.

The faults are pushed into the indicators of the mapping matrix W; that these are the
right indicators is what no synthetic athlete can show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.kismam.pose_noise import LASTING_SHARE, draw_passing, find_knot_s
from benchmarks.kismam.true_motion import TrueMotion, build_true_motion, measure_truth
from benchmarks.kismam.wishes import Wish, draw_wishes, list_indicators_of
from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors, name_rate
from sportsgpt_lib.sports.quantities import to_rule_name

FloatArray = npt.NDArray[np.float64]

# Standard deviation of a keyframe's instant: of the event itself, and of the sampling.
_EVENT_ERROR_S = 0.01
_SAMPLING_FRAMES = 1.0 / np.sqrt(12.0)
# A fault that a body cannot have in this size is drawn again, smaller.
_TRIES = 15
_SMALLER = 0.85
_LARGEST_MISS_TOLERANCES = 0.2
_MARGIN_S = 0.3


@dataclass(frozen=True)
class Athlete:
    """One performance with a known fault; None = clean. ``size`` is in tolerances."""

    motion: TrueMotion
    fault: str | None
    size: float


def draw_athletes(
    movement: Movement, faults: list[str | None], sizes: FloatArray, seed: int
) -> Iterator[Athlete]:
    """Draw athletes with these faults and sizes.

    What a body cannot do is drawn again with a smaller fault, and left out in the end.
    """
    generator = np.random.default_rng(seed)
    for fault, wanted_size in zip(faults, sizes, strict=True):
        size = float(wanted_size)
        for _ in range(_TRIES):
            wishes = draw_wishes(movement, fault, size, generator)
            motion = build_true_motion(movement, wishes)
            if motion is not None and _is_as_wished(movement, motion, wishes, fault):
                yield Athlete(motion, fault, size)
                break
            size *= _SMALLER


def film(
    athlete: Athlete,
    frame_rate_hz: float,
    noise: float,
    generator: np.random.Generator,
    lasting: dict[str, float] | None = None,
) -> Repetition:
    """Film a performance from the side.

    ``noise`` multiplies the errors of ``sports/measurement_errors.toml``: 1 = as large
    as published. ``lasting`` holds what lasts of them, by quantity, and is filled:
    performances filmed with the same one share it, as those of one recording do.
    """
    motion = athlete.motion
    errors = load_measurement_errors()
    first, last = min(motion.keyframes.values()), max(motion.keyframes.values())
    start_s = first - _MARGIN_S + generator.random() / frame_rate_hz
    times_s = np.arange(start_s, last + _MARGIN_S, 1.0 / frame_rate_hz)
    lasting = {} if lasting is None else lasting
    signals = {}
    for name, curve in motion.curves.items():
        rule_name = to_rule_name(name)
        size = noise * errors[rule_name]
        # One camera errs alike on both sides.
        shift = lasting.setdefault(rule_name, generator.normal())
        knot_s = find_knot_s(errors[rule_name], errors.get(name_rate(rule_name)))
        passing = draw_passing(times_s, knot_s, generator)
        error = size * (
            np.sqrt(LASTING_SHARE) * shift + np.sqrt(1.0 - LASTING_SHARE) * passing
        )
        signals[name] = Signal(
            times_s, np.interp(times_s, motion.times_s, curve) + error
        )
    time_error_s = float(np.hypot(_EVENT_ERROR_S, _SAMPLING_FRAMES / frame_rate_hz))
    return Repetition(
        own_side=motion.own_side,
        keyframes={
            key: KeyframeTime(
                time_s + noise * generator.normal(0.0, time_error_s), time_error_s
            )
            for key, time_s in motion.keyframes.items()
        },
        signals=signals,
    )


def _is_as_wished(
    movement: Movement,
    motion: TrueMotion,
    wishes: Mapping[str, Wish],
    fault: str | None,
) -> bool:
    """Whether the fault's main indicators fit, and no other indicator is outside."""
    own = list_indicators_of(movement, fault) if fault else {}
    for indicator in movement.indicators:
        target = indicator.target
        if target is None:
            continue
        value, _ = measure_truth(movement, motion, indicator)
        wish = wishes[indicator.name]
        if wish.is_firm:
            miss = (value - wish.value) / target.tolerance
        elif indicator.name not in own:
            miss = compute_deviation(value, 0.0, target)
        else:
            continue
        if not abs(miss) <= _LARGEST_MISS_TOLERANCES:
            return False
    return True
