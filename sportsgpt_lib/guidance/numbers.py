"""Finds the numbers in a sentence, with their units, so that each can be accounted for.

Digits are read here, words in ``number_words.py`` and ``numbers_zh.py``. Whether a
number is grounded is decided in ``verification/grounding.py``.
"""

import functools
import re
import unicodedata
from dataclasses import replace

from sportsgpt_lib.guidance.number_units import UNIT_OF, UNITS
from sportsgpt_lib.guidance.number_words import find_word_numbers
from sportsgpt_lib.guidance.numbers_zh import find_chinese_numbers
from sportsgpt_lib.guidance.written_number import Number

__all__ = ["Number", "find_numbers", "normalise_text"]

_UNIT = rf"(?P<unit>{UNITS})(?![a-z²])"
_NUMBER = re.compile(
    r"(?:(?<![A-Za-z0-9_.])|(?<=\dx)|(?<=\sx))"
    r"(?P<digits>[-−‐–]?(?:\d{1,3}(?: \d{3})+(?!\d)|\d+(?:[.,]\d+)*|\.\d+)"
    r"(?:e[+-]?\d+)?)(?P<ordinal>[snrt][tdh]\b)?"
    rf"(?:[\s-]*{_UNIT})?",
    re.IGNORECASE,
)
_MINUS_BEFORE = re.compile(r"(?:\bnegative|(?<!or )\bminus|(?<!正)负)\s*$", re.I)
# Between two numbers that share the unit of the second: "48.2 ± 2.1 deg".
_SHARED_UNIT = re.compile(
    r"\s*\(?(±|\+/-|to|and|or|of|out of|plus or minus|give or take|–|-|~|"
    r"至|到|、|和|或|"
    r"正负|of the)\s*",
    re.IGNORECASE,
)
_ORDINAL_BEFORE = re.compile(
    r"(?:\b(?:repetitions?|reps?|trials?|attempts?|no\.?|number|weeks?|days?|steps?)"
    r"\s*#?|#|第)\s*$",
    re.IGNORECASE,
)
# Longer than any of the words before a number, spaces included.
_REACH = 24
_FRACTION = re.compile(r"(\d*)([\u00bc-\u00be\u2150-\u215e])")
_DEGREE_SIGNS = str.maketrans({"\u00ba": "°", "\u02da": "°"})


@functools.lru_cache(maxsize=4096)
def normalise_text(text: str) -> str:
    """Write full-width digits, signs, brackets and fractions as plain ones."""
    if text.isascii():
        return text
    plain = _FRACTION.sub(_write_fraction, text.translate(_DEGREE_SIGNS))
    return unicodedata.normalize("NFKC", plain)


@functools.lru_cache(maxsize=8192)
def find_numbers(text: str) -> tuple[Number, ...]:
    """Find the numbers of a text, in order."""
    text = normalise_text(text)
    found = [_parse_digits(match, text) for match in _NUMBER.finditer(text)]
    if not text.isascii():
        found = _add_chinese(found, text)
    found += [_turn(number, text) for number in find_word_numbers(text)]
    found.sort(key=lambda number: number.start)
    for index in range(len(found) - 2, -1, -1):
        first, second = found[index], found[index + 1]
        between = text[first.end : second.start]
        if first.unit is None and _SHARED_UNIT.fullmatch(between):
            found[index] = replace(first, unit=second.unit)
    return tuple(found)


def _write_fraction(match: re.Match[str]) -> str:
    return f"{float(match[1] or 0) + unicodedata.numeric(match[2]):g}"


def _add_chinese(found: list[Number], text: str) -> list[Number]:
    """Add what is written in characters; a share's own parts are no numbers."""
    kept = [*find_chinese_numbers(text), *found]
    shares = [number for number in kept if "分之" in number.text]
    return [
        number
        for number in kept
        if number in shares
        or not any(one.start <= number.start < one.end for one in shares)
    ]


def _turn(number: Number, text: str) -> Number:
    """Turn a number round before which "minus" is written."""
    is_minus = _stands_before(_MINUS_BEFORE, text, number.start)
    return replace(number, value=-number.value) if is_minus else number


def _stands_before(pattern: re.Pattern[str], text: str, place: int) -> bool:
    return pattern.search(text, max(0, place - _REACH), place) is not None


def _parse_digits(match: re.Match[str], text: str) -> Number:
    digits = re.sub("[−‐–]", "-", match["digits"]).replace(" ", "")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        digits = digits.replace(",", "")
    digits = digits.replace(",", ".")
    if digits.count(".") > 1:
        digits = digits.replace(".", "")
    is_ordinal = bool(
        match["ordinal"] or _stands_before(_ORDINAL_BEFORE, text, match.start())
    )
    number = Number(
        float(digits),
        len(digits.lower().partition("e")[0].partition(".")[2]),
        UNIT_OF[match["unit"].lower()] if match["unit"] else None,
        match.group().strip(),
        match.start(),
        match.end(),
        is_ordinal,
    )
    return _turn(number, text)
