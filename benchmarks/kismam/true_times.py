"""Keyframe times of a synthetic performance: the ones its wanted durations ask for."""

import functools
import itertools
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy import optimize

from benchmarks.kismam.wishes import Wish
from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import Repetition, list_needed_keyframes
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.loader import load_movement
from sportsgpt_lib.sports.quantities import OPPOSITE_SIDES, Side
from sportsgpt_lib.sports.rules import Duration, TimeRule, parse_keyframe_ref
from sportsgpt_lib.target_models.library import PACKAGED_REFERENCES
from sportsgpt_lib.target_models.reference import CyclicReference

FloatArray = npt.NDArray[np.float64]
Key = tuple[str, str]
"""A keyframe's name and side."""

# Between keyframes of a movement without a target model, before durations are set.
_STEP_S = 0.25
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
# Pulls a duration to its wished value, against what is firm or outside its range.
_WISH_PULL = 0.1
# No two keyframes are nearer, and what counts as a whole miss of that.
_LEAST_GAP_S = 0.02
# Miss, in tolerances, of a duration whose keyframes are out of order.
_OUT_OF_ORDER = 10.0


def find_own_side(movement: Movement) -> Side:
    """Find the leg of the repetition: left where the movement has legs."""
    has_legs = any("left" in keyframe.sides for keyframe in movement.keyframes)
    return "left" if has_legs else "both"


@functools.cache
def find_base(movement_name: str) -> CyclicReference | None:
    """Find the cycle that performances are bent from: the one of middle speed.

    None where the package has no cycle of the movement.
    """
    cycles = [
        reference
        for reference in PACKAGED_REFERENCES.load(load_movement(movement_name))
        if isinstance(reference, CyclicReference)
    ]
    cycles.sort(key=lambda reference: reference.file.cycle_duration_s)
    return cycles[len(cycles) // 2] if cycles else None


def list_texts(movement: Movement) -> list[str]:
    """List the keyframes that indicators need, as rules write them."""
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


def name_key(text: str, own_side: Side) -> Key:
    """Name the keyframe and side that a rule's text means."""
    ref = parse_keyframe_ref(text)
    return ref.keyframe, OPPOSITE_SIDES[own_side] if ref.is_other_leg else own_side


def order_keyframes(movement: Movement) -> list[Key]:
    """Order keyframes as they are without any fault."""
    own_side = find_own_side(movement)
    texts = list_texts(movement)
    nominal = _nominal_times(movement, texts)
    return [name_key(texts[place], own_side) for place in np.argsort(nominal)]


def _nominal_times(movement: Movement, texts: list[str]) -> FloatArray:
    reference = find_base(movement.name)
    if reference is None:
        known = _NOMINAL_S.get(texts[-1], {})
        if set(texts) <= set(known):
            return np.array([known[text] for text in texts])
        return _STEP_S * np.arange(len(texts), dtype=np.float64)
    places = {
        f"{part.name}/other" if part.leg == "other" else part.name: part.cycle_pct
        for part in reference.file.keyframes
    }
    return np.array(
        [0.01 * places[text] * reference.file.cycle_duration_s for text in texts]
    )


def fit_times(
    movement: Movement, texts: list[str], wishes: Mapping[str, Wish]
) -> FloatArray:
    """Find keyframe times that give the wished durations, shares and symmetries.

    Least squares: whole misses of what is firm and of what lies outside its range, and
    a tenth of the distance to what is only wished.
    """
    timed = [
        (indicator, wishes[indicator.name])
        for indicator in movement.indicators
        if isinstance(indicator.rule, TimeRule) and indicator.name in wishes
    ]
    nominal = _nominal_times(movement, texts)
    nominal = nominal * _find_scale(timed, texts, nominal)
    order = np.argsort(nominal)
    empty = Repetition("both", {}, {})

    def residuals(times: FloatArray) -> FloatArray:
        named = dict(zip(texts, times, strict=True))
        misses = []
        for part, wish in timed:
            value = compute_measure(part.rule, movement, empty, named).value
            tolerance = part.target.tolerance if part.target else 1.0
            misses += [
                (value - wish.find_nearest(value)) / tolerance,
                _WISH_PULL * (value - wish.value) / tolerance,
            ]
        drift = _TIME_RIDGE * (np.diff(times) - np.diff(nominal)) / _STEP_S
        gaps = np.maximum(1.0 - np.diff(times[order]) / _LEAST_GAP_S, 0.0)
        found = np.concatenate([misses, drift, gaps, times[:1]])
        return np.where(np.isfinite(found), found, _OUT_OF_ORDER)

    return np.asarray(optimize.least_squares(residuals, nominal).x)


def _find_scale(
    timed: list[tuple[Indicator, Wish]], texts: list[str], nominal: FloatArray
) -> float:
    """Find how much slower than nominal the wished durations are, as their median."""
    named = dict(zip(texts, nominal, strict=True))
    ratios = [
        wish.value / (named[part.rule.end] - named[part.rule.start])
        for part, wish in timed
        if isinstance(part.rule, Duration)
    ]
    return float(np.median(ratios)) if ratios else 1.0
