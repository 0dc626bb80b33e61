"""Numbers the facts of one report.

M stands for metrics, C for counts, S for scores, T for a session's medians.

How a fact is built from a row is in ``facts.py``.
"""

import polars as pl

from sportsgpt_lib.guidance.facts import (
    Row,
    Share,
    Side,
    build_count_fact,
    build_median_fact,
    build_metric_fact,
    build_score_fact,
)
from sportsgpt_lib.guidance.report import Fact
from sportsgpt_lib.guidance.wording import Wording

RepetitionKey = tuple[str, int]


class FactBook:
    """Numbers facts as they are asked for; the same row gives the same fact.

    ``wording`` says what a fact is called where no row names it.
    """

    def __init__(self, keyframes: pl.DataFrame, wording: Wording) -> None:
        self.wording = wording
        self.facts: dict[str, Fact] = {}
        self._names: dict[tuple[object, ...], str] = {}
        self._sides = _find_sides(keyframes)

    def add_metric(self, row: Row) -> str:
        """Add a row of ``kismam_metrics``; returns the fact's id."""
        key = ("metric", *repetition_key(row), row["indicator"])
        if key not in self._names:
            name = self._take_name(key, "M")
            side = self._sides.get(repetition_key(row))
            self.facts[name] = build_metric_fact(name, row, side)
        return self._names[key]

    def add_score(self, row: Row) -> str:
        """Add a row of ``technique_scores``; returns the fact's id."""
        name = self._take_name(("score", *repetition_key(row)), "S")
        self.facts[name] = build_score_fact(
            name,
            self.wording.say("label.score"),
            row,
            self._sides.get(repetition_key(row)),
        )
        return name

    def add_count(
        self,
        label: str,
        movement: str,
        *,
        value: int,
        total: int,
        issue: str | None = None,
        indicator: str | None = None,
        side: Side | None = None,
        share: Share | None = None,
    ) -> str:
        """Add how many of ``total`` repetitions show something."""
        name = self._take_name(("count", label, movement, side), "C")
        self.facts[name] = build_count_fact(
            name,
            label,
            movement,
            value=value,
            total=total,
            issue=issue,
            indicator=indicator,
            side=side,
            share=share,
        )
        return name

    def add_median(self, row: Row) -> str:
        """Add an indicator's median over the session; returns the fact's id."""
        key = ("median", row["movement"], row["indicator"])
        if key not in self._names:
            name = self._take_name(key, "T")
            self.facts[name] = build_median_fact(name, row)
        return self._names[key]

    def _take_name(self, key: tuple[object, ...], letter: str) -> str:
        taken = sum(name.startswith(letter) for name in self.facts)
        self._names[key] = f"{letter}{taken + 1}"
        return self._names[key]


def repetition_key(row: Row) -> RepetitionKey:
    """Name the repetition that a row belongs to."""
    return row["recording_id"], row["repetition_idx"]


def _find_sides(keyframes: pl.DataFrame) -> dict[RepetitionKey, Side]:
    """Find the leg of each repetition: the side of its first keyframe."""
    sides: dict[RepetitionKey, Side] = {}
    for row in keyframes.sort("time_s").iter_rows(named=True):
        if row["side"] in ("left", "right"):
            sides.setdefault(repetition_key(row), row["side"])
    return sides
