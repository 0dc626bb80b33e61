"""MotionDTW as its paper describes it, in one stage and in two: a baseline.

Kept so that the paper's ablation can be repeated (docs/alignment-paper-variant.md); the
platform aligns with ``motion_dtw.py``. Features are ``[Θ, α dΘ/dt, β d²Θ/dt²]``, the
distance is weighted Euclidean, steps are classic. Gaps are bridged by straight lines,
for the paper knows none. Warping itself is in ``multiresolution_warping.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.alignment.motion import Leg, Motion, ReferenceMotion
from sportsgpt_lib.alignment.multiresolution_warping import (
    ClassicPath,
    trace_exact_path,
    trace_path_within_radius,
)
from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.errors import AlignmentInputError
from sportsgpt_lib.kernels.classic_search import find_classic_ends
from sportsgpt_lib.kinematics.rates import compute_frame_interval_s

_CUBIC = 3
_LEAST_FRAMES = 5
# A found path is sought from its end back over this many reference lengths first; the
# window doubles until the path is as cheap as the search said, but for its rounding.
_FIRST_WINDOW_LENGTHS = 2
_SAME_COST_RATIO = 1e-3


@dataclass(frozen=True)
class PaperSettings:
    """What the paper leaves open.

    Parameters
    ----------
    velocity_weight_s, acceleration_weight_s2
        α and β: what a degree per second, and one per second squared, weigh beside a
        degree.
    half_width_s
        Of the window in which angles are smoothed and derived.
    coarse_rate_hz
        Of the search in the first of two stages.
    radius_rows
        How far the fine path may leave the coarser one's; None = anywhere.

    Raises
    ------
    AlignmentInputError
        A number is negative, infinite or NaN, or the rate is 0.
    """

    # Chosen, see docs/alignment-paper-variant.md.
    velocity_weight_s: float = 0.02
    acceleration_weight_s2: float = 0.0005
    half_width_s: float = 0.15
    coarse_rate_hz: float = 30.0
    radius_rows: int | None = None

    def __post_init__(self) -> None:
        given = {name: value for name, value in vars(self).items() if value is not None}
        is_usable = all(np.isfinite(value) and value >= 0 for value in given.values())
        if not is_usable or self.coarse_rate_hz == 0.0:
            raise AlignmentInputError(
                "settings of the paper's variant",
                f"found {given}",
                "give numbers of 0 and more, and a coarse rate above 0",
            )


@dataclass(frozen=True)
class PaperAlignment:
    """The one interval that the variant reports, and the reference's keyframes in it.

    ``cost`` is the sum of distances per pair of the path, in weighted degrees.
    """

    start_s: float
    end_s: float
    cost: float
    keyframe_times_s: Mapping[tuple[str, Leg], float]


def align_in_one_stage(
    motion: Motion, reference: ReferenceMotion, settings: PaperSettings
) -> PaperAlignment:
    """Warp the whole recording onto the reference.

    Parameters
    ----------
    motion
        The recording; its names must hold the reference's. NaN = not seen.
    reference
        The target model.
    settings
        What the paper leaves open.

    Returns
    -------
    The whole recording as the interval, and where each keyframe falls in it.

    Raises
    ------
    AlignmentInputError
        A name of the reference is not in the recording, or one of its angles is never
        seen there, or there are fewer than five frames.
    """
    recording = _select(motion, reference)
    interval_s = compute_frame_interval_s(motion.times_s)
    query = _compute_rows(recording, reference, settings, interval_s)
    target = _compute_rows(_cut(reference), reference, settings, interval_s)
    return _warp(target, query, reference, settings)


def align_in_two_stages(
    motion: Motion, reference: ReferenceMotion, settings: PaperSettings
) -> PaperAlignment:
    """Search the recording coarsely for the reference, then warp the interval found.

    Parameters, result and errors are those of :func:`align_in_one_stage`; the interval
    is the one found. The variant cannot say that a movement is absent.
    """
    recording = _select(motion, reference)
    interval_s = compute_frame_interval_s(motion.times_s)
    coarse_s = max(interval_s, 1.0 / settings.coarse_rate_hz)
    start_s, end_s = _search(
        _compute_rows(_cut(reference), reference, settings, coarse_s).values,
        _compute_rows(recording, reference, settings, coarse_s),
    )
    query = _compute_rows(recording, reference, settings, interval_s)
    is_inside = (query.times_s >= start_s - coarse_s) & (
        query.times_s <= end_s + coarse_s
    )
    found = _Rows(query.times_s[is_inside], query.values[is_inside])
    target = _compute_rows(_cut(reference), reference, settings, interval_s)
    return _warp(target, found, reference, settings)


@dataclass(frozen=True)
class _Rows:
    """Feature rows ``(N, 3 F)`` at even times ``(N,)``."""

    times_s: FloatArray
    values: FloatArray


def _select(motion: Motion, reference: ReferenceMotion) -> Motion:
    """Select the reference's angles of the recording, in its order."""
    names = reference.motion.names
    unknown = [name for name in names if name not in motion.names]
    if unknown:
        raise AlignmentInputError(
            "motion",
            f"the reference's {', '.join(unknown)} are not among its names: "
            f"{', '.join(motion.names)}",
            "give the recording the angles that the reference names",
        )
    columns = [motion.names.index(name) for name in names]
    selected = Motion(names, motion.times_s, motion.angles_deg[:, columns])
    _validate_frames(selected, "motion")
    return selected


