"""Small inline pictures (SVG): measured values against their target, and scores.

Pure functions from numbers to markup. Colours and lines come from the page's style
sheet through class names, so light, dark and print need no second picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from sportsgpt_lib.reporting.wording import (
    write_number,
    write_quantity,
    write_target,
)

WIDTH = 240.0
_SIDE_MARGIN = 10.0
# The line height of the list of values in page.css, so that both run side by side.
_ROW_HEIGHT = 22.0
_AXIS_HEIGHT = 14.0
_MARK_RADIUS = 4.5
_CAP = 3.5
_PADDING_SHARE = 0.15
_SCORE_HEIGHT = 22.0
_ARROW_HEAD = 6.0
_ROOM_FOR_NUMBERS = 52.0
HIGHEST_SCORE = 10.0

_OPENING = Markup(
    '<svg class="{0}" viewBox="0 0 {1:.0f} {2:.0f}" width="{1:.0f}" height="{2:.0f}" '
    'role="img" aria-label="{3}">'
)
_RECT = Markup(
    '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="3"/>'
)
_DISC = Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>')
_DIAMOND = Markup(
    '<path class="{0}" d="M{1:.1f} {2:.1f}l{3:.1f} {3:.1f}l-{3:.1f} {3:.1f}'
    'l-{3:.1f} -{3:.1f}z"/>'
)
_WHISKER = Markup(
    '<path class="error" d="M{0:.1f} {2:.1f}H{1:.1f}M{0:.1f} {3:.1f}V{4:.1f}'
    'M{1:.1f} {3:.1f}V{4:.1f}"/>'
)
_ARROW = Markup(
    '<path class="arrow" d="M{0:.1f} {2:.1f}H{1:.1f}'
    'M{3:.1f} {4:.1f}L{1:.1f} {2:.1f}L{3:.1f} {5:.1f}"/>'
)
_TICK = Markup('<text class="tick {}" x="{:.1f}" y="{:.1f}">{}</text>')


@dataclass(frozen=True)
class Measurement:
    """A measured value with its standard uncertainty, of one repetition."""

    value: float
    error: float
    is_limited: bool = False


@dataclass(frozen=True)
class Target:
    """A target range; None = no end on that side."""

    low: float | None
    high: float | None
    unit: str

    def place(self, value: float) -> str:
        """Say where a value lies: inside, below or above."""
        if self.low is not None and value < self.low:
            return "below"
        if self.high is not None and value > self.high:
            return "above"
        return "inside"

    def is_within_error(self, value: float, error: float) -> bool:
        """Whether a value outside the range is so by no more than its error."""
        is_near_low = self.low is not None and 0 < self.low - value <= error
        is_near_high = self.high is not None and 0 < value - self.high <= error
        return is_near_low or is_near_high


def draw_target_bar(measurements: Sequence[Measurement], target: Target) -> Markup:
    """Draw values with error bars over the target range, one line for each.

    Parameters
    ----------
    measurements
        At least one; values and errors in the target's unit.
    target
        The range, drawn as a band open on the side that has no end.

    Returns
    -------
    An ``svg`` element. Inside the target a disc, outside it a diamond; hollow where the
    measurement is limited; so colour is not the only sign.
    """
    axis = _Axis.spanning(measurements, target)
    height = _ROW_HEIGHT * len(measurements) + _AXIS_HEIGHT
    parts = [_draw_band(axis, target, height - _AXIS_HEIGHT)]
    parts += [
        _draw_measurement(axis, target, measurement, _ROW_HEIGHT * (row_idx + 0.5))
        for row_idx, measurement in enumerate(measurements)
    ]
    parts += _draw_ticks(axis, target, height - 2)
    return _wrap("bar", height, _describe(measurements, target), parts)


def draw_score_bar(score_points: float, error_points: float) -> Markup:
    """Draw a score from 0 to 10 with its uncertainty as a band."""
    middle = _SCORE_HEIGHT / 2
    axis = _Axis(0.0, HIGHEST_SCORE)
    low = axis.place(max(0.0, score_points - error_points))
    high = axis.place(min(HIGHEST_SCORE, score_points + error_points))
    start, end, point = (
        axis.place(0.0),
        axis.place(HIGHEST_SCORE),
        axis.place(score_points),
    )
    parts = [
        _RECT.format("track", start, middle - 3, end - start, 6),
        _RECT.format("filled", start, middle - 3, point - start, 6),
        _RECT.format("unsure", low, middle - 6, high - low, 12),
        _DISC.format("point", point, middle, _MARK_RADIUS),
    ]
    words = f"{write_quantity(score_points, 'points', error_points)} of 10"
    return _wrap("score-bar", _SCORE_HEIGHT, words, parts)


def draw_change(first: float, latest: float, unit: str) -> Markup:
    """Draw an arrow from a first value to the latest one."""
    axis = _Axis.spanning(
        [Measurement(first, 0.0), Measurement(latest, 0.0)], Target(None, None, unit)
    )
    start, end, y = axis.place(first), axis.place(latest), _SCORE_HEIGHT / 2
    way = 1.0 if end >= start else -1.0
    parts = [
        _ARROW.format(start, end, y, end - way * _ARROW_HEAD, y - _CAP, y + _CAP),
        _DISC.format("point", start, y, _CAP),
    ]
    words = f"From {write_quantity(first, unit)} to {write_quantity(latest, unit)}"
    return _wrap("change", _SCORE_HEIGHT, words, parts)


@dataclass(frozen=True)
class _Axis:
    low: float
    high: float

    @classmethod
    def spanning(cls, measurements: Sequence[Measurement], target: Target) -> "_Axis":
        ends = [end for end in (target.low, target.high) if end is not None]
        for measurement in measurements:
            ends += [
                measurement.value - measurement.error,
                measurement.value + measurement.error,
            ]
        low, high = min(ends), max(ends)
        padding = _PADDING_SHARE * ((high - low) or 1.0)
        return cls(low - padding, high + padding)

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return _SIDE_MARGIN + share * (WIDTH - 2 * _SIDE_MARGIN)


def _draw_band(axis: _Axis, target: Target, height: float) -> Markup:
    if target.low is None and target.high is None:
        return Markup("")
    left = axis.place(axis.low if target.low is None else target.low)
    right = axis.place(axis.high if target.high is None else target.high)
    return _RECT.format("band", left, 0, max(right - left, 1.0), height)


def _draw_ticks(axis: _Axis, target: Target, y: float) -> list[Markup]:
    ends = [end for end in (target.low, target.high) if end is not None]
    places = [axis.place(end) for end in ends]
    is_tight = bool(places) and 0 < places[-1] - places[0] < _ROOM_FOR_NUMBERS
    anchors = ("end", "start") if is_tight else ("middle", "middle")
    return [
        _TICK.format(anchor, x, y, write_number(end, target.unit))
        for anchor, x, end in zip(anchors, places, ends, strict=False)
    ]


def _draw_measurement(
    axis: _Axis, target: Target, measurement: Measurement, y: float
) -> Markup:
    place = target.place(measurement.value)
    low = axis.place(measurement.value - measurement.error)
    high = axis.place(measurement.value + measurement.error)
    x = axis.place(measurement.value)
    style = place
    if measurement.is_limited:
        style += " limited"
    if target.is_within_error(measurement.value, measurement.error):
        style += " unsure-mark"
    whisker = _WHISKER.format(low, high, y, y - _CAP, y + _CAP)
    if place == "inside":
        return whisker + _DISC.format(f"value {style}", x, y, _MARK_RADIUS)
    reach = _MARK_RADIUS * 1.25
    return whisker + _DIAMOND.format(f"value {style}", x, y - reach, reach)


def _describe(measurements: Sequence[Measurement], target: Target) -> str:
    values = "; ".join(
        f"{write_quantity(measurement.value, target.unit, measurement.error)}, "
        f"{target.place(measurement.value)}"
        for measurement in measurements
    )
    if target.low is None and target.high is None:
        return f"Measured {values}; no target".replace(", inside", "")
    wanted = write_target(target.low, target.high, target.unit)
    return f"Target {wanted}. Measured {values}"


def _wrap(style: str, height: float, words: str, parts: Sequence[Markup]) -> Markup:
    start = _OPENING.format(style, WIDTH, height, words)
    return start + Markup("").join(parts) + Markup("</svg>")
