"""Pictures of quantities: at keyframes, over phases, their changes and rates."""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from sportsgpt_lib.reporting.evidence_desk import EvidenceDesk, in_words, tell_sides
from sportsgpt_lib.reporting.evidence_shots import (
    TRAVEL_DIRECTION,
    EvidencePlan,
    Shot,
    TargetRange,
)
from sportsgpt_lib.reporting.wording import write_quantity
from sportsgpt_lib.sports.quantities import BODY_SIDES
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    ChangeBetween,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    InPhase,
    MeanRateBetween,
    RateAtKeyframe,
    RateInPhase,
)

# Chosen: what can be seen on a picture of a body of 480 pixels.
_VISIBLE_DEG, _VISIBLE_BODY_HEIGHTS = 2.0, 0.02
# Both sides' extremes share a picture where they are less than this many frames apart.
_SAME_FRAMES = 1.5


def plan_keyframe(desk: EvidenceDesk, rule: AtKeyframe) -> EvidencePlan:
    """Plan a quantity at one keyframe, both sides where both are meant."""
    named = desk.list_named(rule, rule.quantity)
    shot = desk.shoot(rule.keyframe, named)
    if rule.sides != "difference":
        targets = [TargetRange(0, name, *desk.range) for name in named]
        note = (
            "The value is the mean of both sides; both are drawn."
            if len(named) == len(BODY_SIDES)
            else None
        )
        return EvidencePlan((shot,), tuple(targets), note=note)
    high = desk.range[1]
    wanted = []
    if high is not None:
        shown = desk.choose_near(named)
        other = next(name for name in named if name != shown)
        value = desk.read(other, shot.time_s)
        wanted.append(TargetRange(0, shown, value - high, value + high))
    return EvidencePlan(
        (shot,),
        tuple(wanted),
        note="The value is the difference of both sides; the range is that of one side "
        "beside the other.",
    )


def plan_phase(desk: EvidenceDesk, rule: InPhase) -> EvidencePlan:
    """Plan an extreme, a mean or a range over a phase."""
    planners = {"range_in_phase": _plan_range, "mean_in_phase": _plan_mean}
    return planners.get(rule.measure, _plan_extreme)(desk, rule)


def _plan_extreme(desk: EvidenceDesk, rule: InPhase) -> EvidencePlan:
    which = "Largest" if rule.measure == "maximum_in_phase" else "Smallest"
    title = f"{which} value in {in_words(rule.phase)}"
    named = desk.list_named(rule, rule.quantity)
    found = {name: desk.measure_side(rule, name) for name in named}
    found = {name: one for name, one in found.items() if math.isfinite(one.time_s)}
    shots: list[Shot] = []
    targets = []
    for name, one in found.items():
        if shots and abs(one.time_s - shots[-1].time_s) < _SAME_FRAMES * desk.frame_s:
            last = shots.pop()
            both = (*last.quantities, name), (*last.readings, one.value)
            shots.append(Shot(last.time_s, title, *both))
        else:
            shots.append(Shot(one.time_s, title, (name,), (one.value,)))
        targets.append(TargetRange(len(shots) - 1, name, *desk.range))
    curve = desk.draw_curves(
        {name: desk.repetition.signals[name] for name in found},
        desk.indicator.unit,
        [(shot.time_s, which.lower()) for shot in shots],
        desk.range,
    )
    told = "The value is the mean of both sides." if len(found) > 1 else None
    note = " ".join(filter(None, (told, _tell_spikes(desk, shots)))) or None
    return EvidencePlan(tuple(shots), tuple(targets), curve, note=note)


def _tell_spikes(desk: EvidenceDesk, shots: Sequence[Shot]) -> str | None:
    """Say where the frame that is shown lies off the value, which leaves out spikes."""
    visible = {"deg": _VISIBLE_DEG}.get(desk.indicator.unit, _VISIBLE_BODY_HEIGHTS)
    for shot in shots:
        for quantity, value in zip(shot.quantities, shot.readings, strict=True):
            there = desk.read(quantity, shot.time_s)
            if abs(there - value) > visible:
                return (
                    f"At the instant that is shown {in_words(quantity)} is "
                    f"{write_quantity(there, desk.indicator.unit)}: what a single "
                    "frame carries does not count."
                )
    return None


def _plan_mean(desk: EvidenceDesk, rule: InPhase) -> EvidencePlan:
    named = desk.list_named(rule, rule.quantity)
    shown = desk.choose_near(named)
    phase = desk.movement.phase(rule.phase)
    signal = desk.repetition.signals[shown]
    part = signal.within(desk.times[phase.start], desk.times[phase.end])
    mean = desk.measure_side(rule, shown).value
    inside = part.times_s[1:-1] if part.times_s.size > len(BODY_SIDES) else part.times_s
    values = np.array([signal.value_at(float(at)) for at in inside])
    near_s = float(inside[int(np.nanargmin(np.abs(values - mean)))])
    shot = desk.shoot_at(near_s, f"As the mean over {in_words(rule.phase)}", (shown,))
    curve = desk.draw_curves(
        {name: desk.repetition.signals[name] for name in named},
        desk.indicator.unit,
        [(near_s, "shown")],
        desk.range,
    )
    note = (
        "A mean over time; shown is the frame in which "
        f"{in_words(shown)} comes nearest to it."
    )
    told = tell_sides(rule, shown, named)
    return EvidencePlan(
        (shot,),
        (TargetRange(0, shown, *desk.range),),
        curve,
        note=" ".join(filter(None, (note, told))),
    )


