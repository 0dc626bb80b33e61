"""What was repaired in the athlete's pose, and how far it can be trusted: contracts.

Side tables of the stage ``athlete_poses``; they are written with it.
"""

from sportsgpt_lib.storage.contract import boolean, integer, real, text
from sportsgpt_lib.storage.table_parts import RECORDING, VERDICTS, build_table

REPAIR_RULES = (
    "identity_exchanged",
    "identity_linked",
    "left_right_swapped",
    "low_confidence_dropped",
    "outlier_dropped",
    "gap_filled",
    "gap_left_open",
    "low_pass_filtered",
)
SCALE_METHODS = ("calibration_object", "known_distance", "athlete_height", "none")
ROLL_METHODS = ("plumb_object", "floor_line", "none")
QUALITY_MEASURES = (
    "athlete_margin",
    "seen_share",
    "visible_joint_share",
    "track_breaks",
    "swapped_share",
    "filled_share",
    "limb_length_variation",
    "frame_rate",
    "joined_tracks",
    "brightness",
    "clipped_share",
    "sharpness",
)

POSE_REPAIRS = build_table(
    "pose_repairs",
    "repair of one keypoint over a range of frames of a recording",
    ("recording_id", "repair_idx"),
    (
        *RECORDING,
        integer("repair_idx", "Repair inside the recording, from 0.", minimum=0),
        text("rule", "What was done.", allowed=REPAIR_RULES),
        text(
            "keypoint",
            "Keypoint of the Halpe-26 skeleton; 'all' where it is the whole person.",
        ),
        integer("first_frame_idx", "First decoded frame it touches.", minimum=0),
        integer("last_frame_idx", "Last decoded frame it touches.", minimum=0),
        real("start_time_s", "Presentation time of the first frame.", "s", minimum=0),
        real("end_time_s", "Presentation time of the last frame.", "s", minimum=0),
        real(
            "confidence_ratio",
            "How sure the repair is right; how it follows for each rule is in "
            "docs/pose.md.",
            minimum=0,
            maximum=1,
        ),
        real(
            "before_x_px",
            "Mean position before, right; null = there was none.",
            "px",
            nullable=True,
        ),
        real(
            "before_y_px",
            "Mean position before, down; null = there was none.",
            "px",
            nullable=True,
        ),
        real(
            "after_x_px",
            "Mean position after, right; null = there is none.",
            "px",
            nullable=True,
        ),
        real(
            "after_y_px",
            "Mean position after, down; null = there is none.",
            "px",
            nullable=True,
        ),
        real(
            "cutoff_hz",
            "Cut-off of the low-pass filter; null = another rule.",
            "Hz",
            nullable=True,
            minimum=0,
        ),
        text(
            "reason",
            "Why the cut-off is the fixed one; null = it was measured, or another rule.",
            nullable=True,
        ),
    ),
    is_mart=False,
)

CAMERA_GEOMETRY = build_table(
    "camera_geometry",
    "recording",
    ("recording_id",),
    (
        *RECORDING,
        text("scale_method", "Where metres come from.", allowed=SCALE_METHODS),
        real(
            "scale_m_per_px",
            "Metres a pixel in the athlete's plane; null = not known.",
            "m/px",
            nullable=True,
            minimum=0,
        ),
        real(
            "scale_error_ratio",
            "Standard uncertainty of the scale, as a share of it; null = not known.",
            nullable=True,
            minimum=0,
        ),
        text(
            "scale_reason",
            "Why nothing is given in metres, or what limits the scale; null = neither.",
            nullable=True,
        ),
        real(
            "stature_px",
            "Standing height in the picture, from thigh and shank; null = not seen.",
            "px",
            nullable=True,
            minimum=0,
        ),
        real(
            "floor_level_px",
            "Floor line at the left edge, down; null = no foot was seen standing.",
            "px",
            nullable=True,
        ),
        real(
            "floor_slope_deg",
            "Slope of the floor line, positive = falls to the right; null = no floor, or "
            "the feet kept to one place.",
            "deg",
            nullable=True,
        ),
        real(
            "floor_error_px",
            "Standard uncertainty of the floor's level; null = no floor.",
            "px",
            nullable=True,
            minimum=0,
        ),
        boolean(
            "is_camera_moving",
            "Whether the camera, or a belt under the feet, moved; null = the feet do not "
            "tell.",
            nullable=True,
        ),
        real(
            "camera_speed_body_heights_s",
            "Speed across the picture of feet that stand, positive to the right, near 0 "
            "for a camera that stands; null = the feet do not tell.",
            "body_heights/s",
            nullable=True,
        ),
        text("roll_method", "Where the roll comes from.", allowed=ROLL_METHODS),
        real(
            "camera_roll_deg",
            "Turn of the camera around its view, clockwise; null = not known.",
            "deg",
            nullable=True,
        ),
        real(
            "camera_roll_error_deg",
            "Standard uncertainty of the roll; null = not known.",
            "deg",
            nullable=True,
            minimum=0,
        ),
        text("roll_reason", "Why no roll is known; null = it is.", nullable=True),
    ),
)

POSE_QUALITY = build_table(
    "pose_quality",
    "recording × measure",
    ("recording_id", "measure"),
    (
        *RECORDING,
        text("measure", "What was measured.", allowed=QUALITY_MEASURES),
        text("measure_name", "The measure in plain words."),
        real(
            "value",
            "The measure; null = could not be measured.",
            "see unit",
            nullable=True,
        ),
        text("unit", "Unit of value and limits."),
        real(
            "warn_limit",
            "Beyond it the verdict is WARN; null = never.",
            "see unit",
            nullable=True,
        ),
        real(
            "stop_limit",
            "Beyond it the verdict is QUARANTINE; null = never.",
            "see unit",
            nullable=True,
        ),
        text("verdict", "The judgement on this measure.", allowed=VERDICTS),
        text("reason_code", "Stable word for the reason; null = PASS.", nullable=True),
        text("reason", "What was found, in words; null = PASS.", nullable=True),
        text("fix", "What to do about it; null = PASS.", nullable=True),
    ),
)
