"""The structured report of one athlete and session: its versioned JSON schema.

Written to ``training.guidance_reports.report``; pages and exports are drawn from it.
Only shapes live here. The same schema for readers without Python is in ``schemas/``;
reports of earlier versions are read by ``report_versions.py``. What a report may say is
decided by the writers, whether it may stay by the verifier.
"""

import hashlib
from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from sportsgpt_lib.language import DEFAULT_LANGUAGE, Language

SCHEMA_VERSION: Literal["2.0"] = "2.0"
_REPORT_ID_DIGITS = 16

Pattern = Literal["habit", "undecided", "slip"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sentence(_Part):
    """One assertion and what it rests on.

    ``facts`` are ids in ``GuidanceReport.facts``, ``passages`` ids in
    ``GuidanceReport.sources``. A sentence that asserts something has at least one. In
    a report in Chinese, words that exist in English only start with ``【英文】``.
    """

    text: str
    facts: tuple[str, ...] = ()
    passages: tuple[str, ...] = ()


class Picture(_Part):
    """Where the picture that shows a fact is to be taken from."""

    recording_id: str
    repetition_idx: int
    indicator: str
    time_s: float


class Fact(_Part):
    """One measured thing the text may speak of, copied from the tables.

    ``kind`` metric: a row of ``kismam_metrics``; count: how many repetitions show an
    issue or were judged; score: the technique score; median: an indicator's median over
    the session's repetitions. ``value`` None = not measurable. ``error`` is the
    standard uncertainty. ``target_low`` or ``target_high`` None = no such limit.
    ``total`` is what a count is out of, the highest score, or a median's repetitions.
    ``share_low_pct`` and ``share_high_pct`` bound the share of repetitions that show an
    issue (95 %). ``detectable_change``, of a median, is the smallest change to another
    such session that is more than error (95 %); None = not known. ``wanted_change`` is
    the distance to the target's nearest edge, 0 inside it; ``margin`` is that distance
    from inside, None where the value is not inside. ``repetition_no`` counts from 1.
    ``side`` is the leg that the repetitions belong to; None = both, or unknown.
    ``label`` and ``reason`` are in the report's language.
    """

    id: str
    kind: Literal["metric", "count", "score", "median"]
    label: str
    unit: str
    value: float | None
    error: float | None = None
    target_low: float | None = None
    target_high: float | None = None
    detectable_change: float | None = None
    wanted_change: float | None = None
    margin: float | None = None
    total: int | None = None
    share_low_pct: float | None = None
    share_high_pct: float | None = None
    validity: Literal["valid", "limited", "not_measurable"] = "valid"
    reason: str | None = None
    movement: str
    recording_id: str | None = None
    repetition_no: int | None = None
    side: Literal["left", "right"] | None = None
    indicator: str | None = None
    issue: str | None = None
    picture: Picture | None = None


class AbsentIssue(_Part):
    """An issue that was looked for and that no repetition showed.

    ``is_sure`` False = too few repetitions to say that it is no habit.
    ``shown_high_ratio`` is the upper end of the 95 % interval of its share.
    """

    issue: str
    issue_name: str
    movement: str
    repetition_count: int
    is_sure: bool
    shown_high_ratio: float


class FindingSection(_Part):
    """One issue of one movement: what was seen, why it matters, where it may come from.

    ``pattern``, the counts, the ends of the 95 % interval of the share of repetitions
    that show it, and ``side_pattern`` are those of ``training.session_findings``.
    Probability and severity are those of the repetition that shows it most, which the
    facts and the picture are of. ``is_answered`` False = the knowledge base holds
    nothing on it, or could not be asked (``GuidanceReport.knowledge_fault``), so the
    report names the finding and proposes nothing.
    """

    issue: str
    issue_name: str
    movement: str
    dimension: str
    probability_ratio: float = Field(ge=0, le=1)
    severity_ratio: float = Field(ge=0, le=1)
    pattern: Pattern
    shown_count: int = Field(ge=1)
    repetition_count: int = Field(ge=1)
    shown_low_ratio: float = Field(ge=0, le=1)
    shown_high_ratio: float = Field(ge=0, le=1)
    side_pattern: Literal["left", "right", "undecided"] | None
    seen: tuple[Sentence, ...]
    why: tuple[Sentence, ...]
    cause: tuple[Sentence, ...]
    facts: tuple[str, ...]
    picture: Picture | None
    is_answered: bool


class Dose(_Part):
    """How much of an exercise. ``hold_s`` None = no hold."""

    sets: int = Field(ge=1)
    repetitions: int = Field(ge=1)
    hold_s: int | None = Field(default=None, ge=1)
    load: str
    rest_s: int = Field(ge=0)
    sessions_per_week: int = Field(ge=1)
    weeks: int = Field(ge=1)


class SuccessMeasure(_Part):
    """The number by which a later session shows whether an exercise worked.

    ``fact`` is the id of a median outside its target, ``direction`` the way it should
    go and ``wanted_change`` how far it is to the target's nearest edge, in the fact's
    unit. ``expected_change`` is the change that counts: at least ``wanted_change`` and
    at least ``detectable_change``, the smallest that is more than error between two
    sessions (95 %). None = no change between two sessions could show success, because
    that smallest change is not known or would carry the value out of the target again.
    """

    fact: str
    indicator: str
    direction: Literal["rise", "fall"]
    wanted_change: float = Field(gt=0)
    detectable_change: float | None = Field(default=None, ge=0)
    expected_change: float | None = Field(default=None, gt=0)


class PlanItem(_Part):
    """One exercise of the plan, for one or more findings.

    ``issues`` are the names of these findings and ``movements`` whose they are, for
    movements share names of issues; empty = written before schema version 2.0.
    ``passage`` is the id of the passage that the exercise and its dose are taken from;
    ``language`` is that of what is quoted of it. ``progression`` goes over the weeks of
    the dose. ``measure`` None = no indicator that the card names was outside its
    target as the median of the session.
    """

    exercise: str
    passage: str
    language: Language = DEFAULT_LANGUAGE
    issues: tuple[str, ...]
    movements: tuple[str, ...] = ()
    how: tuple[Sentence, ...]
    dose: Dose
    progression: tuple[Sentence, ...]
    cue: tuple[Sentence, ...]
    contraindications: tuple[Sentence, ...]
    age_limits: tuple[Sentence, ...]
    success: tuple[Sentence, ...]
    measure: SuccessMeasure | None = None

    def is_for(self, movement: str, issue: str) -> bool:
        """Whether it answers the finding on an issue of a movement."""
        is_of_movement = not self.movements or movement in self.movements
        return issue in self.issues and is_of_movement


class WithheldExercise(_Part):
    """An exercise that answers a finding and does not suit the athlete, and why."""

    exercise: str
    passage: str
    issues: tuple[str, ...]
    reason: str


class NotJudged(_Part):
    """Something that could not be judged, and why."""

    what: str
    reason: str
    movement: str | None = None
    recording_id: str | None = None


class Citation(_Part):
    """A publication that can be looked up."""

    key: str
    text: str
    doi: str | None = None
    isbn: str | None = None


class SourceEntry(_Part):
    """One passage of the knowledge base that the report cites."""

    passage: str
    title: str
    source_id: str
    source_title: str
    licence: str
    trust_level: str
    evidence_level: str
    citations: tuple[Citation, ...]


class DroppedSentence(_Part):
    """What the verifier took out, from where, and why.

    ``check`` is the stable word of the check that it failed; ``other`` = the writer
    itself dropped it, or it was dropped before schema version 2.0.
    """

    section: str
    text: str
    reason: str
    check: str = "other"


class WriterInfo(_Part):
    """What wrote the text. ``fallback_reason`` None = the writer that was asked for."""

    name: str
    model: str | None = None
    prompt_version: str | None = None
    fallback_reason: str | None = None


class Versions(_Part):
    """What decided the content besides the measurements.

    ``knowledge_version`` None = the knowledge base could not be asked.
    """

    knowledge_version: str | None
    embedding_model: str
    movement_sha256: dict[str, str]
    pose_models: tuple[str, ...]


class GuidanceReport(_Part):
    """The whole report of one athlete and one session.

    ``movement_names`` are the words for every movement that the report names.
    ``close_to_limit`` speaks of medians inside their target by less than their error,
    ``withheld`` of exercises that do not suit the athlete, ``film_next`` of what to
    film so that more can be judged. ``knowledge_fault`` says why the knowledge base
    could not be asked; None = it was.
    """

    schema_version: Literal["2.0"] = SCHEMA_VERSION
    language: Language = DEFAULT_LANGUAGE
    team_id: str
    session_day: date
    athlete_id: str
    movements: tuple[str, ...]
    movement_names: dict[str, str]
    summary: tuple[Sentence, ...]
    strengths: tuple[Sentence, ...]
    close_to_limit: tuple[Sentence, ...] = ()
    findings: tuple[FindingSection, ...]
    absent: tuple[AbsentIssue, ...] = ()
    plan: tuple[PlanItem, ...]
    plan_note: str | None
    withheld: tuple[WithheldExercise, ...] = ()
    not_judged: tuple[NotJudged, ...]
    film_next: tuple[str, ...] = ()
    facts: tuple[Fact, ...]
    sources: tuple[SourceEntry, ...]
    dropped: tuple[DroppedSentence, ...]
    knowledge_fault: str | None = None
    writer: WriterInfo
    versions: Versions

    @property
    def is_provisional(self) -> bool:
        """Whether it is to be written again: a service that it needs was down."""
        return (
            self.knowledge_fault is not None or self.writer.fallback_reason is not None
        )

    def to_json(self) -> str:
        """Write the report as JSON; the same report gives the same bytes."""
        return self.model_dump_json()

    @property
    def report_id(self) -> str:
        """First 16 hexadecimal digits of the SHA-256 over the JSON text."""
        digest = hashlib.sha256(self.to_json().encode()).hexdigest()
        return digest[:_REPORT_ID_DIGITS]
