"""MotionDTW: from an athlete's angles to repetitions and keyframes between frames.

The one entry to the alignment. Stages are in the modules beside this one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sportsgpt_lib.alignment.coarse_search import (
    CoarseGrid,
    ReferenceEnds,
    build_grid,
    sample_grid,
    search_reference,
)
from sportsgpt_lib.alignment.fine_warp import FineWarp, SeenMotion, warp_reference
from sportsgpt_lib.alignment.keyframe_votes import vote_keyframes
from sportsgpt_lib.alignment.motion import Leg, Motion, ReferenceMotion
from sportsgpt_lib.alignment.motion_alignment import (
    Absence,
    AbsenceReason,
    AlignedRepetition,
    Alignment,
    SearchCurve,
    WarpPath,
)
from sportsgpt_lib.alignment.motion_features import (
    RowArray,
    compute_frame_interval_s,
    compute_noise_ratio,
    compute_spreads,
    estimate_jitter_deg,
    find_columns,
)
from sportsgpt_lib.alignment.repetition_choice import (
    Candidate,
    choose_repetitions,
    compute_curve,
)
from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.errors import AlignmentInputError
from sportsgpt_lib.kernels.motion_rows import count_seen_and_moving
from sportsgpt_lib.kinematics.extrema import Instant

# A line takes three frames, a movement more.
FEWEST_FRAMES = 4
# Below this share of seen angles no row is worth comparing.
LEAST_SEEN_SHARE = 0.02
# Nobody holds an angle this still; numbers that do were made up or frozen.
LEAST_RATE_DEG_S = 1e-3
# The fastest that is searched for, see coarse_search.py.
FASTEST_RATIO = 3.4

__all__ = [
    "Absence",
    "AbsenceReason",
    "AlignedRepetition",
    "Alignment",
    "SearchCurve",
    "WarpPath",
    "align_motion",
]


def align_motion(
    motion: Motion,
    references: Sequence[ReferenceMotion],
    *,
    mirror: Mapping[str, str] | None = None,
) -> Alignment:
    """Find every repetition of a movement in a recording and place its keyframes.

    Parameters
    ----------
    motion
        The athlete's angles; any frame rate, NaN = not seen.
    references
        Target models of one movement; each votes on every repetition.
    mirror
        Name of each angle's mirror image (left to right and back). Given, every
        reference is also tried mirrored. Names that are absent mirror themselves.

    Returns
    -------
    The repetitions in time order; without any, ``absence`` says why.

    Raises
    ------
    AlignmentInputError
        No reference, or a name that the motion does not hold.
    """
    if not references:
        raise AlignmentInputError(
            "references", "there are none", "give at least one reference"
        )
    references = [_drop_ignored(reference) for reference in references]
    recording = _prepare(motion, references, mirror)
    rows = sample_grid(motion, recording.grid)
    reason = _find_obstacle(motion, references, rows)
    if reason is not None:
        return _report_absence(motion, reason)
    all_ends = [
        ends
        for idx, reference in enumerate(references)
        for ends in search_reference(
            rows, recording.grid, reference, idx, recording.column_sets[idx]
        )
    ]
    chosen, highest_cost = choose_repetitions(
        recording.grid, all_ends, recording.noise_ratio
    )
    found = [
        _align_repetition(recording, references, all_ends, candidates)
        for candidates in chosen
    ]
    repetitions = tuple(one for one in found if one is not None)
    curve = SearchCurve(recording.grid.times_s, compute_curve(all_ends), highest_cost)
    absence = None
    if not repetitions:
        absence = Absence("not_in_recording", float(np.min(curve.costs)))
    return Alignment(repetitions, curve, absence)


def _drop_ignored(reference: ReferenceMotion) -> ReferenceMotion:
    """Leave out the angles that weigh nothing; a recording need not hold them."""
    is_used = reference.weights > 0.0
    if is_used.all():
        return reference
    names = np.array(reference.motion.names)[is_used]
    angles_deg = reference.motion.angles_deg[:, is_used]
    motion = Motion(tuple(names.tolist()), reference.motion.times_s, angles_deg)
    return replace(reference, motion=motion, weights=reference.weights[is_used])


@dataclass(frozen=True)
class _Recording:
    """A recording as the references see it: grid, noise, and columns for each."""

    motion: Motion
    grid: CoarseGrid
    noise_ratio: float
    column_sets: tuple[tuple[IntArray, ...], ...]


def _prepare(
    motion: Motion,
    references: Sequence[ReferenceMotion],
    mirror: Mapping[str, str] | None,
) -> _Recording:
    column_sets = []
    for reference in references:
        sets = [find_columns(motion, reference, {})]
        if mirror is not None:
            sets.append(find_columns(motion, reference, mirror))
        column_sets.append(tuple(sets))
    jitter_deg = estimate_jitter_deg(motion)
    ratios = [
        compute_noise_ratio(jitter_deg[sets[0]], _compute_spread_deg(reference))
        for sets, reference in zip(column_sets, references, strict=True)
    ]
    noise_ratio = float(np.median(ratios))
    grid = build_grid(motion, references, noise_ratio)
    return _Recording(motion, grid, noise_ratio, tuple(column_sets))


def _compute_spread_deg(reference: ReferenceMotion) -> FloatArray:
    return compute_spreads(reference.motion.angles_deg)


def _find_obstacle(
    motion: Motion, references: Sequence[ReferenceMotion], rows: RowArray
) -> AbsenceReason | None:
    """Say what rules out any repetition before searching."""
    if motion.frame_count < FEWEST_FRAMES or not _is_long_enough(motion, references):
        return "recording_too_short"
    counts: Any = count_seen_and_moving(rows, LEAST_RATE_DEG_S)
    seen_count, moving_count = counts
    if seen_count < LEAST_SEEN_SHARE * rows.size:
        return "too_little_seen"
    if moving_count == 0:
        return "nothing_moves"
    return None


def _is_long_enough(motion: Motion, references: Sequence[ReferenceMotion]) -> bool:
    span_s = float(motion.times_s[-1] - motion.times_s[0])
    shortest_s = min(reference.duration_s for reference in references)
    return span_s >= shortest_s / FASTEST_RATIO


def _report_absence(motion: Motion, reason: AbsenceReason) -> Alignment:
    nothing = np.full(motion.frame_count, np.inf)
    return Alignment(
        (), SearchCurve(motion.times_s, nothing, 0.0), Absence(reason, np.inf)
    )


def _align_repetition(
    recording: _Recording,
    references: Sequence[ReferenceMotion],
    all_ends: Sequence[ReferenceEnds],
    candidates: Sequence[Candidate],
) -> AlignedRepetition | None:
    """Warp every reference that sees the repetition, and let them vote.

    None where no warp fits or the film cut the repetition off.
    """
    votes: list[tuple[ReferenceMotion, FineWarp]] = []
    for candidate in candidates:
        ends = all_ends[candidate.ends_idx]
        columns = recording.column_sets[ends.reference_idx][int(ends.is_mirrored)]
        reference = references[ends.reference_idx]
        seen = SeenMotion(recording.motion, columns, recording.noise_ratio)
        warp = warp_reference(seen, reference, candidate.start_s, candidate.end_s)
        if warp is not None:
            votes.append((reference, warp))
    if not votes:
        return None
    best, warp = votes[0]
    interval_s = compute_frame_interval_s(recording.motion.times_s)
    keyframes = vote_keyframes(votes, recording.noise_ratio, interval_s)
    if not _is_filmed(recording.motion, keyframes):
        return None
    is_inside = (warp.reference_times_s >= best.start_s) & (
        warp.reference_times_s <= best.end_s
    )
    return AlignedRepetition(
        start_s=warp.start_s,
        end_s=warp.end_s,
        cost=candidates[0].cost,
        reference_id=best.reference_id,
        vote_count=len(votes),
        is_mirrored=all_ends[candidates[0].ends_idx].is_mirrored,
        speed_ratio=best.duration_s / (warp.end_s - warp.start_s),
        keyframes=keyframes,
        path=WarpPath(warp.reference_times_s[is_inside], warp.times_s[is_inside]),
    )


def _is_filmed(motion: Motion, keyframes: Mapping[tuple[str, Leg], Instant]) -> bool:
    """Tell whether all keyframes lie within the film; otherwise it was cut off."""
    first_s, last_s = motion.times_s[[0, -1]]
    return all(first_s <= instant.time_s <= last_s for instant in keyframes.values())
