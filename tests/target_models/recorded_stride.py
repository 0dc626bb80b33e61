"""A walk of the target model's own curves as a recording, and its annotation."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from sportsgpt_lib.target_models.annotation import AnnotationFile, load_annotation
from sportsgpt_lib.target_models.annotation_checks import RecordedAngles
from sportsgpt_lib.target_models.checks import ANGLES
from sportsgpt_lib.target_models.library import load_reference
from sportsgpt_lib.target_models.reference import CyclicReference

STRIDE_S = 1.2
FIRST_STRIKE_S = 1.5
RATE_HZ = 60.0
ANNOTATION = """\
id = "club_stride"
movement = "walking_stride"
kind = "once"
title = "One stride"
level = "recreational"
body_size = "adult, 1.75 m"
licence = "internal use only"
right_to_use = "consent"
origin = "made up"
recorded_by = "a club"
own_side = "left"
start_s = 1.5
end_s = 2.7

[recording]
team = "blue"
day = 2026-01-15
clip = "coach.mp4"

[[keyframes]]
name = "foot_strike"
time_s = 1.5

[[keyframes]]
name = "foot_strike"
leg = "other"
time_s = 2.1

[[keyframes]]
name = "next_foot_strike"
frame = 162
"""


def record_walk(slow_motion_factor: float = 1.0) -> RecordedAngles:
    """Record 4 s of walking; the left foot strikes at 1.5 s and every 1.2 s."""
    reference = load_reference("walking_stride", "schwartz2008_free")
    assert isinstance(reference, CyclicReference)
    times_s = np.arange(240) / RATE_HZ
    angles_deg = reference.sample_deg((times_s - FIRST_STRIKE_S) / STRIDE_S)
    names = [
        f"{side}_{name}" for side in ("left", "right") for name in reference.quantities
    ]
    never = np.full(times_s.size, np.nan)
    return RecordedAngles(
        frame_idx=np.arange(240),
        clip_times_s=times_s * slow_motion_factor,
        angles_deg=dict.fromkeys(ANGLES, never)
        | dict(zip(names, angles_deg.T.copy(), strict=True)),
        slow_motion_factor=slow_motion_factor,
        frame_rate_hz=RATE_HZ,
        clip_sha256="c" * 64,
        pose_model="a network",
        pose_weights_sha256="d" * 64,
        kinematics_version="joint_kinematics-0",
    )


Annotate = Callable[..., AnnotationFile]


def annotate(folder: Path, *changes: tuple[str, str]) -> AnnotationFile:
    """Write the annotation with changes, and load it."""
    return load_annotation(write_annotation(folder, *changes))


def write_annotation(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the annotation; each change is an old and a new text."""
    text = ANNOTATION
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = folder / "annotation.toml"
    path.write_text(text, encoding="utf-8")
    return path
