"""Reads numbers that English writes in words: "thirty-five", "half a dozen", "a third".

Digits and Chinese are read in ``numbers.py`` and ``numbers_zh.py``.
"""

import re
from collections.abc import Iterator

from sportsgpt_lib.guidance.number_units import UNIT_OF, UNITS
from sportsgpt_lib.guidance.written_number import PART, Number

_ONES = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
}
_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_SIMPLE = {
    **_ONES,
    **_TENS,
    "zero": 0,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "thirteen": 13,
    "fourteen": 14,
    "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17,
    "eighteen": 18,
    "nineteen": 19,
}
_LARGE = {"dozen": 12, "hundred": 100, "thousand": 1000}
_DIGITS = {"zero": 0, "nought": 0, "one": 1, **_ONES}
_ADVERBS = {"once": 1, "twice": 2, "thrice": 3}
_ORDINALS = {
    "first": 1,
    "second": 2,
    "third": 3,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}
_HOW_OFTEN = r"repetitions?|reps?|trials?|attempts?|landings?|jumps?|strides?|throws?"
_TENS_ONES = rf"(?:{'|'.join(_TENS)})[\s-](?:one|{'|'.join(_ONES)})"
_BELOW_HUNDRED = rf"(?:{_TENS_ONES}|{'|'.join(_SIMPLE)})"
_WHOLE = (
    rf"(?:(?:(?:{_BELOW_HUNDRED}|one|half an?)\s+)?(?:{'|'.join(_LARGE)})"
    rf"(?:\s+(?:and\s+)?{_BELOW_HUNDRED})?|{_BELOW_HUNDRED})"
)
# "one" is left out unless it counts something: it is a pronoun as often as a number.
_WORD = re.compile(
    rf"\b(?:(?:a|one|(?P<parts>{'|'.join(_ONES)}))[\s-])?"
    rf"(?P<part>{'|'.join(_PARTS)})s?\b(?=\s+(?:of|the)\b)"
    rf"|\b(?P<whole>{_WHOLE}|one(?=\s+point\s))"
    rf"(?:\s+point\s+(?P<decimals>(?:{'|'.join(_DIGITS)})"
    rf"(?:\s+(?:{'|'.join(_DIGITS)}))*))?\b"
    rf"(?:[\s-]+(?P<unit>{UNITS})(?![a-z]))?"
    r"|\b(?P<couple>couple)(?=\s+of\b)"
    rf"|\b(?P<often>{'|'.join(_ADVERBS)})\b"
    r"|\b(?P<one>one)(?=\s+(?:(?:out )?of\s+(?:the\s+)?"
    rf"(?:\d|{'|'.join([*_SIMPLE, *_LARGE])})"
    r"|sets?\b|reps?\b|weeks?\b|seconds?\b|degrees?\b))"
    rf"|\b(?P<nth>{'|'.join(_ORDINALS)})(?=\s+(?:{_HOW_OFTEN})\b)",
    re.IGNORECASE,
)


def find_word_numbers(text: str) -> Iterator[Number]:
    """Find the numbers of a text, as ``normalise_text`` gives it, that are words."""
    for match in _WORD.finditer(text):
        yield _parse(match)


def _parse(match: re.Match[str]) -> Number:
    groups = {name: found.lower() for name, found in match.groupdict().items() if found}
    unit = UNIT_OF[groups["unit"]] if "unit" in groups else None
    decimals = 0
    if "part" in groups:
        value = _ONES.get(groups.get("parts", ""), 1) / _PARTS[groups["part"]]
        unit = PART
    elif "whole" in groups:
        value = _read_whole(groups["whole"])
        digits = [str(_DIGITS[word]) for word in groups.get("decimals", "").split()]
        decimals = len(digits)
        value += float(f"0.{''.join(digits)}") if digits else 0.0
    elif "often" in groups:
        value, unit = _ADVERBS[groups["often"]], "times"
    elif "nth" in groups:
        value = _ORDINALS[groups["nth"]]
    else:
        value = 2 if "couple" in groups else 1
    return Number(
        float(value),
        decimals,
        unit,
        match.group(),
        match.start(),
        match.end(),
        "nth" in groups,
    )


def _read_whole(words: str) -> float:
    """Read "two hundred and five": what stands before a large one multiplies it."""
    value, factor = 0.0, 0.0
    for word in re.split(r"[\s-]+", words):
        if word in _LARGE:
            value, factor = (factor or 1.0) * _LARGE[word], 0.0
        elif word == "half":
            factor = 1 / 2
        else:
            factor += {**_SIMPLE, "one": 1}.get(word, 0)
    return value + factor
