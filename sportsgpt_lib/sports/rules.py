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
Sides = Literal["own", "mean", "difference"]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _QuantityRule(_Rule):
    """A measure of one quantity; ``{side}`` in its name is filled from ``sides``.

    ``own`` takes the leg of the repetition, ``mean`` the mean of both sides,
    ``difference`` the absolute difference of the two sides.
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


Rule = Annotated[
    AtKeyframe | InPhase | ChangeBetween | Duration | DurationShare | DurationSymmetry,
    Field(discriminator="measure"),
]
QuantityRule = AtKeyframe | InPhase | ChangeBetween


def keyframe_texts(rule: Rule) -> tuple[str, ...]:
    """List the keyframes a rule names itself; a phase's own are not among them."""
    if isinstance(rule, AtKeyframe):
        return (rule.keyframe,)
    if isinstance(rule, ChangeBetween | Duration):
        return (rule.start, rule.end)
    if isinstance(rule, DurationShare):
        return (*rule.whole, *(name for part in rule.parts for name in part))
    if isinstance(rule, DurationSymmetry):
        return (*rule.first, *rule.second)
    return ()
