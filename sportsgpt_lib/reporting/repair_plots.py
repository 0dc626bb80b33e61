"""Plots of the raw pose against the filtered one, with what was repaired shaded.

PNG bytes, drawn without a display. Nothing is repaired or judged here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.angles import compute_hanging_angle_deg, wrap_deg
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.reporting.plot_encoding import finish_plot
from sportsgpt_lib.reporting.pose_trail import PoseTrail

PLOTTED_JOINTS = ("hip", "knee", "ankle")
SIDES = ("left", "right")
_SIZE_INCHES = (8.6, 5.6)
_ANGLE_SIZE_INCHES = (8.6, 4.2)
_DOTS_PER_INCH = 96
_WHOLE_PERSON = "all"
_RAW = "#8a8f96"
# Blue and vermilion of Okabe & Ito's palette (source in skeleton_drawing.py).
_LINES = {"left": "#0072b2", "right": "#b34a00"}
# Shares of the plot's height: what was dropped is shaded below, what came in its place
# above, so that both can be seen in one range.
_WHOLE, _LOWER, _UPPER = (0.0, 1.0), (0.0, 0.5), (0.5, 1.0)
_SHADE_OPACITY, _HATCH_OPACITY = 0.3, 0.75


class _Shade(NamedTuple):
    """How the ranges of one rule are shaded; the hatching is a sign besides colour."""

    words: str
    colour: str
    hatch: str
    part: tuple[float, float]


# Colours of Okabe & Ito's palette. The low-pass filter touches every point and is not
# shaded.
_SHADES = {
    "left_right_swapped": _Shade("sides swapped", "#cc79a7", "//", _WHOLE),
    "identity_linked": _Shade("tracks linked", "#56b4e9", "--", _WHOLE),
    "identity_exchanged": _Shade("tracks exchanged", "#f0e442", "**", _WHOLE),
    "outlier_dropped": _Shade("outlier dropped", "#d55e00", "\\\\", _LOWER),
    "low_confidence_dropped": _Shade("low confidence", "#e69f00", "..", _LOWER),
    "gap_filled": _Shade("gap filled", "#009e73", "", _UPPER),
    "gap_left_open": _Shade("gap left open", "#56606a", "xx", _UPPER),
}


@dataclass(frozen=True)
class RepairSpan:
    """One row of ``training.pose_repairs``, as far as a plot shows it."""

    rule: str
    keypoint: str
    start_s: float
    end_s: float


def plot_side(
    trail: PoseTrail, spans: Sequence[RepairSpan], side: str, title: str
) -> bytes:
    """Plot hip, knee and ankle of one side over time, raw against filtered.

    Parameters
    ----------
    trail
        The pose, filtered and raw.
    spans
        What was repaired.
    side
        ``left`` or ``right``.
    title
        Which recording it is.

    Returns
    -------
    A PNG file's bytes: one row for each joint; right is x, down is y.
    """
    figure, axes = _open_figure(_SIZE_INCHES, len(PLOTTED_JOINTS), 2)
    for row, joint in zip(axes, PLOTTED_JOINTS, strict=True):
        name = f"{side}_{joint}"
        place = KEYPOINT_INDEX[name]
        for part, axis, words in zip(row, (0, 1), ("x, right", "y, down"), strict=True):
            _plot_pair(
                part,
                trail,
                trail.raw_px[:, place, axis],
                trail.poses.positions_px[:, place, axis],
                _LINES[side],
            )
            _shade(part, _choose_spans(spans, (name,)))
            part.set_title(f"{side} {joint}: {words} (px)", loc="left", fontsize=9)
            if axis == 1:
                part.invert_yaxis()
    return _finish(figure, axes, title)


def plot_knee_angles(
    trail: PoseTrail, spans: Sequence[RepairSpan], title: str
) -> bytes:
    """Plot the bend of both knees over time, from the raw and from the filtered pose.

    Parameters
    ----------
    trail
        The pose, filtered and raw.
    spans
        What was repaired; shown where hip, knee or ankle of the side is in it.
    title
        Which recording it is.

    Returns
    -------
    A PNG file's bytes: the left knee above the right one.
    """
    figure, axes = _open_figure(_ANGLE_SIZE_INCHES, len(SIDES), 1)
    for (part,), side in zip(axes, SIDES, strict=True):
        names = tuple(f"{side}_{joint}" for joint in PLOTTED_JOINTS)
        _plot_pair(
            part,
            trail,
            compute_knee_bend_deg(trail.raw_px, side),
            compute_knee_bend_deg(trail.poses.positions_px, side),
            _LINES[side],
        )
        _shade(part, _choose_spans(spans, names))
        part.set_title(
            f"{side} knee: bend (degrees, 0 = straight)", loc="left", fontsize=9
        )
    return _finish(figure, axes, title)


def compute_knee_bend_deg(positions_px: FloatArray, side: str) -> FloatArray:
    """Compute how far a knee is from straight, without regard to the direction.

    Parameters
    ----------
    positions_px
        Keypoints ``(T, J, 2)``. NaN = not seen.
    side
        ``left`` or ``right``.

    Returns
    -------
    Angles ``(T,)`` in degrees, 0 to 180. NaN where hip, knee or ankle is not seen.
    """
    hip, knee, ankle = (
        positions_px[:, KEYPOINT_INDEX[f"{side}_{joint}"]] * (1.0, -1.0)
        for joint in PLOTTED_JOINTS
    )
    thigh_deg = compute_hanging_angle_deg(hip, knee)
    shank_deg = compute_hanging_angle_deg(knee, ankle)
    bend_deg: FloatArray = np.abs(wrap_deg(thigh_deg - shank_deg))
    return bend_deg


def _open_figure(size: tuple[float, float], rows: int, columns: int) -> tuple[Any, Any]:
    # The object interface alone: pyplot would keep every figure and choose a window.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(rows, columns, sharex=True, squeeze=False)
    return figure, axes


def _plot_pair(
    axes: Any, trail: PoseTrail, raw: FloatArray, filtered: FloatArray, colour: str
) -> None:
    times_s = trail.poses.times_s
    axes.plot(times_s, raw, ".", color=_RAW, markersize=3, label="raw")
    axes.plot(times_s, filtered, color=colour, linewidth=1.4, label="filtered")
    axes.tick_params(labelsize=7)
    axes.spines[["top", "right"]].set_visible(False)


def _choose_spans(
    spans: Sequence[RepairSpan], keypoints: Sequence[str]
) -> list[RepairSpan]:
    wanted = (*keypoints, _WHOLE_PERSON)
    return [span for span in spans if span.keypoint in wanted]


def _shade(axes: Any, spans: Sequence[RepairSpan]) -> None:
    for rule, shade in _SHADES.items():
        for start_s, end_s in _join_ranges(spans, rule):
            axes.axvspan(
                start_s,
                end_s,
                *shade.part,
                facecolor=(shade.colour, _SHADE_OPACITY),
                edgecolor=(shade.colour, _HATCH_OPACITY),
                hatch=shade.hatch,
                linewidth=0.6,
                label=shade.words,
            )


def _join_ranges(
    spans: Sequence[RepairSpan], rule: str
) -> Iterator[tuple[float, float]]:
    """Join the ranges of one rule that overlap, so that none is shaded twice."""
    joined: list[tuple[float, float]] = []
    for start_s, end_s in sorted((s.start_s, s.end_s) for s in spans if s.rule == rule):
        if joined and start_s <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end_s, joined[-1][1])
        else:
            joined.append((start_s, end_s))
    yield from joined


def _finish(figure: Any, axes: Any, title: str) -> bytes:
    for part in axes[-1]:
        part.set_xlabel("time in the clip (s)", fontsize=8)
    return finish_plot(figure, title, legend_at="outside lower center", legend_size=8.0)
