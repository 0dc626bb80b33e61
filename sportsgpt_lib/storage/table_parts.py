"""Columns that several tables of the training graph share, and the words they allow.

The tables are in the ``…_tables.py`` beside this module;
``tables.py`` lists them all.
"""

from sportsgpt_lib.storage.contract import Column, Table, day, integer, real, text

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

PARTITION = (
    text("team_id", "Pseudonym of the team; half of the partition key."),
    day("session_day", "Training day; half of the partition key."),
)
CLIP = (text("clip_sha256", "SHA-256 of the video file's bytes."),)
RECORDING = (
    text(
        "recording_id",
        "One athlete performing one movement in one clip: first 16 hexadecimal "
        "digits of the SHA-256 over clip, athlete, movement and time window.",
    ),
    *CLIP,
)
ATHLETE = (
    text("athlete_id", "Pseudonym of the athlete."),
    text("movement", "Movement, as its folder in sportsgpt_lib/sports is named."),
)
FRAME = (
    integer("frame_idx", "Index of the decoded frame, from 0.", minimum=0),
    real("time_s", "Presentation time of the frame in the clip.", "s", minimum=0),
)
REPETITION = (
    integer(
        "repetition_idx",
        "Repetition of the movement inside the recording, from 0.",
        minimum=0,
    ),
)
POSE_MODEL = (
    text("pose_model", "Pose network that saw the athlete."),
    text("pose_weights_sha256", "SHA-256 of the pose network's weights."),
)
CODE = (text("code_version", "Version of the stage that made the row."),)
DEFINITION = (
    text("movement_sha256", "SHA-256 of the movement definition that was applied."),
)


def build_table(
    name: str,
    grain: str,
    key: tuple[str, ...],
    columns: tuple[Column, ...],
    *,
    is_mart: bool = True,
) -> Table:
    """Build a table of the training graph: partition first, code version last."""
    return Table(name, grain, key, (*PARTITION, *columns, *CODE), is_mart)
