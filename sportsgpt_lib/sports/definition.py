"""The shape of a movement folder, as frozen models that refuse unknown keys.

What the names must agree on between the parts is in ``checks.py``; reading files is in
``loader.py``.
"""

from typing import Literal, NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from sportsgpt_lib.athlete_groups import AthleteGroup
from sportsgpt_lib.sports.rules import KeyframeText, Rule

OWN_CHOICE = "adr_0005"
"""Source id of what the first rules chose; see docs/adr/0005-kismam-first-rules.md."""

OWN_RECORDS: dict[str, str] = {
    OWN_CHOICE: "0005-kismam-first-rules.md",
    "adr_0014": "0014-movement-knowledge.md",
}
"""Source ids of numbers that are ours, and the record in docs/adr with the reasons."""

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

IndicatorUnit = Literal[
    "deg",
    "deg_s",
    "s",
    "pct",
    "body_heights",
    "body_heights_s",
    "m",
    "mps",
    "ratio",
]
EventModelName = Literal["gait", "running", "landing", "jump", "squat", "none"]
EVENT_KEYFRAMES: dict[EventModelName, tuple[str, ...]] = {
    "gait": ("foot_strike", "toe_off", "next_foot_strike"),
    "running": ("foot_strike", "mid_stance", "toe_off", "next_foot_strike"),
    "landing": ("take_off", "initial_contact", "deepest_flexion"),
    "jump": ("stand", "crouch", "take_off", "apex", "landing", "lowest_point"),
    "squat": ("start", "bottom", "half_way_up", "finish"),
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


class LimitSource(NamedTuple):
    """Who gives one end of a target, and where in it: page, table or item."""

    source: str
    locator: str | None


class Target(_Part):
    """The range an indicator should lie in, how soft its ends are, and who says so.

    ``low`` None or ``high`` None = no limit on that side. ``tolerance`` is the distance
    outside the range that counts as a deviation of 1. ``source`` and ``locator`` give
    both ends, ``low_source`` and ``high_source`` with their locators an end that comes
    from elsewhere. ``tolerance_source`` None = the movement's own record. ``support``
    lists what the choice rests on.
    """

    low: float | None = None
    high: float | None = None
    tolerance: float = Field(gt=0)
    source: str
    locator: str | None = None
    low_source: str | None = None
    low_locator: str | None = None
    high_source: str | None = None
    high_locator: str | None = None
    tolerance_source: str | None = None
    support: tuple[str, ...] = ()
    holds_for: str

    def limit_sources(self) -> dict[Literal["low", "high"], LimitSource]:
        """Give the source of each end that the target has."""
        ends: dict[Literal["low", "high"], LimitSource] = {}
        if self.low is not None:
            ends["low"] = self._find_source(self.low_source, self.low_locator)
        if self.high is not None:
            ends["high"] = self._find_source(self.high_source, self.high_locator)
        return ends

    def _find_source(self, source: str | None, locator: str | None) -> LimitSource:
        if source is None:
            return LimitSource(self.source, locator or self.locator)
        return LimitSource(source, locator)


class NotJudged(_Part):
    """Why an indicator is shown and has no target, and who says so."""

    reason: str
    source: str
    locator: str | None = None
    support: tuple[str, ...] = ()


class Indicator(_Part):
    """A biomechanical quantity of one repetition, with its views and its target.

    ``limited_views`` maps a view to the reason why the number is worth less there;
    ``limited_far_leg`` says why it is worth less on the leg away from the camera.
    ``target`` None = reported for context, never judged; ``not_judged`` says why.
    """

    name: str
    title: str
    meaning: str
    dimension: DimensionName
    unit: IndicatorUnit
    rule: Rule
    valid_views: tuple[View, ...]
    limited_views: dict[View, str] = Field(default_factory=dict)
    limited_far_leg: str | None = None
    target: Target | None = None
    not_judged: NotJudged | None = None


class LimitingCondition(_Part):
    """What takes from the worth of indicators, because their targets may not hold.

    One of three: ``indicator`` lies ``above`` or ``below`` the number; the recording
    has fewer frames per second than ``frame_rate_below_hz``; the athlete belongs to one
    of ``groups``. The indicators in ``limits`` are then ``limited``, or, where their
    targets mean nothing at all, set aside as ``not_measurable``.
    """

    indicator: str | None = None
    above: float | None = None
    below: float | None = None
    frame_rate_below_hz: float | None = Field(default=None, gt=0)
    groups: tuple[AthleteGroup, ...] = ()
    limits: tuple[str, ...] = Field(min_length=1)
    effect: Literal["limited", "not_measurable"] = "limited"
    reason: str
    source: str
    locator: str | None = None
    support: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What the condition is about, as problems and pages name it."""
        if self.indicator is not None:
            return self.indicator
        return "groups" if self.groups else "frame_rate_below_hz"

    def is_met(self, value: float) -> bool:
        """Whether a value of the indicator limits the others; NaN never does."""
        return (self.above is not None and value > self.above) or (
            self.below is not None and value < self.below
        )

    def is_met_by_recording(
        self, frame_rate_hz: float, athlete_groups: frozenset[str]
    ) -> bool:
        """Whether frame rate or athlete limit; NaN and no groups never do."""
        is_slow = (
            self.frame_rate_below_hz is not None
            and frame_rate_hz < self.frame_rate_below_hz
        )
        return is_slow or not athlete_groups.isdisjoint(self.groups)


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
    """The content of ``movement.toml``.

    ``own_record`` is the record in docs/adr that gives reasons for its own numbers.
    """

    name: str
    title: str
    summary: str
    event_model: EventModelName
    own_record: str = OWN_CHOICE
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
