"""Second stage: place a reference's keyframes in one found interval, between frames.

The interval comes from ``search.py``. Choosing between alignment and events happens in
``strides.py``.
"""

from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.alignment.features import (
    SEEN_SHARE,
    FeatureScaling,
    MotionRows,
    compute_costs,
    compute_features,
    sample_query,
    sample_reference,
)
from sportsgpt_lib.alignment.reference import Leg, Reference
from sportsgpt_lib.alignment.search import Candidate
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kernels.warping import trace_warped_path
from sportsgpt_lib.kinematics.extrema import FRAME_INTERVAL_TO_ERROR, Instant
from sportsgpt_lib.kinematics.rates import (
    compute_frame_interval_s,
    compute_half_width_s,
)

# Chosen by the measurements of docs/alignment.md.
FINE_ROWS_PER_CYCLE = 100
CONTEXT_SHARE = 0.15
BAND_SHARE = 0.25
STYLE_STIFFNESS = 0.25
STEEPEST_GAIN = 1.5
REFINE_HALF_WIDTH_SHARE = 0.08
LARGEST_REFINEMENT_S = 0.05
_TINY = 1e-12


@dataclass(frozen=True)
class AlignedCycle:
    """One repetition, aligned: the reference's keyframes as instants.

    A keyframe is absent where too little was filmed around it to hold it in place.
    ``cost`` is the mean cost of a reference row on the warping path, 0 = identical.
    """

    reference_id: str
    cost: float
    instants: dict[tuple[str, Leg], Instant]


@dataclass(frozen=True)
class _Query:
    """The athlete's angles and rates, sampled on a fine grid of times ``(N,)``."""

    grid_s: FloatArray
    rows: MotionRows


@dataclass(frozen=True)
class _Path:
    """Where each reference row falls: places in the cycle, times, and mean cost."""

    cycle_shares: FloatArray
    times_s: FloatArray
    cost: float


def align_cycle(
    times_s: FloatArray,
    angles_deg: FloatArray,
    candidate: Candidate,
    reference: Reference,
    scaling: FeatureScaling,
) -> AlignedCycle | None:
    """Align one found interval finely and carry the keyframes over.

    Parameters
    ----------
    times_s, angles_deg
        The athlete's motion, ``(T,)`` and ``(T, F)``. NaN = not seen.
    candidate
        The interval, from the first stage.
    reference, scaling
        The target model and its features.

    Returns
    -------
    The aligned repetition, or None where no warp with slopes between 1/2 and 2 fits.

    Notes
    -----
    Some context before and after the cycle is aligned with it, where it was filmed, so
    that the keyframes at its ends are held from both sides. The reference is fitted to
    the athlete's style (offset and gain of each angle, drawn towards none) and aligned
    again; then each keyframe is moved by the shift that best fits angles around it.
    """
    shares = _choose_rows(times_s, candidate)
    step_s = candidate.duration_s / FINE_ROWS_PER_CYCLE
    span_s = (shares[-1] - shares[0] + 2 * BAND_SHARE) * candidate.duration_s
    begin_s = candidate.start_s + (shares[0] - BAND_SHARE) * candidate.duration_s
    grid_s = begin_s + step_s * np.arange(int(span_s / step_s) + 1)
    half_width_s = compute_half_width_s(times_s)
    query = _Query(grid_s, sample_query(times_s, angles_deg, grid_s, half_width_s))
    target = sample_reference(reference, shares)
    path = _find_path(target, query, shares, scaling)
    if path is None:
        return None
    target = _adapt_style(target, _at(path.times_s, grid_s, query.rows.values_deg))
    path = _find_path(target, query, shares, scaling) or path
    frame_error_s = compute_frame_interval_s(times_s) * FRAME_INTERVAL_TO_ERROR
    margin_s = REFINE_HALF_WIDTH_SHARE * candidate.duration_s
    first_s, last_s = _find_seen_span(times_s, angles_deg)
    instants: dict[tuple[str, Leg], Instant] = {}
    for keyframe in reference.file.keyframes:
        share = keyframe.cycle_pct / 100.0
        instant = _place(share, path, target, query, scaling)
        if first_s + margin_s <= instant.time_s <= last_s - margin_s:
            spread_s = keyframe.spread_pct / 100.0 * candidate.duration_s
            error_s = np.linalg.norm([instant.error_s, frame_error_s, spread_s])
            instants[keyframe.name, keyframe.leg] = Instant(
                instant.time_s, float(error_s)
            )
    return AlignedCycle(reference.reference_id, path.cost, instants)


def _find_seen_span(times_s: FloatArray, angles_deg: FloatArray) -> tuple[float, float]:
    """Find the first and the last time at which half of the angles were seen."""
    is_seen = np.isfinite(angles_deg).mean(axis=1) >= SEEN_SHARE
    seen_s = times_s[is_seen]
    return (float(seen_s[0]), float(seen_s[-1])) if seen_s.size else (np.inf, -np.inf)


