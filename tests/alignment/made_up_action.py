"""A made-up action of six angles with exact keyframes, for tests of the alignment."""

import numpy as np

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion

NAMES = ("left_knee", "right_knee", "left_elbow", "right_elbow", "trunk", "neck")
MIRROR = {
    "left_knee": "right_knee",
    "right_knee": "left_knee",
    "left_elbow": "right_elbow",
    "right_elbow": "left_elbow",
}
DURATION_S = 2.0
KEYFRAMES_S = {"dip": 0.5, "top": 1.1, "end": 1.6}


def compute_action_deg(phases):
    """Angles (N, 6) of the action at phases 0 to 1; still before and after."""
    inside = np.clip(phases, 0.0, 1.0)[:, None]
    turns = 2.0 * np.pi * inside
    bell = np.sin(np.pi * inside)
    return bell * np.concatenate(
        [
            40.0 * np.sin(turns),
            50.0 * np.sin(turns + 1.0),
            30.0 * np.sin(2.0 * turns),
            45.0 * np.cos(turns),
            25.0 * np.cos(2.0 * turns + 0.5),
            20.0 * np.sin(3.0 * turns),
        ],
        axis=1,
    )


def build_reference(reference_id="exemplar", *, rate_hz=60.0, spread_s=0.0, style=None):
    times_s = np.arange(round(DURATION_S * rate_hz) + 1) / rate_hz
    angles_deg = compute_action_deg(times_s / DURATION_S)
    if style is not None:
        angles_deg = style.uniform(0.8, 1.2, 6) * angles_deg + style.normal(0.0, 4.0, 6)
    marks = tuple(
        KeyframeMark(name, "own", time_s, spread_s)
        for name, time_s in KEYFRAMES_S.items()
    )
    return ReferenceMotion(
        reference_id,
        Motion(NAMES, times_s, angles_deg),
        0.0,
        float(times_s[-1]),
        marks,
        np.ones(6),
    )


def build_recording(
    starts_s, *, speed_ratio=1.0, duration_s=20.0, rate_hz=60.0, noise_deg=1.0, seed=0
):
    """A quiet recording with the action at each start; swaying in between."""
    chance = np.random.default_rng(seed)
    times_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    sway = np.sin(times_s[:, None] * chance.uniform(0.5, 2.0, 6))
    angles_deg = 3.0 * sway + chance.normal(0.0, noise_deg, (times_s.size, 6))
    for start_s in starts_s:
        phases = (times_s - start_s) * speed_ratio / DURATION_S
        angles_deg += compute_action_deg(phases)
    return Motion(NAMES, times_s, angles_deg)


def list_errors_s(repetition, start_s, speed_ratio=1.0):
    """Signed errors of the keyframes of a repetition that began at a time."""
    return np.array(
        [
            repetition.keyframes[name, "own"].time_s - (start_s + time_s / speed_ratio)
            for name, time_s in KEYFRAMES_S.items()
        ]
    )
