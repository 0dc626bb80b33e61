"""Bends curves until an indicator measures what it should: one rule, one shape.

Segments are not linked: a knee is bent without moving the foot, which a real body
cannot do.
"""

import numpy as np
import numpy.typing as npt

from benchmarks.kismam.true_times import Key, name_key
from sportsgpt_lib.kismam.extremes import find_extreme
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import (
    BODY_SIDES,
    OPPOSITE_SIDES,
    Side,
    fill_side,
    is_sided,
)
from sportsgpt_lib.sports.rules import (
    DelayBetweenExtremes,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    InPhase,
    MeanRateBetween,
    QuantityRule,
    Rule,
)

FloatArray = npt.NDArray[np.float64]
BentRule = (
    QuantityRule | DifferenceAtKeyframe | DirectionAtKeyframe | DelayBetweenExtremes
)
"""Rules that are met by bending curves; the others, by keyframe times."""

_STEEPEST_DEG = 85.0
_NARROWEST_S, _WIDEST_S = 0.02, 0.2
_FREE_SHARE = 0.6


class Bender:
    """The curves of one performance, bent in place.

    Parameters
    ----------
    movement
        Whose rules are met.
    own_side, keyframes, times_s, curves
        As in ``TrueMotion``.
    """

    def __init__(
        self,
        movement: Movement,
        own_side: Side,
        keyframes: dict[Key, float],
        times_s: FloatArray,
        curves: dict[str, FloatArray],
    ) -> None:
        self._movement = movement
        self._own_side = own_side
        self._keyframes = keyframes
        self._times_s = times_s
        self._curves = curves

    def bend(self, rule: Rule, value: float, time_s: float, wanted: float) -> None:
        """Bend what a rule reads, which gave a value at a time, to the wanted value."""
        miss = wanted - value
        if isinstance(rule, DifferenceAtKeyframe):
            self._bend_difference(rule, miss, time_s)
        elif isinstance(rule, DirectionAtKeyframe):
            self._bend_direction(rule, wanted, time_s)
        elif isinstance(rule, DelayBetweenExtremes):
            self._delay(rule, wanted)
        elif isinstance(rule, MeanRateBetween):
            for name in self._list_bent(rule, time_s):
                self._curves[name] += miss * self._times_s
        elif isinstance(rule, QuantityRule):
            shape = self._build_shape(rule, time_s)
            for name in self._list_bent(rule, time_s):
                self._curves[name] += miss * shape

    def _bend_difference(
        self, rule: DifferenceAtKeyframe, miss: float, time_s: float
    ) -> None:
        """Share the miss between the two quantities."""
        shape = self._build_hill(time_s, self._find_free_s(time_s))
        second_sign = 1.0 if rule.reverse_second else -1.0
        for quantity, sign in ((rule.first, 1.0), (rule.second, second_sign)):
            for name in self._list_sides(quantity, rule.sides):
                self._curves[name] += 0.5 * sign * miss * shape

    def _bend_direction(
        self, rule: DirectionAtKeyframe, wanted: float, time_s: float
    ) -> None:
        """Change the rate upwards, the one forwards stays."""
        up = Signal(self._times_s, self._curves[rule.up]).rates.value_at(time_s)
        forward = Signal(self._times_s, self._curves[rule.forward]).rates
        slope = np.tan(np.radians(np.clip(wanted, -_STEEPEST_DEG, _STEEPEST_DEG)))
        change = forward.value_at(time_s) * slope - up
        hill = self._build_hill(time_s, _WIDEST_S)
        self._curves[rule.up] += change * (self._times_s - time_s) * hill

    def _delay(self, rule: DelayBetweenExtremes, wanted_s: float) -> None:
        """Move the second curve in time against the first."""
        phase = self._movement.phase(rule.phase)
        ends_s = self._find_time_s(phase.start), self._find_time_s(phase.end)
        (first,) = self._list_sides(rule.first, rule.sides)
        for name in self._list_sides(rule.second, rule.sides):
            tops = [
                find_extreme(
                    Signal(self._times_s, self._curves[part]).rates, ends_s, "maximum"
                )
                for part in (first, name)
            ]
            if tops[0] is None or tops[1] is None:
                return
            late_s = tops[0].time_s + wanted_s - tops[1].time_s
            self._curves[name] = np.interp(
                self._times_s - late_s, self._times_s, self._curves[name]
            )

    def _find_time_s(self, text: str) -> float:
        return self._keyframes[name_key(text, self._own_side)]

    def _build_shape(self, rule: QuantityRule, time_s: float) -> FloatArray:
        """Build where on the curve an indicator is bent, 1 = by the whole miss."""
        if not isinstance(rule, InPhase):
            return self._build_hill(time_s, self._find_free_s(time_s))
        if rule.measure == "mean_in_phase":
            return np.ones_like(self._times_s)
        # Inside the phase: a peak at its end would be a spike between two keyframes.
        phase = self._movement.phase(rule.phase)
        start_s, end_s = self._find_time_s(phase.start), self._find_time_s(phase.end)
        third_s = (end_s - start_s) / 3.0
        centre_s = float(np.clip(time_s, start_s + third_s, end_s - third_s))
        return self._build_hill(centre_s, 0.5 * third_s)

    def _list_bent(self, rule: QuantityRule, time_s: float) -> list[str]:
        """List the curves that are bent for an indicator."""
        if is_sided(rule.quantity) and rule.sides == "difference":
            return [fill_side(rule.quantity, self._larger_side(rule.quantity, time_s))]
        return self._list_sides(rule.quantity, rule.sides)

    def _list_sides(self, quantity: str, sides: str) -> list[str]:
        if not is_sided(quantity):
            return [quantity]
        if sides == "mean" or self._own_side == "both":
            return [fill_side(quantity, side) for side in BODY_SIDES]
        side = OPPOSITE_SIDES[self._own_side] if sides == "other" else self._own_side
        return [fill_side(quantity, side)]

    def _larger_side(self, quantity: str, time_s: float) -> str:
        at = int(np.searchsorted(self._times_s, time_s))
        left, right = (
            self._curves[fill_side(quantity, side)][at] for side in ("left", "right")
        )
        return "left" if left >= right else "right"

    def _find_free_s(self, time_s: float) -> float:
        """Find how wide a hill at an instant may be to leave other keyframes alone."""
        gaps = np.abs(np.array(list(self._keyframes.values())) - time_s)
        near = gaps[gaps > _NARROWEST_S]
        free_s = _FREE_SHARE * near.min(initial=_WIDEST_S / _FREE_SHARE)
        return float(np.clip(free_s, _NARROWEST_S, _WIDEST_S))

    def _build_hill(self, centre_s: float, spread_s: float) -> FloatArray:
        return np.asarray(np.exp(-0.5 * ((self._times_s - centre_s) / spread_s) ** 2))
