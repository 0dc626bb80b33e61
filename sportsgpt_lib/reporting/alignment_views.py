"""How the keyframes of one recording were found, as the page shows it.

Pictures beside the page, and what they show in words, for those who cannot see them.
Drawing is in ``alignment_plots.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.reporting.alignment_plots import TO_95_PCT
from sportsgpt_lib.reporting.page_rows import Row
from sportsgpt_lib.reporting.pose_trust import AuditPicture
from sportsgpt_lib.reporting.wording import write_name


@dataclass(frozen=True)
class AlignmentView:
    """The search over the recording, and the repetitions that were aligned.

    ``left_out`` says which repetitions have no picture; None = all have one.
    """

    costs: AuditPicture
    repetitions: tuple[AuditPicture, ...] = ()
    left_out: str | None = None

    @property
    def pictures(self) -> tuple[AuditPicture, ...]:
        """All pictures, the search first."""
        return (self.costs, *self.repetitions)


def describe_alignment(keyframes: Sequence[Row]) -> str:
    """Say what the picture of one repetition shows, from its rows of ``keyframes``."""
    first = keyframes[0]
    listed = ", ".join(
        f"{_name_side(row)}{write_name(row['keyframe']).lower()} {row['time_s']:.2f} s "
        f"± {TO_95_PCT * row['time_error_s']:.2f} s"
        for row in keyframes
    )
    return (
        f"Alignment of repetition {first['repetition_idx'] + 1} with the target model "
        f"{first['reference_id']} (cost {first['alignment_cost']:.2f}): "
        f"{write_name(first['movement'])}, {first['athlete_id']}. The athlete's angles "
        f"are solid, the target model's dashed. Keyframes with 95 % interval: {listed}."
    )


def describe_costs(recording: Row, found_count: int, searches: Sequence[Row]) -> str:
    """Say what the cost curve shows.

    Parameters
    ----------
    recording
        The row of ``recordings``.
    found_count
        How many repetitions were aligned.
    searches
        Lowest cost (``cost``) and limit (``highest_cost``) of each search by ``side``;
        a cost of None = there was nothing to search.
    """
    word = "repetition" if found_count == 1 else "repetitions"
    lowest = "; ".join(
        f"{_name_side(search)}{_write_lowest(search)}" for search in searches
    )
    return (
        f"Search for the movement over the recording: "
        f"{write_name(recording['movement'])}, {recording['athlete_id']}. "
        f"{found_count} {word} found; {lowest}. Low means like a target model; a "
        "repetition ends where a curve has a low place below the limit, unless a "
        "better one overlaps it or its begin or end was not filmed."
    )


def _write_lowest(search: Row) -> str:
    if search["cost"] is None:
        return "not searched"
    return f"lowest cost {search['cost']:.2f}, limit {search['highest_cost']:.2f}"


def _name_side(row: Row) -> str:
    return "" if row["side"] == "both" else f"{row['side']} "