def _plan_range(desk: EvidenceDesk, rule: InPhase) -> EvidencePlan:
    named = desk.list_named(rule, rule.quantity)
    shown = desk.choose_near(named)
    ends = [
        (desk.measure_side(rule.model_copy(update={"measure": measure}), shown), title)
        for measure, title in (
            ("minimum_in_phase", "Smallest value"),
            ("maximum_in_phase", "Largest value"),
        )
    ]
    lowest = ends[0][0].value
    shots = [
        replace(desk.shoot_at(one.time_s, title, (shown,)), readings=(one.value,))
        for one, title in ends
    ]
    curve = desk.draw_curves(
        {name: desk.repetition.signals[name] for name in named},
        desk.indicator.unit,
        [(one.time_s, title.partition(" ")[0].lower()) for one, title in ends],
        desk.shift_range(lowest),
    )
    note = "The value is the way from the smallest to the largest; the range begins at "
    parts = tell_sides(rule, shown, named), _tell_spikes(desk, shots)
    told = " ".join(filter(None, parts))
    return EvidencePlan(
        tuple(shots),
        (TargetRange(1, shown, *desk.shift_range(lowest)),),
        curve,
        note=" ".join(filter(None, (f"{note}the smallest.", told))),
    )


def plan_change(desk: EvidenceDesk, rule: ChangeBetween) -> EvidencePlan:
    """Plan a change between two keyframes; the range begins at the first value."""
    named = desk.list_named(rule, rule.quantity)
    shown = desk.choose_near(named)
    shots = tuple(desk.shoot(text, (shown,)) for text in (rule.start, rule.end))
    wanted = desk.shift_range(shots[0].readings[0])
    curve = desk.draw_curves(
        {name: desk.repetition.signals[name] for name in named},
        desk.indicator.unit,
        [(shot.time_s, shot.title) for shot in shots],
        wanted,
    )
    note = f"The value is the change from {shots[0].title.lower()} to "
    told = tell_sides(rule, shown, named)
    return EvidencePlan(
        shots,
        (TargetRange(1, shown, *wanted),),
        curve,
        note=" ".join(filter(None, (f"{note}{shots[1].title.lower()}.", told))),
    )


def plan_mean_rate(desk: EvidenceDesk, rule: MeanRateBetween) -> EvidencePlan:
    """Plan a change per second between two keyframes."""
    named = desk.list_named(rule, rule.quantity)
    shown = desk.choose_near(named)
    shots = tuple(desk.shoot(text, (shown,)) for text in (rule.start, rule.end))
    span_s = shots[1].time_s - shots[0].time_s
    low, high = desk.range
    first = shots[0].readings[0]
    wanted = (
        None if low is None else first + low * span_s,
        None if high is None else first + high * span_s,
    )
    curve = desk.draw_curves(
        {name: desk.repetition.signals[name] for name in named},
        desk.indicator.unit.removesuffix("_s"),
        [(shot.time_s, shot.title) for shot in shots],
        wanted,
    )
    note = f"The value is the change per second over {span_s:.2f} s."
    return EvidencePlan(shots, (TargetRange(1, shown, *wanted),), curve, note=note)


def plan_rate(desk: EvidenceDesk, rule: RateAtKeyframe | RateInPhase) -> EvidencePlan:
    """Plan how fast a quantity changes: the instant and the curve of its rate."""
    named = desk.list_named(rule, rule.quantity)
    shown = desk.choose_near(named)
    rates = {f"{name} per s": desk.repetition.signals[name].rates for name in named}
    if isinstance(rule, RateAtKeyframe):
        shot = desk.shoot(rule.keyframe, (shown,))
    else:
        found = desk.measure_side(rule, shown)
        title = f"Fastest change in {in_words(rule.phase)}"
        shot = desk.shoot_at(found.time_s, title, (shown,))
    curve = desk.draw_curves(
        rates, desk.indicator.unit, [(shot.time_s, shot.title)], desk.range
    )
    note = "The value is how fast it changes; a still picture shows the instant only."
    return EvidencePlan((shot,), (), curve, note=note)


def plan_direction(desk: EvidenceDesk, rule: DirectionAtKeyframe) -> EvidencePlan:
    """Plan a direction of travel: an arrow with the measured value."""
    shot = replace(
        desk.shoot(rule.keyframe),
        quantities=(TRAVEL_DIRECTION,),
        readings=(desk.measured.value,),
    )
    note = "The arrow is drawn with the measured value: a still picture has no speed."
    targets = (TargetRange(0, TRAVEL_DIRECTION, *desk.range),)
    return EvidencePlan((shot,), targets, note=note)


def plan_difference(desk: EvidenceDesk, rule: DifferenceAtKeyframe) -> EvidencePlan:
    """Plan the difference of two quantities at one keyframe."""
    seconds = desk.list_named(rule, rule.second)
    firsts = desk.list_named(rule, rule.first)
    first, second = desk.choose_near(firsts), desk.choose_near(seconds)
    shot = desk.shoot(rule.keyframe, (first, second))
    base = -shot.readings[1] if rule.reverse_second else shot.readings[1]
    note = (
        f"The value is {in_words(first)} minus {in_words(second)}"
        f"{' turned round' if rule.reverse_second else ''}; the range is where "
        f"{in_words(first)} should lie beside it."
    )
    told = tell_sides(rule, second, seconds)
    return EvidencePlan(
        (shot,),
        (TargetRange(0, first, *desk.shift_range(base)),),
        note=" ".join(filter(None, (note, told))),
    )
