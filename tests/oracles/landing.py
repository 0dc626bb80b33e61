"""A synthetic drop landing: rest on a box, free fall, absorption by the knees.

Take-off, contact and deepest flexion are known by construction.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS

STATURE_PX = 500.0
GRAVITY_BODY_HEIGHTS_S2 = 9.81 / 1.75
THIGH, SHANK, ANKLE_UP = 0.227, 0.253, 0.04
REST_FLEXION_DEG = 10.0


@dataclass(frozen=True)
class Drop:
    sequence: PoseSequence
    take_off_s: float
    contact_s: float
    deepest_s: float
    deepest_flexion_deg: float


def build_drop(
    *,
    box_body_heights=0.4,
    rate_hz=30.0,
    take_off_s=1.013,
    absorption_s=0.23,
    deepest_flexion_deg=85.0,
    noise_px=0.0,
    duration_s=3.0,
    seed=0,
):
    times_s = np.arange(0.0, duration_s - 1e-9, 1.0 / rate_hz)
    fall_s = np.sqrt(2.0 * box_body_heights / GRAVITY_BODY_HEIGHTS_S2)
    contact_s = take_off_s + fall_s
    in_air = np.clip(times_s - take_off_s, 0.0, fall_s)
    feet = box_body_heights - 0.5 * GRAVITY_BODY_HEIGHTS_S2 * in_air**2
    since = np.clip((times_s - contact_s) / absorption_s, 0.0, 4.0)
    rise = deepest_flexion_deg - REST_FLEXION_DEG
    absorbed = np.where(since < 2.0, np.sin(0.5 * np.pi * since), 0.0)
    flexion_deg = REST_FLEXION_DEG + rise * absorbed
    forward = 0.8 * np.clip(times_s - take_off_s, 0.0, fall_s)
    body = _assemble(forward, feet, np.radians(flexion_deg))
    positions_px = np.stack(
        [300.0 + STATURE_PX * body[..., 0], 900.0 - STATURE_PX * body[..., 1]], axis=-1
    )
    rng = np.random.default_rng(seed)
    positions_px = positions_px + noise_px * rng.standard_normal(positions_px.shape)
    return Drop(
        PoseSequence(
            times_s=times_s,
            positions_px=positions_px,
            confidence=np.ones(positions_px.shape[:2]),
            positions_m=None,
            width_px=2000,
            height_px=1000,
        ),
        take_off_s,
        float(contact_s),
        float(contact_s + absorption_s),
        deepest_flexion_deg,
    )


def _assemble(forward, feet, flexion):
    body = np.full((forward.size, len(KEYPOINTS), 2), np.nan)
    half = 0.5 * flexion
    ankle = np.stack([forward, feet + ANKLE_UP], axis=1)
    knee = ankle + SHANK * np.stack([np.sin(half), np.cos(half)], axis=1)
    hip = knee + THIGH * np.stack([-np.sin(half), np.cos(half)], axis=1)
    shoulder = hip + np.array([0.05, 0.28])
    floor = np.stack([forward, feet], axis=1)
    places = {
        "hip": hip,
        "knee": knee,
        "ankle": ankle,
        "heel": floor + np.array([-0.03, 0.0]),
        "big_toe": floor + np.array([0.11, 0.0]),
        "shoulder": shoulder,
        "elbow": shoulder + np.array([0.02, -0.16]),
        "wrist": shoulder + np.array([0.10, -0.28]),
    }
    for side in ("left", "right"):
        for name, place in places.items():
            body[:, KEYPOINT_INDEX[f"{side}_{name}"]] = place
    body[:, KEYPOINT_INDEX["hip"]] = hip
    body[:, KEYPOINT_INDEX["neck"]] = shoulder
    body[:, KEYPOINT_INDEX["head"]] = shoulder + np.array([0.0, 0.14])
    return body
