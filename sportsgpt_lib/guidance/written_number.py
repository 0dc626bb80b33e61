"""A number as it is written in a text."""

from dataclasses import dataclass

PART = "part"
"""Unit of a share that is written as a fraction: "half of", "a third of"."""


@dataclass(frozen=True)
class Number:
    """One number of a text; ``unit`` None = none was written beside it.

    ``start`` and ``end`` enclose it and its unit in the text as ``normalise_text``
    gives it. ``is_ordinal``: it says which one, not how many.
    """

    value: float
    decimals: int
    unit: str | None
    text: str
    start: int = -1
    end: int = -1
    is_ordinal: bool = False
