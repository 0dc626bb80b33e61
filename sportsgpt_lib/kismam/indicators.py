"""From a repetition to its indicators: value, error, deviation and validity.

The measures themselves are in ``measures.py``. Nothing is written here that the camera
view or the data cannot support.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from sportsgpt_lib.kismam.camera_errors import UNKNOWN_CAMERA_ERRORS, CameraErrors
from sportsgpt_lib.kismam.deviation import compute_deviation
from sportsgpt_lib.kismam.measures import (
    OUT_OF_ORDER,
    Measured,
    Times,
    compute_measure,
)
from sportsgpt_lib.kismam.noise_bias import (
    PASSING_GAIN,
    compute_noise_bias,
    remove_noise_bias,
    remove_size_bias,
)
from sportsgpt_lib.kismam.pose_errors import QuantityErrors, compute_pose_error
from sportsgpt_lib.kismam.repetition import (
    KeyframeTime,
    Repetition,
    list_needed_keyframes,
)
from sportsgpt_lib.sports.definition import Indicator, LimitingCondition, Movement
from sportsgpt_lib.sports.number_format import format_quantity
from sportsgpt_lib.sports.rules import parse_keyframe_ref

Validity = Literal["valid", "limited", "not_measurable"]


@dataclass(frozen=True)
class IndicatorResult:
    """One indicator of one repetition.

    ``value``, ``error``, ``deviation`` and ``time_s`` are NaN where ``validity`` is
    ``not_measurable``. ``reason`` is None where it is ``valid``.
    """

    indicator: Indicator
    value: float
    error: float
    deviation: float
    validity: Validity
    reason: str | None
    time_s: float


def assess_repetition(
    movement: Movement,
    repetition: Repetition,
    camera_view: str,
    quantity_errors: QuantityErrors,
    camera: CameraErrors = UNKNOWN_CAMERA_ERRORS,
) -> list[IndicatorResult]:
    """Assess every indicator of the movement for one repetition.

    Parameters
    ----------
    movement
        The movement's definition.
    repetition
        Keyframes and quantities; either may be incomplete.
    camera_view
        Where the camera stood, as in ``recordings``.
    quantity_errors
        How exactly each quantity can be measured.
    camera
        What scale, stature and roll add to that.

    Returns
    -------
    One result per indicator, in the movement's order; partial data, partial results.
    """
    results = [
        _assess(
            movement,
            indicator,
            repetition,
            _Sight(camera_view, quantity_errors, camera),
        )
        for indicator in movement.indicators
    ]
    return _apply_conditions(movement, repetition, results)


class _Sight(NamedTuple):
    """Where the camera stood, and how exactly it measures."""

    camera_view: str
    quantity_errors: QuantityErrors
    camera: CameraErrors


def _assess(
    movement: Movement, indicator: Indicator, repetition: Repetition, sight: _Sight
) -> IndicatorResult:
    if refusal := _refuse_view(indicator, sight.camera_view):
        return _not_measurable(indicator, refusal)
    if refusal := sight.camera.refuse(indicator):
        return _not_measurable(indicator, refusal)
    keyframes, missing = _find_keyframes(movement, indicator, repetition)
    if missing:
        return _not_measurable(
            indicator, f"not found in this repetition: {', '.join(missing)}"
        )
    times = {text: time.time_s for text, time in keyframes.items()}
    measured = compute_measure(indicator.rule, movement, repetition, times)
    scale_limit = sight.camera.find_limit(indicator)
    if not math.isfinite(measured.value):
        words = filter(None, [_word_unreadable(measured), scale_limit])
        return _not_measurable(indicator, "; ".join(words))
    timing_error = _compute_timing_error(
        indicator, movement, repetition, keyframes, measured.value
    )
    if math.isnan(timing_error):
        return _not_measurable(
            indicator, "the data around the keyframe are too short to give an error"
        )
    rule, errors = indicator.rule, sight.quantity_errors
    pose_error = compute_pose_error(rule, movement, repetition, times, errors)
    error = math.hypot(
        timing_error,
        pose_error,
        sight.camera.compute_error(indicator, measured.value),
    )
    passing_error = math.hypot(timing_error, pose_error * PASSING_GAIN)
    bias = compute_noise_bias(rule, movement, repetition, times, errors)
    value = remove_noise_bias(rule, measured.value, bias)
    value = remove_size_bias(rule, value, passing_error)
    measured = replace(measured, value=value)
    reasons = [scale_limit] if scale_limit else []
    if sight.camera_view in indicator.limited_views:
        reasons.append(indicator.limited_views[sight.camera_view])
    if indicator.limited_far_leg and repetition.is_of_far_leg:
        reasons.append(indicator.limited_far_leg)
    return _judge(indicator, measured, error, reasons)


def _find_keyframes(
    movement: Movement, indicator: Indicator, repetition: Repetition
) -> tuple[dict[str, KeyframeTime], list[str]]:
    """Find the keyframes that an indicator needs; name those that are missing."""
    found = {
        text: repetition.find_keyframe(text)
        for text in list_needed_keyframes(indicator.rule, movement)
    }
    keyframes = {text: time for text, time in found.items() if time is not None}
    missing = [
        _word_keyframe(movement, text) for text in found if text not in keyframes
    ]
    return keyframes, missing


def _judge(
    indicator: Indicator, measured: Measured, error: float, reasons: list[str]
) -> IndicatorResult:
    if measured.unseen:
        reasons.append(f"{_word_unseen(measured)} was not seen, the other side was")
    deviation = 0.0
    if indicator.target is not None:
        deviation = compute_deviation(measured.value, error, indicator.target)
        if error > indicator.target.tolerance:
            reasons.append(
                f"the error of {format_quantity(error, indicator.unit)} is larger than "
                "the tolerance of "
                f"{format_quantity(indicator.target.tolerance, indicator.unit)}"
            )
    return IndicatorResult(
        indicator=indicator,
        value=measured.value,
        error=error,
        deviation=deviation,
        validity="limited" if reasons else "valid",
        reason="; ".join(reasons) or None,
        time_s=measured.time_s,
    )


def _apply_conditions(
    movement: Movement, repetition: Repetition, results: list[IndicatorResult]
) -> list[IndicatorResult]:
    """Limit the indicators whose targets are in doubt here.

    What puts them in doubt is another one's value, the frame rate or the athlete.
    """
    values = {result.indicator.name: result.value for result in results}
    frame_rate_hz = repetition.frame_rate_hz if movement.limited_when else math.nan
    met = [
        condition
        for condition in movement.limited_when
        if (
            condition.indicator is not None
            and condition.is_met(values[condition.indicator])
        )
        or condition.is_met_by_recording(frame_rate_hz, repetition.athlete_groups)
    ]
    return [_apply_met(result, met) for result in results]


def _apply_met(
    result: IndicatorResult, met: Sequence[LimitingCondition]
) -> IndicatorResult:
    """Limit one indicator by the conditions that name it, or set it aside."""
    found = [one for one in met if result.indicator.name in one.limits]
    if not found or result.validity == "not_measurable":
        return result
    aside = [one.reason for one in found if one.effect == "not_measurable"]
    if aside:
        return _not_measurable(result.indicator, "; ".join(dict.fromkeys(aside)))
    reasons = dict.fromkeys(filter(None, [result.reason, *(c.reason for c in found)]))
    return replace(result, validity="limited", reason="; ".join(reasons))


def _refuse_view(indicator: Indicator, camera_view: str) -> str | None:
    usable = (*indicator.valid_views, *indicator.limited_views)
    if camera_view in usable:
        return None
    stood = (
        "the camera view was not stated"
        if camera_view == "unknown"
        else f"the camera view is {camera_view}"
    )
    return f"{stood}; it can be measured from: {', '.join(usable)}"


def _word_keyframe(movement: Movement, text: str) -> str:
    ref = parse_keyframe_ref(text)
    title = movement.keyframe(ref.keyframe).title
    words = title[:1].lower() + title[1:]
    return f"{words} of the other leg" if ref.is_other_leg else words


def _word_unseen(measured: Measured) -> str:
    return ", ".join(name.replace("_", " ") for name in measured.unseen)


def _word_unreadable(measured: Measured) -> str:
    if measured.unseen:
        return f"not seen well enough: {_word_unseen(measured)}"
    return measured.reason or OUT_OF_ORDER


def _compute_timing_error(
    indicator: Indicator,
    movement: Movement,
    repetition: Repetition,
    keyframes: Mapping[str, KeyframeTime],
    value: float,
) -> float:
    """Compute what the keyframes' uncertainties do to the value.

    Each keyframe in turn is moved by its standard uncertainty to both sides and the
    measure taken again: to first order that is rate times uncertainty, and it also
    holds at turning points, for phases and for shares. NaN where neither side can be
    read.
    """
    times = {text: time.time_s for text, time in keyframes.items()}
    variance = 0.0
    for text, keyframe in keyframes.items():
        if keyframe.error_s == 0.0:
            continue
        changes = [
            moved.value - value
            for moved in (
                compute_measure(
                    indicator.rule, movement, repetition, _move(times, text, shift_s)
                )
                for shift_s in (-keyframe.error_s, keyframe.error_s)
            )
            if math.isfinite(moved.value)
        ]
        if not changes:
            return float("nan")
        variance += sum(change**2 for change in changes) / len(changes)
    return math.sqrt(variance)


def _move(times: Times, text: str, shift_s: float) -> Times:
    return {**times, text: times[text] + shift_s}


def _not_measurable(indicator: Indicator, reason: str) -> IndicatorResult:
    nothing = float("nan")
    return IndicatorResult(
        indicator, nothing, nothing, nothing, "not_measurable", reason, nothing
    )
