"""The last pictures of a clip, and the way of a newly found person back through them.

The detector runs only now and then, so somebody who walks in is found late. The
pictures since then are kept for a while, within a budget of bytes, and the person is
followed backwards through them.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.looking import Looker
from sportsgpt_lib.pose.sights import Origin, Sight
from sportsgpt_lib.pose.tracks import Track, is_part_of, is_same_pose

# Chosen, see docs/adr/0006-pose.md: one interval between searches.
RING_SPAN_S = 0.5
# Chosen, see docs/adr/0006-pose.md: half a second of 1080p at 60 Hz; with the pictures
# decoded ahead and the networks a process stays below 1 GiB.
RING_BYTES = 200_000_000


@dataclass
class _KeptPicture:
    frame: Frame
    sights: list[Sight]


@dataclass
class PictureRing:
    """The last pictures and who was seen in each.

    They span at most ``span_s`` and weigh at most ``max_bytes``; the latest is kept
    whatever it weighs.
    """

    span_s: float = RING_SPAN_S
    max_bytes: int = RING_BYTES
    _kept: deque[_KeptPicture] = field(default_factory=deque)

    def add(self, frame: Frame, sights: list[Sight]) -> None:
        """Keep one more picture, and let go of those that are too old or too many."""
        self._kept.append(_KeptPicture(frame, list(sights)))
        while (
            len(self._kept) * frame.image_rgb.nbytes > self.max_bytes
            or frame.time_s - self._kept[0].frame.time_s > self.span_s
        ) and len(self._kept) > 1:
            self._kept.popleft()

    def note(self, sight: Sight) -> None:
        """Note who was seen, afterwards, in a picture that is still kept."""
        for kept in self._kept:
            if kept.frame.index == sight.frame_idx:
                kept.sights.append(sight)

    @property
    def first_index(self) -> int | None:
        """Index of the earliest picture kept; None where there is none."""
        return self._kept[0].frame.index if self._kept else None

    @property
    def reach_s(self) -> float:
        """How far back the pictures go once the ring is full."""
        if not self._kept:
            return self.span_s
        last = self._kept[-1].frame
        if (len(self._kept) + 1) * last.image_rgb.nbytes <= self.max_bytes:
            return self.span_s
        return last.time_s - self._kept[0].frame.time_s

    def backwards(self) -> Iterator[tuple[Frame, list[Sight]]]:
        """Go through the pictures kept, latest first, with who was seen in each."""
        for kept in reversed(self._kept):
            yield kept.frame, kept.sights


@dataclass(frozen=True)
class Trail:
    """The way of a found person back through the pictures kept.

    ``sights`` are in order of time and end with the find itself. ``met`` is the lost
    person whose last sight the trail ends on, None where it ends on nobody.
    """

    sights: tuple[Sight, ...]
    met: int | None


def trace_back(
    ring: PictureRing,
    looker: Looker,
    find: Sight,
    lost_since: Mapping[int, int],
    max_gap_s: float,
) -> Trail:
    """Follow a found person backwards.

    Parameters
    ----------
    ring
        The pictures before the find.
    looker
        The network.
    find
        The person, found in the picture after those kept.
    lost_since
        Picture of the last sight of each lost person.
    max_gap_s
        The trail ends where the person was not seen for longer.

    Returns
    -------
    The trail; it never runs over the pose of somebody else.
    """
    track = Track.start(find)
    trail = [find]
    for frame, others in ring.backwards():
        if track.seen_s - frame.time_s > max_gap_s:
            break
        sight = looker.look_for_all(frame, [track], Origin.TRACED_BACK)[0]
        if sight is None or any(is_part_of(sight, other) for other in others):
            continue
        on_pose = [o for o in others if is_same_pose(sight.points, o.points)]
        if on_pose:
            met = on_pose[0].person_idx
            is_end = lost_since.get(met) == frame.index
            return Trail(tuple(reversed(trail)), met if is_end else None)
        trail.append(sight)
        track = track.see(sight)
    return Trail(tuple(reversed(trail)), None)
