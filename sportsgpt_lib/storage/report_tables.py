"""Reports and verdicts: the contracts of these tables."""

from sportsgpt_lib.storage.contract import boolean, day, integer, json, real, text
from sportsgpt_lib.storage.table_parts import (
    ATHLETE,
    DEFINITION,
    STAGES,
    VERDICTS,
    build_table,
)

_CHANGE_VERDICTS = ("beyond_error", "within_error", "unknown_error")

SESSION_FINDINGS = build_table(
    "session_findings",
    "athlete × session × movement × issue",
    ("team_id", "session_day", "athlete_id", "movement", "issue"),
    (
        *ATHLETE,
        text("issue", "Technique fault, from the movement definition."),
        text("issue_name", "The issue in plain words."),
        text("dimension", "TechCoach dimension the issue belongs to."),
        integer("recording_count", "Recordings of these repetitions.", minimum=1),
        integer(
            "repetition_count",
            "Repetitions that could report it, were the fault large enough; an issue "
            "that none could report has no row.",
            minimum=1,
        ),
        integer("shown_count", "Repetitions that reported it.", minimum=0),
        real(
            "shown_low_ratio",
            "Lower end of the 95 % credible interval of the share of repetitions that "
            "show it.",
            minimum=0,
            maximum=1,
        ),
        real(
            "shown_high_ratio",
            "Upper end of that interval. Errors that all repetitions share are not in "
            "it.",
            minimum=0,
            maximum=1,
        ),
        text(
            "pattern",
            "habit = surely in more than half of the repetitions; slip = seen, but "
            "surely in less than half; absent = never seen, surely no habit; undecided "
            "= too few repetitions to tell. Surely = with a belief of 95 %.",
            allowed=("habit", "slip", "absent", "undecided"),
        ),
        real(
            "probability_ratio",
            "Median over the repetitions of the probability that the issue is present.",
            minimum=0,
            maximum=1,
        ),
        real(
            "severity_ratio",
            "Median over the repetitions of the size of the fault.",
            minimum=0,
            maximum=1,
        ),
        integer(
            "rank",
            "Rank in athlete, session and movement, from 1: reported issues first, each "
            "group by probability × severity.",
            minimum=1,
        ),
        boolean(
            "is_reported",
            "Median probability and severity reach the reporting thresholds.",
        ),
        integer("left_count", "Of these, repetitions of the left leg.", minimum=0),
        integer("left_shown_count", "Of these, those that reported it.", minimum=0),
        integer("right_count", "Of these, repetitions of the right leg.", minimum=0),
        integer("right_shown_count", "Of these, those that reported it.", minimum=0),
        text(
            "side_pattern",
            "Side that surely shows it more often; undecided = no sure difference; "
            "null = the repetitions belong to no side. One camera sees the near leg "
            "better: film both ways before believing a side.",
            nullable=True,
            allowed=("left", "right", "undecided"),
        ),
        json(
            "evidence",
            "List of {indicator, contribution_ratio}: mean contributions over the "
            "repetitions that show the issue, or over all where none does; they sum "
            "to 1.",
        ),
        *DEFINITION,
    ),
)

GUIDANCE_REPORTS = build_table(
    "guidance_reports",
    "athlete × session",
    ("team_id", "session_day", "athlete_id"),
    (
        text("athlete_id", "Pseudonym of the athlete."),
        text("report_id", "First 16 hexadecimal digits of the SHA-256 of the report."),
        json(
            "report",
            "The structured report; docs/guidance.md explains it, its JSON Schema is in "
            "sportsgpt_lib/guidance/schemas.",
        ),
        text(
            "schema_version",
            "Version of the report's schema; null = written before 2.0.",
            nullable=True,
        ),
        text(
            "language",
            "Language of the report's words; null = written before 2.0, in English.",
            nullable=True,
            allowed=("en", "zh"),
        ),
        text("writer", "What wrote the text: deterministic, or the model's name."),
        text(
            "prompt_version",
            "Version of the prompt; null = deterministic writer.",
            nullable=True,
        ),
        text(
            "knowledge_version",
            "SHA-256 over the knowledge base's passages in use; null = the knowledge "
            "base could not be asked, and the report is to be written again.",
            nullable=True,
        ),
        text("embedding_model", "Embedding model of the retrieval, with its revision."),
        integer("finding_count", "Reported findings the report answers.", minimum=0),
        integer("citation_count", "Distinct sources cited.", minimum=0),
        integer("dropped_count", "Sentences the verifier took out.", minimum=0),
        boolean("is_verified", "Every remaining sentence passed the verifier."),
    ),
)

