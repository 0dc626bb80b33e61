"""The shape of a movement folder, as frozen models that refuse unknown keys.

What the names must agree on between the parts is in ``checks.py``; reading files is in
``loader.py``.
"""

from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from sportsgpt_lib.sports.rules import KeyframeText, Rule

OWN_CHOICE = "adr_0005"
"""Source id of every number of ours; see docs/adr/0005-kismam-first-rules.md."""

DimensionName = Literal[
    "head_eyes",
    "torso_core",
    "arms_elbows",
    "wrists_hands",
    "legs_knees",
    "feet_heels",
    "human_object",
]
"""The seven dimensions of TechCoach (arXiv 2411.17130)."""

EventModelName = Literal["gait", "running", "landing", "jump", "none"]
EVENT_KEYFRAMES: dict[EventModelName, tuple[str, ...]] = {
    "gait": ("foot_strike", "toe_off", "next_foot_strike"),
    "running": ("foot_strike", "toe_off", "next_foot_strike"),
    "landing": ("take_off", "initial_contact", "deepest_flexion"),
    "jump": ("crouch", "take_off", "apex", "landing", "lowest_point"),
    "none": (),
}
"""The keyframes that each event model finds from kinematics alone."""

View = Literal["sagittal", "frontal", "oblique", "unknown"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(_Part):
    """A publication that can be looked up: by DOI, by ISBN, or by journal and pages."""

    authors: str
    year: int
    title: str
    published_in: str
    pages: str | None = None
    doi: str | None = None
    isbn: str | None = None


class Keyframe(_Part):
    """A named instant of the movement, and how it may be found.

    ``title`` is what a coach calls it. ``is_own_leg_only``: inside a repetition only
    the repetition's own leg has it.
    """

    name: str
    title: str
    meaning: str
    sides: tuple[Literal["left", "right", "both"], ...] = Field(min_length=1)
    methods: tuple[Literal["alignment", "event"], ...] = Field(min_length=1)
    is_own_leg_only: bool = False


class Phase(_Part):
    """A stretch of the movement between two keyframes."""

    name: str
    meaning: str
    start: KeyframeText
    end: KeyframeText


class Target(_Part):
    """The range an indicator should lie in, how soft its ends are, and who says so.

    ``low`` None or ``high`` None = no limit on that side. ``tolerance`` is the distance
    outside the range that counts as a deviation of 1. ``source`` gives the range;
    ``tolerance_source`` the tolerance; ``support`` lists what the choice rests on.
    """

    low: float | None = None
    high: float | None = None
    tolerance: float = Field(gt=0)
    source: str
    locator: str | None = None
    tolerance_source: str = OWN_CHOICE
    support: tuple[str, ...] = ()
    holds_for: str


class Indicator(_Part):
    """A biomechanical quantity of one repetition, with its views and its target.

    ``limited_views`` maps a view to the reason why the number is worth less there;
    ``limited_far_leg`` says why it is worth less on the leg away from the camera.
    ``target`` None = reported for context, never judged.
    """

    name: str
    title: str
    meaning: str
    dimension: DimensionName
    unit: Literal["deg", "s", "pct", "body_heights", "m", "ratio"]
    rule: Rule
    valid_views: tuple[View, ...]
    limited_views: dict[View, str] = Field(default_factory=dict)
    limited_far_leg: str | None = None
    target: Target | None = None


class LimitingCondition(_Part):
    """What one indicator's value takes from the worth of others.

    Where ``indicator`` lies ``above`` or ``below`` the number, the indicators in
    ``limits`` are ``limited``, because their targets are not known to hold there.
    """

    indicator: str
    above: float | None = None
    below: float | None = None
    limits: tuple[str, ...] = Field(min_length=1)
    reason: str
    source: str
    support: tuple[str, ...] = ()

    def is_met(self, value: float) -> bool:
        """Whether a value of the indicator limits the others; NaN never does."""
        return (self.above is not None and value > self.above) or (
            self.below is not None and value < self.below
        )


class Issue(_Part):
    """A named technique fault in plain words."""

    name: str
    title: str
    dimension: DimensionName
    cause: str
    consequence: str
    cue: str
    support: tuple[str, ...] = ()


class Dimension(_Part):
    """One of TechCoach's seven dimensions; ``not_assessed`` says why it is left out."""

    name: DimensionName
    title: str
    not_assessed: str | None = None


_Named = TypeVar("_Named", Keyframe, Phase, Issue)


class MovementFile(_Part):
    """The content of ``movement.toml``."""

    name: str
    title: str
    summary: str
    event_model: EventModelName
    sources: dict[str, Source]
    keyframes: tuple[Keyframe, ...]
    phases: tuple[Phase, ...]
    indicators: tuple[Indicator, ...]
    limited_when: tuple[LimitingCondition, ...] = ()
    issues: tuple[Issue, ...]
    dimensions: tuple[Dimension, ...]


class Movement(MovementFile):
    """A movement folder, read and checked.

    ``sha256`` is taken over every data file of the folder and over the shared pose
    errors. ``joint_weights`` maps quantities to their weight in the alignment.
    ``issue_map`` is the mapping matrix W ``(I, S)``: rows as ``indicators``, columns as
    ``issues``, positive where a value *above* the target speaks for the issue, negative
    where a value *below* it does. ``references`` lists the ids of the target models.
    """

    sha256: str
    joint_weights: dict[str, float]
    issue_map: tuple[tuple[float, ...], ...]
    references: tuple[str, ...]

    def keyframe(self, name: str) -> Keyframe:
        """Find a keyframe by name; raises KeyError where there is none."""
        return _by_name(self.keyframes, name)

    def phase(self, name: str) -> Phase:
        """Find a phase by name; raises KeyError where there is none."""
        return _by_name(self.phases, name)

    def issue(self, name: str) -> Issue:
        """Find an issue by name; raises KeyError where there is none."""
        return _by_name(self.issues, name)


def _by_name(parts: tuple[_Named, ...], name: str) -> _Named:
    for part in parts:
        if part.name == name:
            return part
    raise KeyError(name)
