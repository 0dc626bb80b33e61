"""A made-up stride with known instants and steady knees."""

import numpy as np

from sportsgpt_lib.kismam.repetition import KeyframeTime, Repetition
from sportsgpt_lib.kismam.signals import Signal


def build_stride(own: str = "left") -> Repetition:
    other = "right" if own == "left" else "left"
    instants = {
        ("foot_strike", own): 1.0,
        ("toe_off", other): 1.1,
        ("mid_stance", own): 1.3,
        ("foot_strike", other): 1.52,
        ("toe_off", own): 1.62,
        ("mid_swing", own): 1.8,
        ("next_foot_strike", own): 2.0,
    }
    times_s = np.arange(0.0, 3.0, 1.0 / 60.0)
    return Repetition(
        own_side=own,
        keyframes={key: KeyframeTime(time_s, 0.01) for key, time_s in instants.items()},
        signals={
            f"{own}_knee_flexion": Signal(times_s, np.full(times_s.size, 20.0)),
            f"{other}_knee_flexion": Signal(times_s, np.full(times_s.size, 90.0)),
        },
    )
