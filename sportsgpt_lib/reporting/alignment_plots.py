"""Plots of the alignment: the athlete over the target model, and the search's costs.

PNG bytes, drawn without a display, from rows of ``alignment_paths``, ``keyframes`` and
``alignment_costs``. Nothing is aligned or judged here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.reporting.plot_encoding import finish_plot, open_plot

# Blue and vermilion of Okabe & Ito's palette (source in skeleton_drawing.py); whoever
# cannot tell them apart has the labels, and solid against dashed.
_SIDE_COLOURS = {"left": "#0072b2", "right": "#b34a00", "": "#30363d"}
_SIDE_LETTERS = {"left": "L", "right": "R"}
_MARK = "#30363d"
_BAND_OPACITY, _LIMIT_OPACITY = 0.16, 0.6
# Standard errors on both sides of an instant that hold the truth 95 times of 100.
TO_95_PCT = 1.96
# Chosen: so many panels fit a screen's height and can still be read.
PANEL_COUNT = 4
_WIDTH_INCHES, _PANEL_INCHES, _COST_INCHES = 8.6, 1.3, 2.0
# The strip of the keyframes' names, as a share of a panel: the longest fits.
_STRIP_SHARE = 0.72
_SMALL = 8
# Places of the bars below the cost curve, in its own unit.
_SPAN_LEVELS, _SPAN_HEIGHT, _SPAN_FLOOR = {"right": -0.24}, 0.11, -0.34
_SPAN_LEVEL = -0.11
_TICK, _TOP_COST = 0.25, 2.0


@dataclass(frozen=True)
class PlottedPair:
    """One quantity of a repetition, ``(M,)`` each at the same times; NaN = not seen."""

    quantity: str
    unit: str
    times_s: FloatArray
    athlete: FloatArray
    reference: FloatArray


@dataclass(frozen=True)
class PlottedInstant:
    """A keyframe, its standard uncertainty, and the side it belongs to."""

    name: str
    side: str
    time_s: float
    error_s: float


@dataclass(frozen=True)
class PlottedSearch:
    """Costs ``(N,)`` of one search, NaN = no repetition can end there."""

    side: str
    times_s: FloatArray
    costs: FloatArray
    highest_cost: float


@dataclass(frozen=True)
class PlottedSpan:
    """A repetition that was found: its number as people count, and where it lies."""

    number: int
    side: str
    start_s: float
    end_s: float


def choose_panels(pairs: Sequence[PlottedPair]) -> Mapping[str, list[PlottedPair]]:
    """Choose what is shown, by quantity without its side: what moves most comes first.

    At most four quantities; left and right share a panel.
    """
    panels: dict[str, list[PlottedPair]] = {}
    for pair in pairs:
        panels.setdefault(_split_side(pair.quantity)[1], []).append(pair)
    ranked = sorted(panels, key=lambda name: -max(map(_measure_range, panels[name])))
    return {name: panels[name] for name in ranked[:PANEL_COUNT]}


def plot_alignment(
    pairs: Sequence[PlottedPair], instants: Sequence[PlottedInstant], title: str
) -> bytes:
    """Plot one repetition: the athlete's angles over those of the warped target model.

    Parameters
    ----------
    pairs
        The quantities that were aligned; ``choose_panels`` picks those shown.
    instants
        The keyframes, as lines with a band of their 95 % interval.
    title
        Which repetition of whom, and how well it fits.

    Returns
    -------
    A PNG file's bytes: one panel for each quantity; solid is the athlete, dashed the
    target model.
    """
    panels = choose_panels(pairs)
    figure, (strip, *axes) = open_plot(
        _WIDTH_INCHES, _PANEL_INCHES, [_STRIP_SHARE, *[1.0] * len(panels)]
    )
    for part, (name, own) in zip(axes, panels.items(), strict=True):
        for pair in own:
            _draw_pair(part, pair)
        part.set_title(f"{_in_words(name)} ({own[0].unit})", loc="left", fontsize=9)
    for part in (strip, *axes):
        _draw_instants(part, instants)
    _name_instants(strip, instants)
    left_out = len({_split_side(pair.quantity)[1] for pair in pairs}) - len(panels)
    note = f" · {left_out} more quantities aligned" if left_out else ""
    axes[-1].set_xlabel("time in the clip (s)", fontsize=_SMALL)
    return finish_plot(figure, title + note)


def plot_costs(
    searches: Sequence[PlottedSearch], spans: Sequence[PlottedSpan], title: str
) -> bytes:
    """Plot what the best repetition that ends at each instant would cost.

    Parameters
    ----------
    searches
        One curve for each side that was sought, with its limit.
    spans
        The repetitions that were found, as numbered bars from start to end.
    title
        Which recording it is.

    Returns
    -------
    A PNG file's bytes. Low = like the target model; a repetition ends where a curve has
    a low place below its limit, unless a better one overlaps it or the film cuts it
    off.
    """
    figure, (axes,) = open_plot(_WIDTH_INCHES, _COST_INCHES, [1.0])
    highest = 1.0
    for search in searches:
        colour = _SIDE_COLOURS.get(search.side, _SIDE_COLOURS[""])
        whose = "" if search.side == "both" else f"{search.side} leg's "
        axes.plot(
            search.times_s,
            search.costs,
            color=colour,
            linewidth=1.3,
            label=f"best {whose}repetition",
        )
        axes.axhline(
            search.highest_cost,
            color=colour,
            alpha=_LIMIT_OPACITY,
            linestyle=(0, (4, 3)),
            linewidth=1.1,
            label=f"{whose}highest cost",
        )
        highest = max(highest, float(np.nanmax(search.costs, initial=0.0)))
    for span in spans:
        _draw_span(axes, span)
    top = min(1.05 * highest, _TOP_COST)
    axes.set_ylim(_SPAN_FLOOR if spans else 0.0, top)
    axes.set_yticks(np.arange(0.0, top, _TICK))
    axes.set_ylabel("cost (0 = identical)", fontsize=_SMALL)
    axes.set_xlabel("time in the clip at which it ends (s)", fontsize=_SMALL)
    return finish_plot(figure, title)


def _draw_pair(axes: Any, pair: PlottedPair) -> None:
    side, _ = _split_side(pair.quantity)
    who = f"{side} " if side else ""
    colour = _SIDE_COLOURS[side]
    axes.plot(
        pair.times_s,
        pair.athlete,
        color=colour,
        linewidth=1.6,
        label=f"{who}athlete",
    )
    _letter_line(axes, pair, side)
    axes.plot(
        pair.times_s,
        pair.reference,
        color=colour,
        linewidth=1.2,
        linestyle=(0, (4, 2)),
        label=f"{who}target model, warped",
    )


def _draw_instants(axes: Any, instants: Sequence[PlottedInstant]) -> None:
    """Draw all keyframes at once: lines, and bands of their 95 % intervals."""
    colours = [_SIDE_COLOURS.get(one.side, _SIDE_COLOURS[""]) for one in instants]
    halves_s = [TO_95_PCT * one.error_s for one in instants]
    times_s = [one.time_s for one in instants]
    height = axes.get_xaxis_transform()
    axes.broken_barh(
        [
            (at_s - half_s, 2 * half_s)
            for at_s, half_s in zip(times_s, halves_s, strict=True)
        ],
        (0.0, 1.0),
        facecolors=colours,
        alpha=_BAND_OPACITY,
        transform=height,
        label="95 % interval of a keyframe",
    )
    axes.vlines(times_s, 0.0, 1.0, colors=colours, linewidth=0.9, transform=height)


def _letter_line(axes: Any, pair: PlottedPair, side: str) -> None:
    """Write the side beside the end of the athlete's line, so that colour may fail."""
    (seen,) = np.nonzero(np.isfinite(pair.athlete))
    if side and seen.size:
        axes.annotate(
            _SIDE_LETTERS[side],
            (pair.times_s[seen[-1]], pair.athlete[seen[-1]]),
            xytext=(3, 0),
            textcoords="offset points",
            va="center",
            fontsize=7,
            fontweight="bold",
            color=_SIDE_COLOURS[side],
        )


