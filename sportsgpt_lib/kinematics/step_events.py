"""Foot strike and toe-off of every step, walking or running, without being told which.

The one door to the gait events: ``midstance.py`` finds the steps and tells the gait,
``gait_events.py`` and ``running_events.py`` place the events. Jumps are in
``jump_events.py``, landings from a height in ``landing_events.py``.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.body_scale import SIDES
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.gait_events import FootEvents, find_foot_events
from sportsgpt_lib.kinematics.midstance import Midstance, find_midstances
from sportsgpt_lib.kinematics.rates import validate_times
from sportsgpt_lib.kinematics.running_events import find_running_events

# A walker's foot stands for 0.5 to 0.9 s, midstance near the middle. Chosen, see
# docs/events.md: from slow to fast walking, and short of the next step of the foot.
_MOST_AWAY_S = 0.65
_LEAST_AWAY_S = 0.05


@dataclass(frozen=True)
class StepEvents:
    """The events of each foot, and the steps they belong to, in time order."""

    left: FootEvents
    right: FootEvents
    midstances: tuple[Midstance, ...]


def find_step_events(
    times_s: FloatArray, quantities: Mapping[str, FloatArray]
) -> StepEvents:
    """Find the foot strikes and toe-offs of a recording, step by step.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds, increasing.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.

    Returns
    -------
    The events of walking steps and of running steps, each by its own method. Nothing is
    found of a foot that does not step: standing, jumping with both feet, walking
    backwards, or hidden.

    Raises
    ------
    PoseInputError
        Times do not increase.

    Notes
    -----
    Walkers' hips are highest over the standing foot, runners' lowest. Where the hips'
    height is not known, slow steps are taken for walking, and fast ones left out.
    """
    validate_times(times_s)
    midstances = find_midstances(times_s, quantities)
    left, right = (_find_side(times_s, quantities, side, midstances) for side in SIDES)
    return StepEvents(left, right, tuple(midstances))


def _find_side(
    times_s: FloatArray,
    quantities: Mapping[str, FloatArray],
    side: str,
    midstances: Sequence[Midstance],
) -> FootEvents:
    running = [one for one in midstances if one.is_running]
    walking = [one for one in midstances if one.is_running is False]
    run = find_running_events(times_s, quantities, side, running)
    walk = FootEvents((), ())
    if walking:
        walk = find_foot_events(
            times_s,
            quantities[f"{side}_heel_forward"],
            quantities[f"{side}_toe_forward"],
            heel_height=quantities[f"{side}_heel_height"],
        )
    strikes = _keep_near(walk.foot_strikes, walking, side, is_before=True)
    toe_offs = _keep_near(walk.toe_offs, walking, side, is_before=False)
    return FootEvents(
        foot_strikes=_merge(run.foot_strikes, strikes),
        toe_offs=_merge(run.toe_offs, toe_offs),
    )


def _keep_near(
    instants: Sequence[Instant],
    midstances: Sequence[Midstance],
    side: str,
    *,
    is_before: bool,
) -> list[Instant]:
    """Keep the instants before, or after, a midstance of the foot, and near it.

    The other foot's midstance, on the other side of the instant, serves as well.
    """
    after_s = [one.time_s for one in midstances if (one.side == side) == is_before]
    before_s = [one.time_s for one in midstances if (one.side == side) != is_before]
    return [
        one
        for one in instants
        if _has_within(after_s, one.time_s + _LEAST_AWAY_S, one.time_s + _MOST_AWAY_S)
        or _has_within(before_s, one.time_s - _MOST_AWAY_S, one.time_s - _LEAST_AWAY_S)
    ]


def _has_within(moments_s: Sequence[float], start_s: float, end_s: float) -> bool:
    """Tell whether one of the moments, in time order, lies within an interval."""
    index = bisect_left(moments_s, start_s)
    return index < len(moments_s) and moments_s[index] <= end_s


def _merge(
    running: Sequence[Instant], walking: Sequence[Instant]
) -> tuple[Instant, ...]:
    return tuple(sorted([*running, *walking], key=lambda one: one.time_s))
