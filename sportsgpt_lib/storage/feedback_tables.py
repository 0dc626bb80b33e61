"""Coaches' answers, and how far thresholds are from findings: these tables' contracts.

``FINDING_MARGINS`` is made by a run like any other table. ``COACH_FEEDBACK`` is written
by people: Postgres keeps it, no run replaces it, and DuckDB gets a copy.
"""

from typing import Literal, get_args

from sportsgpt_lib.storage.contract import Table, real, text
from sportsgpt_lib.storage.table_parts import (
    ATHLETE,
    DEFINITION,
    PARTITION,
    build_table,
)

ItemKind = Literal["finding", "exercise"]
Answer = Literal["agree", "disagree", "no_opinion"]
FindingReason = Literal[
    "not_seen",
    "target_too_strict",
    "measured_wrong",
    "done_on_purpose",
    "not_a_priority",
]
ExerciseReason = Literal[
    "too_hard",
    "too_easy",
    "wrong_dose",
    "no_equipment",
    "no_time",
    "other_exercise_better",
]
ThresholdName = Literal[
    "reported_probability",
    "reported_severity",
    "target_low",
    "target_high",
    "tolerance",
]
ITEM_KINDS: tuple[ItemKind, ...] = get_args(ItemKind)
ANSWERS: tuple[Answer, ...] = get_args(Answer)
FINDING_REASONS: tuple[FindingReason, ...] = get_args(FindingReason)
EXERCISE_REASONS: tuple[ExerciseReason, ...] = get_args(ExerciseReason)
REASONS: dict[ItemKind, tuple[str, ...]] = {
    "finding": FINDING_REASONS,
    "exercise": EXERCISE_REASONS,
}
"""Why a coach disagrees. Closed lists, none of which says anything about a body."""

THRESHOLDS: tuple[ThresholdName, ...] = get_args(ThresholdName)
EVERY_INDICATOR = "all"

FINDING_MARGINS = build_table(
    "finding_margins",
    "reported issue of an athlete's session × threshold",
    (
        "team_id",
        "session_day",
        "athlete_id",
        "movement",
        "issue",
        "threshold",
        "indicator",
    ),
    (
        *ATHLETE,
        text("issue", "Technique fault that at least one repetition reported."),
        text(
            "threshold",
            "What would be moved, alone: reported_probability and reported_severity "
            "are the platform's own (ADR 0005), the others the indicator's, from the "
            "movement definition.",
            allowed=THRESHOLDS,
        ),
        text(
            "indicator",
            "Indicator whose threshold it is; 'all' for the platform's own two.",
        ),
        text("unit", "Unit of the values."),
        real("current_value", "The threshold as it was applied.", "see unit"),
        real(
            "needed_value",
            "Where the threshold would have to lie so that no repetition of the "
            "session reports the issue: anything beyond it does; null = no place of "
            "this threshold alone.",
            "see unit",
            nullable=True,
        ),
        real(
            "needed_move",
            "Distance from current_value to needed_value; null as there.",
            "see unit",
            nullable=True,
            minimum=0,
        ),
        *DEFINITION,
    ),
)

COACH_FEEDBACK = Table(
    "coach_feedback",
    "answer of a coach to a finding or exercise of a report; the latest one counts",
    (
        "team_id",
        "session_day",
        "athlete_id",
        "item_kind",
        "item_id",
        "given_by",
        "answered_at_utc",
        "report_id",
    ),
    (
        *PARTITION,
        text("athlete_id", "Pseudonym of the athlete that the report is about."),
        text("report_id", "The report that the coach had before the eyes."),
        text("item_kind", "What was answered to.", allowed=ITEM_KINDS),
        text(
            "item_id",
            "Of a finding movement/issue; of an exercise the passage of the knowledge "
            "base that it is taken from.",
        ),
        text("item_name", "The finding or the exercise as the report calls it."),
        text("movement", "Movement of a finding; null = an exercise.", nullable=True),
        text("issue", "Issue of a finding; null = an exercise.", nullable=True),
        text("given_by", "Pseudonym or role of the coach; never a name."),
        text(
            "answered_at_utc",
            "When it was answered: ISO 8601 in UTC to the microsecond, so that it "
            "sorts as text.",
        ),
        text("answer", "no_opinion takes an earlier answer back.", allowed=ANSWERS),
        text(
            "reason",
            "Why the coach disagrees; null = not said, or another answer.",
            nullable=True,
            allowed=(*FINDING_REASONS, *EXERCISE_REASONS),
        ),
        text("recorded_by", "Login that stored the answer."),
        text("recorded_at_utc", "When it was stored, written as answered_at_utc."),
    ),
    is_mart=False,
)
