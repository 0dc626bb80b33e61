"""Small plots as PNG bytes, for the Dagster page and for reports.

Drawn without a display; nothing is measured here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.reporting.wording import write_target

_SIZE_INCHES = (7.2, 2.8)
_DOTS_PER_INCH = 110
_LINE = "#0a5c6b"
_BAND = "#1c7044"
_MARK = "#8f5606"
_UNIT_WORDS = {"deg": "degrees", "body_heights": "body heights", "ratio": "ratio"}


@dataclass(frozen=True)
class Curve:
    """A quantity over time: ``values`` ``(T,)`` at ``times_s``, NaN = a gap."""

    title: str
    unit: str
    times_s: FloatArray
    values: FloatArray


@dataclass(frozen=True)
class Instant:
    """A keyframe to mark: when, and its name."""

    time_s: float
    words: str


def plot_curve(
    curve: Curve,
    instants: Sequence[Instant] = (),
    target: tuple[float | None, float | None] = (None, None),
) -> bytes:
    """Plot a joint angle with its keyframes and target range.

    Parameters
    ----------
    curve
        The quantity; gaps stay gaps.
    instants
        Keyframes, as named vertical lines.
    target
        Lower and upper end of the target range; None = no end on that side.

    Returns
    -------
    A PNG file's bytes.
    """
    # The object interface alone: pyplot would keep every figure and choose a window.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE_INCHES, dpi=_DOTS_PER_INCH, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(curve.times_s, curve.values, color=_LINE, linewidth=1.6)
    low, high = target
    if low is not None or high is not None:
        bottom, top = axes.get_ylim()
        axes.axhspan(
            bottom if low is None else low,
            top if high is None else high,
            color=_BAND,
            alpha=0.15,
            label=f"target {write_target(low, high, curve.unit)}",
        )
        axes.legend(loc="upper right", frameon=False, fontsize=8)
    for instant in instants:
        axes.axvline(instant.time_s, color=_MARK, linewidth=0.9, linestyle="--")
        axes.annotate(
            instant.words,
            (instant.time_s, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(2, -2),
            textcoords="offset points",
            rotation=90,
            va="top",
            fontsize=7,
            color=_MARK,
            parse_math=False,
        )
    axes.set_title(curve.title, loc="left", fontsize=10, parse_math=False)
    axes.set_xlabel("time in the clip (s)", fontsize=8)
    axes.set_ylabel(_UNIT_WORDS.get(curve.unit, curve.unit), fontsize=8)
    axes.tick_params(labelsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    buffer = BytesIO()
    figure.savefig(buffer, format="png")
    return buffer.getvalue()
