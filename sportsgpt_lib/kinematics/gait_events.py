"""Foot strike and toe-off of walking, from kinematics alone.

No reference is needed. Running is in ``running_events.py``, the choice between both in
``step_events.py``, landings from a height are in ``landing_events.py``; joining events
with the alignment is in ``sportsgpt_lib/repetitions``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.kinematics.extrema import (
    FRAME_INTERVAL_TO_ERROR,
    Instant,
    find_peaks,
    join_instants,
    widen,
)
from sportsgpt_lib.kinematics.rates import (
    STAMP_ROUNDING_S,
    compute_frame_interval_s,
)
from sportsgpt_lib.robust_spread import compute_robust_sd

# A foot swings about half a body height from its rearmost to its foremost place; jitter
# stays far below a third of that. Chosen, see docs/events.md.
MINIMUM_SWING_BODY_HEIGHTS = 0.15
# Twice the cadence of fast walking; chosen, see docs/events.md.
SHORTEST_STRIDE_S = 0.5
# How fast the heel loses its speed before it strikes. Chosen, see docs/events.md: the
# median over the walks of three adults in events_bmc_grf and events_c3d_samples, 17
# strikes, quartiles 14 and 18.
HEEL_BRAKING_BODY_HEIGHTS_S2 = 15.0
# How long before its rearmost place the toe ceases to carry. Chosen, see
# docs/events.md: the median over four walks with force plates.
TOE_OFF_LEAD_S = 0.010
# What the methods themselves are off by, as standard deviations, against the force
# plates of four walks, see docs/events.md. Zeni et al. find 98 % of events over ground
# within 33 ms.
FOOT_STRIKE_ERROR_S = 0.018
TOE_OFF_ERROR_S = 0.022
# The stretch after the foremost place in which the heel lies still on the floor, and
# the delay of the strike where that was not seen. Chosen, see docs/events.md.
_STILL_FROM_S = 0.08
_STILL_TO_S = 0.25
_USUAL_DELAY_S = 0.045
_USUAL_DELAY_ERROR_S = 0.015
_MINIMUM_SAMPLES = 3
# Frames further from the foremost place than this have no part in a strike.
_NEAR_S = np.array([-0.3, 0.6])
# Hreljac and Marshall are within 5 ms in the laboratory; jitter of a network spoils an
# acceleration by far more. Chosen, see docs/events.md: it scatters by 30 ms where the
# heel's height does by 0.0114 body heights.
SETTLING_ERROR_S = 0.013
_SETTLING_S_PER_BODY_HEIGHT = 2.5
_SETTLING_HALF_WIDTH_S = 0.07
_SETTLING_FRAMES = 2.6
# A heel may settle twice; an end of fall further off is not that of the strike.
_LARGEST_DIFFERENCE_S = 0.03
_SETTLING_GRID_S = np.arange(-0.05, 0.0501, 0.004)


@dataclass(frozen=True)
class FootEvents:
    """The foot strikes and toe-offs of one foot, each in time order."""

    foot_strikes: tuple[Instant, ...]
    toe_offs: tuple[Instant, ...]


def find_foot_events(
    times_s: FloatArray,
    heel_forward: FloatArray,
    toe_forward: FloatArray,
    *,
    heel_height: FloatArray | None = None,
) -> FootEvents:
    """Find the foot strikes and toe-offs of one foot.

    Parameters
    ----------
    times_s
        Times ``(T,)`` in real seconds, increasing.
    heel_forward, toe_forward
        Distance ahead of the hip centre ``(T,)``, in body heights. NaN = not seen.
    heel_height
        Height above the floor ``(T,)``, in body heights; makes strikes more exact.
        NaN = not seen, None = not known.

    Returns
    -------
    The events, with standard uncertainties that hold the fit, the frame rate and the
    method. An event beside a gap or the recording's end is not reported.

    Notes
    -----
    Toe-off is shortly before the toe's rearmost place. At its foremost place the heel
    still moves at the speed of the body, and it strikes when it stands; that is later
    by the speed of the body, at which the standing heel then falls back, over the
    heel's braking. Where the heel's fall was seen to end, that is joined in, by so much
    as the jitter allows. For running see ``running_events.py``.

    Source
    ------
    Zeni JA, Richards JG, Higginson JS (2008) Two simple methods for determining gait
    events during treadmill and overground walking using kinematic data, Gait Posture
    27(4):710-714, doi:10.1016/j.gaitpost.2007.07.007, the coordinate-based method; the
    step from the foremost place to the strike is ours, see docs/events.md. End of the
    heel's fall: Hreljac A, Marshall RN (2000) Algorithms to determine event timing
    during normal walking using kinematic data, J Biomech 33(6):783-786.
    """
    strikes = []
    interval_s = compute_frame_interval_s(times_s)
    for peak in _find_turns(times_s, heel_forward):
        near = slice(*np.searchsorted(times_s, peak.time_s + _NEAR_S))
        strike = _move_to_strike(times_s[near], heel_forward[near], peak)
        if heel_height is not None:
            strike = _join_settling(
                times_s[near], heel_height[near], strike, interval_s
            )
        strikes.append(strike)
    return FootEvents(
        foot_strikes=tuple(strikes),
        toe_offs=tuple(
            widen(_move(peak, -TOE_OFF_LEAD_S), TOE_OFF_ERROR_S)
            for peak in _find_turns(times_s, -toe_forward)
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
    return widen(
        _move(peak, delay_s), float(np.hypot(delay_error_s, FOOT_STRIKE_ERROR_S))
    )


def _join_settling(
    times_s: FloatArray, heel_height: FloatArray, strike: Instant, interval_s: float
) -> Instant:
    """Join a strike with the end of the heel's fall, where one is near."""
    after_s = times_s - strike.time_s
    stands = (after_s >= _STILL_FROM_S) & (after_s <= _STILL_TO_S)
    stands &= np.isfinite(heel_height)
    if np.count_nonzero(stands) <= _MINIMUM_SAMPLES:
        return strike
    line = np.polyfit(after_s[stands], heel_height[stands], 1)
    jitter = compute_robust_sd(heel_height[stands] - np.polyval(line, after_s[stands]))
    grid_s = strike.time_s + _SETTLING_GRID_S
    half_width_s = max(_SETTLING_HALF_WIDTH_S, _SETTLING_FRAMES * interval_s)
    bends = _measure_bends(times_s, heel_height, grid_s, half_width_s)
    if not np.isfinite(bends).all():
        return strike
    index = int(np.argmax(bends))
    if abs(_SETTLING_GRID_S[index]) > _LARGEST_DIFFERENCE_S + STAMP_ROUNDING_S:
        return strike
    error_s = np.hypot(SETTLING_ERROR_S, _SETTLING_S_PER_BODY_HEIGHT * jitter)
    frame_error_s = interval_s * FRAME_INTERVAL_TO_ERROR
    settling = Instant(float(grid_s[index]), float(np.hypot(error_s, frame_error_s)))
    return join_instants(strike, settling)


def _move(instant: Instant, delay_s: float) -> Instant:
    return Instant(instant.time_s + delay_s, instant.error_s)


def _measure_bends(
    times_s: FloatArray, values: FloatArray, at_times_s: FloatArray, half_width_s: float
) -> FloatArray:
    """Measure how parabolas through samples near each instant ``(N,)`` bend upwards."""
    seen = np.isfinite(values) & (times_s > at_times_s[0] - half_width_s)
    seen &= times_s < at_times_s[-1] + half_width_s
    shares = (times_s[seen] - at_times_s[:, np.newaxis]) / half_width_s  # (N, S)
    weights = np.clip(1.0 - shares**2, 0.0, None)
    if np.count_nonzero(weights, axis=1).min() <= _MINIMUM_SAMPLES:
        return np.full(at_times_s.size, np.nan)
    terms = np.stack([np.ones_like(shares), shares, shares**2], axis=2)  # (N, S, 3)
    weighted = terms * weights[:, :, np.newaxis]
    moments = np.einsum("nsi,nsj->nij", weighted, terms)
    sums = np.einsum("nsi,s->ni", weighted, values[seen])
    return np.asarray(np.linalg.solve(moments, sums[:, :, np.newaxis])[:, 2, 0])
