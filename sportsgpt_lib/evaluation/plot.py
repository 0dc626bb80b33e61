"""The plot of an evaluation: the rubric's points by variant, with intervals.

Drawn without a display; nothing is measured here.
"""

from io import BytesIO
from typing import Any

import polars as pl

from sportsgpt_lib.evaluation.ablation import VARIANTS
from sportsgpt_lib.evaluation.rubric import LEAST_POINTS, MOST_POINTS, RUBRIC

# Points that experts gave in the paper (arXiv 2512.14121), as far as they are known.
PAPER_POINTS: dict[tuple[str, str], float] = {
    ("accuracy", "full"): 3.9,
    ("accuracy", "without_kismam"): 2.85,
    ("feasibility", "full"): 3.9,
    ("feasibility", "without_retrieval"): 1.65,
}
_VARIANT_WORDS = {
    "full": "full",
    "without_kismam": "without KISMAM",
    "without_retrieval": "without retrieval",
    "neither": "neither",
}
_COLOURS = {
    "full": "#0a5c6b",
    "without_kismam": "#8f5606",
    "without_retrieval": "#1c7044",
    "neither": "#6b6b6b",
}
_LANGUAGE_WORDS = {"en": "English", "zh": "Chinese"}
_PANEL_INCHES = (7.2, 3.2)
_DOTS_PER_INCH = 110
_BAR_WIDTH = 0.2
_PANEL = ["language", "writer", "judge"]


def plot_summary(summary: pl.DataFrame) -> bytes:
    """Plot the rubric's points: a panel for each language, writer and judge.

    Parameters
    ----------
    summary
        Rows as ``results.SUMMARY_COLUMNS``.

    Returns
    -------
    A PNG file's bytes. Bars are means over cases, whiskers their intervals of 95 %;
    diamonds are what human experts gave in the paper, on other cases.
    """
    # The object interface alone: pyplot would keep every figure and choose a window.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rubric = summary.filter(pl.col("kind") == "rubric")
    panels = rubric.partition_by(_PANEL, as_dict=True, maintain_order=True)
    width, height = _PANEL_INCHES
    rows = max(len(panels), 1)
    figure = Figure(
        figsize=(width, height * rows), dpi=_DOTS_PER_INCH, layout="constrained"
    )
    FigureCanvasAgg(figure)
    for number, (panel, part) in enumerate(panels.items(), start=1):
        axes = figure.add_subplot(rows, 1, number)
        _draw_panel(axes, part)
        language, writer, judge = panel
        axes.set_title(
            f"{_LANGUAGE_WORDS.get(str(language), language)}, writer {writer}, "
            f"points by {judge}",
            loc="left",
            fontsize=10,
            parse_math=False,
        )
        if number == 1:
            axes.legend(loc="upper right", fontsize=7, ncols=5, frameon=False)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()


def _draw_panel(axes: Any, part: pl.DataFrame) -> None:
    rows = {(row["name"], row["variant"]): row for row in part.iter_rows(named=True)}
    for step, variant in enumerate(VARIANTS):
        offset = (step - (len(VARIANTS) - 1) / 2) * _BAR_WIDTH
        known = [
            (place + offset, row)
            for place, name in enumerate(RUBRIC)
            if (row := rows.get((name, variant))) and row["mean"] is not None
        ]
        if known:
            _draw_bars(axes, variant, known)
        experts = [
            (place + offset, PAPER_POINTS[name, variant])
            for place, name in enumerate(RUBRIC)
            if (name, variant) in PAPER_POINTS
        ]
        axes.plot(
            [x for x, _ in experts],
            [points for _, points in experts],
            linestyle="none",
            marker="D",
            markersize=6,
            markerfacecolor="white",
            markeredgecolor="black",
            label="experts in the paper" if variant == VARIANTS[0] else None,
        )
    axes.set_xticks(range(len(RUBRIC)), RUBRIC, fontsize=8)
    # Room above the highest points for the legend.
    axes.set_ylim(LEAST_POINTS, MOST_POINTS + 0.7)
    axes.set_ylabel("points, 1 to 5", fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_bars(
    axes: Any, variant: str, known: list[tuple[float, dict[str, Any]]]
) -> None:
    heights = [row["mean"] - LEAST_POINTS for _, row in known]
    below = [row["mean"] - row["low"] for _, row in known]
    above = [row["high"] - row["mean"] for _, row in known]
    axes.bar(
        [x for x, _ in known],
        heights,
        width=_BAR_WIDTH,
        bottom=LEAST_POINTS,
        color=_COLOURS[variant],
        yerr=[below, above],
        error_kw={"elinewidth": 0.9, "capsize": 2},
        label=_VARIANT_WORDS[variant],
    )
