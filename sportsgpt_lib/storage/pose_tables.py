"""From the clip to the athlete's pose over time: the contracts of these tables."""

from sportsgpt_lib.storage.contract import boolean, integer, json, real, text
from sportsgpt_lib.storage.table_parts import (
    ATHLETE,
    CAMERA_VIEWS,
    CLIP,
    FRAME,
    POSE_MODEL,
    RECORDING,
    VERDICTS,
    build_table,
)

RECORDINGS = build_table(
    "recordings",
    "recording (one athlete performing one movement in one clip)",
    ("recording_id",),
    (
        *RECORDING,
        text("clip_file", "Path of the clip inside the session folder."),
        *ATHLETE,
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
        json(
            "athlete_groups",
            "Coarse groups the athlete belongs to, as the manifest says them: a list of "
            "child, youth, adult, older_adult, untrained, trained; some targets do not "
            "hold for some of them. null = not stated: no target is set aside.",
            nullable=True,
        ),
        json(
            "spared_regions",
            "Regions of the body that training must spare at present, as the manifest "
            "says them: a list such as knee, lower_back; exercises that load them are "
            "left out of the plan. null = none is stated.",
            nullable=True,
            is_served=False,
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
            "Mean frame rate of the clip as played, from true time stamps; null = "
            "unreadable.",
            "Hz",
            nullable=True,
            minimum=0,
        ),
        boolean(
            "has_variable_frame_rate",
            "Frame intervals differ by more than a tenth and the rounding of time stamps; null = unreadable.",
            nullable=True,
        ),
        boolean(
            "is_interlaced",
            "Stored as interlaced half pictures; null = unreadable.",
            nullable=True,
        ),
        boolean(
            "is_hdr",
            "Stored with a high dynamic range, mapped to the usual one; null = unreadable.",
            nullable=True,
        ),
        text(
            "camera_id",
            "Camera of the manifest that filmed; null = none named.",
            nullable=True,
        ),
        json(
            "calibration",
            "Known length in the picture, as in the manifest: kind, from, to, length_m, "
            "error_m, is_plumb; null = none.",
            nullable=True,
        ),
        real(
            "capture_rate_hz",
            "Rate at which the camera captured, above frame_rate_hz for slow motion; "
            "null = as frame_rate_hz.",
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

POSE_TRACKS = build_table(
    "pose_tracks",
    "frame × person × keypoint of a clip, as estimated",
    ("clip_sha256", "frame_idx", "person_idx", "keypoint"),
    (
        *CLIP,
        *FRAME,
        integer(
            "person_idx", "Track of one person through the clip, from 0.", minimum=0
        ),
        text("keypoint", "Keypoint of the Halpe-26 skeleton."),
        real("x_px", "Image position, right from the left edge.", "px"),
        real("y_px", "Image position, down from the upper edge.", "px"),
        real(
            "confidence_ratio", "Confidence of the pose network.", minimum=0, maximum=1
        ),
        *POSE_MODEL,
    ),
    is_mart=False,
)

PERSON_SIGHTS = build_table(
    "person_sights",
    "frame × person of a clip",
    ("clip_sha256", "frame_idx", "person_idx"),
    (
        *CLIP,
        *FRAME,
        integer(
            "person_idx", "Track of one person through the clip, from 0.", minimum=0
        ),
        text(
            "origin",
            "How the person was come upon in this frame.",
            allowed=("found", "followed", "traced_back"),
        ),
        real("circle_x_px", "Centre of the circle around the body, right.", "px"),
        real("circle_y_px", "Centre of the circle around the body, down.", "px"),
        real("circle_radius_px", "Radius of that circle.", "px", minimum=0),
        real(
            "mean_confidence_ratio",
            "Mean confidence of the keypoints that the network knows.",
            minimum=0,
            maximum=1,
        ),
        real(
            "brightness_ratio",
            "Mean luma around the person; null = measured in every third frame only.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        real(
            "clipped_ratio",
            "Share of the surroundings that is black or burnt out, as in "
            "media/picture_quality.py; null = as brightness_ratio.",
            nullable=True,
            minimum=0,
            maximum=1,
        ),
        real(
            "sharpness_ratio",
            "Sharpness around the person, as in media/picture_quality.py; null = as "
            "brightness_ratio, or too small or too even to tell.",
            nullable=True,
            minimum=0,
        ),
        *(
            real(
                f"{part}_{channel}",
                f"Median colour of the {part}, CIELAB {channel.upper()}*; null = hidden.",
                nullable=True,
            )
            for part in ("torso", "thigh")
            for channel in ("l", "a", "b")
        ),
        *POSE_MODEL,
    ),
    is_mart=False,
)

ATHLETE_POSES = build_table(
    "athlete_poses",
    "frame × keypoint of the athlete, repaired and filtered",
    ("recording_id", "frame_idx", "keypoint"),
    (
        *RECORDING,
        *FRAME,
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
            "Last step on the raw point but the low-pass filter: exchanged with the "
            "other side, dropped for its confidence or as an outlier, filled from its "
            "neighbours, or dropped and filled. docs/analysts.md has the words of "
            "pose_repairs.rule beside it.",
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
        *POSE_MODEL,
    ),
    is_mart=False,
)

JOINT_KINEMATICS = build_table(
    "joint_kinematics",
    "frame × quantity of a recording",
    ("recording_id", "frame_idx", "quantity"),
    (
        *RECORDING,
        *FRAME,
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
            allowed=("deg", "body_heights", "px", "m", "ratio", "s"),
        ),
        real(
            "rate_per_s",
            "First derivative of value by the time of the movement, slow motion taken "
            "out; null = not computable.",
            "unit/s",
            nullable=True,
        ),
        real(
            "acceleration_per_s2",
            "Second derivative of value, from the same fit as rate_per_s; null = not "
            "computable, as within two frames of an end or a gap.",
            "unit/s²",
            nullable=True,
        ),
        *POSE_MODEL,
    ),
    is_mart=False,
)
