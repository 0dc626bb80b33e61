"""From a plan to what stands on the page: words, the reference's panel, the charts.

The reference is a target model's figure where there is one that carries what was
measured, otherwise the athlete's own outline with the target range; it says which.
Frames of the clip are drawn in ``pictures.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kismam.repetition import Repetition
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.reporting.distance_marks import Mark, PictureScale, find_mark
from sportsgpt_lib.reporting.evidence_chart import draw_bars, draw_curves
from sportsgpt_lib.reporting.evidence_desk import in_words
from sportsgpt_lib.reporting.evidence_plan import plan_evidence
from sportsgpt_lib.reporting.evidence_shots import (
    TRAVEL_DIRECTION,
    EvidencePlan,
    Shot,
)
from sportsgpt_lib.reporting.model_figure import build_model_figure
from sportsgpt_lib.reporting.pictures import find_direction_mark
from sportsgpt_lib.reporting.reference_panel import (
    ReferenceFigure,
    WantedRange,
    draw_reference_panel,
)
from sportsgpt_lib.reporting.scene import find_pose_at
from sportsgpt_lib.reporting.target_bar import Target
from sportsgpt_lib.reporting.wording import write_number, write_quantity, write_target
from sportsgpt_lib.sports.definition import Indicator, Movement

_MODEL_STATURE_PX = 400.0


@dataclass(frozen=True)
class Measurement:
    """A row of ``kismam_metrics`` as the words need it: always a measured one."""

    title: str
    value: float
    error: float | None
    unit: str
    target: Target

    @property
    def measured(self) -> str:
        """The value with its error."""
        return f"Measured {write_quantity(self.value, self.unit, self.error)}"

    @property
    def wanted(self) -> str:
        """The target in words."""
        low, high = self.target.low, self.target.high
        if low is None and high is None:
            return "No target: shown, not judged"
        return f"Target {write_target(low, high, self.unit)}"

    @property
    def place(self) -> str:
        """Where the value lies, in words; empty without a target."""
        if self.target.low is None and self.target.high is None:
            return ""
        place = self.target.place(self.value)
        return "inside the target" if place == "inside" else f"{place} the target"


@dataclass(frozen=True)
class ModelMotion:
    """A target model as a repetition of the athlete's side, and what it is called."""

    name: str
    repetition: Repetition


@dataclass(frozen=True)
class EvidenceMaterial:
    """One measured indicator of one repetition, with all that its picture needs.

    ``poses`` are the athlete's, at times of the clip, which are ``stretch`` times those
    of the movement. ``model`` None = the repetition was aligned with none.
    """

    indicator: Indicator
    movement: Movement
    measurement: Measurement
    plan: EvidencePlan
    poses: PoseSequence
    scale: PictureScale
    stretch: float
    model: ModelMotion | None = None

    def clip_time_s(self, shot: Shot) -> float:
        """Bring an instant of the movement into the clip."""
        return shot.time_s * self.stretch


def write_shot_lines(material: EvidenceMaterial, place: int) -> tuple[str, ...]:
    """Write what stands above the athlete's frame of one instant."""
    shot = material.plan.shots[place]
    count = len(material.plan.shots)
    number = f"{place + 1} of {count}: " if count > 1 else ""
    lines = [f"Athlete. {number}{shot.title}"]
    if count > 1 or len(shot.quantities) > 1:
        lines += _write_readings(shot, material)
    return (*lines, material.measurement.measured, material.measurement.wanted)


def describe_shot(material: EvidenceMaterial, place: int) -> str:
    """Say what the athlete's frame of one instant shows."""
    shot = material.plan.shots[place]
    drawn = " and ".join(map(in_words, shot.quantities))
    measurement = material.measurement
    parts = [
        f"{', '.join(write_shot_lines(material, place))}",
        measurement.place,
        f"Drawn: {drawn}" if drawn else "",
        f"{material.clip_time_s(shot):.2f} s into the clip",
    ]
    return f"{measurement.title}. {'. '.join(filter(None, parts))}."