def _cut(reference: ReferenceMotion) -> Motion:
    """Cut the repetition out of the reference's motion."""
    whole = reference.motion
    is_inside = (whole.times_s >= reference.start_s) & (
        whole.times_s <= reference.end_s
    )
    inside = Motion(whole.names, whole.times_s[is_inside], whole.angles_deg[is_inside])
    _validate_frames(inside, f"reference {reference.reference_id}")
    return inside


def _compute_rows(
    motion: Motion,
    reference: ReferenceMotion,
    settings: PaperSettings,
    interval_s: float,
) -> _Rows:
    """Compute ``[Θ, αΘ', βΘ'']`` with the joints' weights, at even intervals."""
    own_interval_s = compute_frame_interval_s(motion.times_s)
    own = _sample_evenly(motion, own_interval_s)
    scales = (1.0, settings.velocity_weight_s, settings.acceleration_weight_s2)
    parts = [
        scale * _differentiate(own.values, own_interval_s, settings.half_width_s, order)
        for order, scale in enumerate(scales)
    ]
    weights = np.tile(np.sqrt(reference.weights), len(parts))
    rows = np.concatenate(parts, axis=1) * weights  # (T, 3F)
    span_s = own.times_s[-1] - own.times_s[0]
    times_s = own.times_s[0] + interval_s * np.arange(round(span_s / interval_s) + 1)
    even = [np.interp(times_s, own.times_s, column) for column in rows.T]
    return _Rows(times_s, np.stack(even, axis=1))


def _sample_evenly(motion: Motion, interval_s: float) -> _Rows:
    """Sample angles at even intervals, along straight lines, over gaps as well."""
    clock_s = motion.times_s
    count = round((clock_s[-1] - clock_s[0]) / interval_s) + 1
    times_s = clock_s[0] + interval_s * np.arange(count)
    is_seen = ~np.isnan(motion.angles_deg)
    columns = [
        np.interp(times_s, clock_s[seen], angles_deg[seen])
        for seen, angles_deg in zip(is_seen.T, motion.angles_deg.T, strict=True)
    ]
    return _Rows(times_s, np.stack(columns, axis=1))


def _differentiate(
    values: FloatArray, interval_s: float, half_width_s: float, order: int
) -> FloatArray:
    """Compute a derivative ``(T, F)`` from cubics through the samples around each."""
    from scipy.signal import savgol_filter

    reach = max(_LEAST_FRAMES // 2, round(half_width_s / interval_s))
    reach = min(reach, (len(values) - 1) // 2)
    return np.asarray(
        savgol_filter(values, 2 * reach + 1, _CUBIC, order, interval_s, axis=0)
    )


def _validate_frames(motion: Motion, where: str) -> None:
    if motion.frame_count < _LEAST_FRAMES:
        raise AlignmentInputError(
            where,
            f"it holds {motion.frame_count} frames, too few for accelerations",
            f"give at least {_LEAST_FRAMES}",
        )
    is_unseen = np.isnan(motion.angles_deg).all(axis=0)
    if is_unseen.any():
        names = np.array(motion.names)[is_unseen]
        raise AlignmentInputError(
            where,
            f"never seen: {', '.join(names)}",
            "leave these angles out of the reference; the paper's variant needs all",
        )


def _search(reference_rows: FloatArray, query: _Rows) -> tuple[float, float]:
    """Find the interval of the cheapest path with open ends, in seconds."""
    query_rows = np.ascontiguousarray(query.values)
    is_rooted = True
    sums = find_classic_ends(
        np.ascontiguousarray(reference_rows), query_rows, is_rooted
    )
    end = int(np.argmin(sums))
    limit = float(sums[end]) * (1.0 + _SAME_COST_RATIO)
    window = _FIRST_WINDOW_LENGTHS * len(reference_rows)
    while True:
        begin = max(0, end + 1 - window)
        path = trace_exact_path(
            reference_rows, query_rows[begin : end + 1], is_begin_open=True
        )
        if begin == 0 or path.distance_sum <= limit:
            break
        window *= 2
    start = begin + int(path.query_indices[0])
    return float(query.times_s[start]), float(query.times_s[end])


def _warp(
    target: _Rows, query: _Rows, reference: ReferenceMotion, settings: PaperSettings
) -> PaperAlignment:
    if settings.radius_rows is None:
        path = trace_exact_path(target.values, query.values)
    else:
        path = trace_path_within_radius(
            target.values, query.values, settings.radius_rows
        )
    passed_s = _compute_passing_times_s(path, query.times_s, len(target.times_s))
    return PaperAlignment(
        start_s=float(query.times_s[0]),
        end_s=float(query.times_s[-1]),
        cost=path.distance_sum / path.query_indices.size,
        keyframe_times_s={
            (mark.name, mark.leg): float(
                np.interp(mark.time_s, target.times_s, passed_s)
            )
            for mark in reference.keyframes
        },
    )


def _compute_passing_times_s(
    path: ClassicPath, times_s: FloatArray, row_count: int
) -> FloatArray:
    """Compute when each reference row ``(M,)`` is passed: the mean of its partners."""
    partners_s = np.bincount(
        path.reference_indices, weights=times_s[path.query_indices], minlength=row_count
    )
    return np.asarray(partners_s / np.bincount(path.reference_indices))
