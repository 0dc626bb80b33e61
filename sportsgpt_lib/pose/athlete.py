"""Chooses the athlete among the persons of a clip, and says how clear the choice is.

With a hint, the nearest to it when the window starts; without one, who moves most, is
seen largest and most completely.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from sportsgpt_lib.arrays import FloatArray
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.skeleton import keypoint_indices

# All chosen, see docs/adr/0006-pose.md.
# A hint is compared with who is seen this soon after the window's start.
HINT_REACH_S = 0.5
# Distances to the hint are in heights of the person's box.
MAX_HINT_DISTANCE_HEIGHTS = 1.0
MIN_HINT_MARGIN_HEIGHTS = 0.3
# Without a hint: the second's score must stay this far behind the first's.
MIN_SCORE_MARGIN_RATIO = 0.3

_LIMBS = keypoint_indices(
    [
        f"{side}_{joint}"
        for side in ("left", "right")
        for joint in ("shoulder", "wrist", "hip", "knee", "ankle")
    ]
)


@dataclass(frozen=True)
class AthleteChoice:
    """Who was taken for the athlete; ``doubt`` says in words why not surely.

    ``margin`` is the lead over the next person, None where there is none: in body
    heights to the hint, or as a share of the score; ``margin_unit`` says which, and
    ``least_margin`` how much makes a clear choice.
    """

    person_idx: int
    doubt: str | None
    margin: float | None
    margin_unit: Literal["body_heights", "ratio"]
    least_margin: float


@dataclass(frozen=True)
class NobodyAtHint:
    """Nobody was where the manifest says the athlete is; ``found`` says who was."""

    found: str


def choose_athlete(
    tracks: Mapping[int, PersonTrack],
    hint_px: tuple[float, float] | None,
    window_start_s: float = 0.0,
) -> AthleteChoice | NobodyAtHint:
    """Choose the athlete.

    Parameters
    ----------
    tracks
        The persons seen in the athlete's time window, cut to it; at least one.
    hint_px
        Where the manifest says the athlete is when the window starts.
    window_start_s
        When that is, in the times of the tracks.

    Returns
    -------
    The choice; NobodyAtHint where a hint is given and nobody was near it in time.
    """
    if hint_px is None:
        return _choose_by_evidence(tracks)
    return _choose_by_hint(tracks, np.array(hint_px), window_start_s)


def _choose_by_hint(
    tracks: Mapping[int, PersonTrack], hint_px: FloatArray, window_start_s: float
) -> AthleteChoice | NobodyAtHint:
    timely = {
        idx: track
        for idx, track in tracks.items()
        if track.times_s[0] <= window_start_s + HINT_REACH_S
    }
    if not timely:
        first_s = min(float(track.times_s[0]) for track in tracks.values())
        return NobodyAtHint(
            f"nobody was seen when the window starts, at {window_start_s:.1f} s; the "
            f"first came at {first_s:.1f} s"
        )
    distances = sorted(
        (_distance_to_hint_heights(track, hint_px), idx)
        for idx, track in timely.items()
    )
    distance, chosen = distances[0]
    if distance > MAX_HINT_DISTANCE_HEIGHTS:
        return NobodyAtHint(
            f"nobody is near the hint; the nearest, person {chosen}, is "
            f"{distance:.1f} body heights away"
        )
    margin = distances[1][0] - distance if len(distances) > 1 else None
    doubt = None
    if margin is not None and margin < MIN_HINT_MARGIN_HEIGHTS:
        doubt = (
            f"persons {chosen} and {distances[1][1]} are about equally near the "
            f"hint (margin {margin:.2f} body heights); person {chosen} was taken"
        )
    return AthleteChoice(chosen, doubt, margin, "body_heights", MIN_HINT_MARGIN_HEIGHTS)


def _choose_by_evidence(tracks: Mapping[int, PersonTrack]) -> AthleteChoice:
    """Multiply the shares of the largest path, size and time in sight."""
    evidence = np.array([_collect_evidence(track) for track in tracks.values()])
    smallest = np.finfo(np.float64).tiny
    shares = evidence / np.maximum(evidence.max(axis=0), smallest)
    scores = np.prod(shares, axis=1)
    order = np.argsort(-scores, kind="stable")
    persons = list(tracks)
    chosen = persons[order[0]]
    margin, doubt = None, None
    if len(persons) > 1:
        margin = 1.0 - float(scores[order[1]] / max(scores[order[0]], smallest))
        if margin < MIN_SCORE_MARGIN_RATIO:
            doubt = (
                f"persons {chosen} and {persons[order[1]]} move, fill the picture and "
                f"stay in it about equally (margin {margin:.2f}); person {chosen} was "
                "taken"
            )
    return AthleteChoice(chosen, doubt, margin, "ratio", MIN_SCORE_MARGIN_RATIO)


def _collect_evidence(track: PersonTrack) -> tuple[float, float, float]:
    """Collect path of the limbs in body heights, box height, and frames in sight."""
    height_px = float(np.median(_box_heights_px(track)))
    steps_px = np.hypot(
        *np.moveaxis(np.diff(track.points[:, _LIMBS, :2], axis=0), 2, 0)
    )
    path = float(np.median(np.sum(np.nan_to_num(steps_px), axis=0))) / height_px
    return path, height_px, float(track.frame_idx.size)


def _distance_to_hint_heights(track: PersonTrack, hint_px: FloatArray) -> float:
    """Measure from the hint to the person's middle at first sight."""
    first = track.points[0][_known(track.points[0])]
    middle = (first[:, :2].min(axis=0) + first[:, :2].max(axis=0)) / 2
    height_px = float(np.median(_box_heights_px(track)))
    return float(np.hypot(*(middle - hint_px))) / height_px


def _box_heights_px(track: PersonTrack) -> FloatArray:
    heights = [float(np.ptp(points[_known(points), 1])) for points in track.points]
    return np.asarray(np.maximum(heights, 1.0))


def _known(points: FloatArray) -> npt.NDArray[np.bool_]:
    return np.asarray(np.isfinite(points[:, 0]))
