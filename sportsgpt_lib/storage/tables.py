"""The one contract of every table of the training graph.

Parquet schemas, DuckDB and Postgres tables, Great Expectations suites, the column
schemas in the Dagster UI and ``docs/tables.md`` are all generated from here.
What does not belong here: SQL text, I/O, any computation on rows.
"""

from sportsgpt_lib.storage.contract import (
    Column,
    Table,
    boolean,
    day,
    integer,
    json,
    real,
    text,
)

STAGES = (
    "recordings",
    "pose_tracks",
    "athlete_poses",
    "joint_kinematics",
    "keyframes",
    "kismam_metrics",
    "findings",
    "technique_scores",
    "guidance_reports",
)
VERDICTS = ("PASS", "WARN", "QUARANTINE", "REJECT")
CAMERA_VIEWS = ("sagittal", "frontal", "oblique", "unknown")
SIDES = ("left", "right", "both")

_PARTITION = (
    text("team_id", "Pseudonym of the team; half of the partition key."),
    day("session_day", "Training day; half of the partition key."),
)
_CLIP = (text("clip_sha256", "SHA-256 of the video file's bytes."),)
_RECORDING = (
    text(
        "recording_id",
        "One athlete performing one movement in one clip: first 16 hexadecimal "
        "digits of the SHA-256 over clip, athlete, movement and time window.",
    ),
    *_CLIP,
)
_ATHLETE = (
    text("athlete_id", "Pseudonym of the athlete."),
    text("movement", "Movement, as its folder in sportsgpt_lib/sports is named."),
)
_FRAME = (
    integer("frame_idx", "Index of the decoded frame, from 0.", minimum=0),
    real("time_s", "Presentation time of the frame in the clip.", "s", minimum=0),
)
_REPETITION = (
    integer(
        "repetition_idx",
        "Repetition of the movement inside the recording, from 0.",
        minimum=0,
    ),
)
_POSE_MODEL = (
    text("pose_model", "Pose network that saw the athlete."),
    text("pose_weights_sha256", "SHA-256 of the pose network's weights."),
)
_CODE = (text("code_version", "Version of the stage that made the row."),)
_DEFINITION = (
    text("movement_sha256", "SHA-256 of the movement definition that was applied."),
)


def _table(
    name: str,
    grain: str,
    key: tuple[str, ...],
    columns: tuple[Column, ...],
    *,
    is_mart: bool = True,
) -> Table:
    return Table(name, grain, key, (*_PARTITION, *columns, *_CODE), is_mart)


