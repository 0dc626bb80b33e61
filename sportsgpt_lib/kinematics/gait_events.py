"""Foot strike and toe-off of walking, from kinematics alone.

No reference is needed. Landings from a height are in ``landing_events.py``; joining
events with the alignment is in ``sportsgpt_lib/alignment/strides.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import Instant, find_peaks

# A foot swings about half a body height from its rearmost to its foremost place; jitter
# stays far below a third of that. Chosen, see docs/angles.md.
MINIMUM_SWING_BODY_HEIGHTS = 0.15
# Twice the cadence of fast walking; chosen, see docs/angles.md.
SHORTEST_STRIDE_S = 0.5
# How fast the heel loses its speed before it strikes. Chosen, see docs/angles.md: the
# median over the walks of three adults in events_bmc_grf and events_c3d_samples, 17
# strikes, quartiles 14 and 18.
HEEL_BRAKING_BODY_HEIGHTS_S2 = 15.0
# What the methods themselves are off by, as standard deviations: on these walks strikes
# come out 18 ms, toe-offs 26 ms from the force plate or the annotation. Zeni et al.
# find 98 % of events over ground within 33 ms.
FOOT_STRIKE_ERROR_S = 0.018
TOE_OFF_ERROR_S = 0.026
# The stretch after the foremost place in which the heel lies still on the floor, and
# the delay of the strike where that was not seen. Chosen, see docs/angles.md.
_STILL_FROM_S = 0.08
_STILL_TO_S = 0.25
_USUAL_DELAY_S = 0.045
_USUAL_DELAY_ERROR_S = 0.015
_MINIMUM_SAMPLES = 3


@dataclass(frozen=True)
class FootEvents:
    """The foot strikes and toe-offs of one foot, each in time order."""

    foot_strikes: tuple[Instant, ...]
    toe_offs: tuple[Instant, ...]


def find_foot_events(
    times_s: FloatArray, heel_forward: FloatArray, toe_forward: FloatArray
) -> FootEvents:
    """Find the foot strikes and toe-offs of one foot.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds.
    heel_forward, toe_forward
        Distance ahead of the hip centre ``(T,)``, in body heights. NaN = not seen.

    Returns
    -------
    The events, with standard uncertainties that hold the fit, the frame rate and the
    method. An event beside a gap or the recording's end is not reported.

    Notes
    -----
    Toe-off is the toe's rearmost place. At its foremost place the heel still moves at
    the speed of the body, and it strikes when it stands; that is later by the speed of
    the body, at which the standing heel then falls back, over the heel's braking.
    In running the foot already moves back when it lands; there strikes come out late.

    Source
    ------
    Zeni JA, Richards JG, Higginson JS (2008) Two simple methods for determining gait
    events during treadmill and overground walking using kinematic data, Gait Posture
    27(4):710-714, doi:10.1016/j.gaitpost.2007.07.007, the coordinate-based method; the
    step from the foremost place to the strike is ours, see docs/angles.md.
    """
    return FootEvents(
        foot_strikes=tuple(
            _widen(_move_to_strike(times_s, heel_forward, peak), FOOT_STRIKE_ERROR_S)
            for peak in _find_turns(times_s, heel_forward)
        ),
        toe_offs=tuple(
            _widen(peak, TOE_OFF_ERROR_S) for peak in _find_turns(times_s, -toe_forward)
        ),
    )


def _find_turns(times_s: FloatArray, values: FloatArray) -> list[Instant]:
    return find_peaks(
        times_s,
        values,
        minimum_prominence=MINIMUM_SWING_BODY_HEIGHTS,
        minimum_distance_s=SHORTEST_STRIDE_S,
    )


def _move_to_strike(
    times_s: FloatArray, heel_forward: FloatArray, peak: Instant
) -> Instant:
    """Move from the heel's foremost place to where it comes to rest on the floor."""
    offsets_s = times_s - peak.time_s
    is_still = (offsets_s >= _STILL_FROM_S) & (offsets_s <= _STILL_TO_S)
    is_still &= np.isfinite(heel_forward)
    delay_s = _USUAL_DELAY_S
    delay_error_s = _USUAL_DELAY_ERROR_S
    if np.count_nonzero(is_still) >= _MINIMUM_SAMPLES:
        slope = np.polyfit(offsets_s[is_still], heel_forward[is_still], 1)[0]
        delay_s = max(0.0, -float(slope)) / HEEL_BRAKING_BODY_HEIGHTS_S2
        delay_error_s = 0.0
    return _widen(Instant(peak.time_s + delay_s, peak.error_s), delay_error_s)


def _widen(instant: Instant, error_s: float) -> Instant:
    return Instant(instant.time_s, float(np.hypot(instant.error_s, error_s)))
