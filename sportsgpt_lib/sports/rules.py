"""The closed set of measures from which a movement file builds its indicators.

A rule only *declares* a measure; ``sportsgpt_lib/kismam/measures.py`` carries it out.
A keyframe is written ``toe_off`` for the leg of the repetition, and ``toe_off/other``
for the opposite leg.
"""

from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

OTHER_LEG = "other"


class KeyframeRef(NamedTuple):
    """A keyframe as a rule names it, and whether the opposite leg is meant."""

    keyframe: str
    is_other_leg: bool


def parse_keyframe_ref(text: str) -> KeyframeRef:
    """Split ``toe_off/other`` into keyframe and leg; raises ValueError otherwise."""
    keyframe, separator, leg = text.partition("/")
    if separator and leg != OTHER_LEG:
        raise ValueError("write 'keyframe' or 'keyframe/other'")
    return KeyframeRef(keyframe, bool(separator))


def _validate_keyframe_ref(text: str) -> str:
    parse_keyframe_ref(text)
    return text


KeyframeText = Annotated[str, AfterValidator(_validate_keyframe_ref)]
Interval = tuple[KeyframeText, KeyframeText]
Sides = Literal["own", "other", "mean", "difference"]
Extreme = Literal["maximum", "minimum"]
CurveKind = Literal["value", "rate"]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _QuantityRule(_Rule):
    """A measure of one quantity; ``{side}`` in its name is filled from ``sides``.

    ``own`` takes the leg of the repetition, ``other`` the opposite side, ``mean`` the
    mean of both, ``difference`` the absolute difference of the two sides.
    """

    quantity: str
    sides: Sides = "own"


class AtKeyframe(_QuantityRule):
    """The quantity at one keyframe."""

    measure: Literal["at_keyframe"]
    keyframe: KeyframeText


class InPhase(_QuantityRule):
    """Maximum, minimum, mean or range (maximum minus minimum) over a phase."""

    measure: Literal[
        "maximum_in_phase", "minimum_in_phase", "mean_in_phase", "range_in_phase"
    ]
    phase: str


class ChangeBetween(_QuantityRule):
    """The quantity at keyframe ``end`` minus the quantity at keyframe ``start``."""

    measure: Literal["change_between"]
    start: KeyframeText
    end: KeyframeText


class MeanRateBetween(_QuantityRule):
    """The change from ``start`` to ``end``, divided by the time between them."""

    measure: Literal["mean_rate_between"]
    start: KeyframeText
    end: KeyframeText


class RateAtKeyframe(_QuantityRule):
    """How fast the quantity changes at one keyframe, per second."""

    measure: Literal["rate_at_keyframe"]
    keyframe: KeyframeText


class RateInPhase(_QuantityRule):
    """The greatest, or least, rate of change over a phase, per second."""

    measure: Literal["maximum_rate_in_phase", "minimum_rate_in_phase"]
    phase: str


class DirectionAtKeyframe(_Rule):
    """Direction in which two coordinates move together; 0 = level, 90 = straight up."""

    measure: Literal["direction_at_keyframe"]
    up: str
    forward: str
    keyframe: KeyframeText


class DifferenceAtKeyframe(_Rule):
    """One quantity minus another; ``reverse_second`` turns the second one's sign.

    Two segments whose angles count in opposite senses are parallel where their
    difference is 0, once one sense is turned.
    """

    measure: Literal["difference_at_keyframe"]
    first: str
    second: str
    reverse_second: bool = False
    keyframe: KeyframeText
    sides: Sides = "own"


class DelayBetweenExtremes(_Rule):
    """Seconds from the extreme of one curve to that of another, in a phase."""

    measure: Literal["delay_between_extremes"]
    first: str
    second: str
    of: CurveKind = "value"
    extreme: Extreme = "maximum"
    phase: str
    sides: Sides = "own"


