"""Finds the numbers in a sentence, with their units, so that each can be accounted for.

Digits and number words are read alike. Whether a number is grounded is decided in
``verifier.py``.
"""

import re
from dataclasses import dataclass

# The units and counted things that guidance speaks of, by their spellings.
_UNIT_SPELLINGS = {
    "deg": ("degrees", "degree", "deg", "°"),
    "deg_s": ("degrees per second", "deg/s", "°/s"),
    "s": ("seconds", "second", "sec", "s"),
    "min": ("minutes", "minute", "min"),
    "h": ("hours", "hour", "h"),
    "pct": ("per cent", "percent", "%"),
    "body_heights": ("body heights", "body height"),
    "body_heights_s": ("body heights per second", "body heights/s"),
    "points": ("points", "point"),
    "cm": ("centimetres", "cm"),
    "mm": ("millimetres", "mm"),
    "m": ("metres", "metre", "m"),
    "mps": ("metres per second", "m/s"),
    "kg": ("kilograms", "kg"),
    "px": ("pixels", "px"),
    "repetitions": ("repetitions", "repetition", "reps", "rep"),
    "sets": ("sets", "set"),
    "sessions": ("sessions", "session"),
    "weeks": ("weeks", "week"),
    "days": ("days", "day"),
    "steps": ("steps", "step"),
}
_UNIT_OF = {
    spelling: unit
    for unit, spellings in _UNIT_SPELLINGS.items()
    for spelling in spellings
}
# "one" is left out: it is a pronoun as often as a number.
_NUMBER_WORDS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "sixty": 60,
    "ninety": 90,
    "hundred": 100,
}
_UNITS = "|".join(re.escape(name) for name in sorted(_UNIT_OF, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?<![\w.])(?P<digits>[-−]?\d+(?:[.,]\d+)?)"
    rf"(?:\s*(?P<unit>{_UNITS})(?![a-z]))?",
    re.IGNORECASE,
)
_WORD = re.compile(
    rf"\b(?P<word>{'|'.join(_NUMBER_WORDS)})\b(?:\s+(?P<unit>{_UNITS})(?![a-z]))?",
    re.IGNORECASE,
)
# Between two numbers that share the unit of the second: "48.2 ± 2.1 deg".
_SHARED_UNIT = re.compile(r"\s*(±|to|and|or|of|–|-)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Number:
    """One number of a text; ``unit`` None = none was written beside it."""

    value: float
    decimals: int
    unit: str | None
    text: str


def find_numbers(text: str) -> tuple[Number, ...]:
    """Find the numbers of a text, in order."""
    matches = [*_NUMBER.finditer(text), *_WORD.finditer(text)]
    matches.sort(key=lambda match: match.start())
    numbers = [_parse_number(match) for match in matches]
    for index in range(len(matches) - 2, -1, -1):
        between = text[matches[index].end() : matches[index + 1].start()]
        if numbers[index].unit is None and _SHARED_UNIT.fullmatch(between):
            first = numbers[index]
            numbers[index] = Number(
                first.value, first.decimals, numbers[index + 1].unit, first.text
            )
    return tuple(numbers)


def _parse_number(match: re.Match[str]) -> Number:
    groups = match.groupdict()
    unit = _UNIT_OF[groups["unit"].lower()] if groups["unit"] else None
    if groups.get("word"):
        return Number(_NUMBER_WORDS[groups["word"].lower()], 0, unit, match.group())
    digits = groups["digits"].replace("−", "-").replace(",", ".")
    decimals = len(digits.partition(".")[2])
    return Number(float(digits), decimals, unit, match.group())
