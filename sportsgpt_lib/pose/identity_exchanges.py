"""Finds tracks that changed places when two persons met, and puts them right.

The clothes decide: where they are alike before and after, nothing is done.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from sportsgpt_lib.pose.appearance import (
    compute_clothes_distance,
    compute_clothes_distances,
)
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.persons import Clothes, Person
from sportsgpt_lib.pose.repair_audit import IDENTITY_EXCHANGED, IdentityRepair
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

# All chosen, see docs/adr/0006-pose.md. Two persons meet where their hips come this
# near, in trunk lengths.
MEETING_TRUNKS = 1.0
# Clothes are compared over this long on both sides of a meeting.
MEETING_SIDE_S = 2.0
# By this much in CIELAB, and this many times, an exchange must fit better.
MIN_GAIN_LAB = 24.0
MIN_GAIN_RATIO = 2.0

_HIP = KEYPOINT_INDEX["hip"]


def undo_exchanges(persons: dict[int, Person]) -> Iterator[IdentityRepair]:
    """Exchange, in place, what follows a meeting after which the clothes changed."""
    for pair in combinations(sorted(persons), 2):
        for start_s, end_s in list(_find_meetings(*(persons[idx] for idx in pair))):
            before = [
                persons[idx].clothes(start_s - MEETING_SIDE_S, start_s) for idx in pair
            ]
            after = [
                persons[idx].clothes(end_s, end_s + MEETING_SIDE_S) for idx in pair
            ]
            kept = _sum_distances(before, after)
            exchanged = _sum_distances(before, after[::-1])
            is_clear = (
                kept - exchanged > MIN_GAIN_LAB and kept > MIN_GAIN_RATIO * exchanged
            )
            if is_clear:
                from_s = _find_exchange_s(
                    persons[pair[0]].track, (before[0], before[1]), (start_s, end_s)
                )
                yield _exchange(persons, pair, from_s, 1.0 - exchanged / kept)


def _find_meetings(first: Person, second: Person) -> Iterator[tuple[float, float]]:
    """Find when two persons were so near that they could be taken for each other."""
    frames, in_first, in_second = np.intersect1d(
        first.track.frame_idx, second.track.frame_idx, return_indices=True
    )
    if not frames.size:
        return
    apart_px = np.linalg.norm(
        first.track.points[in_first, _HIP, :2]
        - second.track.points[in_second, _HIP, :2],
        axis=1,
    )
    reach_px = MEETING_TRUNKS * np.fmax(first.trunk_px, second.trunk_px)
    near = np.flatnonzero(apart_px <= reach_px)
    if not near.size:
        return
    times_s = first.track.times_s[in_first][near]
    for part in np.split(times_s, np.flatnonzero(np.diff(frames[near]) > 1) + 1):
        yield float(part[0]), float(part[-1])


def _find_exchange_s(
    track: PersonTrack, looks: tuple[Clothes, Clothes], meeting_s: tuple[float, float]
) -> float:
    """Find when, in a meeting, a track stopped looking like one and began the other."""
    is_inside = (track.times_s >= meeting_s[0]) & (track.times_s <= meeting_s[1])
    places = np.flatnonzero(is_inside)
    seen = track.torso_lab[places], track.thigh_lab[places]
    as_own, as_other = (compute_clothes_distances(seen, look) for look in looks)
    gain = np.nan_to_num(as_own - as_other)  # > 0: looks like the other
    first = int(np.argmax(np.cumsum(gain[::-1])[::-1]))
    return float(track.times_s[places[first]])


def _exchange(
    persons: dict[int, Person],
    pair: tuple[int, int],
    from_s: float,
    confidence_ratio: float,
) -> IdentityRepair:
    heads = [persons[i].keep(persons[i].track.times_s < from_s) for i in pair]
    tails = [persons[i].keep(persons[i].track.times_s >= from_s) for i in pair]
    for idx, head, tail in zip(pair, heads, reversed(tails), strict=True):
        persons[idx] = head.join(tail)
    return IdentityRepair(
        IDENTITY_EXCHANGED,
        pair,
        int(min(tail.track.frame_idx[0] for tail in tails)),
        int(max(tail.track.frame_idx[-1] for tail in tails)),
        confidence_ratio,
    )


def _sum_distances(before: list[Clothes], after: list[Clothes]) -> float:
    return sum(
        compute_clothes_distance(one, other)
        for one, other in zip(before, after, strict=True)
    )
