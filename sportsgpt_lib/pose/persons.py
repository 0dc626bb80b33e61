"""One person of a clip: sights put together from one or several tracks.

Who is whom is decided in ``identity.py``; here persons are cut and joined.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.skeleton import KEYPOINT_INDEX
from sportsgpt_lib.pose.trunk_length import compute_median_trunk_px

# Chosen, see docs/adr/0006-pose.md: a median of fewer sights tells too little.
MIN_COLOUR_SIGHTS = 5

Clothes = tuple[FloatArray, FloatArray]

_HIP = KEYPOINT_INDEX["hip"]
_ARRAYS = ("frame_idx", "times_s", "points", "torso_lab", "thigh_lab")


@dataclass(frozen=True)
class Person:
    """One person of a clip, and for every sight the number ``(T,)`` of its track."""

    track: PersonTrack
    track_idx: IntArray

    @classmethod
    def of_track(cls, track: PersonTrack, idx: int) -> "Person":
        """Take one whole track for a person."""
        return cls(track, np.full(track.frame_idx.size, idx, dtype=np.int64))

    @property
    def start_s(self) -> float:
        """Time of the first sight."""
        return float(self.track.times_s[0])

    @property
    def end_s(self) -> float:
        """Time of the last sight."""
        return float(self.track.times_s[-1])

    @property
    def trunk_px(self) -> float:
        """Median length from hip to neck; NaN where never seen."""
        return compute_median_trunk_px(self.track.points)

    def hip_px(self, place: int) -> FloatArray:
        """Position ``(2,)`` of the hips in one sight, counted as in a list."""
        hip: FloatArray = self.track.points[place, _HIP, :2]
        return hip

    def clothes(self, start_s: float = -np.inf, end_s: float = np.inf) -> Clothes:
        """Take the median colours over a time; NaN where there are too few sights."""
        times_s = self.track.times_s
        is_inside = (times_s >= start_s) & (times_s <= end_s)
        torso, thigh = (
            _median_colour(colours[is_inside])
            for colours in (self.track.torso_lab, self.track.thigh_lab)
        )
        return torso, thigh

    def keep(self, is_kept: npt.NDArray[np.bool_]) -> "Person":
        """Keep some of the sights."""
        arrays = (getattr(self.track, name)[is_kept] for name in _ARRAYS)
        return Person(PersonTrack(*arrays), self.track_idx[is_kept])

    def join(self, later: "Person") -> "Person":
        """Put the sights of somebody behind one's own."""
        arrays = (
            np.concatenate([getattr(self.track, name), getattr(later.track, name)])
            for name in _ARRAYS
        )
        track_idx = np.concatenate([self.track_idx, later.track_idx])
        return Person(PersonTrack(*arrays), track_idx)


def cut_person(person: Person, start_s: float, end_s: float) -> Person | None:
    """Cut a person to a time window, both ends included; None where nothing is left."""
    times_s = person.track.times_s
    is_inside = (times_s >= start_s) & (times_s <= end_s)
    return person.keep(is_inside) if is_inside.any() else None


def _median_colour(colours_lab: FloatArray) -> FloatArray:
    seen = colours_lab[np.isfinite(colours_lab).all(axis=1)]
    if seen.shape[0] < MIN_COLOUR_SIGHTS:
        return np.full(3, np.nan)
    return np.asarray(np.median(seen, axis=0))
