"""Draws a target model: its angles over time, with its keyframes, as a PNG."""

from typing import Any

from sportsgpt_lib.alignment.motion import ReferenceMotion
from sportsgpt_lib.reporting.plot_encoding import finish_plot, open_plot
from sportsgpt_lib.sports.definition import Movement
from sportsgpt_lib.sports.quantities import BODY_SIDES
from sportsgpt_lib.target_models.reference import Reference
from sportsgpt_lib.target_models.reference_motion import to_reference_motion

# Blue and vermilion of Okabe & Ito's palette (source in skeleton_drawing.py); solid
# and dashed besides, for whoever cannot tell them apart.
_STYLES = {
    "left": {"color": "#0072b2", "linestyle": "-"},
    "right": {"color": "#b34a00", "linestyle": "--"},
    "": {"color": "#30363d", "linestyle": "-"},
}
_MARK = "#30363d"
_WIDTH_INCHES, _PANEL_INCHES = 8.6, 1.3
# The strip of the keyframes' names, as a share of a panel: the longest fits.
_STRIP_SHARE = 0.8
_SMALL = 7


def draw_reference(movement: Movement, reference: Reference) -> bytes:
    """Draw every angle that decides an alignment, one panel for both sides of it.

    Lines mark the keyframes; what is grey lies before the start or after the end.
    """
    own_side = "left" if reference.is_cyclic else reference.own_side
    drawn = to_reference_motion(reference, own_side, movement.joint_weights)
    angles = list(dict.fromkeys(_split_side(name)[1] for name in drawn.motion.names))
    figure, (strip, *axes) = open_plot(
        _WIDTH_INCHES, _PANEL_INCHES, [_STRIP_SHARE, *[1.0] * len(angles)]
    )
    for part, angle in zip(axes, angles, strict=True):
        _draw_angle(part, drawn, angle)
        part.set_title(f"{angle.replace('_', ' ')} (deg)", loc="left", fontsize=_SMALL)
    strip.set_axis_off()
    for mark in drawn.keyframes:
        whose = " (other leg)" if mark.leg == "other" else ""
        strip.annotate(
            mark.name.replace("_", " ") + whose,
            (mark.time_s, 0.0),
            xycoords=("data", "axes fraction"),
            rotation=90,
            va="bottom",
            ha="center",
            fontsize=_SMALL,
        )
    axes[-1].set_xlabel("time from the start (s)", fontsize=_SMALL)
    return finish_plot(figure, f"{reference.file.title} ({reference.versioned_id})")


def _draw_angle(part: Any, drawn: ReferenceMotion, angle: str) -> None:
    """Draw one angle of both sides, the keyframes, and where the context lies."""
    motion = drawn.motion
    for name, values_deg in zip(motion.names, motion.angles_deg.T, strict=True):
        side, own_angle = _split_side(name)
        if own_angle == angle:
            label = side or "body"
            part.plot(motion.times_s, values_deg, label=label, **_STYLES[side])
    for outside_s in (
        (motion.times_s[0], drawn.start_s),
        (drawn.end_s, motion.times_s[-1]),
    ):
        part.axvspan(*outside_s, color=_MARK, alpha=0.08, linewidth=0)
    for mark in drawn.keyframes:
        part.axvline(mark.time_s, color=_MARK, linewidth=0.8, linestyle=":")


def _split_side(name: str) -> tuple[str, str]:
    for side in BODY_SIDES:
        if name.startswith(f"{side}_"):
            return side, name.removeprefix(f"{side}_")
    return "", name