SEASON_REPORTS = build_table(
    "season_reports",
    "athlete or team × season × movement × indicator, as of one session day",
    (
        "team_id",
        "season",
        "session_day",
        "scope",
        "athlete_id",
        "movement",
        "indicator",
    ),
    (
        text(
            "season",
            "Season; runs from 1 October, named by the year it starts in, such as "
            "2025/26.",
        ),
        text("scope", "Whom the row is about.", allowed=("athlete", "team")),
        text("athlete_id", "Pseudonym of the athlete; 'all' for the team."),
        text("movement", "Movement, as its folder in sportsgpt_lib/sports is named."),
        text("indicator", "Biomechanical quantity, from the movement definition."),
        text("unit", "Unit of the values."),
        integer(
            "session_count",
            "Sessions of the season with a measured value, up to this day.",
            minimum=0,
        ),
        integer(
            "repetition_count",
            "Measured repetitions of the season, up to this day.",
            minimum=0,
        ),
        real(
            "median",
            "Median of the measured values; null = none measured.",
            "see unit",
            nullable=True,
        ),
        real(
            "first_session_median",
            "Median of the first such session; null = none.",
            "see unit",
            nullable=True,
        ),
        real(
            "latest_session_median",
            "Median of the latest such session; null = none.",
            "see unit",
            nullable=True,
        ),
        boolean(
            "is_comparable",
            "View, frame rate, pose model and movement definition never changed, so "
            "first and latest may be compared.",
        ),
        text("comparability_note", "What changed; null = comparable.", nullable=True),
        day(
            "comparable_since_day",
            "First session of the season that was filmed and measured like the latest "
            "one: where view, frame rate, network or definition changed, the trend "
            "starts anew; null = none measured.",
            nullable=True,
        ),
        integer(
            "comparable_session_count", "Sessions measured like the latest.", minimum=0
        ),
        real(
            "baseline_median",
            "Median of the session of comparable_since_day; null = none.",
            "see unit",
            nullable=True,
        ),
        real(
            "change",
            "Median of the latest session minus baseline_median; null = no earlier "
            "session to compare with.",
            "see unit",
            nullable=True,
        ),
        real(
            "minimal_detectable_change",
            "Smallest change between these two sessions that is more than error (95 %); "
            "null = the spread between repetitions is not known, or of the team, whose "
            "athletes differ from session to session.",
            "see unit",
            nullable=True,
            minimum=0,
        ),
        text(
            "change_verdict",
            "Whether the change is larger than that; null = no change.",
            nullable=True,
            allowed=_CHANGE_VERDICTS,
        ),
        real(
            "team_median",
            "Median of the other athletes' latest medians, measured like this one; "
            "null = of the team, or nobody else measured alike.",
            "see unit",
            nullable=True,
        ),
        real(
            "team_detectable_difference",
            "Smallest difference to team_median that is more than error (95 %); null = "
            "fewer than two others, or spread not known.",
            "see unit",
            nullable=True,
            minimum=0,
        ),
        text(
            "team_verdict",
            "Whether the difference is larger than that; null = no team_median.",
            nullable=True,
            allowed=_CHANGE_VERDICTS,
        ),
        real(
            "target_low",
            "Lower end of the target range; null = no lower end.",
            "see unit",
            nullable=True,
        ),
        real(
            "target_high",
            "Upper end of the target range; null = no upper end.",
            "see unit",
            nullable=True,
        ),
        real(
            "target_distance",
            "Signed distance of the latest median outside the target range, 0 inside; "
            "null = no target.",
            "see unit",
            nullable=True,
        ),
        text(
            "target_verdict",
            "outside = by more than its error (95 %); undecided = outside, but by less, "
            "or the error is not known; null = no target.",
            nullable=True,
            allowed=("inside", "outside", "undecided"),
        ),
    ),
)

QUALITY_VERDICTS = build_table(
    "quality_verdicts",
    "clip or recording × stage",
    ("team_id", "session_day", "clip_file", "subject_id", "stage"),
    (
        text("clip_file", "Path of the clip inside the session folder."),
        text(
            "subject_id",
            "recording_id, or the clip's SHA-256 where no recording exists.",
        ),
        text(
            "athlete_id", "Pseudonym of the athlete; null = whole clip.", nullable=True
        ),
        text("stage", "Stage that judged.", allowed=STAGES),
        text("verdict", "The judgement.", allowed=VERDICTS),
        text("reason_code", "Stable word for the reason; null = PASS.", nullable=True),
        text("reason", "What was found, in words; null = PASS.", nullable=True),
        text("fix", "What to do about it; null = PASS.", nullable=True),
    ),
)
