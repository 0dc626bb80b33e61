"""What camera scale, camera roll and the athlete's size add to an indicator's error.

How large they are is found in ``sportsgpt_lib/kinematics/camera_geometry.py``.
"""

from dataclasses import dataclass

from sportsgpt_lib.kinematics.camera_roll import UNKNOWN_ROLL_ERROR_DEG
from sportsgpt_lib.sports.definition import Indicator
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    HeightByFlight,
    InPhase,
)

TO_VERTICAL = frozenset(
    {
        "trunk_lean",
        "{side}_body_lean",
        "{side}_thigh_angle",
        "{side}_shank_angle",
        "{side}_foot_angle",
    }
)
_METRE_UNITS = ("m", "mps")
_STATURE_UNITS = ("body_heights", "body_heights_s")


@dataclass(frozen=True)
class CameraErrors:
    """Standard uncertainties that all frames of a recording share.

    ``scale_error_ratio`` is that of metres, None = there is no scale; ``scale_reason``
    then says why, else what limits it. ``stature_error_ratio`` is that of a body
    height. ``roll_error_deg`` is what is left of the camera's roll: its error where it
    was taken out, all of it where it is not known.
    """

    scale_error_ratio: float | None = None
    scale_reason: str | None = None
    stature_error_ratio: float = 0.0
    roll_error_deg: float = UNKNOWN_ROLL_ERROR_DEG

    def refuse(self, indicator: Indicator) -> str | None:
        """Say why an indicator cannot be given in its unit; None = it can."""
        if not _needs_scale(indicator) or self.scale_error_ratio is not None:
            return None
        return f"there are no metres: {self.scale_reason or 'the scale is not known'}"

    def find_limit(self, indicator: Indicator) -> str | None:
        """Find what limits an indicator's values; None = nothing."""
        return self.scale_reason if _needs_scale(indicator) else None

    def compute_error(self, indicator: Indicator, value: float) -> float:
        """Compute the standard uncertainty that the camera adds to a value."""
        if _needs_scale(indicator):
            return abs(value) * (self.scale_error_ratio or 0.0)
        if indicator.unit in _STATURE_UNITS:
            return abs(value) * self.stature_error_ratio
        return self.roll_error_deg * _count_rolls(indicator)


UNKNOWN_CAMERA_ERRORS = CameraErrors()


def _needs_scale(indicator: Indicator) -> bool:
    """Whether metres of the picture are in the value: not where gravity gives them."""
    is_of_picture = not isinstance(indicator.rule, HeightByFlight)
    return indicator.unit in _METRE_UNITS and is_of_picture


def _count_rolls(indicator: Indicator) -> float:
    """Count how often a roll shifts the value: not where two angles are compared."""
    rule = indicator.rule
    if isinstance(rule, DirectionAtKeyframe):
        return 1.0
    if isinstance(rule, DifferenceAtKeyframe) and rule.sides != "difference":
        first, second = _find_sense(rule.first), _find_sense(rule.second)
        return abs(first + second if rule.reverse_second else first - second)
    if not isinstance(rule, AtKeyframe | InPhase) or rule.sides == "difference":
        return 0.0
    is_range = rule.measure == "range_in_phase"
    return 0.0 if is_range else abs(_find_sense(rule.quantity))


def _find_sense(quantity: str) -> float:
    """Tell how a segment's angle follows a body that tips forward; 0 = not at all."""
    if quantity not in TO_VERTICAL:
        return 0.0
    return 1.0 if quantity.endswith("_lean") else -1.0
