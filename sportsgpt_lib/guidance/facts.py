"""Turns rows of the training tables into facts: the numbers a report may speak of.

How a number is written is decided in ``sportsgpt_lib/sports/number_format.py``. No
sentence is made here.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sportsgpt_lib.guidance.report import Fact, Picture
from sportsgpt_lib.kismam.change import CONFIDENCE_Z
from sportsgpt_lib.sports.number_format import format_range

# Two sessions carry two errors, hence the root of 2. Weir
# (2005), J Strength Cond Res 19(1):231-240, doi 10.1519/15184.1.
_DETECTABLE_CHANGE_FACTOR = CONFIDENCE_Z * math.sqrt(2.0)

_HIGHEST_SCORE = 10

Row = Mapping[str, Any]
Side = Literal["left", "right"]


def build_metric_fact(name: str, row: Row, side: Side | None) -> Fact:
    """Build the fact of one row of ``kismam_metrics``."""
    value, error = row["value"], row["error"]
    low, high = row["target_low"], row["target_high"]
    picture = None
    if row["keyframe_time_s"] is not None:
        picture = Picture(
            recording_id=row["recording_id"],
            repetition_idx=row["repetition_idx"],
            indicator=row["indicator"],
            time_s=row["keyframe_time_s"],
        )
    return Fact(
        id=name,
        kind="metric",
        label=row["indicator_name"],
        unit=row["unit"],
        value=value,
        error=error,
        target_low=low,
        target_high=high,
        detectable_change=None if error is None else error * _DETECTABLE_CHANGE_FACTOR,
        wanted_change=None
        if value is None
        else _compute_wanted_change(value, low, high),
        validity=row["validity"],
        reason=row["reason"],
        movement=row["movement"],
        recording_id=row["recording_id"],
        repetition_no=row["repetition_idx"] + 1,
        side=side,
        indicator=row["indicator"],
        picture=picture,
    )


def build_count_fact(
    name: str,
    label: str,
    movement: str,
    *,
    value: int,
    total: int,
    issue: str | None = None,
) -> Fact:
    """Build the fact that ``value`` of ``total`` repetitions show something."""
    return Fact(
        id=name,
        kind="count",
        label=label,
        unit="repetitions",
        value=float(value),
        total=total,
        movement=movement,
        issue=issue,
    )


def build_score_fact(name: str, row: Row, side: Side | None) -> Fact:
    """Build the fact of one row of ``technique_scores``."""
    return Fact(
        id=name,
        kind="score",
        label="Technique score",
        unit="points",
        value=row["score_points"],
        error=row["score_error_points"],
        total=_HIGHEST_SCORE,
        movement=row["movement"],
        recording_id=row["recording_id"],
        repetition_no=row["repetition_idx"] + 1,
        side=side,
    )


def describe_target(fact: Fact) -> str:
    """Write a fact's target range; empty where it has none."""
    if fact.target_low is None and fact.target_high is None:
        return ""
    return format_range(fact.target_low, fact.target_high, fact.unit)


def find_middle(rows: Sequence[Row], column: str) -> Row:
    """Find the row with the lower median of a column: a number that was measured."""
    ordered = sorted(
        rows, key=lambda row: (row[column], row["recording_id"], row["repetition_idx"])
    )
    return ordered[(len(ordered) - 1) // 2]


def _compute_wanted_change(
    value: float, low: float | None, high: float | None
) -> float | None:
    if low is None and high is None:
        return None
    if low is not None and value < low:
        return low - value
    if high is not None and value > high:
        return value - high
    return 0.0
