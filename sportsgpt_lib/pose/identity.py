"""Which tracks are one person: pieces are joined, exchanged ones are put right.

The tracker starts a new track whenever it is not sure, so a person who was hidden or
left the picture has several. Clothes decide here; where two persons are dressed alike
nothing is joined, and who is the athlete is decided elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.pose.appearance import compute_clothes_distance
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX

IDENTITY_LINKED = "identity_linked"
IDENTITY_EXCHANGED = "identity_exchanged"

# All chosen on sports footage, see docs/adr/0006-pose.md. Distances are in CIELAB, as
# appearance.py weighs them.
MAX_SAME_CLOTHES_LAB = 12.0
MIN_OTHER_CLOTHES_RATIO = 2.0
# Two persons meet where their hips come this near, in trunk lengths.
MEETING_TRUNKS = 1.0
# Clothes are compared over this long on both sides of a meeting.
MEETING_SIDE_S = 2.0
MIN_SIDE_SIGHTS = 5
# Tracks may overlap by a few frames where one was given up and the other was found.
MAX_OVERLAP_S = 0.1

Clothes = tuple[FloatArray, FloatArray]

_NECK, _HIP = KEYPOINT_INDEX["neck"], KEYPOINT_INDEX["hip"]


@dataclass(frozen=True)
class IdentityRepair:
    """One decision about identity: its rule, whose tracks it touches, and where.

    ``confidence_ratio`` is the share by which the clothes fit better after the repair
    than before it, or than anybody else's do.
    """

    rule: str
    person_idxs: tuple[int, int]
    first_frame_idx: int
    last_frame_idx: int
    confidence_ratio: float


@dataclass(frozen=True)
class Person:
    """One person of a clip, and for every sight the number ``(T,)`` of its track."""

    track: PersonTrack
    track_idx: IntArray


def settle_identities(
    tracks: Mapping[int, PersonTrack],
) -> tuple[dict[int, Person], tuple[IdentityRepair, ...]]:
    """Put exchanged tracks right and join the pieces of each person.

    Parameters
    ----------
    tracks
        The clip's tracks by person number.

    Returns
    -------
    The persons under the number of each one's first track, and what was done, in the
    order in which it was done.
    """
    persons = {
        idx: Person(track, np.full(track.frame_idx.size, idx, dtype=np.int64))
        for idx, track in tracks.items()
    }
    repairs = [*_undo_exchanges(persons), *_join_pieces(persons)]
    return persons, tuple(repairs)


def _undo_exchanges(persons: dict[int, Person]) -> Iterator[IdentityRepair]:
    """Exchange, in place, what follows a meeting after which the clothes changed."""
    for pair in combinations(sorted(persons), 2):
        meetings = _find_meetings(*(persons[idx].track for idx in pair))
        for start_s, end_s in list(meetings):
            before = [
                _clothes(persons[idx].track, start_s - MEETING_SIDE_S, start_s)
                for idx in pair
            ]
            after = [
                _clothes(persons[idx].track, end_s, end_s + MEETING_SIDE_S)
                for idx in pair
            ]
            kept = _sum_distances(before, after)
            exchanged = _sum_distances(before, after[::-1])
            is_clear = (
                kept - exchanged > 2 * MAX_SAME_CLOTHES_LAB
                and exchanged * MIN_OTHER_CLOTHES_RATIO < kept
            )
            if is_clear:
                from_s = _find_exchange_s(
                    persons[pair[0]].track, (before[0], before[1]), (start_s, end_s)
                )
                yield _exchange(persons, pair, from_s, 1.0 - exchanged / kept)


def _find_exchange_s(
    track: PersonTrack, looks: tuple[Clothes, Clothes], meeting_s: tuple[float, float]
) -> float:
    """Find when, in a meeting, a track stopped looking like one and began the other."""
    is_inside = (track.times_s >= meeting_s[0]) & (track.times_s <= meeting_s[1])
    places = np.flatnonzero(is_inside)
    strangeness = np.array(
        [
            [
                compute_clothes_distance(
                    (track.torso_lab[place], track.thigh_lab[place]), look
                )
                for look in looks
            ]
            for place in places
        ]
    )
    gain = np.nan_to_num(strangeness[:, 0] - strangeness[:, 1])  # > 0: is the other
    later_gain = np.concatenate([np.cumsum(gain[::-1])[::-1], [0.0]])
    first = int(np.argmax(later_gain))
    return float(track.times_s[places[min(first, places.size - 1)]])


def _exchange(
    persons: dict[int, Person],
    pair: tuple[int, int],
    from_s: float,
    confidence_ratio: float,
) -> IdentityRepair:
    heads = [_keep(persons[i], persons[i].track.times_s < from_s) for i in pair]
    tails = [_keep(persons[i], persons[i].track.times_s >= from_s) for i in pair]
    for idx, head, tail in zip(pair, heads, reversed(tails), strict=True):
        persons[idx] = _concatenate(head, tail)
    return IdentityRepair(
        IDENTITY_EXCHANGED,
        pair,
        int(min(tail.track.frame_idx[0] for tail in tails)),
        int(max(tail.track.frame_idx[-1] for tail in tails)),
        confidence_ratio,
    )


def _join_pieces(persons: dict[int, Person]) -> Iterator[IdentityRepair]:
    """Join, in place, the two pieces that fit best, until none fit any more."""
    while True:
        fitting = [
            fit
            for first, second in combinations(sorted(persons), 2)
            if (fit := _fit_pieces(persons, first, second)) is not None
        ]
        if not fitting:
            return
        _, confidence, first, second = min(fitting)
        earlier, later = sorted(
            (first, second), key=lambda idx: float(persons[idx].track.times_s[0])
        )
        piece = persons.pop(later)
        head = persons[earlier]
        persons[earlier] = _concatenate(
            head, _keep(piece, piece.track.times_s > head.track.times_s[-1])
        )
        yield IdentityRepair(
            IDENTITY_LINKED,
            (earlier, later),
            int(piece.track.frame_idx[0]),
            int(piece.track.frame_idx[-1]),
            confidence,
        )


def _fit_pieces(
    persons: Mapping[int, Person], first: int, second: int
) -> tuple[float, float, int, int] | None:
    """Tell how well two pieces fit; None where they are not, or not surely, one."""
    if _overlap_s(persons[first].track, persons[second].track) > MAX_OVERLAP_S:
        return None
    distance = compute_clothes_distance(
        _clothes(persons[first].track), _clothes(persons[second].track)
    )
    if not distance <= MAX_SAME_CLOTHES_LAB:  # NaN does not fit either
        return None
    others = [
        compute_clothes_distance(
            _clothes(persons[piece].track), _clothes(persons[other].track)
        )
        for piece in (first, second)
        for other in persons
        if other not in (first, second)
        and _overlap_s(persons[piece].track, persons[other].track) > MAX_OVERLAP_S
    ]
    nearest_other = min(
        [d for d in others if np.isfinite(d)],
        default=MIN_OTHER_CLOTHES_RATIO * MAX_SAME_CLOTHES_LAB,
    )
    if nearest_other < max(MAX_SAME_CLOTHES_LAB, MIN_OTHER_CLOTHES_RATIO * distance):
        return None
    return distance, max(0.0, 1.0 - distance / nearest_other), first, second


def _find_meetings(
    first: PersonTrack, second: PersonTrack
) -> Iterator[tuple[float, float]]:
    """Find when two persons were so near that they could be taken for each other."""
    frames, in_first, in_second = np.intersect1d(
        first.frame_idx, second.frame_idx, return_indices=True
    )
    apart_px = np.linalg.norm(
        first.points[in_first, _HIP, :2] - second.points[in_second, _HIP, :2], axis=1
    )
    reach_px = MEETING_TRUNKS * np.nanmax([_trunk_px(first), _trunk_px(second)])
    near = np.flatnonzero(apart_px <= reach_px)
    if not near.size:
        return
    times_s = first.times_s[in_first][near]
    for part in np.split(times_s, np.flatnonzero(np.diff(frames[near]) > 1) + 1):
        yield float(part[0]), float(part[-1])


def _clothes(
    track: PersonTrack, start_s: float = -np.inf, end_s: float = np.inf
) -> Clothes:
    """Take the median colours over a time; NaN where there are too few sights."""
    is_inside = (track.times_s >= start_s) & (track.times_s <= end_s)
    torso, thigh = (
        _median_colour(colours[is_inside])
        for colours in (track.torso_lab, track.thigh_lab)
    )
    return torso, thigh


def _median_colour(colours_lab: FloatArray) -> FloatArray:
    seen = colours_lab[np.isfinite(colours_lab).all(axis=1)]
    if seen.shape[0] < MIN_SIDE_SIGHTS:
        return np.full(3, np.nan)
    return np.asarray(np.median(seen, axis=0))


def _sum_distances(
    before: list[Clothes],
    after: list[Clothes],
) -> float:
    return sum(
        compute_clothes_distance(one, other)
        for one, other in zip(before, after, strict=True)
    )


def _overlap_s(first: PersonTrack, second: PersonTrack) -> float:
    return float(
        min(first.times_s[-1], second.times_s[-1])
        - max(first.times_s[0], second.times_s[0])
    )


def _trunk_px(track: PersonTrack) -> float:
    trunks = track.points[:, _NECK, :2] - track.points[:, _HIP, :2]
    lengths = np.hypot(trunks[:, 0], trunks[:, 1])
    seen = lengths[np.isfinite(lengths)]
    return float(np.median(seen)) if seen.size else float("nan")


def cut_person(person: Person, start_s: float, end_s: float) -> Person | None:
    """Cut a person to a time window, both ends included; None where nothing is left."""
    track = person.track
    inside = (track.times_s >= start_s) & (track.times_s <= end_s)
    return _keep(person, inside) if inside.any() else None


def _keep(person: Person, is_kept: npt.NDArray[np.bool_]) -> Person:
    track = person.track
    return Person(
        PersonTrack(
            track.frame_idx[is_kept],
            track.times_s[is_kept],
            track.points[is_kept],
            track.torso_lab[is_kept],
            track.thigh_lab[is_kept],
        ),
        person.track_idx[is_kept],
    )


def _concatenate(head: Person, tail: Person) -> Person:
    track = PersonTrack(
        *(
            np.concatenate([getattr(head.track, name), getattr(tail.track, name)])
            for name in ("frame_idx", "times_s", "points", "torso_lab", "thigh_lab")
        )
    )
    return Person(track, np.concatenate([head.track_idx, tail.track_idx]))
