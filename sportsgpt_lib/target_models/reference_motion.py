"""From a target model to what the alignment compares with an athlete.

Both kinds become a ``ReferenceMotion`` whose angles carry the athlete's names, such as
``left_knee_flexion``.
"""

from collections.abc import Mapping

import numpy as np

from sportsgpt_lib.alignment.motion import KeyframeMark, Motion, ReferenceMotion
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import AlignmentInputError
from sportsgpt_lib.sports.quantities import (
    BODY_SIDES,
    Side,
    exchange_side,
    to_rule_name,
)
from sportsgpt_lib.target_models.reference import (
    FULL_PCT,
    CyclicReference,
    RecordedReference,
    Reference,
)

# Chosen: published curves are tabulated at every second per cent, recorded ones at most
# at every hundredth; a spline through them holds no more.
ROWS_PER_CYCLE = 100
# Chosen, see docs/alignment.md: neighbouring cycles look alike, and this much of them
# holds the keyframes at both ends in place.
CONTEXT_SHARE = 0.15

_Columns = tuple[tuple[str, ...], FloatArray, FloatArray]


def to_reference_motion(
    reference: Reference, own_side: Side, joint_weights: Mapping[str, float]
) -> ReferenceMotion:
    """Give a target model the names of one body side's athlete.

    Parameters
    ----------
    reference
        A target model of either kind.
    own_side
        The side that does it. One recorded on the other side is mirrored; one of both
        sides stays as it was recorded.
    joint_weights
        Weights as ``joint_weights.csv`` names them, such as ``{side}_knee_flexion``;
        quantities without a weight, or with 0, are left out.

    Returns
    -------
    A cyclic target model is sampled with 15 % of the neighbouring cycles on both sides;
    a recorded one brings what was filmed around it.

    Raises
    ------
    AlignmentInputError
        A cyclic target model is asked for without a side, none of its quantities has a
        weight, or its angles cannot be aligned to.
    """
    columns = (
        _sample_cycle(reference, own_side)
        if isinstance(reference, CyclicReference)
        else _take_recording(reference, own_side)
    )
    names, times_s, angles_deg = columns
    weights = np.array([joint_weights.get(to_rule_name(name), 0.0) for name in names])
    kept = np.flatnonzero(weights > 0.0)
    if not kept.size:
        raise AlignmentInputError(
            f"target model {reference.reference_id}",
            f"none of its angles has a weight: {', '.join(names)}",
            f"record one of {', '.join(sorted(joint_weights))}, or give one of its "
            "angles a weight in joint_weights.csv",
        )
    start_s, end_s = _name_interval(reference)
    return ReferenceMotion(
        reference.reference_id,
        Motion(tuple(names[i] for i in kept), times_s, angles_deg[:, kept]),
        start_s,
        end_s,
        _mark_keyframes(reference),
        weights[kept],
    )


def _sample_cycle(reference: CyclicReference, own_side: Side) -> _Columns:
    if own_side == "both":
        raise AlignmentInputError(
            f"target model {reference.reference_id}",
            "it is one leg's cycle, but no side was named",
            "ask for it once for the left and once for the right side",
        )
    context = round(CONTEXT_SHARE * ROWS_PER_CYCLE)
    shares = np.arange(-context, ROWS_PER_CYCLE + context + 1) / ROWS_PER_CYCLE
    left, right = BODY_SIDES
    other_side = right if own_side == left else left
    names = tuple(
        f"{side}_{name}"
        for side in (own_side, other_side)
        for name in reference.quantities
    )
    times_s = shares * reference.file.cycle_duration_s
    return names, times_s, reference.sample_deg(shares)


def _take_recording(reference: RecordedReference, own_side: Side) -> _Columns:
    is_mirrored = "both" not in (own_side, reference.own_side) and (
        own_side != reference.own_side
    )
    names = reference.quantities
    if is_mirrored:
        names = tuple(exchange_side(name) for name in names)
    return names, reference.times_s, reference.angles_deg


def _name_interval(reference: Reference) -> tuple[float, float]:
    if isinstance(reference, CyclicReference):
        return 0.0, reference.file.cycle_duration_s
    return reference.file.start_s, reference.file.end_s


def _mark_keyframes(reference: Reference) -> tuple[KeyframeMark, ...]:
    if isinstance(reference, RecordedReference):
        return tuple(
            KeyframeMark(mark.name, mark.leg, mark.time_s, mark.spread_s)
            for mark in reference.file.keyframes
        )
    duration_s = reference.file.cycle_duration_s
    return tuple(
        KeyframeMark(
            mark.name,
            mark.leg,
            mark.cycle_pct / FULL_PCT * duration_s,
            mark.spread_pct / FULL_PCT * duration_s,
        )
        for mark in reference.file.keyframes
    )
