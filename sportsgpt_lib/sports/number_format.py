"""Numbers and ranges as a reader wants them: rounded to their unit, never finer.

No judgement is made here.
"""

_DECIMALS = {"deg": 0, "s": 2, "pct": 0, "body_heights": 2, "ratio": 2}
_UNIT_WORDS = {
    "deg": "deg",
    "s": "s",
    "pct": "%",
    "body_heights": "body heights",
    "ratio": "",
}


def format_number(number: float, unit: str) -> str:
    """Round a number to what its unit can carry."""
    rounded = round(number, _DECIMALS[unit])
    return f"{rounded + 0.0:.{_DECIMALS[unit]}f}"  # + 0.0 turns -0 into 0


def format_quantity(number: float, unit: str) -> str:
    """Write a number with its unit."""
    return f"{format_number(number, unit)} {_UNIT_WORDS[unit]}".strip()


def format_measurement(value: float, error: float, unit: str) -> str:
    """Write a value with its standard uncertainty and unit, such as ``23 ± 7 deg``."""
    both = f"{format_number(value, unit)} ± {format_number(error, unit)}"
    return f"{both} {_UNIT_WORDS[unit]}".strip()


def format_range(low: float | None, high: float | None, unit: str) -> str:
    """Write a target range in words."""
    if low is None and high is None:
        return "no target"
    if low is None:
        return f"at most {format_quantity(high or 0.0, unit)}"
    if high is None:
        return f"at least {format_quantity(low, unit)}"
    return f"{format_number(low, unit)} to {format_quantity(high, unit)}"
