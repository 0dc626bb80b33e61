"""Labels of a reference panel: where each stands, inside the panel and on no other.

What is labeled is decided in ``reference_panel.py``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sportsgpt_lib.arrays import FloatArray

PANEL_WIDTH, PANEL_HEIGHT, LINE_HEIGHT = 300.0, 320.0, 14.0
# Chosen by eye for the sans-serif letters of 12 px of the page's style sheet.
_LABEL_GAP, _LETTER = 9.0, 7.4
_SIDEWAYS = 0.35
_TWIN_REACH = 40.0


@dataclass(frozen=True)
class Label:
    """Words at a place of the panel, in its pixels; ``style`` names the class."""

    words: str
    x: float
    y: float
    anchor: str
    style: str


def place_label(words: str, start: FloatArray, tip: FloatArray, style: str) -> Label:
    """Place words beyond the tip of a line, on the side to which it points."""
    way = tip - start
    unit = way / (float(np.linalg.norm(way)) or 1.0)
    x, y = tip + _LABEL_GAP * unit
    anchor = "middle"
    if abs(unit[0]) > _SIDEWAYS:
        anchor = "start" if unit[0] > 0 else "end"
    return Label(words, float(x), float(y) + 4.0, anchor, style)


def part_labels(
    labels: Iterable[Label], head: tuple[float, float, float] | None = None
) -> list[Label]:
    """Keep labels inside the panel, apart, and off the figure's head.

    Parameters
    ----------
    labels
        Where they would stand alone; the same one twice is written once.
    head
        Center x, y and radius of the head's circle; None = it is not drawn.
    """
    placed: list[Label] = []
    for label in sorted(labels, key=lambda one: one.y):
        if any(_is_twin(label, other) for other in placed):
            continue
        left, right = _reach(label)
        shift = max(0.0, 2.0 - left) - max(0.0, right - PANEL_WIDTH + 2.0)
        y = min(max(label.y, LINE_HEIGHT), PANEL_HEIGHT - 4.0)
        moved = replace(label, x=label.x + shift, y=y)
        placed.append(_find_room(moved, placed, head))
    return placed


def _find_room(
    label: Label, placed: Sequence[Label], head: tuple[float, float, float] | None
) -> Label:
    """Move a label up or down, as little as can be, until it lies on nothing."""
    steps = np.arange(0.0, PANEL_HEIGHT, 2.0)
    for y in (label.y + way * step for step in steps for way in (1.0, -1.0)):
        moved = replace(label, y=float(y))
        is_inside = LINE_HEIGHT <= y <= PANEL_HEIGHT - 4.0
        if not is_inside or (head is not None and _covers(moved, head)):
            continue
        if not any(_overlap(moved, other) for other in placed):
            return moved
    return label


def _covers(label: Label, head: tuple[float, float, float]) -> bool:
    x, y, radius = head
    left, right = _reach(label)
    is_beside = right < x - radius or left > x + radius
    return not (is_beside or label.y < y - radius or label.y - LINE_HEIGHT > y + radius)


def _is_twin(one: Label, other: Label) -> bool:
    is_near = abs(one.x - other.x) + abs(one.y - other.y) < _TWIN_REACH
    return is_near and (one.words, one.style) == (other.words, other.style)


def _reach(label: Label) -> tuple[float, float]:
    width = _LETTER * len(label.words)
    share = {"start": 0.0, "middle": 0.5, "end": 1.0}[label.anchor]
    return label.x - share * width, label.x + (1.0 - share) * width


def _overlap(one: Label, other: Label) -> bool:
    (a, b), (c, d) = _reach(one), _reach(other)
    return a < d and c < b and abs(one.y - other.y) < LINE_HEIGHT
