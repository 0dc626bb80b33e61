"""Chooses each joint's low-pass cut-off from its own residuals.

Residual analysis after Winter: the stronger the filter, the more of the signal is left
behind as residual; beyond the movement that is noise only, whose level is read off and
carried down to the frequencies of the movement. Winter draws a line through the tail of
the residual's curve by eye; here the same level weighs what the filter distorts against
the noise that it lets through, and the cut-off is where their sum is least. Filtering
itself is in ``low_pass.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.low_pass import (
    compute_gain,
    compute_highest_cutoff_hz,
    compute_interval_s,
    resample_evenly,
)
from sportsgpt_lib.pose.repair_audit import Runs

# Where no cut-off can be measured. Source: Winter (2009), Biomechanics and Motor
# Control of Human Movement, 4th ed., section 3.4.4.3, ISBN 978-0-470-39818-0.
FALLBACK_CUTOFF_HZ = 6.0
TOO_SHORT = "no unbroken piece is long enough to tell movement from noise"
STATED = "the cut-off was stated"
TOO_SLOW = "the frame rate is too low to tell movement from noise"
LOWERED = "the cut-off is the highest that the frame rate carries"
# How sure a repair is that nothing was measured for: not known either way.
_UNMEASURED_RATIO = 0.5

# All chosen by the error of joint angles against motion capture, of recordings other
# than those reported, see docs/adr/0006-pose.md. Lower cut-offs blunt steps, higher
# ones smooth nothing.
LOWEST_CUTOFF_HZ = 4.0
HIGHEST_CUTOFF_HZ = 12.0
_STEP_HZ = 0.25
# The band that holds noise, hardly movement; it ends below half the frame rate, and
# starts at a fixed share of its end.
_NOISE_STOP_HZ = 15.0
_NOISE_STOP_RATE_RATIO = 0.46
_NOISE_START_RATIO = 0.6
_SEGMENT_S = 2.0
_MIN_SEGMENT_S = 0.6
_MIN_SEGMENT_FRAMES = 16
_LOWEST_FREQUENCY_HZ = 0.9  # what is slower is left untouched by any cut-off here


@dataclass(frozen=True)
class Cutoff:
    """A joint's cut-off.

    ``noise_ratio`` is the share of noise in what the filter takes away, 0 to 1.
    ``reason`` says why the cut-off is not the measured one; None where it is.
    """

    cutoff_hz: float
    noise_ratio: float
    reason: str | None = None


def choose_cutoffs(
    times_s: FloatArray, positions_px: FloatArray, pieces: Runs
) -> dict[int, Cutoff]:
    """Choose a cut-off for every joint that has a piece.

    Parameters
    ----------
    times_s
        Times ``(T,)`` of the motion itself.
    positions_px
        Positions ``(T, J, 2)``. NaN = missing.
    pieces
        Unbroken pieces of the joints' tracks.

    Returns
    -------
    The cut-off of each joint; x, y and all pieces of a joint are pooled. Measured ones
    are 4 to 12 Hz, and never above what the mean frame rate of the pieces carries; the
    fixed one may be, see ``lower_to_rate``.

    Source
    ------
    Winter (2009), as above, section 3.4.4.3; the sum that is made least: Mallows
    (1973), Some comments on Cp, Technometrics 15, 661-675,
    doi:10.1080/00401706.1973.10489103.
    """
    cutoffs = {}
    for joint in np.unique(pieces.joints):
        of_joint = pieces.joints == joint
        ranges = list(zip(pieces.starts[of_joint], pieces.stops[of_joint], strict=True))
        start, stop = max(ranges, key=lambda part: part[1] - part[0])
        cutoffs[int(joint)] = _choose_cutoff(
            times_s, positions_px[:, joint], ranges, int(stop - start)
        )
    return cutoffs


def state_cutoffs(pieces: Runs, cutoff_hz: float) -> dict[int, Cutoff]:
    """Give every joint that has a piece the same cut-off."""
    cutoff = Cutoff(cutoff_hz, _UNMEASURED_RATIO, STATED)
    return {int(joint): cutoff for joint in np.unique(pieces.joints)}


def lower_to_rate(cutoff: Cutoff, times_s: FloatArray) -> Cutoff:
    """Lower a cut-off to the highest that the frames of a piece carry, and say so.

    ``times_s`` are the times ``(T,)`` of the piece, two or more.
    """
    highest_hz = compute_highest_cutoff_hz(1.0 / compute_interval_s(times_s))
    if cutoff.cutoff_hz <= highest_hz:
        return cutoff
    reason = f"{cutoff.reason}; {LOWERED}" if cutoff.reason else LOWERED
    return Cutoff(highest_hz, _UNMEASURED_RATIO, reason)


def _choose_cutoff(
    times_s: FloatArray,
    track_px: FloatArray,
    ranges: list[tuple[int, int]],
    longest_count: int,
) -> Cutoff:
    interval_s = _compute_interval_in_pieces_s(times_s, ranges)
    segment_count = min(longest_count, round(_SEGMENT_S / interval_s))
    if segment_count < max(_MIN_SEGMENT_FRAMES, _MIN_SEGMENT_S / interval_s):
        return Cutoff(FALLBACK_CUTOFF_HZ, _UNMEASURED_RATIO, TOO_SHORT)
    highest_hz = min(HIGHEST_CUTOFF_HZ, compute_highest_cutoff_hz(1.0 / interval_s))
    if highest_hz < LOWEST_CUTOFF_HZ + _STEP_HZ:
        return Cutoff(FALLBACK_CUTOFF_HZ, _UNMEASURED_RATIO, TOO_SLOW)
    segments = _cut_segments(times_s, track_px, ranges, segment_count)
    frequencies_hz, power = _compute_power(segments, interval_s)
    return _minimise_error(frequencies_hz, power, interval_s, highest_hz)


def _compute_interval_in_pieces_s(
    times_s: FloatArray, ranges: list[tuple[int, int]]
) -> float:
    """Mean time between frames, pauses between pieces left out; inf = no piece of 2."""
    step_count = sum(stop - start - 1 for start, stop in ranges)
    span_s = sum(times_s[stop - 1] - times_s[start] for start, stop in ranges)
    return float(span_s / step_count) if step_count else np.inf


def _cut_segments(
    times_s: FloatArray,
    track_px: FloatArray,
    ranges: list[tuple[int, int]],
    segment_count: int,
) -> FloatArray:
    """Cut pieces into half-overlapping segments ``(S, segment_count, 2)``."""
    segments = []
    for start, stop in ranges:
        if stop - start < segment_count:
            continue
        piece = resample_evenly(times_s[start:stop], track_px[start:stop])
        windows = np.lib.stride_tricks.sliding_window_view(
            piece, segment_count, axis=0
        )  # (T, 2, segment_count)
        # From both ends, so that none is left out.
        firsts = np.arange(0, len(windows), max(segment_count // 2, 1))
        firsts = np.unique(np.append(firsts, len(windows) - 1))
        segments.append(windows[firsts].transpose(0, 2, 1))
    return np.concatenate(segments)


def _compute_power(
    segments: FloatArray, interval_s: float
) -> tuple[FloatArray, FloatArray]:
    """Compute the power ``(F,)`` at each frequency, x and y and all segments pooled.

    Of the velocity, turned back into positions: the slow movement, many times larger
    than the noise, would otherwise leak into every frequency.
    """
    steps = np.diff(segments, axis=1)
    steps = steps - steps.mean(axis=1, keepdims=True)
    count = steps.shape[1]
    taper = np.hanning(count + 2)[1:-1]
    spectra = np.abs(np.fft.rfft(taper[:, None] * steps, axis=1)) ** 2
    frequencies_hz = np.fft.rfftfreq(count, interval_s)
    is_used = frequencies_hz > _LOWEST_FREQUENCY_HZ
    frequencies_hz = frequencies_hz[is_used]
    step_gain = (2 * np.sin(np.pi * frequencies_hz * interval_s)) ** 2
    power: FloatArray = spectra.mean(axis=0).sum(axis=1)[is_used] / step_gain
    return np.asarray(frequencies_hz, dtype=np.float64), power


def _minimise_error(
    frequencies_hz: FloatArray,
    power: FloatArray,
    interval_s: float,
    highest_hz: float,
) -> Cutoff:
    stop_hz = min(_NOISE_STOP_HZ, _NOISE_STOP_RATE_RATIO / interval_s)
    is_noise = (frequencies_hz >= _NOISE_START_RATIO * stop_hz) & (
        frequencies_hz <= stop_hz
    )
    noise = power[is_noise].mean()
    is_used = frequencies_hz <= stop_hz
    step_count = int((highest_hz - LOWEST_CUTOFF_HZ) / _STEP_HZ)
    candidates_hz = np.linspace(
        LOWEST_CUTOFF_HZ, LOWEST_CUTOFF_HZ + _STEP_HZ * step_count, step_count + 1
    )
    gain = compute_gain(frequencies_hz[is_used], candidates_hz[:, None])  # (C, F)
    residual = (1.0 - gain) ** 2 * power[is_used]
    error = residual.sum(axis=1) + 2.0 * noise * gain.sum(axis=1)
    best = int(np.argmin(error))
    removed = residual[best].sum()
    removed_noise = noise * ((1.0 - gain[best]) ** 2).sum()
    ratio = removed_noise / removed if removed > 0 else _UNMEASURED_RATIO
    return Cutoff(float(candidates_hz[best]), float(min(ratio, 1.0)))
