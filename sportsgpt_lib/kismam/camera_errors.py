"""What camera scale, camera roll and the athlete's size add to an indicator's error.

How large they are is found in ``sportsgpt_lib/kinematics/camera_geometry.py``.
"""

from dataclasses import dataclass

from sportsgpt_lib.kinematics.camera_roll import UNKNOWN_ROLL_ERROR_DEG
from sportsgpt_lib.sports.definition import Indicator
from sportsgpt_lib.sports.rules import AtKeyframe, InPhase, QuantityRule

TO_VERTICAL = frozenset(
    {"trunk_lean", "{side}_thigh_angle", "{side}_shank_angle", "{side}_foot_angle"}
)


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

    def refuse_unit(self, unit: str) -> str | None:
        """Say why nothing can be given in a unit; None = it can."""
        if unit != "m" or self.scale_error_ratio is not None:
            return None
        return f"there are no metres: {self.scale_reason or 'the scale is not known'}"

    def find_limit(self, unit: str) -> str | None:
        """Find what limits values in a unit; None = nothing."""
        return self.scale_reason if unit == "m" else None

    def compute_error(self, indicator: Indicator, value: float) -> float:
        """Compute the standard uncertainty that the camera adds to a value."""
        if indicator.unit == "m":
            return abs(value) * (self.scale_error_ratio or 0.0)
        if indicator.unit == "body_heights":
            return abs(value) * self.stature_error_ratio
        return self.roll_error_deg if _is_turned_by_roll(indicator) else 0.0


UNKNOWN_CAMERA_ERRORS = CameraErrors()


def _is_turned_by_roll(indicator: Indicator) -> bool:
    """Whether a roll shifts the value: not where it is a difference of two angles."""
    rule = indicator.rule
    if not isinstance(rule, QuantityRule) or rule.quantity not in TO_VERTICAL:
        return False
    is_one_reading = isinstance(rule, AtKeyframe) or (
        isinstance(rule, InPhase) and rule.measure != "range_in_phase"
    )
    return is_one_reading and rule.sides != "difference"
