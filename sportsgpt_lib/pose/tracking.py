"""Follows every person through a clip, frame by frame.

A person seen in one frame is looked for in the next at the place where the motion
leads; the detector runs now and then to find new persons, and more often while somebody
is lost. Whoever is found is followed backwards through the last pictures as well. What
is told of a frame depends on later frames only within the span of these pictures. Who
is the athlete is decided elsewhere.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.assignment import assign_globally, assign_surely
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.looking import Looker
from sportsgpt_lib.pose.regions import compute_box_circle
from sportsgpt_lib.pose.sights import Origin, Sight
from sportsgpt_lib.pose.trace_back import PictureRing, Trail, trace_back
from sportsgpt_lib.pose.tracks import (
    COAST_S,
    Track,
    is_inside,
    is_part_of,
    is_same_place,
    is_same_pose,
)

# All chosen on sports footage, see docs/adr/0006-pose.md.
SEARCH_INTERVAL_S = 0.5
LOST_SEARCH_INTERVAL_S = 0.1
KEEP_LOST_S = 1.0
# A pose goes to another track than the one that led there only if it fits that one
# better by this much.
STEAL_COST = 0.5
# Costs as in Track.compute_refind_cost, at most 3: a find that costs more is somebody
# new, and one that fits two persons nearly equally is neither.
STRANGER_COST = 2.0
MIN_REFIND_MARGIN = 0.25


@dataclass
class PoseTracker:
    """Finds and follows persons; feed it the frames of one clip in order.

    ``tracks``, ``next_person_idx`` and ``searched_s`` are all it remembers besides the
    last pictures in ``ring``.
    """

    detector: PersonDetector
    estimator: PoseEstimator
    ring: PictureRing = field(default_factory=PictureRing)
    tracks: list[Track] = field(default_factory=list)
    next_person_idx: int = 0
    searched_s: float = -math.inf

    @property
    def _looker(self) -> Looker:
        return Looker(self.estimator)

    def step(self, frame: Frame) -> list[Sight]:
        """Look at the next frame.

        Returns
        -------
        Who was seen in it, and who was seen in earlier frames once the way of somebody
        found in this one was traced back. No person is twice in a frame.
        """
        height_px, width_px = frame.image_rgb.shape[:2]
        seen = self._follow(frame)
        self.tracks = [
            track
            for track in self.tracks
            if frame.time_s - track.seen_s <= KEEP_LOST_S
            and is_inside(track.predict(frame.time_s), width_px, height_px)
        ]
        traced: list[Sight] = []
        if self._is_search_due(frame.time_s):
            self.searched_s = frame.time_s
            trails = self._search(frame, seen)
            traced = [sight for trail in trails for sight in trail.sights[:-1]]
            seen = [*seen, *(trail.sights[-1] for trail in trails)]
        self.ring.add(frame, seen)
        return [*traced, *seen]

    def _follow(self, frame: Frame) -> list[Sight]:
        """Look for every known person where the motion leads."""
        followed = [
            idx
            for idx, track in enumerate(self.tracks)
            if frame.time_s - track.seen_s <= COAST_S
        ]
        looks = self._looker.look_for_all(
            frame, [self.tracks[idx] for idx in followed], Origin.FOLLOWED
        )
        claims = [
            (track.compute_surprise_radii(sight.circle, frame.time_s), idx, sight)
            for idx, sight in zip(followed, looks, strict=True)
            if sight is not None
            for track in [self.tracks[idx]]
        ]
        bodies = _tell_bodies_apart(claims)
        pairs = assign_globally(self._compute_follow_costs(bodies))
        seen = []
        for body, idx in pairs.items():
            sight = replace(bodies[body].sight, person_idx=self.tracks[idx].person_idx)
            self.tracks[idx] = self.tracks[idx].see(sight)
            seen.append(sight)
        return sorted(seen, key=lambda sight: sight.person_idx)

    def _compute_follow_costs(self, bodies: Sequence["_Body"]) -> np.ndarray:
        """Compute what it costs to take each body for each track's person ``(N, M)``.

        A track that led to no body may take another's, if it could refind its person
        there and the clothes say so.
        """
        costs = np.full((len(bodies), len(self.tracks)), math.inf)
        leading = {idx for body in bodies for idx in body.claims}
        for row, body in enumerate(bodies):
            for idx, track in enumerate(self.tracks):
                if idx in body.claims:
                    clothes = track.compute_clothes_cost(body.sight)
                    costs[row, idx] = body.claims[idx] + clothes
                elif idx not in leading:
                    costs[row, idx] = STEAL_COST + track.compute_refind_cost(body.sight)
        return costs

    def _is_search_due(self, time_s: float) -> bool:
        somebody_is_lost = any(track.seen_s < time_s for track in self.tracks)
        interval_s = max(
            LOST_SEARCH_INTERVAL_S,
            0.0 if somebody_is_lost else min(SEARCH_INTERVAL_S, self.ring.reach_s),
        )
        return time_s - self.searched_s >= interval_s

    def _search(self, frame: Frame, seen: Sequence[Sight]) -> list[Trail]:
        """Run the detector, refind the lost, and start tracks of new persons."""
        finds = self._find(frame, seen)
        lost = [track for track in self.tracks if track.seen_s < frame.time_s]
        lost_since = {track.person_idx: track.frame_idx for track in lost}
        trails = []
        for find in finds:
            trail = trace_back(self.ring, self._looker, find, lost_since, COAST_S)
            if trail.met is not None:
                del lost_since[trail.met]
            for sight in trail.sights[:-1]:
                self.ring.note(sight)
            trails.append(trail)
        persons = self._recognise(trails, lost)
        named = []
        for trail, person_idx in zip(trails, persons, strict=True):
            sights = tuple(replace(s, person_idx=person_idx) for s in trail.sights)
            self._enter(sights)
            named.append(replace(trail, sights=sights))
        return named

    def _find(self, frame: Frame, seen: Sequence[Sight]) -> list[Sight]:
        """Run the detector and keep whom the network confirms and nobody follows."""
        finds: list[Sight] = []
        for box in self.detector.detect(frame.image_rgb):
            place = compute_box_circle(box)
            if any(is_same_place(sight.circle, place) for sight in seen):
                continue
            find = self._looker.settle(frame, place)
            if find is not None and not any(
                is_same_pose(find.points, sight.points) or is_part_of(find, sight)
                for sight in (*seen, *finds)
            ):
                finds.append(find)
        return finds

    def _recognise(self, trails: Sequence[Trail], lost: Sequence[Track]) -> list[int]:
        """Say who of the lost each found person is, or give a new number.

        A trail that ends on a lost person's last sight is that person. Otherwise all
        finds are compared with all lost persons at once.
        """
        met = {trail.met for trail in trails if trail.met is not None}
        open_trails = [i for i, trail in enumerate(trails) if trail.met is None]
        open_tracks = [track for track in lost if track.person_idx not in met]
        costs = np.array(
            [
                [_compute_trail_cost(track, trails[i]) for track in open_tracks]
                for i in open_trails
            ]
        ).reshape(len(open_trails), len(open_tracks))
        pairs = assign_surely(costs, STRANGER_COST, MIN_REFIND_MARGIN)
        refound = {
            open_trails[row]: open_tracks[column].person_idx
            for row, column in pairs.items()
        }
        persons = []
        for i, trail in enumerate(trails):
            person_idx = refound.get(i) if trail.met is None else trail.met
            if person_idx is None:
                person_idx = self.next_person_idx
                self.next_person_idx += 1
            persons.append(person_idx)
        return persons

    def _enter(self, sights: Sequence[Sight]) -> None:
        """Take a person's sights, in order of time, into the track."""
        places = {track.person_idx: i for i, track in enumerate(self.tracks)}
        place = places.get(sights[0].person_idx)
        if place is None:
            track = Track.start(sights[0])
            for sight in sights[1:]:
                track = track.see(sight)
            self.tracks.append(track)
        else:
            for sight in sights:
                self.tracks[place] = self.tracks[place].see(sight)


@dataclass
class _Body:
    """One body in the picture and the surprise, in radii, of each track led there."""

    sight: Sight
    claims: dict[int, float]


def _tell_bodies_apart(claims: Sequence[tuple[float, int, Sight]]) -> list[_Body]:
    """Put the claims on one pose together; the least surprised one has seen it best."""
    bodies: list[_Body] = []
    for surprise, idx, sight in sorted(claims, key=lambda claim: claim[:2]):
        for body in bodies:
            if is_same_pose(sight.points, body.sight.points):
                body.claims[idx] = surprise
                break
        else:
            bodies.append(_Body(sight, {idx: surprise}))
    return [
        body
        for body in bodies
        if not any(
            is_part_of(body.sight, other.sight) for other in bodies if other is not body
        )
    ]


def _compute_trail_cost(track: Track, trail: Trail) -> float:
    """Compare a lost person with both ends of a trail.

    The early end is nearer to the last sight, the late one shows more of the body.
    """
    ends = (trail.sights[0], trail.sights[-1])
    if ends[0].time_s <= track.seen_s:
        return math.inf
    return min(track.compute_refind_cost(sight) for sight in ends)
