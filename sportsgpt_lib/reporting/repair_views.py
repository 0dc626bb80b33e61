"""What was repaired in one recording, summed up in words for the page."""

from collections.abc import Sequence
from dataclasses import dataclass

from sportsgpt_lib.reporting.page_rows import Row, group_rows
from sportsgpt_lib.reporting.wording import write_name, write_percent

_WHOLE_PERSON = "all"
_JOINTS_NAMED = 4
_NO_REPAIR_RULES = ("low_pass_filtered", "gap_left_open")


@dataclass(frozen=True)
class RepairView:
    """All repairs by one rule; a point is one joint in one frame.

    ``point_count`` is None for a repair of whole persons.
    """

    rule: str
    count: int
    point_count: int | None
    frame_count: int
    joints: str
    lowest_confidence: str


def summarise_repairs(repairs: Sequence[Row]) -> tuple[RepairView, ...]:
    """Sum the rows of ``pose_repairs`` of one recording up, by rule.

    A frame counts once for a rule, however many joints were repaired in it.
    """
    views = []
    for rule, own in group_rows(list(repairs), lambda row: row["rule"]).items():
        frames: set[int] = set()
        for row in own:
            frames.update(range(row["first_frame_idx"], row["last_frame_idx"] + 1))
        points = _collect_points(own)
        counts = group_rows(own, lambda row: row["keypoint"])
        often = sorted(counts, key=lambda name: -len(counts[name]))
        views.append(
            RepairView(
                rule=write_name(rule),
                count=len(own),
                point_count=len(points) if points else None,
                frame_count=len(frames),
                joints=_name_joints(often),
                lowest_confidence=write_percent(
                    min(row["confidence_ratio"] for row in own)
                ),
            )
        )
    return tuple(views)


def describe_repaired(repairs: Sequence[Row]) -> str:
    """Say how many points were exchanged, dropped or filled, each counted once.

    Smoothing is no repair in this sense, and a gap left open is none.
    """
    changed = [row for row in repairs if row["rule"] not in _NO_REPAIR_RULES]
    points = _collect_points(changed)
    if not points:
        return "no point repaired"
    frame_count = len({frame for frame, _ in points})
    return f"{_count(len(points), 'point')} repaired in {_count(frame_count, 'frame')}"


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _collect_points(repairs: Sequence[Row]) -> set[tuple[int, str]]:
    """Collect the points, frame and joint, that any of the repairs touched."""
    return {
        (frame, row["keypoint"])
        for row in repairs
        if row["keypoint"] != _WHOLE_PERSON
        for frame in range(row["first_frame_idx"], row["last_frame_idx"] + 1)
    }


def _name_joints(names: Sequence[str]) -> str:
    plain = [
        "whole person" if name == _WHOLE_PERSON else name.replace("_", " ")
        for name in names
    ]
    more = len(plain) - _JOINTS_NAMED
    listed = ", ".join(plain[:_JOINTS_NAMED])
    return f"{listed} and {more} more" if more > 0 else listed
