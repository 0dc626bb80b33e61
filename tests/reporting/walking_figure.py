"""A hand-made stick figure that walks through a picture, as poses."""

import numpy as np

from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINTS

WIDTH_PX, HEIGHT_PX = 320, 240
FRAME_RATE_HZ = 25.0
# Offsets from the hip centre in pixels, right and down, facing right.
_STANDING = {
    "nose": (8, -84),
    "left_eye": (6, -88),
    "right_eye": (6, -88),
    "left_ear": (0, -86),
    "right_ear": (0, -86),
    "head": (0, -98),
    "neck": (0, -64),
    "hip": (0, 0),
    "left_shoulder": (2, -60),
    "right_shoulder": (-2, -60),
    "left_elbow": (8, -34),
    "right_elbow": (-8, -34),
    "left_wrist": (14, -10),
    "right_wrist": (-14, -10),
    "left_hip": (2, 0),
    "right_hip": (-2, 0),
    "left_knee": (12, 40),
    "right_knee": (-8, 40),
    "left_ankle": (12, 80),
    "right_ankle": (-16, 78),
    "left_heel": (8, 86),
    "right_heel": (-20, 84),
    "left_big_toe": (26, 86),
    "right_big_toe": (-2, 86),
    "left_small_toe": (24, 86),
    "right_small_toe": (-4, 86),
}
STANDING_PX = np.array([_STANDING[name] for name in KEYPOINTS], dtype=np.float64)


def build_poses(frame_count: int = 20, start_x_px: float = 100.0) -> PoseSequence:
    centre = np.column_stack(
        [start_x_px + 4.0 * np.arange(frame_count), np.full(frame_count, 120.0)]
    )
    positions = STANDING_PX[None] + centre[:, None, :]
    return PoseSequence(
        times_s=np.arange(frame_count) / FRAME_RATE_HZ,
        positions_px=positions,
        confidence=np.ones(positions.shape[:2]),
        positions_m=None,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
    )


def build_noise(seed: int = 7) -> np.ndarray:
    shape = (HEIGHT_PX, WIDTH_PX, 3)
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)
