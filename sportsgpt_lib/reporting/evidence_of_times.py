"""Pictures of times: delays, durations, their shares and symmetry, heights by flight.

A still picture has no time, so that these show the instants, and the time as a bar.
"""

import math

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kismam.extremes import choose_curve, find_extreme
from sportsgpt_lib.kismam.measures import GRAVITY_MPS2
from sportsgpt_lib.kismam.signals import Signal
from sportsgpt_lib.reporting.evidence_desk import EvidenceDesk, in_words
from sportsgpt_lib.reporting.evidence_shots import BarPlan, EvidencePlan
from sportsgpt_lib.sports.rules import (
    DelayBetweenExtremes,
    DelayToKeyframe,
    Duration,
    DurationShare,
    DurationSymmetry,
    HeightByFlight,
    list_quantities,
)

_FULL_PCT = 100.0


def plan_delay(
    desk: EvidenceDesk, rule: DelayBetweenExtremes | DelayToKeyframe
) -> EvidencePlan | None:
    """Plan the time between two extremes, or from one to a keyframe."""
    phase = desk.movement.phase(rule.phase)
    ends_s = desk.times[phase.start], desk.times[phase.end]
    wanted = [name for _, name in list_quantities(rule)]
    shown = [desk.choose_near(desk.list_named(rule, name)) for name in wanted]
    curves = {
        name: choose_curve(desk.repetition.signals[name], rule.of) for name in shown
    }
    peaks = [find_extreme(curve, ends_s, rule.extreme) for curve in curves.values()]
    found = [peak.time_s for peak in peaks if peak is not None]
    if len(found) < len(shown):
        return None
    word = f"{rule.extreme.capitalize()}{' rate' if rule.of == 'rate' else ''}"
    shots = [
        desk.shoot_at(at, f"{word} of {in_words(name)}", (name,))
        for at, name in zip(found, shown, strict=True)
    ]
    if isinstance(rule, DelayToKeyframe):
        shots.append(desk.shoot(rule.to))
    first_s, last_s = shots[0].time_s, shots[-1].time_s
    low, high = desk.range
    bars = BarPlan(
        ((desk.indicator.title, ((first_s, last_s),)),),
        shots[0].title,
        (
            None if low is None else first_s + low,
            None if high is None else first_s + high,
        ),
    )
    scaled = {name: _scale(curve, ends_s) for name, curve in curves.items()}
    curve = desk.draw_curves(
        scaled,
        "share of its largest size",
        [(shot.time_s, f"{idx}") for idx, shot in enumerate(shots, start=1)],
    )
    note = "The value is the time from the first instant to the second."
    return EvidencePlan(tuple(shots), (), curve, bars, note)


def _scale(curve: Signal, ends_s: tuple[float, float]) -> Signal:
    """Scale a curve to at most 1 in its phase, so that unlike units share an axis."""
    inside = (curve.times_s >= ends_s[0]) & (curve.times_s <= ends_s[1])
    largest = np.nanmax(np.abs(curve.values[inside]), initial=0.0)
    values: FloatArray = curve.values / largest if largest > 0.0 else curve.values
    return Signal(curve.times_s, values)


def plan_duration(desk: EvidenceDesk, rule: Duration) -> EvidencePlan:
    """Plan the time from one keyframe to another."""
    shots = (desk.shoot(rule.start), desk.shoot(rule.end))
    start_s = shots[0].time_s
    low, high = desk.range
    wanted = (
        None if low is None else start_s + low,
        None if high is None else start_s + high,
    )
    row = (desk.indicator.title, ((start_s, shots[1].time_s),))
    return EvidencePlan(shots, bars=BarPlan((row,), shots[0].title, wanted))


def plan_flight(desk: EvidenceDesk, rule: HeightByFlight) -> EvidencePlan:
    """Plan a height that follows from a time in the air."""
    shots = (desk.shoot(rule.start), desk.shoot(rule.end))
    start_s = shots[0].time_s
    low, high = (
        None if end is None else start_s + math.sqrt(8.0 * max(end, 0.0) / GRAVITY_MPS2)
        for end in desk.range
    )
    row = ("in the air", ((start_s, shots[1].time_s),))
    note = "The height follows from the time in the air: 9.81 m/s² · t² / 8."
    return EvidencePlan(
        shots, bars=BarPlan((row,), shots[0].title, (low, high)), note=note
    )


def plan_share(desk: EvidenceDesk, rule: DurationShare) -> EvidencePlan:
    """Plan a share of the time of a whole."""
    whole = tuple(desk.times[text] for text in rule.whole)
    parts = tuple((desk.times[a], desk.times[b]) for a, b in rule.parts)
    texts = list(dict.fromkeys(text for part in rule.parts for text in part))
    shots = tuple(desk.shoot(text) for text in (texts[0], texts[-1]))
    span_s = whole[1] - whole[0]
    # Parts before the last one are taken as they are: the last one ends in the range.
    rest_s = sum(end - start for start, end in parts[:-1])
    low, high = (
        None if end is None else parts[-1][0] + end / _FULL_PCT * span_s - rest_s
        for end in desk.range
    )
    rows = (("whole", ((whole[0], whole[1]),)), ("counted", parts))
    note = "The value is the counted time as a share of the whole."
    return EvidencePlan(
        shots,
        bars=BarPlan(rows, desk.name_keyframe(rule.whole[0]), (low, high)),
        note=note,
    )


def plan_symmetry(desk: EvidenceDesk, rule: DurationSymmetry) -> EvidencePlan:
    """Plan two times that should be alike."""
    first, second = (
        (desk.times[a], desk.times[b]) for a, b in (rule.first, rule.second)
    )
    first_s = first[1] - first[0]
    high = desk.range[1]
    wanted: tuple[float | None, float | None] = (None, None)
    if high is not None and high < 2.0 * _FULL_PCT:
        most = (2.0 * _FULL_PCT + high) / (2.0 * _FULL_PCT - high)
        wanted = (first_s / most, first_s * most)
    rows = (
        ("first", ((0.0, first_s),)),
        ("second", ((0.0, second[1] - second[0]),)),
    )
    shots = tuple(
        desk.shoot(text) for text in dict.fromkeys((*rule.first, *rule.second))
    )
    note = (
        "Both times begin at 0; the range is where the second ends if both are alike."
    )
    return EvidencePlan(
        shots[:3], bars=BarPlan(rows, "the start of each", wanted), note=note
    )
