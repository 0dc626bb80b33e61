"""Makes a target model out of a recording's angles and a person's annotation.

Numbers and words only: which recording it is, and where the files go, is decided in
``sportsgpt_lib/stages/reference_recording.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES
from sportsgpt_lib.target_models.annotation import AnnotationFile
from sportsgpt_lib.target_models.annotation_checks import (
    Instants,
    RecordedAngles,
    list_recording_problems,
    resolve_instants,
)
from sportsgpt_lib.target_models.checks import ANGLES, SIDED_ANGLES, UNIT_SUFFIX
from sportsgpt_lib.target_models.curve_table import write_curve_table
from sportsgpt_lib.target_models.reference import FULL_PCT, LEG_PREFIXES
from sportsgpt_lib.target_models.reference_motion import CONTEXT_SHARE
from sportsgpt_lib.target_models.writing import (
    MarkedKeyframe,
    write_cyclic_toml,
    write_once_toml,
)

# A published cycle is tabulated at every second per cent; a filmed one, at 60 Hz, has
# some 60 frames.
_CYCLE_ROWS = 101


@dataclass(frozen=True)
class BuiltReference:
    """The two files of a target model as text, not sealed; or why there are none."""

    toml_text: str
    csv_text: str
    problems: tuple[str, ...] = ()


def build_reference(
    annotated: AnnotationFile, movement: Movement, recorded: RecordedAngles
) -> BuiltReference:
    """Build a target model; everything that stands in the way is listed at once.

    Parameters
    ----------
    annotated
        What a person said of the recording.
    movement
        The movement that it shows.
    recorded
        The recording's angles.
    """
    problems = list_recording_problems(annotated, movement, recorded)
    if problems:
        return BuiltReference("", "", tuple(problems))
    instants = resolve_instants(annotated, recorded)
    is_cyclic = annotated.annotation.kind == "cyclic"
    return (_build_cyclic if is_cyclic else _build_once)(annotated, recorded, instants)


def _build_once(
    annotated: AnnotationFile, recorded: RecordedAngles, instants: Instants
) -> BuiltReference:
    context_s = CONTEXT_SHARE * (instants.end_s - instants.start_s)
    kept = instants.find_inside(recorded.clip_times_s, context_s)
    names = [
        name for name in ANGLES if np.isfinite(recorded.angles_deg[name][kept]).any()
    ]
    clock = _Clock(instants.start_s, recorded.slow_motion_factor)
    rows = np.column_stack(
        [
            clock.to_movement_s(recorded.clip_times_s[kept]),
            *(recorded.angles_deg[name][kept] for name in names),
        ]
    )
    columns = tuple(f"{name}{UNIT_SUFFIX}" for name in names)
    text = write_once_toml(
        annotated.annotation,
        recorded,
        columns,
        float(clock.to_movement_s(instants.end_s)),
        _mark(annotated, recorded, clock, instants),
    )
    return BuiltReference(text, write_curve_table(("time_s", *columns), rows))


def _build_cyclic(
    annotated: AnnotationFile, recorded: RecordedAngles, instants: Instants
) -> BuiltReference:
    shares, curves = _sample_cycle(annotated, recorded, instants)
    # The little that is left open is spread over the cycle: no step, no bend at an end.
    columns = {
        name: curve - (curve[-1] - curve[0]) * (shares - 0.5)
        for name, curve in curves.items()
    }
    names = tuple(f"{name}{UNIT_SUFFIX}" for name in columns)
    rows = np.column_stack([FULL_PCT * shares, *columns.values()])
    clock = _Clock(instants.start_s, recorded.slow_motion_factor)
    text = write_cyclic_toml(
        annotated.annotation,
        recorded,
        names,
        float(clock.to_movement_s(instants.end_s)),
        _mark(annotated, recorded, clock, instants),
    )
    return BuiltReference(text, write_curve_table(("cycle_pct", *names), rows))


def _sample_cycle(
    annotated: AnnotationFile, recorded: RecordedAngles, instants: Instants
) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Sample both legs' angles at even shares of the cycle, over gaps on a line."""
    left, right = BODY_SIDES
    own = annotated.annotation.own_side
    sides = dict(
        zip(LEG_PREFIXES, (left, right) if own == left else (right, left), strict=True)
    )
    shares = np.linspace(0.0, 1.0, _CYCLE_ROWS)
    at_s = instants.start_s + shares * (instants.end_s - instants.start_s)
    curves = {}
    for angle in SIDED_ANGLES:
        both = {
            leg: recorded.angles_deg[f"{side}_{angle}"] for leg, side in sides.items()
        }
        inside = instants.find_inside(recorded.clip_times_s)
        if all(np.isfinite(values[inside]).any() for values in both.values()):
            for leg, values in both.items():
                is_seen = np.isfinite(values)
                curves[f"{leg}_{angle}"] = np.interp(
                    at_s, recorded.clip_times_s[is_seen], values[is_seen]
                )
    return shares, dict(sorted(curves.items()))


@dataclass(frozen=True)
class _Clock:
    """Turns times of the clip into seconds of the movement from its start."""

    start_s: float
    slow_motion_factor: float

    def to_movement_s(self, clip_times_s: FloatArray | float) -> FloatArray:
        return np.asarray((clip_times_s - self.start_s) / self.slow_motion_factor)


def _mark(
    annotated: AnnotationFile,
    recorded: RecordedAngles,
    clock: _Clock,
    instants: Instants,
) -> list[MarkedKeyframe]:
    # A keyframe put to the nearest frame is off by at most half of one, evenly.
    frame_spread_s = 1.0 / recorded.frame_rate_hz / np.sqrt(12.0)
    return [
        MarkedKeyframe(
            mark.name,
            mark.leg,
            float(clock.to_movement_s(time_s)),
            frame_spread_s if mark.spread_s is None else mark.spread_s,
        )
        for mark, time_s in zip(
            annotated.annotation.keyframes, instants.keyframes, strict=True
        )
    ]
