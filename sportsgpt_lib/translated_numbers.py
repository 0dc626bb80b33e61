"""Whether two texts, English and Chinese, say the same numbers.

Numbers in digits are compared; each may be written in words in the other text. Number
words alone are not compared: English "one" and Chinese 一 are mostly no numbers.
"""

import re
import unicodedata
from collections import Counter

_DIGITS = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_HAN_NUMBER = re.compile("[零〇一二两三四五六七八九十百千]+")
_HAN_DIGITS = dict(
    zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, *range(3, 10)), strict=True)
)
_HAN_TENS = {"十": 10, "百": 100, "千": 1000}
_ENGLISH_WORD = re.compile(r"[a-z]+")
_ENGLISH_NUMBERS = {
    word: number
    for number, word in enumerate(
        (
            *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight"),
            *("nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen"),
            *("sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
        )
    )
} | {"once": 1, "twice": 2, "thirty": 30, "forty": 40, "fifty": 50, "hundred": 100}


def find_number_differences(english: str, chinese: str) -> list[str]:
    """Find the numbers that only one of two texts says; empty where there are none.

    Examples
    --------
    >>> find_number_differences("8 to 12 in two weeks", "两周内 8 至 12 次")
    []
    >>> find_number_differences("3 sets", "4 组")
    ['3 is only in the English text', '4 is only in the Chinese text']
    """
    in_english, in_chinese = _count_digits(english), _count_digits(chinese)
    words = _ENGLISH_WORD.findall(english.lower())
    english_words = Counter(
        float(_ENGLISH_NUMBERS[word]) for word in words if word in _ENGLISH_NUMBERS
    )
    chinese_words = Counter(map(_read_han_number, _HAN_NUMBER.findall(chinese)))
    only_english = in_english - in_chinese - chinese_words
    only_chinese = in_chinese - in_english - english_words
    return [
        *(f"{number:g} is only in the English text" for number in only_english),
        *(f"{number:g} is only in the Chinese text" for number in only_chinese),
    ]


def _count_digits(text: str) -> Counter[float]:
    plain = unicodedata.normalize("NFKC", text)
    return Counter(float(found.replace(",", "")) for found in _DIGITS.findall(plain))


def _read_han_number(text: str) -> float:
    """Read a number such as 十二 or 二十; digits beside each other are one by one."""
    total = digit = 0
    for character in text:
        if character in _HAN_TENS:
            total += max(digit, 1) * _HAN_TENS[character]
            digit = 0
        else:
            digit = _HAN_DIGITS[character]
    return float(total + digit)
