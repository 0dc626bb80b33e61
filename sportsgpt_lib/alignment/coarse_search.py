"""First stage: where in a recording each reference would end, and at which cost.

Every reference is tried at several speeds, and mirrored where asked for. Which ends
count as repetitions is decided in ``repetition_choice.py``; keyframes are placed in
``fine_warp.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.alignment.end_charges import RawEnds, ReferenceShape, charge_ends
from sportsgpt_lib.alignment.motion import Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_features import (
    FeatureScaling,
    RowArray,
    RowGrid,
    build_scaling,
    compute_frame_interval_s,
    sample_angles,
    sample_reference,
    select_rows,
)
from sportsgpt_lib.arrays import IntArray
from sportsgpt_lib.errors import AlignmentInputError
from sportsgpt_lib.kernels.motion_rows import bridge_gaps, fill_gaps
from sportsgpt_lib.kernels.subsequence_warp import search_motion_rows

# Chosen, see docs/alignment.md: lines over 3.5 % of the movement on either side, and
# up to a quarter of it where jitter is as large as the movement; three rows per width.
HALF_WIDTH_SHARE = 0.035
HALF_WIDTH_NOISE_SHARE = 0.05
LARGEST_HALF_WIDTH_SHARE = 0.25
ROWS_PER_HALF_WIDTH = 3.0
FEWEST_ROWS, MOST_ROWS = 16, 32
HALF_WIDTH_STEPS = 1.1
LONGEST_BRIDGE_SHARE = 0.33
FILLED_FROM_NOISE = 0.5
LONGEST_FILL_SHARE = 0.5
SPEED_CHARGE_PER_NOISE = 0.05
# With slopes from 1/2 to 2 around each, 0.35 to 2.6 times the speed is covered.
SPEED_RATIOS = (0.6, 1.0, 1.7)
_LEAST_ROWS = 6
# Rows per frame beyond which times jump rather than run.
_MOST_ROWS_PER_FRAME = 8
_ROW_ALLOWANCE = 2000


@dataclass(frozen=True)
class CoarseGrid(RowGrid):
    """The instants at which a recording is searched.

    Gaps of up to ``longest_bridge`` instants are bridged. ``shortest_s`` is how long
    the shortest reference lasts, ``noise_ratio`` the jitter over the spread of angles.
    """

    shortest_s: float
    longest_bridge: int
    noise_ratio: float


@dataclass(frozen=True)
class ReferenceEnds:
    """What one reference costs if it ends at each instant of the grid, ``(N,)``.

    ``costs`` are mean squared distances of a row over those of two unrelated motions,
    inf where it cannot end; ``start_columns`` say where it would start, -1 there.
    """

    reference_idx: int
    is_mirrored: bool
    costs: RowArray
    start_columns: npt.NDArray[np.int32]


def build_grid(
    motion: Motion, references: Sequence[ReferenceMotion], noise_ratio: float
) -> CoarseGrid:
    """Build the grid: fine enough for the shortest reference, no finer than the film.

    ``noise_ratio`` is the jitter over the spread of the angles: the more, the wider
    the lines and the fewer the rows.

    Raises
    ------
    AlignmentInputError
        The recording's times leap so far that they cannot be seconds.
    """
    interval_s = compute_frame_interval_s(motion.times_s)
    shortest_s = min(reference.duration_s for reference in references)
    share = HALF_WIDTH_SHARE + HALF_WIDTH_NOISE_SHARE * noise_ratio**2
    share = min(share, LARGEST_HALF_WIDTH_SHARE)
    row_count = float(np.clip(ROWS_PER_HALF_WIDTH / share, FEWEST_ROWS, MOST_ROWS))
    step_s = max(shortest_s / (row_count - 1), interval_s)
    span_s = float(motion.times_s[-1] - motion.times_s[0])
    column_count = int(span_s / step_s) + 1
    if column_count > _MOST_ROWS_PER_FRAME * motion.frame_count + _ROW_ALLOWANCE:
        raise AlignmentInputError(
            "motion",
            f"{motion.frame_count} frames span {span_s:g} s",
            "give times in seconds, and cut the recording where the film was stopped",
        )
    return CoarseGrid(
        float(motion.times_s[0]),
        step_s,
        column_count,
        max(share * shortest_s, HALF_WIDTH_STEPS * step_s),
        shortest_s,
        round(LONGEST_BRIDGE_SHARE * row_count),
        noise_ratio,
    )


def sample_grid(motion: Motion, grid: CoarseGrid) -> RowArray:
    """Sample a recording on the grid, ``(2 F_all, N)``, short gaps bridged.

    Where there is much jitter, they are filled before lines are fitted: a line through
    what is left on one side of a gap follows its noise.
    """
    angles_deg = motion.angles_deg
    if grid.noise_ratio >= FILLED_FROM_NOISE:
        longest_s = LONGEST_FILL_SHARE * grid.shortest_s
        angles_deg = fill_gaps(motion.times_s, angles_deg, grid.half_width_s, longest_s)
    rows = sample_angles(motion.times_s, angles_deg, grid)
    bridge_gaps(rows, grid.longest_bridge)
    return rows


def search_reference(
    rows: RowArray,
    grid: CoarseGrid,
    reference: ReferenceMotion,
    reference_idx: int,
    column_sets: Sequence[IntArray],
) -> list[ReferenceEnds]:
    """Search a recording's rows for one reference, once per set of columns.

    The first set is the recording as it is, a second one its mirror image.
    """
    targets, scaling = _build_targets(reference, grid)
    bounds = np.cumsum([0, *(target.shape[0] for target in targets)])
    unrelated = _compute_unrelated_cost(targets)
    # The noisier the recording, the likelier a far speed fits by chance.
    speed_charge = SPEED_CHARGE_PER_NOISE * grid.noise_ratio
    charges = unrelated * speed_charge * np.abs(np.log2(SPEED_RATIOS))
    ends = []
    for number, columns in enumerate(column_sets):
        chosen_rows = select_rows(rows, columns)
        found: Any = search_motion_rows(
            chosen_rows,
            scaling.centre,
            scaling.spread,
            scaling.weights,
            np.concatenate(targets),
            bounds,
            charges.astype(np.float32),
        )
        costs, starts, variants = found
        raw = RawEnds(chosen_rows, costs / unrelated, starts, variants)
        shape = ReferenceShape(reference, targets, scaling, float(unrelated))
        charged = charge_ends(raw, shape, grid.noise_ratio)
        ends.append(ReferenceEnds(reference_idx, number > 0, charged, starts))
    return ends


def _build_targets(
    reference: ReferenceMotion, grid: CoarseGrid
) -> tuple[list[RowArray], FeatureScaling]:
    """Build a reference's features ``(M, 2 F)`` at each speed, and their scaling."""
    sampled = []
    for speed_ratio in SPEED_RATIOS:
        row_count = 1 + max(
            _LEAST_ROWS, round(reference.duration_s / (speed_ratio * grid.step_s))
        )
        target_grid = RowGrid(
            reference.start_s,
            reference.duration_s / (row_count - 1),
            row_count,
            grid.half_width_s * speed_ratio,
        )
        sampled.append(sample_reference(reference, target_grid, speed_ratio))
    scaling = build_scaling(reference, sampled[SPEED_RATIOS.index(1.0)])
    targets = [
        np.ascontiguousarray(scaling.compute_features(rows).T) for rows in sampled
    ]
    return targets, scaling


def _compute_unrelated_cost(targets: Sequence[RowArray]) -> np.float32:
    """Compute the mean squared distance of two rows at a right angle."""
    squares = [float((target**2).sum(axis=1).mean()) for target in targets]
    return np.float32(2.0 * np.mean(squares))
