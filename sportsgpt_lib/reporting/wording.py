"""How numbers, days and names are written on pages and pictures.

Rounding comes from ``sports/number_format.py``, so that a page and a sentence show the
same number; only the unit signs are the page's own.
"""

from datetime import date

from sportsgpt_lib.sports.number_format import (
    UNIT_WORDS,
    format_number,
    format_value,
)

_HASH_DIGITS = 12
_SMALLEST_SHARE = 0.005
_SIGNS = {"deg": "°", "pct": " %"}
DIMENSION_TITLES = {
    "head_eyes": "Head and eyes",
    "torso_core": "Torso and core",
    "arms_elbows": "Arms and elbows",
    "wrists_hands": "Wrists and hands",
    "legs_knees": "Legs and knees",
    "feet_heels": "Feet and heels",
    "human_object": "Human and object",
}
"""The seven dimensions of TechCoach (arXiv 2411.17130), as coaches read them."""


def write_quantity(value: float, unit: str, error: float | None = None) -> str:
    """Write a value with its error and unit sign.

    Examples
    --------
    >>> write_quantity(48.21, "deg", 2.06)
    '48 ± 2°'
    """
    return f"{format_value(value, unit, error)}{write_unit(unit)}"


def write_number(value: float, unit: str) -> str:
    """Write a value without its unit, with a true minus sign."""
    return format_number(value, unit)


def write_target(low: float | None, high: float | None, unit: str) -> str:
    """Write a target range; a dash where there is none.

    Examples
    --------
    >>> write_target(15.0, None, "deg")
    'at least 15°'
    """
    if low is not None and high is not None:
        return f"{write_number(low, unit)} to {write_quantity(high, unit)}"
    if low is not None:
        return f"at least {write_quantity(low, unit)}"
    if high is not None:
        return f"at most {write_quantity(high, unit)}"
    return "–"


def write_percent(ratio: float) -> str:
    """Write a share in whole per cent; a small share is not rounded to nothing."""
    if 0 < ratio < _SMALLEST_SHARE:
        return "under 1 %"
    return f"{ratio:.0%}".replace("%", " %")


def write_day(day: date) -> str:
    """Write a calendar day, such as 5 January 2026."""
    return f"{day.day} {day:%B %Y}"


def write_name(name: str) -> str:
    """Write a name of a movement folder as words; the first letter large."""
    words = name.replace("_", " ")
    return words[:1].upper() + words[1:]


def shorten_hash(digest: str | None) -> str:
    """Keep the first digits of a hash; a dash where there is none."""
    return digest[:_HASH_DIGITS] if digest else "–"


def write_unit(unit: str) -> str:
    """Write a unit as it follows a number: its sign, or its words after a space."""
    if unit in _SIGNS:
        return _SIGNS[unit]
    words = UNIT_WORDS.get(unit, unit)
    return f" {words}" if words else ""
