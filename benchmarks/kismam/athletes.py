"""Synthetic athletes: who they are, what fault they have, what the camera sees of them.

The faults are pushed into the indicators of the mapping matrix W; that these are the
right indicators is what no synthetic athlete can show.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.kismam.true_motion import TrueMotion, build_true_motion, measure_truth
from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement, Target
from sportsgpt_lib.sports.measurement_errors import load_measurement_errors

FloatArray = npt.NDArray[np.float64]

# A clean athlete's value: normal, two standard deviations from the middle of the target
# to its ends, cut off there; where one end is open, two tolerances from the other.
_SPREADS_TO_LIMIT = 2.0
# Half of the variance of a pose error stays for the whole recording, half changes with
# the frame, smooth over the time constant of the filter.
_LASTING_SHARE = 0.5
_NOISE_KNOT_S = 0.06
# Standard deviation of a keyframe's instant: of the event itself, and of the sampling.
_EVENT_ERROR_S = 0.01
_SAMPLING_FRAMES = 1.0 / np.sqrt(12.0)
# A fault that a body cannot have in this size is drawn again, smaller.
_TRIES = 15
_SMALLER = 0.85
_LARGEST_MISS_TOLERANCES = 0.2
_MAIN_SHARE = 0.8
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
            wanted = _draw_wanted(movement, fault, size, generator)
            motion = build_true_motion(movement, wanted)
            if motion is not None and _is_as_wanted(movement, motion, wanted, fault):
                yield Athlete(motion, fault, size)
                break
            size *= _SMALLER


def list_indicators_of(movement: Movement, issue: str) -> dict[str, float]:
    """List an issue's indicators: weight and direction, the main one -1 or 1."""
    column = [part.name for part in movement.issues].index(issue)
    weights = np.array(movement.issue_map)[:, column]
    return {
        movement.indicators[row].name: float(weights[row] / np.abs(weights).max())
        for row in np.flatnonzero(weights)
    }


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
        rule_name = name.replace("left_", "{side}_").replace("right_", "{side}_")
        size = noise * errors[rule_name]
        # One camera errs alike on both sides.
        shift = lasting.setdefault(rule_name, generator.normal())
        knots_s = np.arange(start_s, last + 2.0 * _MARGIN_S, _NOISE_KNOT_S)
        passing = np.interp(times_s, knots_s, generator.normal(size=knots_s.size))
        # Between knots the mean of two errors is smaller: on average 2 / 3 in variance.
        passing *= np.sqrt(1.5)
        error = size * (
            np.sqrt(_LASTING_SHARE) * shift + np.sqrt(1.0 - _LASTING_SHARE) * passing
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


def _draw_wanted(
    movement: Movement, fault: str | None, size: float, generator: np.random.Generator
) -> dict[str, float]:
    wanted = {
        indicator.name: _draw_clean(indicator.target, generator)
        for indicator in movement.indicators
        if indicator.target is not None
    }
    moved = list_indicators_of(movement, fault) if fault else {}
    for indicator in movement.indicators:
        share, target = moved.get(indicator.name, 0.0), indicator.target
        if not share or target is None:
            continue
        limit = target.high if share > 0.0 else target.low
        if limit is not None:
            wanted[indicator.name] = limit + share * size * target.tolerance
    return wanted


def _draw_clean(target: Target, generator: np.random.Generator) -> float:
    reach = _SPREADS_TO_LIMIT * target.tolerance
    low = target.low if target.low is not None else (target.high or 0.0) - 2.0 * reach
    high = target.high if target.high is not None else (target.low or 0.0) + 2.0 * reach
    middle, spread = 0.5 * (low + high), 0.5 * (high - low) / _SPREADS_TO_LIMIT
    while True:
        value = float(generator.normal(middle, spread))
        if low <= value <= high:
            return value


def _is_as_wanted(
    movement: Movement,
    motion: TrueMotion,
    wanted: Mapping[str, float],
    fault: str | None,
) -> bool:
    """Whether the fault's main indicators fit, and no other indicator is outside."""
    own = list_indicators_of(movement, fault) if fault else {}
    for indicator in movement.indicators:
        target = indicator.target
        if target is None:
            continue
        value, _ = measure_truth(movement, motion, indicator)
        if indicator.name not in own:
            miss = compute_deviation(value, 0.0, target)
        elif abs(own[indicator.name]) >= _MAIN_SHARE:
            miss = (value - wanted[indicator.name]) / target.tolerance
        else:
            continue
        if not abs(miss) <= _LARGEST_MISS_TOLERANCES:
            return False
    return True