def write_note(material: EvidenceMaterial) -> str | None:
    """Say what the instants stand for, and where the value is not what is drawn."""
    unit = material.measurement.unit
    drawn, value = material.plan.value, material.measurement.value
    corrected = None
    if _round(drawn, unit) != _round(value, unit):
        corrected = (
            f"By the rule alone the number is {write_quantity(drawn, unit)}, which is "
            "what is drawn; from the measured value, what the noise of the pose adds "
            "on average is taken off."
        )
    return " ".join(filter(None, (material.plan.note, corrected))) or None


def draw_panels(material: EvidenceMaterial) -> tuple[Markup, ...]:
    """Draw the reference at the instant of the range; empty where no figure shows it.

    A target model is drawn where it gives the indicator, at its own keyframe.
    """
    place = _find_place(material.plan)
    if place is None:
        return ()
    drawn = _draw_model(material, place) or _draw_outline(material, place)
    return () if drawn is None else (drawn,)


def draw_charts(material: EvidenceMaterial) -> tuple[Markup, ...]:
    """Draw the curves and stretches of time that stand behind the number."""
    plan, measurement = material.plan, material.measurement
    words = ". ".join(
        filter(
            None,
            (
                measurement.title,
                measurement.measured,
                measurement.wanted,
                measurement.place,
            ),
        )
    )
    said = measurement.measured, _say_model(material)
    charts = []
    if plan.curve is not None:
        names = " and ".join(map(in_words, plan.curve.names))
        band = (plan.curve.low, plan.curve.high)
        lines = (f"Curve of {names}", _say_band(measurement, band), *said)
        charts.append(draw_curves(plan.curve, lines, f"Curve of {names}. {words}."))
    if plan.bars is not None:
        heading = (_say_band(measurement, plan.bars.wanted_s), *said)
        charts.append(draw_bars(plan.bars, heading, f"Time bar. {words}."))
    return tuple(charts)


def _say_band(measurement: Measurement, band: tuple[float | None, float | None]) -> str:
    is_drawn = band != (None, None)
    return f"{measurement.wanted}{' (shaded)' if is_drawn else ''}"


def _say_model(material: EvidenceMaterial) -> str:
    """Say what the target model gives, or that there is none."""
    if material.model is None:
        return "No target model"
    plan = plan_evidence(
        material.indicator, material.movement, material.model.repetition
    )
    if plan is None:
        return f"Target model {material.model.name} does not give this"
    own = write_quantity(plan.value, material.measurement.unit)
    return f"Target model {material.model.name}: {own}"


def _find_place(plan: EvidencePlan) -> int | None:
    """Find the shot whose lines the reference shows; None = it draws nothing."""
    if plan.targets:
        return plan.targets[0].shot
    if plan.bars is not None:
        return None
    return next((idx for idx, shot in enumerate(plan.shots) if shot.quantities), None)


def _draw_model(material: EvidenceMaterial, place: int) -> Markup | None:
    if material.model is None:
        return None
    repetition = material.model.repetition
    plan = plan_evidence(material.indicator, material.movement, repetition)
    if plan is None or len(plan.shots) <= place:
        return None
    shot = plan.shots[place]
    angles = {
        name: signal.value_at(shot.time_s)
        for name, signal in repetition.signals.items()
    }
    figure = build_model_figure(
        angles,
        stature_px=_MODEL_STATURE_PX,
        forward_sign=material.scale.forward_sign,
    )
    scale = PictureScale(material.scale.forward_sign, _MODEL_STATURE_PX)
    ranges = _list_ranges(plan, place, figure.positions_px, scale, material)
    if not ranges:
        return None
    measurement = material.measurement
    own = write_quantity(plan.value, measurement.unit)
    trunk = "" if figure.is_trunk_known else ", trunk upright: not in the model"
    lines = (
        f"Target model {material.model.name}. {shot.title}",
        f"Model {own}. Athlete: {_start_small(measurement.measured)}",
        measurement.wanted,
        f"drawn from its angles; lengths of an average body{trunk}",
    )
    return _draw(figure.positions_px, _MODEL_STATURE_PX, ranges, lines, material)


