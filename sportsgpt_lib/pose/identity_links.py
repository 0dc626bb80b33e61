"""Joins the pieces of a person who was hidden, or left the picture and came back.

A piece fits where clothes, size and way agree, and nobody else in the picture is
dressed alike. Whoever leaves by one side and comes back by the other is not joined: on
a training ground that is the next one of the team more often than the same person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.appearance import compute_clothes_distances
from sportsgpt_lib.pose.persons import Person
from sportsgpt_lib.pose.repair_audit import IDENTITY_LINKED, IdentityRepair

# All chosen on sports footage, see docs/adr/0006-pose.md. Distances of clothes are in
# CIELAB, as appearance.py weighs them.
MAX_SAME_CLOTHES_LAB = 12.0
MIN_OTHER_CLOTHES_RATIO = 2.0
# Where nobody else was in sight to compare with, the clothes alone make no more sure.
UNOPPOSED_CONFIDENCE_RATIO = 0.7
# Tracks may overlap by a few frames where one was given up and the other was found.
MAX_OVERLAP_S = 0.1
# Lengths of trunks; how far a person moves unseen, and how much the size may change.
MAX_SPEED_TRUNKS_S = 20.0
MIN_REACH_TRUNKS = 2.0
MAX_SIZE_RATIO = 1.5
# Hips this near to a side of the picture are about to leave it.
SIDE_TRUNKS = 2.0


@dataclass(frozen=True)
class _Ends:
    """What is known of each person's first and last sight, ``(N,)`` and ``(N, 2)``.

    ``enters``, ``leaves``: -1 by the left side, 1 by the right, 0 inside the picture.
    """

    start_s: FloatArray
    end_s: FloatArray
    trunk_px: FloatArray
    first_px: FloatArray
    last_px: FloatArray
    enters: FloatArray
    leaves: FloatArray


def join_pieces(persons: dict[int, Person], width_px: int) -> Iterator[IdentityRepair]:
    """Join, in place, the two pieces that fit best, until none fit any more."""
    while len(persons) > 1:
        numbers = sorted(persons)
        found = _find_best_pair([persons[idx] for idx in numbers], width_px)
        if found is None:
            return
        earlier, later = numbers[found[0]], numbers[found[1]]
        piece, head = persons.pop(later), persons.pop(earlier)
        rest = piece.keep(piece.track.times_s > head.end_s)
        persons[earlier] = head.join(rest)
        yield IdentityRepair(
            IDENTITY_LINKED,
            (int(head.track_idx[-1]), int(piece.track_idx[0])),
            int(piece.track.frame_idx[0]),
            int(piece.track.frame_idx[-1]),
            found[2],
        )


def _find_best_pair(
    persons: Sequence[Person], width_px: int
) -> tuple[int, int, float] | None:
    """Find the two pieces that fit best: the earlier, the later, and how sure."""
    clothes = [person.clothes() for person in persons]
    torso, thigh = (np.stack(colours) for colours in zip(*clothes, strict=True))
    distances = compute_clothes_distances(
        (torso[:, None], thigh[:, None]), (torso[None], thigh[None])
    )  # (N, N)
    ends = _collect_ends(persons, width_px)
    overlap_s = np.minimum(ends.end_s[:, None], ends.end_s) - np.maximum(
        ends.start_s[:, None], ends.start_s
    )
    meets = overlap_s > MAX_OVERLAP_S
    np.fill_diagonal(meets, val=False)
    others = np.where(meets & np.isfinite(distances), distances, np.inf).min(axis=1)
    nearest_other = np.minimum(others[:, None], others)
    least_other = np.maximum(MAX_SAME_CLOTHES_LAB, MIN_OTHER_CLOTHES_RATIO * distances)
    fits = (
        (distances <= MAX_SAME_CLOTHES_LAB)
        & (nearest_other >= least_other)
        & (overlap_s <= MAX_OVERLAP_S)
        & _is_way_possible(ends)
    )
    if not fits.any():
        return None
    candidates = np.where(fits, distances, np.inf)
    first, second = np.unravel_index(int(np.argmin(candidates)), candidates.shape)
    other = float(nearest_other[first, second])
    confidence = UNOPPOSED_CONFIDENCE_RATIO
    if np.isfinite(other):
        confidence = 1.0 - float(distances[first, second]) / other
    return int(first), int(second), confidence


def _is_way_possible(ends: _Ends) -> npt.NDArray[np.bool_]:
    """Tell for each pair ``(N, N)`` whether the second can follow the first."""
    gap_s = np.maximum(ends.start_s - ends.end_s[:, None], 0.0)
    is_later = ends.start_s > ends.start_s[:, None]
    way_px = np.linalg.norm(ends.first_px - ends.last_px[:, None], axis=2)
    reach_trunks = MIN_REACH_TRUNKS + MAX_SPEED_TRUNKS_S * gap_s
    size_ratio = ends.trunk_px / ends.trunk_px[:, None]
    return np.asarray(
        is_later
        & (way_px <= reach_trunks * np.minimum(ends.trunk_px, ends.trunk_px[:, None]))
        & (np.maximum(size_ratio, 1.0 / size_ratio) <= MAX_SIZE_RATIO)
        & (ends.enters == ends.leaves[:, None])
    )


def _collect_ends(persons: Sequence[Person], width_px: int) -> _Ends:
    trunk_px = np.array([person.trunk_px for person in persons])
    first_px = np.array([person.hip_px(0) for person in persons])
    last_px = np.array([person.hip_px(-1) for person in persons])
    return _Ends(
        start_s=np.array([person.start_s for person in persons]),
        end_s=np.array([person.end_s for person in persons]),
        trunk_px=trunk_px,
        first_px=first_px,
        last_px=last_px,
        enters=_find_sides(first_px[:, 0], trunk_px, width_px),
        leaves=_find_sides(last_px[:, 0], trunk_px, width_px),
    )


def _find_sides(x_px: FloatArray, trunk_px: FloatArray, width_px: int) -> FloatArray:
    is_left = x_px < SIDE_TRUNKS * trunk_px
    is_right = x_px > width_px - SIDE_TRUNKS * trunk_px
    return is_right.astype(np.float64) - is_left.astype(np.float64)
