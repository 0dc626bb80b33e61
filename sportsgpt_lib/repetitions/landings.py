"""Landings, jumps and squats as repetitions, from events alone.

The methods are in ``sportsgpt_lib/kinematics``: ``landing_events.py``,
``jump_events.py`` and ``hip_dips.py``.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.hip_dips import Squat
from sportsgpt_lib.kinematics.jump_events import Jump
from sportsgpt_lib.kinematics.landing_events import find_landings
from sportsgpt_lib.repetitions.repetition import Keyframe, Repetition


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
    return [
        _build_repetition(
            {
                "take_off": landing.take_off,
                "initial_contact": landing.initial_contact,
                "deepest_flexion": landing.deepest_flexion,
            }
        )
        for landing in landings
    ]


def name_jumps(jumps: Sequence[Jump]) -> list[Repetition]:
    """Name the instants of jumps as keyframes; one repetition for each jump."""
    return [
        _build_repetition(
            {
                "stand": jump.stand,
                "crouch": jump.crouch,
                "take_off": jump.take_off,
                "apex": jump.apex,
                "landing": jump.landing,
                "lowest_point": jump.deepest,
            }
        )
        for jump in jumps
    ]


def name_squats(squats: Sequence[Squat]) -> list[Repetition]:
    """Name the instants of squats as keyframes; one repetition for each squat."""
    return [
        _build_repetition(
            {
                "start": squat.start,
                "bottom": squat.bottom,
                "half_way_up": squat.half_way_up,
                "finish": squat.finish,
            }
        )
        for squat in squats
    ]


def _build_repetition(named: Mapping[str, Instant | None]) -> Repetition:
    keyframes = tuple(
        Keyframe(name, "both", instant, "event")
        for name, instant in named.items()
        if instant is not None
    )
    return Repetition("both", keyframes)


def _skip_nan(reduce: Callable[..., FloatArray], columns: FloatArray) -> FloatArray:
    """Reduce rows over their seen entries; NaN where a row has none."""
    result = np.full(columns.shape[0], np.nan)
    is_seen = np.isfinite(columns).any(axis=1)
    result[is_seen] = reduce(columns[is_seen], axis=1)
    return result
