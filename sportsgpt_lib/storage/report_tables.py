"""Reports and verdicts: the contracts of these tables."""

from sportsgpt_lib.storage.contract import boolean, integer, json, real, text
from sportsgpt_lib.storage.table_parts import (
    STAGES,
    VERDICTS,
    build_table,
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
            "The structured report; schema in sportsgpt_lib/guidance/report.py.",
        ),
        text("writer", "What wrote the text: deterministic, or the model's name."),
        text(
            "prompt_version",
            "Version of the prompt; null = deterministic writer.",
            nullable=True,
        ),
        text("knowledge_version", "SHA-256 over the knowledge base's passages in use."),
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