def _draw_outline(material: EvidenceMaterial, place: int) -> Markup | None:
    shot = material.plan.shots[place]
    pose = find_pose_at(material.poses, material.clip_time_s(shot))
    if pose is None:
        return None
    ranges = _list_ranges(material.plan, place, pose, material.scale, material)
    if not ranges:
        return None
    measurement = material.measurement
    why = (
        f"Target model {material.model.name} does not give this; "
        if material.model
        else "No target model; "
    )
    is_judged = measurement.place != ""
    lines = (
        f"Reference. {shot.title}",
        measurement.measured,
        measurement.wanted,
        f"{why}{'target range drawn on' if is_judged else 'drawn is'} the athlete's "
        "outline",
    )
    return _draw(pose, material.scale.stature_px, ranges, lines, material)


def _draw(
    positions_px: FloatArray,
    stature_px: float,
    ranges: tuple[WantedRange, ...],
    lines: tuple[str, ...],
    material: EvidenceMaterial,
) -> Markup:
    words = f"{material.measurement.title}. {'. '.join(lines)}."
    return draw_reference_panel(
        ReferenceFigure(positions_px, stature_px, ranges, lines), words
    )


def _list_ranges(
    plan: EvidencePlan,
    place: int,
    positions_px: FloatArray,
    scale: PictureScale,
    material: EvidenceMaterial,
) -> tuple[WantedRange, ...]:
    """List the marks of one instant, each with its range if it has one."""
    shot = plan.shots[place]
    wanted = {part.quantity: part for part in plan.targets if part.shot == place}
    found = []
    for quantity, reading in zip(shot.quantities, shot.readings, strict=True):
        mark = _find_mark(quantity, positions_px, scale, reading)
        if mark is None:
            continue
        part = wanted.get(quantity)
        unit = _find_unit(material.measurement.unit)
        found.append(
            WantedRange(
                mark,
                part.low if part else None,
                part.high if part else None,
                unit,
                None if np.isnan(reading) else _write_reading(quantity, reading, unit),
            )
        )
    return tuple(found)


def _find_mark(
    quantity: str, positions_px: FloatArray, scale: PictureScale, reading: float
) -> Mark | None:
    if quantity == TRAVEL_DIRECTION:
        return find_direction_mark(positions_px, scale, reading)
    return find_mark(quantity, positions_px, scale)


def _find_unit(unit: str) -> str:
    """Find the unit of what is drawn; a rate's is that of its quantity."""
    rates: Mapping[str, str] = {"deg_s": "deg", "body_heights_s": "body_heights"}
    return rates.get(unit, unit)


def _write_readings(shot: Shot, material: EvidenceMaterial) -> list[str]:
    unit = _find_unit(material.measurement.unit)
    if unit not in ("deg", "body_heights", "m"):
        return []
    return [
        f"here {in_words(quantity)} {write_quantity(_round(reading, unit), unit)}"
        for quantity, reading in zip(shot.quantities, shot.readings, strict=True)
        if np.isfinite(reading)
    ]


def _write_reading(quantity: str, reading: float, unit: str) -> str:
    side = quantity.partition("_")[0]
    letter = {"left": "L ", "right": "R "}.get(side, "")
    reading = _round(reading, unit)
    # Distances without their unit, which the heading has: the label is beside a line.
    number = write_quantity(reading, "deg") if unit == "deg" else ""
    return f"{letter}{number or write_number(reading, unit)}"


def _start_small(words: str) -> str:
    return words[:1].lower() + words[1:]


def _round(reading: float, unit: str) -> float:
    """Round to the decimals of a unit: what vanishes there is 0, not a long number."""
    return round(reading, 0 if unit in ("deg", "deg_s", "pct") else 2) + 0.0
