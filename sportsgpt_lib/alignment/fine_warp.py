"""Second stage: warp one reference onto one found interval, between frames.

The interval comes from ``coarse_search.py``. How several references agree on a keyframe
is in ``keyframe_votes.py``.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from sportsgpt_lib.alignment.motion import Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_features import (
    RowArray,
    RowGrid,
    build_scaling,
    compute_frame_interval_s,
    sample_angles,
    sample_reference,
    select_rows,
)
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kernels.banded_warp import trace_banded_path
from sportsgpt_lib.kernels.warp_refinement import refine_warp

# Chosen, see docs/alignment.md; wide plateaus around each.
FINE_ROWS_PER_S = 60.0
FEWEST_FINE_ROWS, MOST_FINE_ROWS = 80, 180
CONTEXT_SHARE = 0.15
BAND_SHARE = 0.25
HALF_WIDTH_SHARE = 0.025
HALF_WIDTH_NOISE_SHARE = 0.02
SMOOTHNESS = 0.012
NOISE_FLOOR_SHARE = 0.05
GAIN_STIFFNESS = 0.25
OFFSET_STIFFNESS = 0.1
ITERATIONS = 6


@dataclass(frozen=True)
class FineWarp:
    """One reference warped onto the recording.

    ``reference_times_s`` (M,) are even instants of the reference, context included;
    ``times_s`` where they fall and ``errors_s`` how sure that is; ``start_s`` and
    ``end_s`` where the repetition itself begins and ends.
    """

    reference_times_s: FloatArray
    times_s: FloatArray
    errors_s: FloatArray
    start_s: float
    end_s: float

    def find_time_s(self, reference_time_s: float) -> float:
        """Find where an instant of the reference falls in the recording."""
        return float(np.interp(reference_time_s, self.reference_times_s, self.times_s))

    def find_error_s(self, reference_time_s: float) -> float:
        """Find how sure the warp is of an instant of the reference."""
        return float(np.interp(reference_time_s, self.reference_times_s, self.errors_s))


@dataclass(frozen=True)
class SeenMotion:
    """A recording as one reference sees it.

    ``columns`` (F,) are the recording's columns in the reference's order.
    ``noise_ratio`` is jitter over spread.
    """

    motion: Motion
    columns: IntArray
    noise_ratio: float


@dataclass(frozen=True)
class _FinePlan:
    """The rows of one warp: so many before and after the repetition, evenly spaced."""

    before: int
    inner: int
    after: int
    reference_step_s: float
    speed_ratio: float

    @property
    def row_count(self) -> int:
        return self.before + self.inner + self.after

    @property
    def radius(self) -> int:
        """How far a row may lie from the straight way through the interval."""
        return round(BAND_SHARE * self.inner)


def warp_reference(
    seen: SeenMotion, reference: ReferenceMotion, start_s: float, end_s: float
) -> FineWarp | None:
    """Warp a reference onto an interval of a recording.

    Parameters
    ----------
    seen
        The recording.
    reference
        What to warp.
    start_s, end_s
        The interval, from the first stage.

    Returns
    -------
    The warp, or None where no warp with slopes from 1/2 to 2 fits.

    Notes
    -----
    Context of the reference is aligned with it where both hold some, so that keyframes
    at the ends are held from both sides.
    """
    plan = _plan_rows(seen.motion, reference, start_s, end_s)
    step_s = plan.reference_step_s / plan.speed_ratio
    share = HALF_WIDTH_SHARE + HALF_WIDTH_NOISE_SHARE * seen.noise_ratio
    half_width_s = share * (end_s - start_s)
    reference_grid = RowGrid(
        reference.start_s - plan.before * plan.reference_step_s,
        plan.reference_step_s,
        plan.row_count,
        half_width_s * plan.speed_ratio,
    )
    target = sample_reference(reference, reference_grid, plan.speed_ratio)
    first_s = start_s - (plan.before + plan.radius) * step_s
    grid = RowGrid(first_s, step_s, plan.row_count + 2 * plan.radius, half_width_s)
    query = select_rows(_sample_part(seen.motion, grid), seen.columns)
    path = _trace_path(reference, target, query, plan.radius)
    if path is None:
        return None
    columns, errors = _refine_path(reference, target, query, path, step_s)
    inner = slice(plan.before, plan.before + plan.inner)
    has_context = plan.before > 0 and plan.after > 0
    ends = (columns if has_context else path)[inner][[0, -1]]
    return FineWarp(
        reference_grid.times_s,
        first_s + step_s * columns,
        step_s * errors,
        float(first_s + step_s * ends[0]),
        float(first_s + step_s * ends[1]),
    )


def _plan_rows(
    motion: Motion, reference: ReferenceMotion, start_s: float, end_s: float
) -> _FinePlan:
    """Plan the rows; context as far as reference and recording both hold it."""
    wanted = round(reference.duration_s * FINE_ROWS_PER_S)
    inner = int(np.clip(wanted, FEWEST_FINE_ROWS, MOST_FINE_ROWS))
    step_s = reference.duration_s / (inner - 1)
    speed_ratio = reference.duration_s / (end_s - start_s)
    most_s = CONTEXT_SHARE * reference.duration_s
    before_s = min(
        most_s,
        reference.start_s - float(reference.motion.times_s[0]),
        (start_s - float(motion.times_s[0])) * speed_ratio,
    )
    after_s = min(
        most_s,
        float(reference.motion.times_s[-1]) - reference.end_s,
        (float(motion.times_s[-1]) - end_s) * speed_ratio,
    )
    before, after = (int(max(part_s, 0.0) / step_s) for part_s in (before_s, after_s))
    return _FinePlan(before, inner, after, step_s, speed_ratio)


def _sample_part(motion: Motion, grid: RowGrid) -> RowArray:
    """Sample the part of a recording that matters; the whole could be long."""
    interval_s = compute_frame_interval_s(motion.times_s)
    margin_s = grid.half_width_s + 3.0 * interval_s
    last_s = grid.first_s + grid.row_count * grid.step_s
    begin, end = np.searchsorted(
        motion.times_s, [grid.first_s - margin_s, last_s + margin_s]
    )
    return sample_angles(motion.times_s[begin:end], motion.angles_deg[begin:end], grid)


def _refine_path(
    reference: ReferenceMotion,
    target: RowArray,
    query: RowArray,
    path: FloatArray,
    step_s: float,
) -> tuple[FloatArray, FloatArray]:
    angle_count = len(reference.motion.names)
    settings = [SMOOTHNESS, NOISE_FLOOR_SHARE, GAIN_STIFFNESS, OFFSET_STIFFNESS]
    refined: Any = refine_warp(
        query[:angle_count],
        query[angle_count:] * np.float32(step_s),
        np.ascontiguousarray(target[:angle_count].T, dtype=np.float64),
        path,
        reference.weights,
        np.array(settings),
        ITERATIONS,
    )
    columns, errors = refined
    return columns, errors


def _trace_path(
    reference: ReferenceMotion,
    target: RowArray,
    query: RowArray,
    radius: int,
) -> FloatArray | None:
    scaling = build_scaling(reference, target)
    target_rows = np.ascontiguousarray(scaling.compute_features(target).T)
    traced: Any = trace_banded_path(
        scaling.compute_features(query),
        target_rows,
        np.arange(target_rows.shape[0], dtype=np.int64),
        2 * radius + 1,
    )
    path, cost = traced
    return path if np.isfinite(cost) else None
