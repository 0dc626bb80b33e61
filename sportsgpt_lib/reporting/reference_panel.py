"""The reference beside an athlete's keyframe (SVG): a figure with its target range.

The figure is a target model's, or the athlete's own outline where there is no model;
who chooses is ``evidence_figures.py``. Colours and lines come from the page's style
sheet through class names. No pixel of a clip is in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from markupsafe import Markup

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.skeleton import BONES, KEYPOINT_INDEX
from sportsgpt_lib.reporting.angle_marks import AngleMark, find_point
from sportsgpt_lib.reporting.distance_marks import Mark
from sportsgpt_lib.reporting.panel_labels import (
    LINE_HEIGHT,
    PANEL_HEIGHT,
    PANEL_WIDTH,
    Label,
    part_labels,
    place_label,
)
from sportsgpt_lib.reporting.wording import write_number

_MARGIN = 34.0
_HEAD_RADIUS_SHARE = 0.055
# Chosen by eye: how far a range without an end is drawn, degrees and body heights.
_OPEN_DEG, _OPEN_BODY_HEIGHTS = 45.0, 0.15
_WEDGE_LIMBS, _SMALLEST_WEDGE = 1.15, 46.0
_ARC_POINTS = 25
_HALF_TURN_DEG = 180.0
_LETTERS_A_LINE, _HEADING_GAP = 41, 6.0

_LINE_OF = Markup('<path class="{}" d="{}"/>')
_TEXT = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')
_GROUP = Markup('<g transform="translate(0 {:.0f})">')
_CIRCLE = Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>')
_SVG = Markup(
    '<svg class="reference" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" '
    'height="{1:.0f}" role="img" aria-label="{2}">'
)


@dataclass(frozen=True)
class WantedRange:
    """A mark of the figure with the range its limb or point should lie in.

    ``low`` and ``high`` are in the mark's unit, degrees or body heights; None = no end.
    ``value`` labels what the figure itself shows.
    """

    mark: Mark
    low: float | None
    high: float | None
    unit: str
    value: str | None


@dataclass(frozen=True)
class ReferenceFigure:
    """A figure ``(J, 2)`` in any pixels, y down, NaN = not drawn, and its ranges.

    ``lines`` are written above it.
    """

    positions_px: FloatArray
    stature_px: float
    ranges: tuple[WantedRange, ...]
    lines: tuple[str, ...] = ()


def draw_reference_panel(figure: ReferenceFigure, words: str) -> Markup:
    """Draw the figure with its ranges.

    Parameters
    ----------
    figure
        What is drawn.
    words
        The same in words, for those who cannot see it.

    Returns
    -------
    An ``svg`` element. Left is solid and right dashed; a range is shaded, with a dashed
    line and a number at each end that it has.
    """
    place = _fit(figure)
    parts = [_draw_wedge(wanted, place) for wanted in figure.ranges]
    parts += list(_draw_bones(figure, place))
    labels: list[Label] = []
    for wanted in figure.ranges:
        parts.append(_draw_own(wanted.mark, place))
        labels += _list_labels(wanted, place)
    parts += [
        _TEXT.format(one.style, one.x, one.y, one.anchor, one.words)
        for one in part_labels(labels, _place_head(figure, place))
    ]
    heading = [row for line in figure.lines for row in wrap(line, _LETTERS_A_LINE)]
    top = LINE_HEIGHT * len(heading) + _HEADING_GAP
    texts = [
        _TEXT.format("heading", 6.0, LINE_HEIGHT * (place + 1), "start", row)
        for place, row in enumerate(heading)
    ]
    body = Markup("").join([*texts, _GROUP.format(top), *parts, Markup("</g>")])
    return _SVG.format(PANEL_WIDTH, PANEL_HEIGHT + top, words) + body + Markup("</svg>")


@dataclass(frozen=True)
class _Place:
    """Brings pixels of the figure into the panel."""

    low: FloatArray
    scale: float
    shift: FloatArray

    def __call__(self, point_px: FloatArray) -> FloatArray:
        placed: FloatArray = (point_px - self.low) * self.scale + self.shift
        return placed


def _fit(figure: ReferenceFigure) -> _Place:
    points = [figure.positions_px]
    points += [_outline(wanted, 1.0 / figure.stature_px) for wanted in figure.ranges]
    every = np.vstack(points)
    low, high = np.nanmin(every, axis=0), np.nanmax(every, axis=0)
    low = low - _HEAD_RADIUS_SHARE * figure.stature_px
    high = high + _HEAD_RADIUS_SHARE * figure.stature_px
    room = np.array([PANEL_WIDTH, PANEL_HEIGHT]) - 2 * _MARGIN
    scale = float((room / np.maximum(high - low, 1.0)).min())
    shift = _MARGIN + (room - (high - low) * scale) / 2
    return _Place(low, scale, shift)


def _outline(wanted: WantedRange, scale: float) -> FloatArray:
    """List the corners ``(N, 2)`` of a range, in the figure's pixels.

    ``scale`` is that of the panel, for the least size of a wedge.
    """
    mark = wanted.mark
    low, high = _close_ends(wanted)
    if isinstance(mark, AngleMark):
        radius = max(_WEDGE_LIMBS * mark.limb_px, _SMALLEST_WEDGE * _per(scale))
        arc = [
            mark.vertex + radius * mark.direction_at(float(angle))
            for angle in np.linspace(low, high, _ARC_POINTS)
        ]
        return np.array([mark.vertex, *arc])
    across = np.array([-mark.way[1], mark.way[0]]) * _OPEN_BODY_HEIGHTS
    half = across * mark.px_per_unit
    first, last = mark.place_at(low), mark.place_at(high)
    return np.array([first - half, last - half, last + half, first + half])


def _per(scale: float) -> float:
    return 1.0 / scale if scale >= 1.0 else 0.0


def _close_ends(wanted: WantedRange) -> tuple[float, float]:
    """Close a range that has no end a little beyond the end that it has."""
    low, high = wanted.low, wanted.high
    is_angle = isinstance(wanted.mark, AngleMark)
    reach = _OPEN_DEG if is_angle else _OPEN_BODY_HEIGHTS
    if low is None and high is None:
        drawn = _read_drawn(wanted.mark)
        return drawn, drawn
    if low is None:
        low = (high or 0.0) - reach
    if high is None:
        high = low + reach
    return low, min(high, low + 2 * _HALF_TURN_DEG) if is_angle else high


def _read_drawn(mark: Mark) -> float:
    return mark.drawn_deg if isinstance(mark, AngleMark) else mark.drawn


def _draw_wedge(wanted: WantedRange, place: _Place) -> Markup:
    if wanted.low is None and wanted.high is None:
        return Markup("")
    corners = place(_outline(wanted, place.scale))
    parts = [_LINE_OF.format("wedge", _path(corners) + "Z")]
    parts += [
        _LINE_OF.format("limit", _path(place(np.array(line))))
        for line in _list_limits(wanted, place.scale)
    ]
    return Markup("").join(parts)


def _list_limits(wanted: WantedRange, scale: float) -> Iterator[list[FloatArray]]:
    corners = _outline(wanted, scale)
    if isinstance(wanted.mark, AngleMark):
        ends = ([corners[0], corners[1]], [corners[0], corners[-1]])
    else:
        ends = ([corners[0], corners[3]], [corners[1], corners[2]])
    for line, end in zip(ends, (wanted.low, wanted.high), strict=True):
        if end is not None:
            yield line


def _draw_own(mark: Mark, place: _Place) -> Markup:
    if isinstance(mark, AngleMark):
        zero = _path(place(np.array([mark.vertex, mark.baseline_end])))
        limb = _path(place(np.array([mark.limb_start, mark.limb_end])))
        return _LINE_OF.format("zero", zero) + _LINE_OF.format("own", limb)
    across = 0.02 * mark.px_per_unit * np.array([-mark.way[1], mark.way[0]])
    lines = [
        _path(place(np.array(line)))
        for line in (
            [mark.start, mark.end],
            [mark.start - across, mark.start + across],
            [mark.end - across, mark.end + across],
        )
    ]
    return _LINE_OF.format("own", "".join(lines))


def _list_labels(wanted: WantedRange, place: _Place) -> Iterator[Label]:
    mark = wanted.mark
    for end, line in zip(
        [end for end in (wanted.low, wanted.high) if end is not None],
        _list_limits(wanted, place.scale),
        strict=True,
    ):
        words = write_number(end, wanted.unit)
        words += "°" if wanted.unit == "deg" else ""
        start, tip = place(line[0]), place(line[1])
        yield place_label(words, start, tip, "limit-words")
    if wanted.value:
        if isinstance(mark, AngleMark):
            start, tip = (
                place(mark.limb_start),
                place(_find_tip(wanted, mark, place.scale)),
            )
        else:
            start, tip = place(mark.start), place(mark.end)
        yield place_label(wanted.value, start, tip, "own-words")


def _find_tip(wanted: WantedRange, mark: AngleMark, scale: float) -> FloatArray:
    """Find where the limb would leave the wedge, so that its number lies outside."""
    first, arc = _outline(wanted, scale)[:2]
    reach = max(float(np.linalg.norm(arc - first)), mark.limb_px)
    way = (mark.limb_end - mark.limb_start) / mark.limb_px
    tip: FloatArray = mark.limb_start + reach * way
    return tip


def _draw_bones(figure: ReferenceFigure, place: _Place) -> Iterator[Markup]:
    for first, last in BONES:
        if "nose" in (first, last):
            continue
        ends = figure.positions_px[[KEYPOINT_INDEX[first], KEYPOINT_INDEX[last]]]
        if np.isfinite(ends).all():
            side = next(
                (part for part in ("left", "right") if f"{part}_" in f"{first} {last}"),
                "middle",
            )
            yield _LINE_OF.format(f"bone {side}", _path(place(ends)))
    head = _place_head(figure, place)
    if head is not None:
        yield _CIRCLE.format("skull", *head)


def _place_head(
    figure: ReferenceFigure, place: _Place
) -> tuple[float, float, float] | None:
    """Place the head's circle: x, y, radius; None = its place is not known."""
    head = _find_head(figure.positions_px)
    if not np.isfinite(head).all():
        return None
    x, y = place(head)
    radius = 0.8 * _HEAD_RADIUS_SHARE * figure.stature_px * place.scale
    return float(x), float(y), radius


def _find_head(positions_px: FloatArray) -> FloatArray:
    """Find the head's place; networks without that keypoint know the ears."""
    head = positions_px[KEYPOINT_INDEX["head"]]
    return head if np.isfinite(head).all() else find_point("mid_ear", positions_px)


def _path(points: Sequence[FloatArray] | FloatArray) -> str:
    steps = [f"{x:.1f} {y:.1f}" for x, y in points]
    return "M" + "L".join(steps)
