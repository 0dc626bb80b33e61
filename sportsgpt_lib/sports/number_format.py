"""How numbers are written for people: in reports, on pages, in reasons.

A measured value is rounded to what its standard uncertainty can carry, everything else
to the decimals of its unit, so that one number reads the same wherever it stands. No
judgement is made here.
"""

import math

from sportsgpt_lib.language import Language

UNIT_WORDS = {
    "deg": "deg",
    "deg_s": "deg/s",
    "s": "s",
    "pct": "%",
    "body_heights": "body heights",
    "body_heights_s": "body heights/s",
    "ratio": "",
    "points": "points",
    "m": "m",
    "mps": "m/s",
    "px": "px",
    "repetitions": "repetitions",
}
CHINESE_UNIT_WORDS = {
    "deg": "度",
    "deg_s": "度/秒",
    "s": "秒",
    "pct": "%",
    "body_heights": "倍身高",
    "body_heights_s": "倍身高/秒",
    "ratio": "",
    "points": "分",
    "m": "米",
    "mps": "米/秒",
    "px": "像素",
    "repetitions": "次",
}
UNIT_WORDS_BY_LANGUAGE: dict[Language, dict[str, str]] = {
    "en": UNIT_WORDS,
    "zh": CHINESE_UNIT_WORDS,
}
_RANGE_WORDS: dict[Language, tuple[str, str, str, str]] = {
    "en": ("{low} to {high}", "at least {low}", "at most {high}", "no target"),
    "zh": ("{low} 至 {high}", "至少 {low}", "至多 {high}", "无目标值"),
}
_UNIT_DECIMALS = {"deg": 0, "deg_s": 0, "s": 2, "pct": 0, "points": 1, "repetitions": 0}
_OTHER_DECIMALS = 2
# The score's scale is ours: all scores keep one decimal, however sure they are.
_FIXED_UNITS = ("points",)
# An error that starts with a 1 keeps a second digit: rounded to one, it could be half
# as large again.
_ONE_DIGIT_FROM = 2.0
_MINUS = "\N{MINUS SIGN}"


def format_number(number: float, unit: str) -> str:
    """Write a number in the decimals of its unit, more where it would vanish.

    Examples
    --------
    >>> format_number(-4.0, "deg"), format_number(0.3, "deg")
    ('−4', '0.3')
    """
    decimals = _UNIT_DECIMALS.get(unit, _OTHER_DECIMALS)
    if number and round(abs(number), decimals) == 0:
        decimals = -math.floor(math.log10(abs(number)))
    return _write(number, decimals)


def format_value(value: float, unit: str, error: float | None = None) -> str:
    """Write a value and its standard uncertainty in as many decimals as that carries.

    Examples
    --------
    >>> format_value(83.649, "deg", 4.118), format_value(0.8317, "s", 0.0142)
    ('84 ± 4', '0.832 ± 0.014')

    Notes
    -----
    The error keeps its leading digit, two where that is a 1, and never less than whole
    units; the value ends in the same place.

    Source
    ------
    At most two digits of an uncertainty: JCGM 100:2008 (GUM), clause 7.2.6.
    """
    if error is None:
        return format_number(value, unit)
    if unit in _FIXED_UNITS or not error > 0.0:
        return f"{format_number(value, unit)} ± {format_number(error, unit)}"
    exponent = math.floor(math.log10(error))
    digits = 1 if error / 10.0**exponent >= _ONE_DIGIT_FROM else 2
    decimals = max(0, digits - 1 - exponent)
    return f"{_write(value, decimals)} ± {_write(error, decimals)}"


def format_quantity(
    value: float, unit: str, error: float | None = None, language: Language = "en"
) -> str:
    """Write a value, its error if it has one, and its unit.

    Examples
    --------
    >>> format_quantity(23.4, "deg", 7.1), format_quantity(23.4, "deg", 7.1, "zh")
    ('23 ± 7 deg', '23 ± 7 度')
    """
    words = UNIT_WORDS_BY_LANGUAGE[language].get(unit, unit)
    return f"{format_value(value, unit, error)} {words}".strip()


def format_range(
    low: float | None, high: float | None, unit: str, language: Language = "en"
) -> str:
    """Write a target range in words.

    Examples
    --------
    >>> format_range(20.0, 30.0, "deg"), format_range(None, 30.0, "deg", "zh")
    ('20 to 30 deg', '至多 30 度')
    """
    between, at_least, at_most, nothing = _RANGE_WORDS[language]
    if low is not None and high is not None:
        highest = format_quantity(high, unit, language=language)
        return between.format(low=format_number(low, unit), high=highest)
    if low is not None:
        return at_least.format(low=format_quantity(low, unit, language=language))
    if high is not None:
        return at_most.format(high=format_quantity(high, unit, language=language))
    return nothing


def _write(number: float, decimals: int) -> str:
    rounded = round(number, decimals) + 0.0  # + 0.0 turns -0 into 0
    return f"{rounded:.{decimals}f}".replace("-", _MINUS)
