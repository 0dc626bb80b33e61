"""What is written above, beside and instead of the pictures of one indicator.

Unit signs come from ``wording.py``; pictures are in ``evidence_figures.py``.
"""

from collections.abc import Mapping

import numpy as np

from sportsgpt_lib.reporting.evidence_desk import in_words
from sportsgpt_lib.reporting.evidence_material import EvidenceMaterial
from sportsgpt_lib.reporting.evidence_shots import Shot
from sportsgpt_lib.reporting.wording import write_number, write_quantity


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


def find_drawn_unit(unit: str) -> str:
    """Find the unit of what is drawn; a rate's is that of its quantity."""
    rates: Mapping[str, str] = {"deg_s": "deg", "body_heights_s": "body_heights"}
    return rates.get(unit, unit)


def write_reading(quantity: str, reading: float, unit: str) -> str:
    """Write what one mark shows, with the letter of its side."""
    side = quantity.partition("_")[0]
    letter = {"left": "L ", "right": "R "}.get(side, "")
    reading = _round(reading, unit)
    # Distances without their unit, which the heading has: the label is beside a line.
    number = write_quantity(reading, "deg") if unit == "deg" else ""
    return f"{letter}{number or write_number(reading, unit)}"


def _write_readings(shot: Shot, material: EvidenceMaterial) -> list[str]:
    unit = find_drawn_unit(material.measurement.unit)
    if unit not in ("deg", "body_heights", "m"):
        return []
    return [
        f"here {in_words(quantity)} {write_quantity(_round(reading, unit), unit)}"
        for quantity, reading in zip(shot.quantities, shot.readings, strict=True)
        if np.isfinite(reading)
    ]


def _round(reading: float, unit: str) -> float:
    """Round to the decimals of a unit: what vanishes there is 0, not a long number."""
    return round(reading, 0 if unit in ("deg", "deg_s", "pct") else 2) + 0.0
