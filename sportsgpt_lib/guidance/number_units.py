"""The units and counted things that guidance speaks of, by their spellings.

Both languages; what stands before them is read in ``numbers.py``.
"""

import re

_UNIT_SPELLINGS = {
    "deg": ("degrees", "degree", "degs", "deg", "°", "度"),
    "deg_s": (
        *("degrees per second", "degrees a second", "degrees/s", "deg/s", "deg per s"),
        *("°/s", "度/秒", "度每秒"),
    ),
    "s": ("seconds", "second", "secs", "sec", "s", "秒钟", "秒"),
    "ms": ("milliseconds", "millisecond", "ms", "毫秒"),
    "min": ("minutes", "minute", "min", "分钟"),
    "h": ("hours", "hour", "h", "小时"),
    "pct": ("per cent", "percent", "%"),
    "body_heights": ("body heights", "body height", "倍身高", "个身高", "身高"),
    "body_heights_s": (
        *("body heights per second", "body heights a second", "body heights/s"),
        *("倍身高/秒", "个身高/秒", "身高/秒"),
    ),
    "points": ("points", "point", "分"),
    "cm": ("centimetres", "centimetre", "centimeters", "cm", "厘米", "公分"),
    "mm": ("millimetres", "millimeters", "mm", "毫米"),
    "m": ("metres", "metre", "meters", "meter", "m", "米"),
    "km": ("kilometres", "kilometers", "km", "公里", "千米"),
    "mps": (
        "metres per second",
        "meters per second",
        "metres a second",
        "m/s",
        "米/秒",
    ),
    "kg": ("kilograms", "kg", "公斤", "千克"),
    "g": ("grams", "gram", "g", "克"),
    "px": ("pixels", "px", "像素"),
    "hz": ("hertz", "hz", "赫兹"),
    "rad": ("radians", "radian", "rad", "弧度"),
    "repetitions": ("repetitions", "repetition", "reps", "rep", "次重复"),
    "times": ("times", "次"),
    "sets": ("sets", "set", "组"),
    "sessions": ("sessions", "session", "次训练课", "次训练"),
    "weeks": ("weeks", "week", "周", "星期"),
    "days": ("days", "day", "天"),
    "months": ("months", "month", "个月"),
    "years": ("years", "year", "岁", "年"),
    "steps": ("steps", "step", "步"),
}
UNIT_OF = {
    spelling: unit
    for unit, spellings in _UNIT_SPELLINGS.items()
    for spelling in spellings
}
UNITS = "|".join(re.escape(name) for name in sorted(UNIT_OF, key=len, reverse=True))
"""Pattern of any spelling, the longest first."""
