"""A synthetic two-foot jump: quiet standing, crouch, push, free fall, absorption.

The true instants are known by construction. Feet leave and land flat, at the speed of
the hips, which no real foot does: real ones roll off.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from tests.oracles.landing import (
    GRAVITY_BODY_HEIGHTS_S2,
    STATURE_PX,
    _assemble,
)

CROUCH_S = 1.0
STANDING_FLEXION_DEG, CROUCH_FLEXION_DEG = 10.0, 95.0
WIDTH_PX = 2000


@dataclass(frozen=True)
class SyntheticJump:
    sequence: PoseSequence
    crouch_s: float
    take_off_s: float
    apex_s: float
    landing_s: float
    deepest_s: float


def build_jump(
    *,
    rate_hz=60.0,
    speed=1.4,
    push_s=0.3,
    landing_level=0.0,
    stagger_s=0.0,
    is_rightward=True,
    noise_px=0.0,
    duration_s=3.5,
    seed=0,
):
    """``speed`` at take-off in body heights per second; ``stagger_s`` of the left foot.

    With ``speed`` 0 the body only bends its knees and rises again.
    """
    times_s = np.arange(0.0, duration_s - 1e-9, 1.0 / rate_hz)
    gravity = GRAVITY_BODY_HEIGHTS_S2
    take_off_s = CROUCH_S + push_s
    fall = max(speed**2 - 2.0 * gravity * landing_level, 0.0)
    landing_s = take_off_s + (speed + np.sqrt(fall)) / gravity
    deepest_s = landing_s + push_s
    moments_s = [0.4, CROUCH_S, take_off_s, landing_s, deepest_s, deepest_s + 0.5]
    high, low = STANDING_FLEXION_DEG, CROUCH_FLEXION_DEG
    flexion_deg = _ease(times_s, moments_s, [high, low, high, high, low, high])
    feet = {
        side: _fly(
            times_s, take_off_s + late_s, landing_s + late_s, speed, landing_level
        )
        for side, late_s in (("left", stagger_s), ("right", 0.0))
    }
    body = _assemble(np.zeros_like(times_s), feet["right"], np.radians(flexion_deg))
    left = _assemble(np.zeros_like(times_s), feet["left"], np.radians(flexion_deg))
    body = _take_left_leg(body, left)
    x_px = 300.0 + STATURE_PX * body[..., 0]
    if not is_rightward:
        x_px = WIDTH_PX - x_px
    positions_px = np.stack([x_px, 900.0 - STATURE_PX * body[..., 1]], axis=-1)
    rng = np.random.default_rng(seed)
    positions_px = positions_px + noise_px * rng.standard_normal(positions_px.shape)
    sequence = PoseSequence(
        times_s=times_s,
        positions_px=positions_px,
        confidence=np.ones(positions_px.shape[:2]),
        positions_m=None,
        width_px=WIDTH_PX,
        height_px=1000,
    )
    apex_s = take_off_s + speed / gravity
    return SyntheticJump(sequence, CROUCH_S, take_off_s, apex_s, landing_s, deepest_s)


def _fly(times_s, take_off_s, landing_s, speed, landing_level):
    in_air_s = times_s - take_off_s
    heights = speed * in_air_s - 0.5 * GRAVITY_BODY_HEIGHTS_S2 * in_air_s**2
    heights = np.where(in_air_s < 0.0, 0.0, heights)
    return np.where(times_s > landing_s, landing_level, heights)


def _ease(times_s, moments_s, values):
    """Go from value to value along half cosines, at rest at each."""
    eased = np.interp(times_s, moments_s, np.arange(len(values)))
    index = np.clip(eased.astype(int), 0, len(values) - 2)
    share = 0.5 - 0.5 * np.cos(np.pi * (eased - index))
    values = np.asarray(values)
    return values[index] + share * (values[index + 1] - values[index])


def _take_left_leg(body, left):
    joined = body.copy()
    for point in ("knee", "ankle", "heel", "big_toe"):
        column = KEYPOINT_INDEX[f"left_{point}"]
        joined[:, column] = left[:, column]
    return joined
