"""What a picture of an indicator has to show, by the rule of its movement file.

For an athlete's repetition and a target model alike, so that both show the same
keyframe. The measured value itself comes from ``kismam_metrics``.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sportsgpt_lib.kismam.measures import compute_measure
from sportsgpt_lib.kismam.repetition import Repetition, list_needed_keyframes
from sportsgpt_lib.reporting.evidence_desk import EvidenceDesk
from sportsgpt_lib.reporting.evidence_of_times import (
    plan_delay,
    plan_duration,
    plan_flight,
    plan_share,
    plan_symmetry,
)
from sportsgpt_lib.reporting.evidence_of_values import (
    plan_change,
    plan_difference,
    plan_direction,
    plan_keyframe,
    plan_mean_rate,
    plan_phase,
    plan_rate,
)
from sportsgpt_lib.reporting.evidence_shots import EvidencePlan
from sportsgpt_lib.sports.definition import Indicator, Movement
from sportsgpt_lib.sports.rules import (
    AtKeyframe,
    ChangeBetween,
    DelayBetweenExtremes,
    DelayToKeyframe,
    DifferenceAtKeyframe,
    DirectionAtKeyframe,
    Duration,
    DurationShare,
    DurationSymmetry,
    HeightByFlight,
    InPhase,
    MeanRateBetween,
    RateAtKeyframe,
    RateInPhase,
)

_PLANNERS: Mapping[type, Callable[[EvidenceDesk, Any], EvidencePlan | None]] = {
    AtKeyframe: plan_keyframe,
    InPhase: plan_phase,
    ChangeBetween: plan_change,
    MeanRateBetween: plan_mean_rate,
    RateAtKeyframe: plan_rate,
    RateInPhase: plan_rate,
    DirectionAtKeyframe: plan_direction,
    DifferenceAtKeyframe: plan_difference,
    DelayBetweenExtremes: plan_delay,
    DelayToKeyframe: plan_delay,
    Duration: plan_duration,
    HeightByFlight: plan_flight,
    DurationShare: plan_share,
    DurationSymmetry: plan_symmetry,
}


def plan_evidence(
    indicator: Indicator, movement: Movement, repetition: Repetition
) -> EvidencePlan | None:
    """Plan the picture of one indicator.

    Parameters
    ----------
    indicator
        What was measured.
    movement
        Its movement, for phases and for the names of keyframes.
    repetition
        Keyframes and quantities, of an athlete or of a target model.

    Returns
    -------
    The plan; None where a keyframe is missing or nothing can be read, so that there is
    nothing to show.
    """
    times: dict[str, float] = {}
    for text in list_needed_keyframes(indicator.rule, movement):
        keyframe = repetition.find_keyframe(text)
        if keyframe is None:
            return None
        times[text] = keyframe.time_s
    measured = compute_measure(indicator.rule, movement, repetition, times)
    if not math.isfinite(measured.value):
        return None
    desk = EvidenceDesk(indicator, movement, repetition, times, measured)
    plan = _PLANNERS[type(indicator.rule)](desk, indicator.rule)
    return None if plan is None else replace(plan, value=measured.value)
