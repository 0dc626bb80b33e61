"""Small charts (SVG) of what no single picture can show: curves and stretches of time.

Pure functions from a plan to markup; colours come from the page's style sheet through
class names. Times count from the first instant that is shown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

import numpy as np
from markupsafe import Markup

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.reporting.evidence_shots import BarPlan, CurvePlan
from sportsgpt_lib.reporting.wording import write_number

CHART_WIDTH = 460.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 56.0, 12.0, 20.0, 38.0
_CURVE_HEIGHT, _ROW_HEIGHT, _BAR_HEIGHT = 96.0, 24.0, 12.0
_PADDING_SHARE = 0.12
_TICKS = 5
_LETTER = 6.2
_LINE, _LETTERS_A_LINE, _HEADING_GAP = 15.0, 64, 6.0
_STYLES = ("first", "second")

_SVG = Markup(
    '<svg class="evidence-chart" viewBox="0 0 {0:.0f} {1:.0f}" width="{0:.0f}" '
    'height="{1:.0f}" role="img" aria-label="{2}">'
)
_GROUP = Markup('<g transform="translate(0 {:.0f})">')
_RECT = Markup(
    '<rect class="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}"/>'
)
_PATH = Markup('<path class="{}" d="{}"/>')
_TEXT = Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>')


@dataclass(frozen=True)
class _Scale:
    """Brings numbers of an axis onto the chart."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, number: float) -> float:
        share = (number - self.low) / ((self.high - self.low) or 1.0)
        return self.start + share * (self.end - self.start)


def draw_curves(plan: CurvePlan, lines: Sequence[str], words: str) -> Markup:
    """Draw the curves with the instants, over the target as a band.

    ``lines`` stand above them; ``words`` say the same for those who cannot see it. The
    first curve is solid, the
    second dashed; instants are numbered lines.
    """
    origin_s = plan.origin_s
    values = np.concatenate([signal.values for signal in plan.signals])
    ends = [end for end in (plan.low, plan.high) if end is not None]
    low = min(float(np.nanmin(values)), *ends, float(np.nanmax(values)))
    high = max(float(np.nanmax(values)), *ends, float(np.nanmin(values)))
    room = _PADDING_SHARE * ((high - low) or 1.0)
    up = _Scale(low - room, high + room, _TOP + _CURVE_HEIGHT, _TOP)
    times = np.concatenate([signal.times_s for signal in plan.signals]) - origin_s
    along = _Scale(float(times.min()), float(times.max()), _LEFT, CHART_WIDTH - _RIGHT)
    height = _TOP + _CURVE_HEIGHT + _BOTTOM
    parts = [_draw_level_band(plan, up), *_draw_time_axis(along, height, plan.origin)]
    for signal, style in zip(plan.signals, _STYLES, strict=False):
        parts += [
            _PATH.format(f"curve {style}", path)
            for path in _list_pieces(
                signal.times_s - origin_s, signal.values, along, up
            )
        ]
    parts += _draw_instants(plan, along, origin_s)
    parts += [
        _TEXT.format(
            "axis", _LEFT - 8, up(end) + 4, "end", write_number(end, plan.unit)
        )
        for end in (*ends, *(() if ends else (low, high)))
    ]
    return _wrap(parts, height, lines, words)


def draw_bars(plan: BarPlan, lines: Sequence[str], words: str) -> Markup:
    """Draw stretches of time as bars, over the wanted end of the last one as a band.

    ``lines`` and ``words`` as above.
    """
    stretches = [part for _, parts in plan.rows for part in parts]
    origin_s = stretches[0][0]
    ends = [end for end in plan.wanted_s if end is not None]
    instants = [*(at for part in stretches for at in part), *ends]
    first_s, last_s = min(instants) - origin_s, max(instants) - origin_s
    room_s = _PADDING_SHARE * (last_s - first_s)
    start_s = first_s - room_s if first_s < 0.0 else 0.0
    along = _Scale(start_s, last_s + room_s, _LEFT + 20, CHART_WIDTH - _RIGHT)
    bottom = _TOP + _ROW_HEIGHT * len(plan.rows)
    parts: list[Markup] = []
    if ends:
        low, high = plan.wanted_s
        left = along(along.low if low is None else low - origin_s)
        right = along(along.high if high is None else high - origin_s)
        top = bottom - _ROW_HEIGHT
        parts.append(_RECT.format("band", left, top, right - left, _ROW_HEIGHT))
        for end in ends:
            x = along(end - origin_s)
            parts.append(_PATH.format("limit", f"M{x:.1f} {top:.1f}V{bottom:.1f}"))
    for idx, (name, pieces) in enumerate(plan.rows):
        middle = _TOP + _ROW_HEIGHT * (idx + 0.5)
        if len(plan.rows) > 1:
            parts.append(_TEXT.format("axis", _LEFT + 14, middle + 4, "end", name))
        parts += [
            _RECT.format(
                "bar-time",
                along(min(start, end) - origin_s),
                middle - _BAR_HEIGHT / 2,
                abs(along(end) - along(start)),
                _BAR_HEIGHT,
            )
            for start, end in pieces
        ]
    height = bottom + _BOTTOM
    return _wrap(
        [*parts, *_draw_time_axis(along, height, plan.origin)], height, lines, words
    )