def _name_instants(strip: Any, instants: Sequence[PlottedInstant]) -> None:
    """Name the keyframes beside their lines, in a strip that holds nothing else."""
    strip.set_axis_off()
    for instant in instants:
        letter = _SIDE_LETTERS.get(instant.side, "")
        strip.annotate(
            f"{letter} {_in_words(instant.name)}".strip(),
            (instant.time_s, 0.0),
            xycoords=("data", "axes fraction"),
            xytext=(1.5, 1),
            textcoords="offset points",
            rotation=90,
            va="bottom",
            fontsize=7,
            color=_MARK,
            parse_math=False,
        )


def _draw_span(axes: Any, span: PlottedSpan) -> None:
    colour = _SIDE_COLOURS.get(span.side, _SIDE_COLOURS[""])
    level = _SPAN_LEVELS.get(span.side, _SPAN_LEVEL)
    axes.broken_barh(
        [(span.start_s, span.end_s - span.start_s)],
        (level - _SPAN_HEIGHT / 2.0, _SPAN_HEIGHT),
        facecolors=colour,
        edgecolor="white",
        linewidth=1.5,
    )
    axes.annotate(
        f"{_SIDE_LETTERS.get(span.side, '')}{span.number}",
        ((span.start_s + span.end_s) / 2.0, level),
        ha="center",
        va="center",
        fontsize=7,
        color="white",
        fontweight="bold",
    )


def _split_side(quantity: str) -> tuple[str, str]:
    side, _, rest = quantity.partition("_")
    return (side, rest) if side in ("left", "right") else ("", quantity)


def _in_words(name: str) -> str:
    return name.replace("_", " ")


def _measure_range(pair: PlottedPair) -> float:
    seen = pair.reference[np.isfinite(pair.reference)]
    return float(np.ptp(seen)) if seen.size else 0.0
