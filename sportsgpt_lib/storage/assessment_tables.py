"""From indicators to scores: the contracts of these tables."""

from sportsgpt_lib.storage.contract import boolean, integer, json, real, text
from sportsgpt_lib.storage.table_parts import (
    ATHLETE,
    DEFINITION,
    POSE_MODEL,
    RECORDING,
    REPETITION,
    build_table,
)

KISMAM_METRICS = build_table(
    "kismam_metrics",
    "repetition × indicator of a recording",
    ("recording_id", "repetition_idx", "indicator"),
    (
        *RECORDING,
        *ATHLETE,
        *REPETITION,
        text("indicator", "Biomechanical quantity, from the movement definition."),
        text("indicator_name", "The indicator in plain words."),
        real(
            "value",
            "Measured value; durations and rates are by the time of the movement, slow "
            "motion taken out; null = not measurable, see reason.",
            "see unit",
            nullable=True,
        ),
        text("unit", "Unit of value, error and targets."),
        real(
            "error",
            "Standard uncertainty of value; null = not measurable.",
            "see unit",
            nullable=True,
            minimum=0,
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
            "deviation",
            "Signed distance outside the target range in tolerance widths, softened by "
            "the error; 0 inside the range, negative below it; null = not measurable.",
            nullable=True,
        ),
        real(
            "reference_mean",
            "Mean over the target models at the speed of the movement's targets, "
            "measured by the same rule; null = no such model carries what the "
            "indicator needs.",
            "see unit",
            nullable=True,
        ),
        real(
            "reference_spread",
            "Standard deviation between people: of at least two such models that were "
            "recorded of people of one level; null = other models.",
            "see unit",
            nullable=True,
            minimum=0,
        ),
        integer(
            "reference_count",
            "Such target models that give the indicator; null = none.",
            nullable=True,
            minimum=1,
        ),
        real(
            "reference_deviation",
            "Value minus reference_mean in standard deviations: spread between people "
            "and error joined; shown, not judged. null = not measurable, or no spread.",
            nullable=True,
        ),
        text(
            "validity",
            "How far the number can be trusted.",
            allowed=("valid", "limited", "not_measurable"),
        ),
        text(
            "reason",
            "Why it is limited or not measurable; null = valid.",
            nullable=True,
        ),
        real(
            "keyframe_time_s",
            "Time in the clip, as played, that shows the indicator: in slow motion, no "
            "seconds of the movement; null = not measurable.",
            "s",
            nullable=True,
            minimum=0,
        ),
        *DEFINITION,
        *POSE_MODEL,
    ),
)

FINDINGS = build_table(
    "findings",
    "repetition × issue of a recording",
    ("recording_id", "repetition_idx", "issue"),
    (
        *RECORDING,
        *ATHLETE,
        *REPETITION,
        text("issue", "Technique fault, from the movement definition."),
        text("issue_name", "The issue in plain words."),
        text("dimension", "TechCoach dimension the issue belongs to."),
        real(
            "probability_ratio",
            "Probability that the body did what the issue's indicators describe, at "
            "the errors stated; never above 0.999.",
            minimum=0,
            maximum=1,
        ),
        real(
            "severity_ratio",
            "Size of the fault, 0 = none, 1 = very large.",
            minimum=0,
            maximum=1,
        ),
        integer(
            "rank",
            "Rank in the repetition: findings first, by probability × severity; then "
            "what is not reported, by how near its indicators come to their limits; "
            "from 1.",
            minimum=1,
        ),
        boolean(
            "is_reported", "Probability and severity reach the reporting thresholds."
        ),
        json(
            "evidence",
            "List of {indicator, contribution_ratio}; contributions sum to 1. Each "
            "indicator is a row of kismam_metrics of the same repetition.",
        ),
        *DEFINITION,
        *POSE_MODEL,
    ),
)

TECHNIQUE_SCORES = build_table(
    "technique_scores",
    "repetition of a recording",
    ("recording_id", "repetition_idx"),
    (
        *RECORDING,
        *ATHLETE,
        *REPETITION,
        real(
            "score_points",
            "Technique score, 10 = nothing to improve; null = too little measurable.",
            "points",
            nullable=True,
            minimum=0,
            maximum=10,
        ),
        real(
            "score_error_points",
            "Standard uncertainty of the score; null = no score.",
            "points",
            nullable=True,
            minimum=0,
        ),
        real(
            "measured_ratio",
            "Share of the movement's indicators that were measurable.",
            minimum=0,
            maximum=1,
        ),
        json(
            "dimensions",
            "List of {dimension, is_seen, score_points, score_error_points, strengths, "
            "weaknesses, note}; points and their standard uncertainty are null where "
            "less than half of the dimension's indicators was measured; strengths and weaknesses hold sentences, note says what lies outside its "
            "target without being reported, and why the dimension was seen in part or "
            "not at all; null = neither.",
        ),
        text("summary", "The repetition in one or two sentences."),
        *DEFINITION,
        *POSE_MODEL,
    ),
)
