"""Events of a whole recording, named as keyframes, by a movement's event model.

How an event shows in the kinematics is in ``sportsgpt_lib/kinematics``; which keyframes
each model gives is listed in ``sportsgpt_lib/sports/definition.py``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import Instant
from sportsgpt_lib.kinematics.hip_dips import find_squats
from sportsgpt_lib.kinematics.jump_events import find_jumps
from sportsgpt_lib.kinematics.step_events import StepEvents, find_step_events
from sportsgpt_lib.repetitions.landings import (
    find_drop_landings,
    name_jumps,
    name_squats,
)
from sportsgpt_lib.repetitions.repetition import Repetition
from sportsgpt_lib.repetitions.strides import (
    RUNNING_ORDER,
    WALKING_ORDER,
    build_strides,
    name_foot_events,
    name_midstances,
)
from sportsgpt_lib.sports.definition import EventModelName
from sportsgpt_lib.sports.quantities import Side

_Quantities = Mapping[str, FloatArray]


@dataclass(frozen=True)
class FoundEvents:
    """Instants in time order by keyframe and side, and repetitions made of them.

    ``prove_movement``: their order shows that it is this movement and no other, so that
    they count where no target model fits.
    """

    instants: Mapping[tuple[str, Side], tuple[Instant, ...]] = field(
        default_factory=dict
    )
    repetitions: tuple[Repetition, ...] = ()
    prove_movement: bool = False


def find_events(
    event_model: EventModelName, times_s: FloatArray, quantities: _Quantities
) -> FoundEvents:
    """Find all events of a recording that an event model knows.

    Parameters
    ----------
    event_model
        Which events are sought; ``none`` finds none.
    times_s
        Times ``(T,)`` in real seconds.
    quantities
        The quantities of ``joint_kinematics`` ``(T,)``. NaN = missing.
    """
    return _MODELS[event_model](times_s, quantities)


def _find_walking(times_s: FloatArray, quantities: _Quantities) -> FoundEvents:
    return _collect_strides(find_step_events(times_s, quantities), WALKING_ORDER)


def _find_running(times_s: FloatArray, quantities: _Quantities) -> FoundEvents:
    steps = find_step_events(times_s, quantities)
    return _collect_strides(
        steps, RUNNING_ORDER, name_midstances(times_s, steps.midstances)
    )


def _collect_strides(
    steps: StepEvents,
    order: Sequence[tuple[bool, str]],
    others: Mapping[tuple[str, Side], tuple[Instant, ...]] | None = None,
) -> FoundEvents:
    instants = name_foot_events({"left": steps.left, "right": steps.right})
    instants |= others or {}
    strides = build_strides(instants, order)
    return FoundEvents(instants, tuple(strides), prove_movement=True)


def _find_landings(times_s: FloatArray, quantities: _Quantities) -> FoundEvents:
    return _collect(find_drop_landings(times_s, quantities))


def _find_jumps(times_s: FloatArray, quantities: _Quantities) -> FoundEvents:
    return _collect(name_jumps(find_jumps(times_s, quantities)))


def _find_squats(times_s: FloatArray, quantities: _Quantities) -> FoundEvents:
    return _collect(name_squats(find_squats(times_s, quantities)))


def _collect(repetitions: list[Repetition]) -> FoundEvents:
    """Collect the instants of repetitions that events alone show."""
    instants: dict[tuple[str, Side], tuple[Instant, ...]] = {}
    for repetition in repetitions:
        for keyframe in repetition.keyframes:
            key = keyframe.name, keyframe.side
            instants[key] = (*instants.get(key, ()), keyframe.instant)
    return FoundEvents(instants, tuple(repetitions))


def _find_none(times_s: FloatArray, quantities: _Quantities) -> FoundEvents:  # noqa: ARG001 - a model like any other
    return FoundEvents()


_MODELS: dict[EventModelName, Callable[[FloatArray, _Quantities], FoundEvents]] = {
    "gait": _find_walking,
    "running": _find_running,
    "landing": _find_landings,
    "jump": _find_jumps,
    "squat": _find_squats,
    "none": _find_none,
}