def _draw_level_band(plan: CurvePlan, up: _Scale) -> Markup:
    if plan.low is None and plan.high is None:
        return Markup("")
    bottom = up(up.low if plan.low is None else plan.low)
    top = up(up.high if plan.high is None else plan.high)
    width = CHART_WIDTH - _LEFT - _RIGHT
    band = _RECT.format("band", _LEFT, top, width, max(bottom - top, 1.0))
    limits = "".join(
        f"M{_LEFT:.1f} {up(end):.1f}h{width:.1f}"
        for end in (plan.low, plan.high)
        if end is not None
    )
    return band + _PATH.format("limit", limits)


def _draw_instants(plan: CurvePlan, along: _Scale, origin_s: float) -> Iterator[Markup]:
    taken = -np.inf
    for at_s, words in sorted(plan.instants):
        x = along(at_s - origin_s)
        yield _PATH.format("instant", f"M{x:.1f} {_TOP:.1f}v{_CURVE_HEIGHT:.1f}")
        half = _LETTER * len(words) / 2
        place = min(max(x, _LEFT + half), CHART_WIDTH - half)
        if place - half < taken:
            place = taken + half
        if place + half <= CHART_WIDTH:
            yield _TEXT.format("instant-words", place, _TOP - 6, "middle", words)
            taken = place + half + _LETTER


def _draw_time_axis(along: _Scale, height: float, origin: str) -> Iterator[Markup]:
    """Draw the ticks of time, and what they count from."""
    words = f"s from {origin[:1].lower()}{origin[1:]}"
    yield _TEXT.format("axis", CHART_WIDTH - _RIGHT, height - 6, "end", words)
    y = height - 22
    span_s = along.high - along.low
    step_s = _choose_step(span_s / _TICKS)
    first = int(np.ceil(along.low / step_s))
    last = int(np.floor(along.high / step_s))
    for count in range(first, last + 1):
        number = write_number(count * step_s, "s")
        yield _TEXT.format("axis", along(count * step_s), y, "middle", number)


def _choose_step(wanted: float) -> float:
    """Choose 1, 2 or 5 of a power of ten, the next above what is wanted."""
    power = 10.0 ** np.floor(np.log10(wanted))
    return float(
        next(power * part for part in (1.0, 2.0, 5.0, 10.0) if power * part >= wanted)
    )


def _list_pieces(
    times_s: FloatArray, values: FloatArray, along: _Scale, up: _Scale
) -> Iterator[str]:
    """List the paths of a curve, one for each stretch without a gap."""
    seen = np.isfinite(values)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], seen.astype(int), [0]])))
    for start, end in edges.reshape(-1, 2):
        points = [
            f"{along(at):.1f} {up(value):.1f}"
            for at, value in zip(times_s[start:end], values[start:end], strict=True)
        ]
        yield "M" + "L".join(points)


def _wrap(
    parts: Sequence[Markup], height: float, lines: Sequence[str], words: str
) -> Markup:
    heading = [row for line in lines for row in wrap(line, _LETTERS_A_LINE)]
    top = _LINE * len(heading) + _HEADING_GAP
    texts = [
        _TEXT.format("heading", 6.0, _LINE * (place + 1), "start", row)
        for place, row in enumerate(heading)
    ]
    body = Markup("").join([*texts, _GROUP.format(top), *parts, Markup("</g>")])
    return _SVG.format(CHART_WIDTH, height + top, words) + body + Markup("</svg>")
