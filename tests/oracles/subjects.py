"""A recording under work, and its pose rows, for tests of stages."""

from datetime import date

import numpy as np
import polars as pl

from sportsgpt_lib.stages.contract import Subject
from sportsgpt_lib.stages.pose_rows import rows_from_pose_sequence

CLIP_SHA256 = "c" * 64


def build_subject(
    *, movement="walking_stride", camera_view="sagittal", capture_rate_hz=None
):
    return Subject(
        team_id="team-1",
        session_day=date(2026, 1, 15),
        recording_id="0123456789abcdef",
        clip_sha256=CLIP_SHA256,
        clip_file="clips/clip.mp4",
        athlete_id="athlete-1",
        movement=movement,
        camera_view=camera_view,
        role="athlete",
        frame_rate_hz=30.0,
        capture_rate_hz=capture_rate_hz,
        duration_s=60.0,
        width_px=4000,
        height_px=1000,
        athlete_height_m=None,
        window_start_s=0.0,
        window_end_s=None,
        athlete_hint=None,
    )


def build_pose_rows(sequence, *, first_frame=7):
    frame_count, joint_count = sequence.confidence.shape
    return rows_from_pose_sequence(
        sequence,
        first_frame + np.arange(frame_count),
        [["none"] * joint_count] * frame_count,
        {
            "recording_id": "0123456789abcdef",
            "clip_sha256": CLIP_SHA256,
            "person_idx": 0,
            "pose_model": "synthetic",
            "pose_weights_sha256": "f" * 64,
        },
    )


def build_camera_rows(**known):
    """How the recording was filmed; nothing is known but what is given."""
    return pl.DataFrame(
        [
            {
                "recording_id": "0123456789abcdef",
                "clip_sha256": CLIP_SHA256,
                "scale_method": "none",
                "scale_m_per_px": None,
                "is_camera_moving": None,
                "camera_speed_body_heights_s": None,
                "roll_method": "none",
                "camera_roll_deg": None,
                **known,
            }
        ]
    )