class DelayToKeyframe(_Rule):
    """Seconds from the extreme of a curve in a phase to the keyframe ``to``."""

    measure: Literal["delay_to_keyframe"]
    quantity: str
    of: CurveKind = "value"
    extreme: Extreme = "maximum"
    phase: str
    to: KeyframeText
    sides: Sides = "own"


class HeightByFlight(_Rule):
    """Rise of a body that is in the air from ``start`` to ``end``: g t^2 / 8.

    Free fall, up and down by the same height, so that no scale is needed. It holds
    where the body is held alike at both ends: bent legs at the landing lengthen it.
    """

    measure: Literal["height_by_flight"]
    start: KeyframeText
    end: KeyframeText


class Duration(_Rule):
    """Seconds from keyframe ``start`` to keyframe ``end``."""

    measure: Literal["duration"]
    start: KeyframeText
    end: KeyframeText


class DurationShare(_Rule):
    """Sum of the ``parts`` as a percentage of the ``whole``."""

    measure: Literal["duration_share"]
    parts: tuple[Interval, ...]
    whole: Interval


class DurationSymmetry(_Rule):
    """Symmetry index of two durations: |a - b| as a percentage of their mean.

    Source: Robinson, Herzog & Nigg 1987, Journal of Manipulative and Physiological
    Therapeutics 10(4):172-176.
    """

    measure: Literal["duration_symmetry"]
    first: Interval
    second: Interval


QuantityRule = (
    AtKeyframe
    | InPhase
    | ChangeBetween
    | MeanRateBetween
    | RateAtKeyframe
    | RateInPhase
)
RateRule = MeanRateBetween | RateAtKeyframe | RateInPhase
DelayRule = DelayBetweenExtremes | DelayToKeyframe
TimeRule = Duration | DurationShare | DurationSymmetry
Rule = Annotated[
    QuantityRule
    | DirectionAtKeyframe
    | DifferenceAtKeyframe
    | DelayRule
    | HeightByFlight
    | TimeRule,
    Field(discriminator="measure"),
]
SidedRule = QuantityRule | DifferenceAtKeyframe | DelayRule
PhaseRule = InPhase | RateInPhase | DelayRule

_RATE_UNITS = {"deg": "deg_s", "body_heights": "body_heights_s", "m": "mps"}


def keyframe_texts(rule: Rule) -> tuple[str, ...]:
    """List the keyframes a rule names itself; a phase's own are not among them."""
    if isinstance(rule, DurationShare):
        return (*rule.whole, *(name for part in rule.parts for name in part))
    if isinstance(rule, DurationSymmetry):
        return (*rule.first, *rule.second)
    if isinstance(rule, ChangeBetween | MeanRateBetween | Duration | HeightByFlight):
        return (rule.start, rule.end)
    if isinstance(rule, DelayToKeyframe):
        return (rule.to,)
    return () if isinstance(rule, PhaseRule) else (rule.keyframe,)


def list_quantities(rule: Rule) -> tuple[tuple[str, str], ...]:
    """List the quantities a rule reads, each with the key that names it."""
    if isinstance(rule, QuantityRule | DelayToKeyframe):
        return (("quantity", rule.quantity),)
    if isinstance(rule, DirectionAtKeyframe):
        return (("up", rule.up), ("forward", rule.forward))
    if isinstance(rule, DifferenceAtKeyframe | DelayBetweenExtremes):
        return (("first", rule.first), ("second", rule.second))
    return ()


def find_unit(rule: Rule, quantity_unit: str | None) -> str | None:
    """Find the unit of what a rule gives, from that of the quantity it reads.

    None where the quantity has no rates.
    """
    if isinstance(rule, RateRule):
        return _RATE_UNITS.get(quantity_unit or "")
    if isinstance(rule, QuantityRule | DifferenceAtKeyframe):
        return quantity_unit
    if isinstance(rule, DirectionAtKeyframe):
        return "deg"
    if isinstance(rule, HeightByFlight):
        return "m"
    return "s" if isinstance(rule, Duration | DelayRule) else "pct"
