"""What a picture of an indicator consists of: instants, ranges, curves, time bars.

Data only. Choosing is in ``evidence_plan.py``; drawing is in ``pictures.py``,
``reference_panel.py`` and ``evidence_chart.py``.
"""

import math
from dataclasses import dataclass

from sportsgpt_lib.kismam.signals import Signal

TRAVEL_DIRECTION = "travel_direction"
"""Stands for a quantity: the way the centre of mass goes, from level upwards."""


@dataclass(frozen=True)
class Shot:
    """One instant to be shown, in seconds of the movement.

    ``quantities`` are drawn on it; ``readings`` are their values at that very instant,
    NaN = not seen.
    """

    time_s: float
    title: str
    quantities: tuple[str, ...] = ()
    readings: tuple[float, ...] = ()


@dataclass(frozen=True)
class TargetRange:
    """Where a drawn quantity should lie on a shot, in its own unit; None = no end."""

    shot: int
    quantity: str
    low: float | None
    high: float | None


@dataclass(frozen=True)
class CurvePlan:
    """Curves over time with the instants that made the number.

    Times count from ``origin_s``, which ``origin`` names. ``low`` and ``high`` are the
    target in the curves' unit; None = no end, both None = the target is no level of
    these curves.
    """

    unit: str
    names: tuple[str, ...]
    signals: tuple[Signal, ...]
    instants: tuple[tuple[float, str], ...]
    origin_s: float
    origin: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class BarPlan:
    """Stretches of time, one a row, from ``start_s`` to ``end_s`` of the movement.

    ``origin`` names the earliest start. ``wanted_s`` is where the last row should end;
    None = no limit, or no target.
    """

    rows: tuple[tuple[str, tuple[tuple[float, float], ...]], ...]
    origin: str
    wanted_s: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True)
class EvidencePlan:
    """All that a picture of one indicator of one repetition shows.

    ``note`` says what the instants stand for where that is not plain. ``value`` is the
    indicator by its rule, in its unit.
    """

    shots: tuple[Shot, ...]
    targets: tuple[TargetRange, ...] = ()
    curve: CurvePlan | None = None
    bars: BarPlan | None = None
    note: str | None = None
    value: float = math.nan