def _choose_rows(times_s: FloatArray, candidate: Candidate) -> FloatArray:
    """Choose the reference rows: the cycle, and as much context as was filmed."""
    before = (candidate.start_s - times_s[0]) / candidate.duration_s
    after = (times_s[-1] - candidate.end_s) / candidate.duration_s
    first = -round(FINE_ROWS_PER_CYCLE * float(np.clip(before, 0.0, CONTEXT_SHARE)))
    last = round(
        FINE_ROWS_PER_CYCLE * (1.0 + float(np.clip(after, 0.0, CONTEXT_SHARE)))
    )
    return np.arange(first, last + 1) / FINE_ROWS_PER_CYCLE


def _find_path(
    target: MotionRows,
    query: _Query,
    shares: FloatArray,
    scaling: FeatureScaling,
) -> _Path | None:
    costs = compute_costs(
        compute_features(target, scaling), compute_features(query.rows, scaling)
    )
    first_columns, last_columns = _build_band(shares.size, query.grid_s.size)
    columns, cost = trace_warped_path(costs, first_columns, last_columns)
    if not np.isfinite(cost):
        return None
    return _Path(shares, query.grid_s[columns], float(cost))


def _build_band(row_count: int, column_count: int) -> tuple[IntArray, IntArray]:
    """Build the band around the diagonal that the first stage found."""
    radius = round(BAND_SHARE * FINE_ROWS_PER_CYCLE)
    centre = radius + np.arange(row_count)
    first = np.clip(centre - radius, 0, column_count - 1)
    last = np.clip(centre + radius, 0, column_count - 1)
    return first.astype(np.int64), last.astype(np.int64)


def _at(times_s: FloatArray, grid_s: FloatArray, samples: FloatArray) -> FloatArray:
    """Interpolate columns ``(N, F)`` at times ``(M,)``; NaN beside a missing sample."""
    columns = [
        np.interp(times_s, grid_s, samples[:, column])
        for column in range(samples.shape[1])
    ]
    return np.stack(columns, axis=1)


def _adapt_style(target: MotionRows, seen_deg: FloatArray) -> MotionRows:
    """Fit offset and gain of each reference angle to the athlete, with restraint."""
    is_seen = np.isfinite(seen_deg)
    count = np.maximum(is_seen.sum(axis=0), 1)
    reference_mean = np.where(is_seen, target.values_deg, 0.0).sum(axis=0) / count
    seen_mean = np.where(is_seen, seen_deg, 0.0).sum(axis=0) / count
    reference_part = np.where(is_seen, target.values_deg - reference_mean, 0.0)
    seen_part = np.where(is_seen, seen_deg - seen_mean, 0.0)
    power = (reference_part**2).sum(axis=0)
    raw_gain = (reference_part * seen_part).sum(axis=0) / np.maximum(power, _TINY)
    drawn = (raw_gain + STYLE_STIFFNESS) / (1.0 + STYLE_STIFFNESS)
    was_seen = is_seen.any(axis=0)
    gain = np.where(was_seen, np.clip(drawn, 1.0 / STEEPEST_GAIN, STEEPEST_GAIN), 1.0)
    offset = np.where(was_seen, seen_mean - gain * reference_mean, 0.0)
    return MotionRows(gain * target.values_deg + offset, gain * target.rates_deg_s)


def _place(
    share: float,
    path: _Path,
    target: MotionRows,
    query: _Query,
    scaling: FeatureScaling,
) -> Instant:
    """Place one keyframe: a line through the path, then the shift that fits best.

    The error takes the samples around the keyframe as one observation per angle, since
    neighbours share their noise and the athlete's style.
    """
    near = np.abs(path.cycle_shares - share) <= REFINE_HALF_WIDTH_SHARE
    slope, at_keyframe_s = np.polyfit(
        path.cycle_shares[near] - share, path.times_s[near], 1
    )
    line_s = at_keyframe_s + slope * (path.cycle_shares[near] - share)
    seen = _at(line_s, query.grid_s, query.rows.values_deg)
    seen_rates = _at(line_s, query.grid_s, query.rows.rates_deg_s)
    misfit = scaling.weights * (target.values_deg[near] - seen) / scaling.spread_deg
    motion = scaling.weights * seen_rates / scaling.spread_deg
    usable = np.isfinite(misfit) & np.isfinite(motion)
    misfit = np.where(usable, misfit, 0.0)
    motion = np.where(usable, motion, 0.0)
    information = float((motion**2).sum())
    if information <= _TINY:
        return Instant(float(at_keyframe_s), LARGEST_REFINEMENT_S)
    shift_s = float((misfit * motion).sum()) / information
    shift_s = float(np.clip(shift_s, -LARGEST_REFINEMENT_S, LARGEST_REFINEMENT_S))
    remaining = misfit - motion * shift_s
    variance = float((remaining**2).sum()) / max(1, int(usable.sum()) - 1)
    row_count = int(near.sum())
    error_s = float(np.sqrt(variance / (information / row_count)))
    return Instant(float(at_keyframe_s) + shift_s, min(error_s, LARGEST_REFINEMENT_S))
