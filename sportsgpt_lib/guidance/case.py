"""What a report is about: one athlete's facts, findings and evidence.

A case holds pseudonyms only, and no coordinates. It is built in ``case_building.py``;
writing is in ``writer.py`` and ``model_writer.py``.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from sportsgpt_lib.guidance.limits import AthleteLimits
from sportsgpt_lib.guidance.report import AbsentIssue, Fact, NotJudged, Pattern
from sportsgpt_lib.knowledge.retrieval import EvidencePassage
from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language

SidePattern = Literal["left", "right", "undecided"] | None


@dataclass(frozen=True)
class Consistency:
    """How regularly a session's repetitions show an issue, from ``session_findings``.

    ``low_ratio`` and ``high_ratio`` bound the share of repetitions (95 %).
    """

    pattern: Pattern
    shown_count: int
    repetition_count: int
    low_ratio: float
    high_ratio: float
    side_pattern: SidePattern


@dataclass(frozen=True)
class IssueCase:
    """One issue of one movement that at least one repetition of the session reported.

    ``session`` says how regularly; probability, severity and ``metrics`` are of the
    repetition that shows it most. ``metrics`` and ``medians`` hold ids of facts, the
    largest contribution first; ``left_count`` and ``right_count`` are facts on the
    repetitions of one leg, None = none could show it. No ``passages`` = the knowledge
    base holds nothing on it.
    """

    issue: str
    issue_name: str
    movement: str
    dimension: str
    probability_ratio: float
    severity_ratio: float
    session: Consistency
    count: str
    left_count: str | None
    right_count: str | None
    metrics: tuple[str, ...]
    medians: tuple[str, ...]
    passages: tuple[EvidencePassage, ...] = ()

    @property
    def is_trained(self) -> bool:
        """Whether an exercise may answer it: a slip needs none."""
        return self.session.pattern != "slip"


@dataclass(frozen=True)
class Strength:
    """An indicator that is inside its target in every repetition that measured it."""

    metric: str
    count: str


@dataclass(frozen=True)
class MovementCase:
    """What was judged of one movement: ids of its count and of its score, if any.

    ``scored_count`` of the judged repetitions have a score.
    """

    movement: str
    count: str
    score: str | None
    scored_count: int


@dataclass(frozen=True)
class GuidanceCase:
    """Everything a writer may use for one athlete and session.

    ``movement_names`` are words for every movement that is named, ``close_to_limit``
    ids of medians inside their target by less than their error. Names, labels and
    reasons are in ``language``. ``has_knowledge`` False = the knowledge base could not
    be asked, so there are no passages.
    """

    team_id: str
    session_day: date
    athlete_id: str
    movements: tuple[MovementCase, ...]
    issues: tuple[IssueCase, ...]
    absent: tuple[AbsentIssue, ...]
    strengths: tuple[Strength, ...]
    not_judged: tuple[NotJudged, ...]
    facts: Mapping[str, Fact]
    passages: Mapping[str, EvidencePassage]
    movement_sha256: Mapping[str, str]
    pose_models: tuple[str, ...]
    limits: AthleteLimits = field(default_factory=AthleteLimits)
    language: Language = DEFAULT_LANGUAGE
    movement_names: Mapping[str, str] = field(default_factory=dict)
    close_to_limit: tuple[str, ...] = ()
    has_knowledge: bool = True

    def list_answered(
        self, passage_id: str, issues: Collection[str]
    ) -> list[IssueCase]:
        """List the trained issues of these names that a passage was retrieved for.

        A name alone may also be that of an issue in another movement.
        """
        return [
            issue
            for issue in self.issues
            if issue.issue in issues
            and issue.is_trained
            and any(passage.passage_id == passage_id for passage in issue.passages)
        ]

    def name_movement(self, movement: str) -> str:
        """Name a movement in the report's language."""
        return self.movement_names.get(movement, movement.replace("_", " "))
