"""Metres per pixel in the athlete's plane, from a known length or the stated height.

Which of them is believed, what the error is made of, and when there is no scale.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sportsgpt_lib.kinematics.camera_roll import (
    CLICK_ERROR_PX,
    FOCAL_LENGTH_PICTURES,
    locate_calibration,
)
from sportsgpt_lib.kinematics.stature import Stature
from sportsgpt_lib.session.calibration import Calibration

# All chosen, see docs/adr/0006-pose.md.
STATED_HEIGHT_ERROR_M = 0.015
LENGTH_ERROR_RATIO = 0.01
OFF_PLANE_M = 0.25
PITCH_ERROR_RATIO = 0.01
LARGEST_ERROR_RATIO = 0.15
_NOTABLE_CHANGE_RATIO = 0.10
_UPRIGHT_DEG = 15.0
_CLEAR_DISAGREEMENT = 2.0  # standard uncertainties

ScaleMethod = Literal["calibration_object", "known_distance", "athlete_height", "none"]
_METHODS: dict[str, ScaleMethod] = {
    "object": "calibration_object",
    "distance": "known_distance",
}
_WORDS = {
    "calibration_object": "the calibration object",
    "known_distance": "the known distance",
}


@dataclass(frozen=True)
class PictureScale:
    """Metres per pixel with standard uncertainty as a share.

    Both are None where ``method`` is ``none``; ``reasons`` then say why, else what
    limits the scale.
    """

    method: ScaleMethod
    m_per_px: float | None
    error_ratio: float | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Candidate:
    method: ScaleMethod
    m_per_px: float
    error_ratio: float


def find_picture_scale(
    stature: Stature,
    athlete_height_m: float | None,
    calibration: Calibration | None,
    camera_view: str,
    size_px: tuple[int, int],
) -> PictureScale:
    """Find the scale: from a known length where it holds, else from the height.

    Parameters
    ----------
    stature
        The athlete's size in the picture.
    athlete_height_m
        As stated; None = not stated.
    calibration
        The known length in the picture; None = none.
    camera_view
        As in ``recordings``.
    size_px
        Width and height of the picture.

    Returns
    -------
    The scale. A known length and a stated height that disagree by more than two
    standard uncertainties give none: one of them is wrong, and nothing tells which.
    """
    reasons: list[str] = []
    candidates: list[_Candidate] = []
    if calibration is not None:
        refusal = _refuse_calibration(calibration, camera_view, size_px)
        if refusal:
            reasons.append(refusal)
        else:
            candidates.append(_scale_by_calibration(calibration, size_px))
    if athlete_height_m is not None:
        if np.isfinite(stature.px):
            candidates.append(_scale_by_height(stature, athlete_height_m))
        else:
            reasons.append("the height is stated, but neither leg was seen whole")
    if not candidates:
        return _no_scale(reasons, is_told_any=bool(reasons))
    if len(candidates) > 1 and (refusal := _refuse_disagreement(*candidates)):
        return _no_scale([*reasons, refusal], is_told_any=True)
    chosen = candidates[0]
    chosen, words = _add_change(chosen, stature)
    reasons += words
    if chosen.error_ratio > LARGEST_ERROR_RATIO:
        reasons.append(
            f"the scale's error would be {_write_beyond_limit(chosen.error_ratio)}; "
            f"allowed: at most {LARGEST_ERROR_RATIO:.0%}"
        )
        return _no_scale(reasons, is_told_any=True)
    return PictureScale(
        chosen.method, chosen.m_per_px, chosen.error_ratio, tuple(reasons)
    )


def _no_scale(reasons: list[str], *, is_told_any: bool) -> PictureScale:
    if not is_told_any:
        reasons = [
            "neither a calibration nor the athlete's height is stated in session.toml"
        ]
    return PictureScale("none", None, None, tuple(reasons))


def _refuse_calibration(
    calibration: Calibration, camera_view: str, size_px: tuple[int, int]
) -> str | None:
    """Say why a length is not seen in full from this view; None = it is.

    Only what stands upright keeps its length from every side.
    """
    if camera_view == "sagittal" or calibration.is_plumb:
        return None
    method = _METHODS[calibration.kind]
    start_px, end_px = locate_calibration(calibration, size_px)
    across_px, along_px = np.abs(end_px - start_px)
    is_upright = np.degrees(np.arctan2(across_px, along_px)) < _UPRIGHT_DEG
    if calibration.kind == "object" and is_upright:
        return None
    return (
        f"{_WORDS[method]} is not used: lengths along the floor look shorter, by an "
        f"unknown amount, where the view is {camera_view}"
    )


def _scale_by_calibration(
    calibration: Calibration, size_px: tuple[int, int]
) -> _Candidate:
    start_px, end_px = locate_calibration(calibration, size_px)
    length_px = float(np.linalg.norm(end_px - start_px))
    m_per_px = calibration.length_m / length_px
    error_m = calibration.error_m
    stated = LENGTH_ERROR_RATIO if error_m is None else error_m / calibration.length_m
    # With a phone's angle of view; a longer lens stands farther off and errs less.
    distance_m = FOCAL_LENGTH_PICTURES * max(size_px) * m_per_px
    parts = (
        stated,
        np.sqrt(2.0) * CLICK_ERROR_PX / length_px,
        OFF_PLANE_M / distance_m,
        PITCH_ERROR_RATIO,
    )
    return _Candidate(
        _METHODS[calibration.kind], m_per_px, float(np.linalg.norm(parts))
    )


def _scale_by_height(stature: Stature, athlete_height_m: float) -> _Candidate:
    error = float(
        np.hypot(STATED_HEIGHT_ERROR_M / athlete_height_m, stature.error_ratio)
    )
    return _Candidate("athlete_height", athlete_height_m / stature.px, error)


def _refuse_disagreement(known: _Candidate, height: _Candidate) -> str | None:
    """Say that length and height contradict each other; None = they do not."""
    ratio = height.m_per_px / known.m_per_px
    expected = float(np.hypot(known.error_ratio, height.error_ratio))
    if abs(float(np.log(ratio))) <= _CLEAR_DISAGREEMENT * expected:
        return None
    return (
        f"the athlete's stated height gives {ratio:.2f} times the metres that "
        f"{_WORDS[known.method]} gives, more than the errors allow: check both, "
        "and that the athlete moves where the length was marked"
    )


def _write_beyond_limit(error_ratio: float) -> str:
    """Write an error with as many digits as show that it is beyond the limit."""
    digits = 0
    while round(100.0 * error_ratio, digits) <= 100.0 * LARGEST_ERROR_RATIO:
        digits += 1
    return f"{error_ratio:.{digits}%}"


def _add_change(chosen: _Candidate, stature: Stature) -> tuple[_Candidate, list[str]]:
    """Add what one scale for all frames gets wrong where the athlete comes nearer."""
    if not np.isfinite(stature.change_ratio):
        return chosen, []
    change = abs(stature.change_ratio)
    spread = change / np.sqrt(12.0)  # uniform over the change
    wider = replace(chosen, error_ratio=float(np.hypot(chosen.error_ratio, spread)))
    return wider, list(_word_change(stature, change))


def _word_change(stature: Stature, change: float) -> Iterator[str]:
    if change > _NOTABLE_CHANGE_RATIO:
        verb = "grows" if stature.change_ratio > 0.0 else "shrinks"
        yield (
            f"the athlete {verb} by {change:.0%} in the picture, so the way is not "
            "square to the camera"
        )
