"""Landings as repetitions: events alone, for there is no target model to align to.

The method is in ``sportsgpt_lib/kinematics/landing_events.py``.
"""

from collections.abc import Callable, Mapping

import numpy as np

from sportsgpt_lib.alignment.repetitions import Keyframe, Repetition
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.landing_events import find_landings


def find_drop_landings(
    times_s: FloatArray, quantities: Mapping[str, FloatArray]
) -> list[Repetition]:
    """Find every landing of a recording, from events alone.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.

    Returns
    -------
    One repetition for each landing, in time order, with the keyframes that were filmed.
    """
    points = [f"{side}_{point}" for side in SIDES for point in ("heel", "toe")]
    foot_heights = np.stack(
        [quantities[f"{point}_height"] for point in points], axis=1
    )  # (T, P)
    foot_forward = np.stack(
        [
            quantities[f"{point}_forward"] + quantities["hip_forward"]
            for point in points
        ],
        axis=1,
    )
    landings = find_landings(
        times_s,
        {
            "hip": quantities["hip_height"],
            "lowest_foot": _skip_nan(np.nanmin, foot_heights),
        },
        np.stack([foot_forward, foot_heights], axis=2),
        _skip_nan(
            np.nanmean,
            np.stack([quantities[f"{side}_knee_flexion"] for side in SIDES], axis=1),
        ),
    )
    repetitions = []
    for landing in landings:
        named = {
            "take_off": landing.take_off,
            "initial_contact": landing.initial_contact,
            "deepest_flexion": landing.deepest_flexion,
        }
        keyframes = tuple(
            Keyframe(name, "both", instant, "event", None)
            for name, instant in named.items()
            if instant is not None
        )
        repetitions.append(Repetition(keyframes, None, None))
    return repetitions


def _skip_nan(reduce: Callable[..., FloatArray], columns: FloatArray) -> FloatArray:
    """Reduce rows over their seen entries; NaN where a row has none."""
    result = np.full(columns.shape[0], np.nan)
    is_seen = np.isfinite(columns).any(axis=1)
    result[is_seen] = reduce(columns[is_seen], axis=1)
    return result
