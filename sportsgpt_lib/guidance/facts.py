"""Turns rows of the training tables into facts: the numbers a report may speak of.

How numbers and ranges are written is decided in ``wording.py``. No sentence is made
here.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from sportsgpt_lib.guidance.report import Fact, Picture

_HIGHEST_SCORE = 10
_FULL_PCT = 100.0

Row = Mapping[str, Any]
Side = Literal["left", "right"]
Share = tuple[float, float]


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
        wanted_change=None
        if value is None
        else _compute_wanted_change(value, low, high),
        margin=None if value is None else _compute_margin(value, low, high),
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
    indicator: str | None = None,
    side: Side | None = None,
    share: Share | None = None,
) -> Fact:
    """Build the fact that ``value`` of ``total`` repetitions show something.

    ``share`` holds the ends of the interval of the share of repetitions, 0 to 1.
    """
    low, high = share or (None, None)
    return Fact(
        id=name,
        kind="count",
        label=label,
        unit="repetitions",
        value=float(value),
        total=total,
        share_low_pct=None if low is None else _FULL_PCT * low,
        share_high_pct=None if high is None else _FULL_PCT * high,
        movement=movement,
        issue=issue,
        indicator=indicator,
        side=side,
    )


def build_median_fact(name: str, row: Row) -> Fact:
    """Build the fact of an indicator's median over a session's repetitions.

    ``row`` is one of ``stages/session_medians.py``.
    """
    low, high = row["target_low"], row["target_high"]
    return Fact(
        id=name,
        kind="median",
        label=row["indicator_name"],
        unit=row["unit"],
        value=row["median"],
        error=row["standard_error"],
        target_low=low,
        target_high=high,
        detectable_change=row["minimal_detectable_change"],
        wanted_change=_compute_wanted_change(row["median"], low, high),
        margin=_compute_margin(row["median"], low, high),
        total=row["repetition_count"],
        movement=row["movement"],
        indicator=row["indicator"],
    )


def build_score_fact(name: str, label: str, row: Row, side: Side | None) -> Fact:
    """Build the fact of one row of ``technique_scores``."""
    return Fact(
        id=name,
        kind="score",
        label=label,
        unit="points",
        value=row["score_points"],
        error=row["score_error_points"],
        total=_HIGHEST_SCORE,
        movement=row["movement"],
        recording_id=row["recording_id"],
        repetition_no=row["repetition_idx"] + 1,
        side=side,
    )


def group_rows(
    rows: Iterable[Row], *columns: str
) -> list[tuple[tuple[str, ...], list[Row]]]:
    """Group rows by columns, in the order of the columns' values."""
    groups: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    for row in rows:
        groups[tuple(row[column] for column in columns)].append(row)
    return sorted(groups.items())


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


def _compute_margin(
    value: float, low: float | None, high: float | None
) -> float | None:
    """Distance inside the target to its nearest edge; None = outside, or no target."""
    if _compute_wanted_change(value, low, high) != 0.0:
        return None
    return min(abs(value - edge) for edge in (low, high) if edge is not None)
