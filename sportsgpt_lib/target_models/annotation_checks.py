"""What an annotation must agree on with its movement and with the recording.

Resolves frames to times, and lists every problem in words; nothing raises here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES, fill_side, is_sided
from sportsgpt_lib.target_models.annotation import AnnotationFile
from sportsgpt_lib.target_models.checks import (
    ANGLES,
    LARGEST_OPENING_DEG,
    list_keyframe_problems,
)
from sportsgpt_lib.target_models.toml_problems import Place

# Chosen, see docs/references.md: what may be missing of one angle, and for how long
# more than half of all angles may; more costs keyframes, and then the movement itself.
LARGEST_MISSING_SHARE = 0.20
LONGEST_GAP_S = 0.30
LONGEST_BLIND_S = 0.10
_HALF = 0.5


@dataclass(frozen=True)
class RecordedAngles:
    """The angles of one recording, and what they were measured with.

    ``clip_times_s`` ``(T,)`` are seconds of the clip as played, ``slow_motion_factor``
    those per second of the movement. ``angles_deg`` maps each angle of
    ``joint_kinematics`` to ``(T,)``. NaN = not seen. ``frame_rate_hz`` is in pictures
    per second of the movement.
    """

    frame_idx: IntArray
    clip_times_s: FloatArray
    angles_deg: Mapping[str, FloatArray]
    slow_motion_factor: float
    frame_rate_hz: float
    clip_sha256: str
    pose_model: str
    pose_weights_sha256: str
    kinematics_version: str


@dataclass(frozen=True)
class Instants:
    """Start, end and keyframes in seconds of the clip; NaN = not in the recording."""

    start_s: float
    end_s: float
    keyframes: tuple[float, ...]

    @property
    def are_ordered(self) -> bool:
        """Whether both ends are known and the end is the later one."""
        return self.start_s < self.end_s

    def find_inside(self, times_s: FloatArray, context_s: float = 0.0) -> IntArray:
        """Find the indices of the times from start to end, both widened."""
        is_inside = (times_s >= self.start_s - context_s) & (
            times_s <= self.end_s + context_s
        )
        return np.flatnonzero(is_inside).astype(np.int64)


def list_recording_problems(
    annotated: AnnotationFile, movement: Movement, recorded: RecordedAngles
) -> list[str]:
    """List all that stands between an annotated recording and a target model."""
    instants = resolve_instants(annotated, recorded)
    problems = [
        *_list_unfilmed(annotated, recorded, instants),
        *list_annotation_problems(annotated, movement, instants.keyframes),
        *_list_outside(annotated, instants),
    ]
    if instants.are_ordered:
        problems += _list_gaps(movement, recorded, instants)
    if annotated.annotation.kind == "cyclic" and not problems:
        problems += _list_openings(movement, recorded, instants)
    return problems


def list_annotation_problems(
    annotated: AnnotationFile, movement: Movement, times_s: tuple[float, ...] = ()
) -> list[str]:
    """List what an annotation says against its movement.

    ``times_s`` are the keyframes' times; without them their order is not looked at.
    """
    file, annotation = annotated.file, annotated.annotation
    marks = [
        (mark.name, mark.leg, times_s[number] if times_s else 0.0)
        for number, mark in enumerate(annotation.keyframes)
    ]
    problems = list(
        list_keyframe_problems(
            movement, marks, lambda number, key: file.point(("keyframes", number, key))
        )
    )
    has_legs = any("both" not in keyframe.sides for keyframe in movement.keyframes)
    if annotation.own_side == "both" and (has_legs or annotation.kind == "cyclic"):
        problems.append(
            f"{file.point(('own_side',))} = 'both', but one leg leads here; write "
            '"left" or "right"'
        )
    return problems


def _list_instants(
    annotated: AnnotationFile,
) -> list[tuple[Place, float | None, int | None]]:
    """List start, end and keyframes: place in the file, time in the clip, frame."""
    annotation = annotated.annotation

    def name(key: str, frame_key: str, frame: int | None, *place: str | int) -> Place:
        return (*place, key if frame is None else frame_key)

    start, end = annotation.start_frame, annotation.end_frame
    return [
        (name("start_s", "start_frame", start), annotation.start_s, start),
        (name("end_s", "end_frame", end), annotation.end_s, end),
        *(
            (
                name("time_s", "frame", mark.frame, "keyframes", number),
                mark.time_s,
                mark.frame,
            )
            for number, mark in enumerate(annotation.keyframes)
        ),
    ]


def resolve_instants(annotated: AnnotationFile, recorded: RecordedAngles) -> Instants:
    """Find start, end and keyframes; what the recording does not hold is NaN."""
    frames, clip_times_s = recorded.frame_idx, recorded.clip_times_s
    frame_times = dict(zip(frames.tolist(), clip_times_s.tolist(), strict=True))
    first_s, last_s = float(clip_times_s[0]), float(clip_times_s[-1])
    times_s = []
    for _, time_s, frame in _list_instants(annotated):
        found = frame_times.get(frame, np.nan) if time_s is None else time_s
        times_s.append(found if first_s <= found <= last_s else np.nan)
    return Instants(times_s[0], times_s[1], tuple(times_s[2:]))


def _list_unfilmed(
    annotated: AnnotationFile, recorded: RecordedAngles, instants: Instants
) -> Iterator[str]:
    frames, times_s = recorded.frame_idx, recorded.clip_times_s
    resolved = (instants.start_s, instants.end_s, *instants.keyframes)
    for (place, time_s, frame), found in zip(
        _list_instants(annotated), resolved, strict=True
    ):
        if np.isnan(found):
            yield (
                f"{annotated.file.point(place)} = {time_s if frame is None else frame} "
                f"lies outside the recording, {times_s[0]:.3f} to {times_s[-1]:.3f} s, "
                f"frames {frames[0]} to {frames[-1]}; correct it"
            )


def _list_outside(annotated: AnnotationFile, instants: Instants) -> Iterator[str]:
    """List an end before the start, and keyframes outside of both."""
    places = [place for place, _, _ in _list_instants(annotated)]
    if instants.end_s <= instants.start_s:
        yield (
            f"{annotated.file.point(places[1])}: the end, {instants.end_s:g} s, is not "
            f"later than the start, {instants.start_s:g} s; correct one of them"
        )
        return
    for place, time_s in zip(places[2:], instants.keyframes, strict=True):
        if time_s < instants.start_s or time_s > instants.end_s:
            yield (
                f"{annotated.file.point(place)}: {time_s:g} s lies outside start to "
                f"end, {instants.start_s:g} to {instants.end_s:g} s; correct one"
            )


def _list_weighted_angles(movement: Movement) -> list[str]:
    """List the angles of both sides that decide an alignment."""
    names = [name for name, weight in movement.joint_weights.items() if weight > 0.0]
    return [
        name
        for rule_name in names
        for name in (
            [fill_side(rule_name, side) for side in BODY_SIDES]
            if is_sided(rule_name)
            else [rule_name]
        )
        if name in ANGLES
    ]


def _list_gaps(
    movement: Movement, recorded: RecordedAngles, instants: Instants
) -> Iterator[str]:
    """List the angles that are missing too often, or too long at a stretch."""
    inside = instants.find_inside(recorded.clip_times_s)
    names = _list_weighted_angles(movement)
    is_seen = np.array(
        [np.isfinite(recorded.angles_deg[name][inside]) for name in names]
    )  # (Q, T)
    for name, own in zip(names, is_seen, strict=True):
        share = 1.0 - float(own.mean()) if own.size else 1.0
        if share > LARGEST_MISSING_SHARE:
            yield (
                f"{name} is missing in {100.0 * share:.0f} % of the frames from start "
                f"to end; at most {100.0 * LARGEST_MISSING_SHARE:.0f} % may be; choose "
                "another repetition, or film it again, the whole body in the picture"
            )
        elif gap := _find_gap(own, LONGEST_GAP_S, recorded, instants):
            yield (
                f"{name} is not seen {gap}; at most {LONGEST_GAP_S:g} s may be; choose "
                "another repetition"
            )
    is_half_seen = is_seen.mean(axis=0) >= _HALF
    if gap := _find_gap(is_half_seen, LONGEST_BLIND_S, recorded, instants):
        yield (
            f"fewer than half of the angles are seen {gap}; at most "
            f"{LONGEST_BLIND_S:g} s may be; choose another repetition"
        )


def _find_gap(
    is_seen: npt.NDArray[np.bool_],
    limit_s: float,
    recorded: RecordedAngles,
    instants: Instants,
) -> str | None:
    """Say where the longest gap lies, if it is longer than the limit."""
    times_s = recorded.clip_times_s[instants.find_inside(recorded.clip_times_s)]
    edges_s = np.concatenate([[instants.start_s], times_s[is_seen], [instants.end_s]])
    gaps_s = np.diff(edges_s) / recorded.slow_motion_factor
    longest = int(np.argmax(gaps_s))
    # Between two frames nothing is ever seen.
    if gaps_s[longest] <= limit_s + 1.0 / recorded.frame_rate_hz:
        return None
    return (
        f"from {edges_s[longest]:.2f} to {edges_s[longest + 1]:.2f} s of the clip, "
        f"{gaps_s[longest]:.2f} s of the movement"
    )


def _list_openings(
    movement: Movement, recorded: RecordedAngles, instants: Instants
) -> Iterator[str]:
    """List the angles that are not the same again when the cycle ends."""
    for name in _list_weighted_angles(movement):
        values = recorded.angles_deg[name]
        is_seen = np.isfinite(values)
        start, end = np.interp(
            [instants.start_s, instants.end_s],
            recorded.clip_times_s[is_seen],
            values[is_seen],
        )
        if abs(end - start) > LARGEST_OPENING_DEG:
            yield (
                f"{name} is {start:.0f} deg at the start and {end:.0f} deg at the end, "
                "so this is not one whole cycle; correct start and end, choose another "
                f'cycle, or write kind = "once" (at most {LARGEST_OPENING_DEG:g} deg)'
            )
