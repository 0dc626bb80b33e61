"""How measures of quality and their limits are written, so that they never look equal.

What is measured, and where the limits lie, is in ``quality.py``.
"""

from collections.abc import Sequence

_PER_CENT = 100
# More tell no two numbers apart that double precision does not.
_MOST_DECIMALS = 17


def write_apart(
    value: float, limits: Sequence[float], *, is_share: bool, decimals: int
) -> str:
    """Write a measured value with as many decimals as tell it from its limits.

    Parameters
    ----------
    value
        The value.
    limits
        Numbers that it must not look like, unless it is one of them.
    is_share
        Whether it is written as per cent.
    decimals
        How many decimals are enough where it is far from every limit.

    Examples
    --------
    >>> write_apart(0.0530, [0.05, 0.35], is_share=True, decimals=0)
    '5.3%'
    """
    factor, sign = (_PER_CENT, "%") if is_share else (1, "")
    others = [factor * limit for limit in limits if limit != value]
    text = ""
    for count in range(decimals, _MOST_DECIMALS + 1):
        text = f"{factor * value:.{count}f}"
        if text not in [f"{other:.{count}f}" for other in others]:
            break
    return text + sign


def write_limit(limit: float, *, is_share: bool) -> str:
    """Write a limit as it was chosen, without needless decimals.

    Examples
    --------
    >>> write_limit(0.05, is_share=True)
    '5%'
    """
    return f"{_PER_CENT * limit:g}%" if is_share else f"{limit:g}"
