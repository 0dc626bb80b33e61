"""Reads numbers that Chinese writes in characters: 二十五, 一百二十, 三分之一, 一半.

Digits and English words are read in ``numbers.py`` and ``number_words.py``.
"""

import re
from collections.abc import Iterator

from sportsgpt_lib.guidance.number_units import UNIT_OF, UNITS
from sportsgpt_lib.guidance.written_number import PART, Number

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_LARGE = {"十": 10, "百": 100, "千": 1000}
# Longer than any number that is written in characters; longer runs cost too much time.
_LONGEST = 9
_DIGIT = f"[{''.join(_DIGITS)}]"
_WHOLE = f"[{''.join([*_DIGITS, *_LARGE])}]{{1,{_LONGEST}}}"
_NUMBER = rf"(?:{_WHOLE}(?:点{_DIGIT}{{1,4}})?|\d+(?:\.\d+)?)"
_COUNTED = "个|名|条|倍|点|处|种|位|只|段|趟|跳|回|遍"
_WITH_UNIT = re.compile(
    rf"(?P<nth>第)?(?P<minus>(?<!正)负)?(?P<number>{_WHOLE}(?:点{_DIGIT}{{1,4}})?)"
    rf"(?:个)?(?:(?P<unit>{UNITS})|(?={_COUNTED}))"
)
_SHARE = re.compile(
    rf"(?P<whole>{_WHOLE})分之(?P<number>{_NUMBER})|(?P<tenths>{_DIGIT})成(?=的|左右|以[上下]|[,。;]|$)"
)
_UNITS_OF_HALF = "次|度|秒|米|组|周|天|分钟|小时"
_HALF = re.compile(rf"一半|半数|半(?=个?(?:{_UNITS_OF_HALF}))|(?<=[次度秒米组周天])半")
# 一 alone is an article as often as a number.
_ONE_COUNTS = frozenset({"组", "周", "天", "分钟", "秒", "小时", "度"})
_PERCENT = "百"
_TENTH_PCT = 10


def find_chinese_numbers(text: str) -> Iterator[Number]:
    """Find the numbers of a text, as ``normalise_text`` gives it, in characters.

    Shares come first; a caller leaves out what lies inside one.
    """
    for match in _SHARE.finditer(text):
        yield _parse_share(match)
    for match in _HALF.finditer(text):
        yield Number(0.5, 0, PART, match.group(), match.start(), match.end())
    for match in _WITH_UNIT.finditer(text):
        if not _is_idiom(match):
            yield _parse_counted(match, text)


def _is_idiom(match: re.Match[str]) -> bool:
    number, unit = match["number"], match["unit"]
    if number == "一":
        return match["nth"] is None and unit not in _ONE_COUNTS
    # 十分 is "very".
    return number == "十" and unit == "分"


def _parse_share(match: re.Match[str]) -> Number:
    if match["tenths"]:
        value, unit = _TENTH_PCT * _read(match["tenths"]), "pct"
    elif match["whole"] == _PERCENT:
        value, unit = _read(match["number"]), "pct"
    else:
        value, unit = _read(match["number"]) / (_read(match["whole"]) or 1.0), PART
    decimals = len(re.split("[.点]", match["number"] or "")[-1])
    has_decimals = "." in match.group() or "点" in match.group()
    return Number(
        value,
        decimals if has_decimals else 0,
        unit,
        match.group(),
        match.start(),
        match.end(),
    )


def _parse_counted(match: re.Match[str], text: str) -> Number:
    nth = match["nth"] is not None or text[: match.start()].endswith("第")
    value = _read(match["number"])
    return Number(
        -value if match["minus"] else value,
        len(match["number"].partition("点")[2]),
        UNIT_OF[match["unit"]] if match["unit"] else None,
        match.group(),
        match.start(),
        match.end(),
        is_ordinal=nth,
    )


def _read(word: str) -> float:
    """Read 一百二十五 or 十二点五; digits are read as they are."""
    if word[0].isdigit():
        return float(word)
    whole, _, decimals = word.partition("点")
    value, digits = 0.0, 0.0
    for letter in whole:
        if letter in _LARGE:
            value, digits = value + (digits or 1.0) * _LARGE[letter], 0.0
        else:
            digits = 10 * digits + _DIGITS[letter]
    fraction = "".join(str(_DIGITS[letter]) for letter in decimals)
    return value + digits + (float(f"0.{fraction}") if fraction else 0.0)
