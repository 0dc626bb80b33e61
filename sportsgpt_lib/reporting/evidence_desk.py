"""What every planner of a picture reads from: one indicator of one repetition."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sportsgpt_lib.kismam.measures import Measured, compute_measure, list_sides
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.reporting.evidence_shots import CurvePlan, Shot
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES, fill_side
from sportsgpt_lib.sports.rules import parse_keyframe_ref

# Chosen by eye: what is shown before and after a stretch, as a share of it.
_MARGIN_SHARE = 0.15


@dataclass(frozen=True)
class EvidenceDesk:
    """What every planner reads from."""

    indicator: Indicator
    movement: Movement
    repetition: Repetition
    times: Mapping[str, float]
    measured: Measured

    @property
    def frame_s(self) -> float:
        """Time from one frame to the next; 0 = not known."""
        rate_hz = self.repetition.frame_rate_hz
        return 1.0 / rate_hz if rate_hz > 0.0 else 0.0

    @property
    def range(self) -> tuple[float | None, float | None]:
        """Lower and upper end of the target; None = no end, or no target."""
        target = self.indicator.target
        return (target.low, target.high) if target else (None, None)

    def shift_range(self, offset: float) -> tuple[float | None, float | None]:
        """Move the target range by what the value is counted from."""
        low, high = self.range
        return (
            None if low is None else low + offset,
            None if high is None else high + offset,
        )

    def name_keyframe(self, text: str) -> str:
        """Name a keyframe as a coach does."""
        ref = parse_keyframe_ref(text)
        title = self.movement.keyframe(ref.keyframe).title
        return f"{title}, other leg" if ref.is_other_leg else title

    def read(self, quantity: str, time_s: float) -> float:
        """Read a quantity at an instant; NaN = not seen."""
        signal = self.repetition.signals.get(quantity)
        return math.nan if signal is None else signal.value_at(time_s)

    def shoot(self, text: str, quantities: Sequence[str] = ()) -> Shot:
        """Show a keyframe."""
        return self.shoot_at(self.times[text], self.name_keyframe(text), quantities)

    def shoot_at(
        self, time_s: float, title: str, quantities: Sequence[str] = ()
    ) -> Shot:
        """Show an instant."""
        readings = tuple(self.read(name, time_s) for name in quantities)
        return Shot(time_s, title, tuple(quantities), readings)

    def list_named(self, rule: Any, name: str) -> list[str]:
        """List a quantity's names on the sides that the rule reads, if seen there."""
        sides = list_sides(rule, self.repetition)
        named = dict.fromkeys(fill_side(name, side) for side in sides)
        return [part for part in named if part in self.repetition.signals]

    def choose_near(self, named: Sequence[str]) -> str:
        """Choose the quantity of the side that the camera sees best."""
        far = self.repetition.far_side
        return next(
            (name for name in named if not (far and name.startswith(f"{far}_"))),
            named[0],
        )

    def measure_side(self, rule: Any, quantity: str) -> Measured:
        """Measure the rule on one quantity alone."""
        side = next(
            (side for side in BODY_SIDES if quantity.startswith(f"{side}_")),
            self.repetition.own_side,
        )
        return compute_measure(
            rule.model_copy(update={"sides": "own"}),
            self.movement,
            replace(self.repetition, own_side=side),
            self.times,
        )

    def draw_curves(
        self,
        signals: Mapping[str, Signal],
        unit: str,
        instants: Sequence[tuple[float, str]],
        wanted: tuple[float | None, float | None] = (None, None),
    ) -> CurvePlan:
        """Cut the curves to what the instants span, with a margin."""
        first = min(self.times, key=lambda text: self.times[text])
        start_s = min((*self.times.values(), *(at for at, _ in instants)))
        end_s = max((*self.times.values(), *(at for at, _ in instants)))
        margin_s = _MARGIN_SHARE * (end_s - start_s) or _MARGIN_SHARE
        cut = {
            name: _cut(signal, start_s - margin_s, end_s + margin_s)
            for name, signal in signals.items()
        }
        return CurvePlan(
            unit,
            tuple(cut),
            tuple(cut.values()),
            tuple(instants),
            self.times[first],
            self.name_keyframe(first),
            *wanted,
        )


def _cut(signal: Signal, start_s: float, end_s: float) -> Signal:
    inside = (signal.times_s >= start_s) & (signal.times_s <= end_s)
    return Signal(signal.times_s[inside], signal.values[inside])


def tell_sides(rule: Any, shown: str, named: Sequence[str]) -> str | None:
    """Say which side is shown of a value that is of both."""
    if len(named) < len(BODY_SIDES):
        return None
    whole = "mean" if rule.sides == "mean" else "difference"
    return f"The value is the {whole} of both sides; {in_words(shown)} is drawn."


def in_words(name: str) -> str:
    """Write a name of a movement file or quantity as words."""
    return name.replace("_", " ")
