"""A synthetic walker: forward kinematics of a target model's curves.

The true keyframe times are known by construction; noise, gaps, mirroring and a camera
are added by the tests.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX, KEYPOINTS
from sportsgpt_lib.target_models.library import load_reference

STATURE_PX = 600.0
WIDTH_PX, HEIGHT_PX = 4000, 1000
FLOOR_PX = 900.0
THIGH, SHANK = 0.227, 0.253  # shares of stature, as the body model expects
HEEL_BACK, ANKLE_UP, TOE_AHEAD = 0.03, 0.04, 0.12
TRUNK, HEAD, UPPER_ARM, FOREARM = 0.29, 0.14, 0.16, 0.15
TRUNK_LEAN_DEG = 4.0


@dataclass(frozen=True)
class Walk:
    sequence: PoseSequence
    stride_s: float
    left_strikes_s: np.ndarray
    right_strikes_s: np.ndarray


def build_walk(
    *,
    duration_s=4.0,
    stride_s=1.1,
    rate_hz=30.0,
    phase=0.3,
    noise_px=0.0,
    is_rightward=True,
    seed=0,
):
    """Left strikes come at (k - phase) * stride_s, right ones half a stride later."""
    fine_hz = 600.0
    fine_s = np.arange(0.0, duration_s, 1.0 / fine_hz)
    cycle = fine_s / stride_s + phase
    reference = load_reference("walking_stride", "schwartz2008_free")
    angles = np.radians(reference.sample_deg(cycle))  # own = left, other = right
    legs = {
        "left": _leg(angles[:, :3]),
        "right": _leg(angles[:, 3:]),
    }
    feet = np.stack(
        [legs[side][point] for side in ("left", "right") for point in ("heel", "toe")],
        axis=1,
    )  # (T, 4, 2) relative to the hip
    lowest = np.argmin(feet[:, :, 1], axis=1)
    row = np.arange(fine_s.size)
    hip_up = -feet[row, lowest, 1]
    steps = -(feet[row[1:], lowest[:-1], 0] - feet[row[:-1], lowest[:-1], 0])
    hip_forward = np.concatenate([[0.0], np.cumsum(steps)])
    hip_forward = _smooth(hip_forward, fine_hz)
    hip = np.stack([hip_forward, hip_up], axis=1)
    body = _assemble(hip, legs, cycle)
    times_s = np.arange(0.0, duration_s - 1e-9, 1.0 / rate_hz)
    pick = np.round(times_s * fine_hz).astype(int)
    body = body[pick]
    x_px = 300.0 + STATURE_PX * body[..., 0]
    if not is_rightward:
        x_px = WIDTH_PX - x_px
    positions_px = np.stack([x_px, FLOOR_PX - STATURE_PX * body[..., 1]], axis=-1)
    rng = np.random.default_rng(seed)
    positions_px = positions_px + noise_px * rng.standard_normal(positions_px.shape)
    strikes = (np.arange(-1, 20) - phase) * stride_s
    inside = lambda times: times[(times >= 0) & (times <= duration_s)]  # noqa: E731
    return Walk(
        PoseSequence(
            times_s=times_s,
            positions_px=positions_px,
            confidence=np.ones(positions_px.shape[:2]),
            positions_m=None,
            width_px=WIDTH_PX,
            height_px=HEIGHT_PX,
        ),
        stride_s,
        inside(strikes),
        inside(strikes + 0.5 * stride_s),
    )


def mirror_picture(sequence):
    """The same recording in a mirror: x flipped, left and right names exchanged."""
    positions_px = sequence.positions_px.copy()
    positions_px[..., 0] = sequence.width_px - positions_px[..., 0]
    partner = [KEYPOINT_INDEX[_partner_name(name)] for name in KEYPOINTS]
    return PoseSequence(
        times_s=sequence.times_s,
        positions_px=positions_px[:, partner],
        confidence=sequence.confidence[:, partner],
        positions_m=None,
        width_px=sequence.width_px,
        height_px=sequence.height_px,
    )


def _partner_name(name):
    if name.startswith("left_"):
        return name.replace("left_", "right_")
    return name.replace("right_", "left_")


def _leg(angles):
    thigh, knee, ankle = angles.T
    shank = thigh - knee
    foot = ankle + shank
    knee_at = THIGH * np.stack([np.sin(thigh), -np.cos(thigh)], axis=1)
    ankle_at = knee_at + SHANK * np.stack([np.sin(shank), -np.cos(shank)], axis=1)
    along = np.stack([np.cos(foot), np.sin(foot)], axis=1)
    down = np.stack([np.sin(foot), -np.cos(foot)], axis=1)
    return {
        "hip": np.zeros_like(knee_at),
        "knee": knee_at,
        "ankle": ankle_at,
        "heel": ankle_at - HEEL_BACK * along + ANKLE_UP * down,
        "toe": ankle_at + TOE_AHEAD * along + ANKLE_UP * down,
    }


def _assemble(hip, legs, cycle):
    body = np.full((hip.shape[0], len(KEYPOINTS), 2), np.nan)

    def put(name, values):
        body[:, KEYPOINT_INDEX[name]] = values

    lean = np.radians(TRUNK_LEAN_DEG)
    up = np.array([np.sin(lean), np.cos(lean)])
    shoulder = hip + TRUNK * up
    put("hip", hip)
    put("neck", shoulder)
    put("head", shoulder + HEAD * up)
    for name in ("nose", "left_eye", "right_eye", "left_ear", "right_ear"):
        put(name, shoulder + 0.6 * HEAD * up)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        leg = legs[side]
        for point in ("hip", "knee", "ankle", "heel"):
            put(f"{side}_{point}", hip + leg[point])
        put(f"{side}_big_toe", hip + leg["toe"])
        put(f"{side}_small_toe", hip + leg["toe"])
        swing = np.radians(-20.0 * sign * np.cos(2 * np.pi * cycle))
        elbow = shoulder + UPPER_ARM * np.stack([np.sin(swing), -np.cos(swing)], axis=1)
        bent = swing + np.radians(20.0)
        put(f"{side}_shoulder", shoulder)
        put(f"{side}_elbow", elbow)
        put(
            f"{side}_wrist",
            elbow + FOREARM * np.stack([np.sin(bent), -np.cos(bent)], axis=1),
        )
    return body


def _smooth(values, rate_hz):
    half = int(0.02 * rate_hz)
    kernel = np.ones(2 * half + 1) / (2 * half + 1)
    padded = np.concatenate(
        [
            2 * values[0] - values[half:0:-1],
            values,
            2 * values[-1] - values[-2 : -half - 2 : -1],
        ]
    )
    return np.convolve(padded, kernel, mode="valid")