RECORDINGS = _table(
    "recordings",
    "recording (one athlete performing one movement in one clip)",
    ("recording_id",),
    (
        *_RECORDING,
        text("clip_file", "Path of the clip inside the session folder."),
        *_ATHLETE,
        text("camera_view", "Where the camera stood.", allowed=CAMERA_VIEWS),
        text(
            "role", "Athlete under study or exemplar.", allowed=("athlete", "reference")
        ),
        text("lawful_basis", "Lawful basis of the processing, from the manifest."),
        real(
            "athlete_height_m",
            "Standing height; null = not stated, so nothing is given in metres.",
            "m",
            nullable=True,
            minimum=0.5,
            maximum=2.6,
        ),
        real(
            "window_start_s",
            "Start of the athlete's time window in the clip.",
            "s",
            minimum=0,
        ),
        real(
            "window_end_s",
            "End of the time window; null = to the end of the clip.",
            "s",
            nullable=True,
            minimum=0,
        ),
        real(
            "athlete_hint_x_ratio",
            "Athlete's place when the window starts, share of the width; null = none.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        real(
            "athlete_hint_y_ratio",
            "Athlete's place when the window starts, share of the height; null = none.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        text("codec", "Video codec; null = clip unreadable.", nullable=True),
        integer(
            "width_px",
            "Width as displayed; null = unreadable.",
            "px",
            nullable=True,
            minimum=1,
        ),
        integer(
            "height_px",
            "Height as displayed; null = unreadable.",
            "px",
            nullable=True,
            minimum=1,
        ),
        integer(
            "rotation_deg",
            "Rotation applied for display; null = unreadable.",
            "deg",
            nullable=True,
        ),
        real(
            "frame_rate_hz",
            "Mean frame rate from true time stamps; null = unreadable.",
            "Hz",
            nullable=True,
            minimum=0,
        ),
        boolean(
            "has_variable_frame_rate",
            "Frame intervals differ by more than a tenth and the rounding of time stamps; null = unreadable.",
            nullable=True,
        ),
        real(
            "capture_rate_hz",
            "Rate at which the camera captured (slow motion); null = frame rate.",
            "Hz",
            nullable=True,
            minimum=0,
        ),
        integer(
            "frame_count",
            "Decoded frames; null = unreadable.",
            nullable=True,
            minimum=0,
        ),
        real(
            "duration_s",
            "Last time stamp minus first; null = unreadable.",
            "s",
            nullable=True,
            minimum=0,
        ),
        text("verdict", "May the recording go on?", allowed=VERDICTS),
        text("reason_code", "Stable word for the reason; null = PASS.", nullable=True),
    ),
)

POSE_TRACKS = _table(
    "pose_tracks",
    "frame × person × keypoint of a clip, as estimated",
    ("clip_sha256", "frame_idx", "person_idx", "keypoint"),
    (
        *_CLIP,
        *_FRAME,
        integer(
            "person_idx", "Track of one person through the clip, from 0.", minimum=0
        ),
        text("keypoint", "Keypoint of the Halpe-26 skeleton."),
        real("x_px", "Image position, right from the left edge.", "px"),
        real("y_px", "Image position, down from the upper edge.", "px"),
        real(
            "confidence_ratio", "Confidence of the pose network.", minimum=0, maximum=1
        ),
        *_POSE_MODEL,
    ),
    is_mart=False,
)

ATHLETE_POSES = _table(
    "athlete_poses",
    "frame × keypoint of the athlete, repaired and filtered",
    ("recording_id", "frame_idx", "keypoint"),
    (
        *_RECORDING,
        *_FRAME,
        integer("person_idx", "Track that was taken for the athlete.", minimum=0),
        text("keypoint", "Keypoint of the Halpe-26 skeleton."),
        real(
            "x_px",
            "Filtered position, right; null = not seen and not fillable.",
            "px",
            nullable=True,
        ),
        real(
            "y_px",
            "Filtered position, down; null = not seen and not fillable.",
            "px",
            nullable=True,
        ),
        real(
            "x_m",
            "Position along the direction right; null = scale unknown or not seen.",
            "m",
            nullable=True,
        ),
        real(
            "y_m",
            "Height above the floor, up; null = scale unknown or not seen.",
            "m",
            nullable=True,
        ),
        real(
            "confidence_ratio",
            "Confidence of the pose network; 0 where filled.",
            minimum=0,
            maximum=1,
        ),
        text(
            "repair",
            "What was done to the raw point: dropped for its confidence or as an outlier, filled from its neighbours, or both.",
            allowed=(
                "none",
                "low_confidence_dropped",
                "low_confidence_filled",
                "outlier_dropped",
                "outlier_filled",
                "gap_filled",
                "swapped",
            ),
        ),
        *_POSE_MODEL,
    ),
    is_mart=False,
)

JOINT_KINEMATICS = _table(
    "joint_kinematics",
    "frame × quantity of a recording",
    ("recording_id", "frame_idx", "quantity"),
    (
        *_RECORDING,
        *_FRAME,
        text("quantity", "Angle, position or distance, as named in docs/angles.md."),
        real(
            "value",
            "The quantity; null = a keypoint it needs is missing.",
            "see unit",
            nullable=True,
        ),
        text(
            "unit",
            "Unit of value.",
            allowed=("deg", "body_heights", "px", "m", "ratio"),
        ),
        real(
            "rate_per_s",
            "First derivative of value; null = not computable.",
            "unit/s",
            nullable=True,
        ),
        *_POSE_MODEL,
    ),
    is_mart=False,
)

KEYFRAMES = _table(
    "keyframes",
    "repetition × keyframe of a recording",
    ("recording_id", "repetition_idx", "keyframe", "side"),
    (
        *_RECORDING,
        *_ATHLETE,
        *_REPETITION,
        text("keyframe", "Named instant, from the movement definition."),
        text("side", "Body side the keyframe belongs to.", allowed=SIDES),
        real("time_s", "Sub-frame time in the clip.", "s", minimum=0),
        real("time_error_s", "Standard uncertainty of time_s.", "s", minimum=0),
        text("method", "How it was found.", allowed=("alignment", "event", "both")),
        real(
            "event_offset_s",
            "Event time minus alignment time; null = only one of them exists.",
            "s",
            nullable=True,
        ),
        real(
            "alignment_cost",
            "Mean cost per frame of the alignment, 0 = identical; "
            "null = by event only.",
            nullable=True,
            minimum=0,
        ),
        text(
            "reference_id",
            "Target model that was aligned; null = by event only.",
            nullable=True,
        ),
        *_DEFINITION,
        *_POSE_MODEL,
    ),
)

KISMAM_METRICS = _table(
    "kismam_metrics",
    "repetition × indicator of a recording",
    ("recording_id", "repetition_idx", "indicator"),
    (
        *_RECORDING,
        *_ATHLETE,
        *_REPETITION,
        text("indicator", "Biomechanical quantity, from the movement definition."),
        text("indicator_name", "The indicator in plain words."),
        real(
            "value",
            "Measured value; null = not measurable, see reason.",
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
            "Time in the clip that shows the indicator; null = not measurable.",
            "s",
            nullable=True,
            minimum=0,
        ),
        *_DEFINITION,
        *_POSE_MODEL,
    ),
)

FINDINGS = _table(
    "findings",
    "repetition × issue of a recording",
    ("recording_id", "repetition_idx", "issue"),
    (
        *_RECORDING,
        *_ATHLETE,
        *_REPETITION,
        text("issue", "Technique fault, from the movement definition."),
        text("issue_name", "The issue in plain words."),
        text("dimension", "TechCoach dimension the issue belongs to."),
        real(
            "probability_ratio",
            "Probability that the issue is present.",
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
            "Rank in the repetition by probability × severity, from 1.",
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
        *_DEFINITION,
        *_POSE_MODEL,
    ),
)

TECHNIQUE_SCORES = _table(
    "technique_scores",
    "repetition of a recording",
    ("recording_id", "repetition_idx"),
    (
        *_RECORDING,
        *_ATHLETE,
        *_REPETITION,
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
            "List of {dimension, is_seen, score_points, strengths, weaknesses, note}; "
            "strengths and weaknesses hold sentences, note says what lies outside its "
            "target without being reported, and why the dimension was seen in part or "
            "not at all; null = neither.",
        ),
        text("summary", "The repetition in one or two sentences."),
        *_DEFINITION,
        *_POSE_MODEL,
    ),
)

GUIDANCE_REPORTS = _table(
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

SEASON_REPORTS = _table(
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

QUALITY_VERDICTS = _table(
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

TABLES = (
    RECORDINGS,
    POSE_TRACKS,
    ATHLETE_POSES,
    JOINT_KINEMATICS,
    KEYFRAMES,
    KISMAM_METRICS,
    FINDINGS,
    TECHNIQUE_SCORES,
    GUIDANCE_REPORTS,
    SEASON_REPORTS,
    QUALITY_VERDICTS,
)
TABLES_BY_NAME = {table.name: table for table in TABLES}
