"""The reference beside an athlete's keyframe, and the charts behind a number.

The reference is a target model's figure where there is one that carries what was
measured, otherwise the athlete's own outline with the target range; it says which.
Frames of the clip are drawn in ``pictures.py``, words are in ``evidence_words.py``.
"""

import numpy as np
from markupsafe import Markup

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.reporting.distance_marks import Mark, PictureScale, find_mark
from sportsgpt_lib.reporting.evidence_chart import draw_bars, draw_curves
from sportsgpt_lib.reporting.evidence_desk import in_words
from sportsgpt_lib.reporting.evidence_material import EvidenceMaterial, Measurement
from sportsgpt_lib.reporting.evidence_plan import plan_evidence
from sportsgpt_lib.reporting.evidence_shots import TRAVEL_DIRECTION, EvidencePlan
from sportsgpt_lib.reporting.evidence_words import find_drawn_unit, write_reading
from sportsgpt_lib.reporting.model_figure import build_model_figure
from sportsgpt_lib.reporting.pictures import find_direction_mark
from sportsgpt_lib.reporting.reference_panel import (
    ReferenceFigure,
    WantedRange,
    draw_reference_panel,
)
from sportsgpt_lib.reporting.scene import find_pose_at
from sportsgpt_lib.reporting.wording import write_quantity

_MODEL_STATURE_PX = 400.0


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
        unit = find_drawn_unit(material.measurement.unit)
        found.append(
            WantedRange(
                mark,
                part.low if part else None,
                part.high if part else None,
                unit,
                None if np.isnan(reading) else write_reading(quantity, reading, unit),
            )
        )
    return tuple(found)


def _find_mark(
    quantity: str, positions_px: FloatArray, scale: PictureScale, reading: float
) -> Mark | None:
    if quantity == TRAVEL_DIRECTION:
        return find_direction_mark(positions_px, scale, reading)
    return find_mark(quantity, positions_px, scale)


def _start_small(words: str) -> str:
    return words[:1].lower() + words[1:]
