"""A made-up athlete landing from a drop, with knobs for technique faults.

Angles follow smooth curves with known values at contact and at the deepest point, so
that every indicator's value can be worked out by hand.
"""

import numpy as np

from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.kismam.signals import FloatArray, Signal

TAKE_OFF_S = 0.65
CONTACT_S = 1.0


def build_landing(
    *,
    contact_knee_deg: float = 34.0,
    deepest_knee_deg: float = 105.0,
    deepest_trunk_deg: float = 30.0,
    contact_hip_deg: float = 35.0,
    contact_foot_deg: float = -25.0,
    absorption_s: float = 0.24,
    knee_difference_deg: float = 0.0,
    drop_body_heights: float = 0.2,
    fall_s: float = CONTACT_S - TAKE_OFF_S,
    noise_deg: float = 0.0,
    seed: int = 0,
    frame_rate_hz: float = 60.0,
    time_error_s: float = 0.004,
) -> Repetition:
    times_s = np.arange(0.0, 2.0, 1.0 / frame_rate_hz)
    generator = np.random.default_rng(seed)

    def ramp(at_contact: float, at_deepest: float) -> FloatArray:
        share = np.clip((times_s - CONTACT_S) / absorption_s, 0.0, 1.0)
        curve = at_contact + (at_deepest - at_contact) * np.sin(0.5 * np.pi * share)
        # One camera's errors hardly change within a landing, so they shift the curve.
        return np.asarray(curve + generator.normal(0.0, noise_deg))

    half_difference = 0.5 * knee_difference_deg
    curves = {
        "left_knee_flexion": ramp(contact_knee_deg, deepest_knee_deg + half_difference),
        "right_knee_flexion": ramp(
            contact_knee_deg, deepest_knee_deg - half_difference
        ),
        "left_hip_flexion": ramp(contact_hip_deg, 90.0),
        "right_hip_flexion": ramp(contact_hip_deg, 90.0),
        "left_foot_angle": ramp(contact_foot_deg, 0.0),
        "right_foot_angle": ramp(contact_foot_deg, 0.0),
        "trunk_lean": ramp(12.0, deepest_trunk_deg),
        "centre_of_mass_height": np.interp(
            times_s, [CONTACT_S - fall_s, CONTACT_S], [0.5 + drop_body_heights, 0.5]
        ),
    }
    instants = {
        "take_off": CONTACT_S - fall_s,
        "initial_contact": CONTACT_S,
        "deepest_flexion": CONTACT_S + absorption_s,
    }
    return Repetition(
        own_side="both",
        keyframes={
            (name, "both"): KeyframeTime(time_s, time_error_s)
            for name, time_s in instants.items()
        },
        signals={name: Signal(times_s, values) for name, values in curves.items()},
    )
