"""Figures without a display: layout, legend, and small PNG files of them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

_DOTS_PER_INCH = 96
_LOWEST_BITS = 0b11
# Chosen: 6 takes a fifth of the time of 9 and a sixth more space.
_COMPRESSION = 6
# Chosen: what titles and labels take, in inches. Fixed margins: matplotlib's own layout
# would draw every figure twice.
_LEFT, _RIGHT, _TOP, _BOTTOM, _BETWEEN = 0.55, 0.25, 0.36, 0.72, 0.3


def open_plot(
    width_inches: float, panel_inches: float, shares: Sequence[float]
) -> tuple[Any, Sequence[Any]]:
    """Open a figure with panels below each other that share their time.

    Parameters
    ----------
    width_inches, panel_inches
        Width of the figure, and height of a panel of share 1.
    shares
        Each panel's height.

    Returns
    -------
    The figure, and its axes from top to bottom.
    """
    # The object interface alone: pyplot would keep every figure and choose a window.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    inside = panel_inches * sum(shares) + _BETWEEN * (len(shares) - 1)
    height = inside + _TOP + _BOTTOM
    figure = Figure(figsize=(width_inches, height), dpi=_DOTS_PER_INCH)
    FigureCanvasAgg(figure)
    axes: list[Any] = []
    top = height - _TOP
    for share in shares:
        top -= panel_inches * share
        place = (
            _LEFT / width_inches,
            top / height,
            1.0 - (_LEFT + _RIGHT) / width_inches,
            panel_inches * share / height,
        )
        axes.append(figure.add_axes(place, sharex=axes[0] if axes else None))
        top -= _BETWEEN
    for part in axes:
        part.tick_params(labelsize=7, labelbottom=part is axes[-1])
        part.spines[["top", "right"]].set_visible(False)
    return figure, axes


def finish_plot(
    figure: Any,
    title: str,
    *,
    legend_at: str = "lower center",
    legend_size: float = 7.5,
) -> bytes:
    """Add title and legend, each entry once, and encode the figure as PNG."""
    figure.suptitle(title, fontsize=10, fontweight="bold", parse_math=False)
    entries: dict[str, Any] = {}
    for part in figure.axes:
        for handle, words in zip(*part.get_legend_handles_labels(), strict=True):
            entries.setdefault(words, handle)
    figure.legend(
        entries.values(),
        entries.keys(),
        loc=legend_at,
        ncols=len(entries),
        fontsize=legend_size,
        frameon=False,
    )
    return encode_plot(figure)


def encode_plot(figure: Any) -> bytes:
    """Encode without the lowest bits of each colour: half the size, the same to see."""
    import cv2

    canvas = figure.canvas
    canvas.draw()
    rgb = np.asarray(canvas.buffer_rgba())[:, :, :3]
    coarse = (rgb | _LOWEST_BITS)[:, :, ::-1]
    options = [cv2.IMWRITE_PNG_COMPRESSION, _COMPRESSION]
    options += [cv2.IMWRITE_PNG_FILTER, cv2.IMWRITE_PNG_FILTER_NONE]
    _, encoded = cv2.imencode(".png", np.ascontiguousarray(coarse), options)
    return bytes(encoded.tobytes())
