"""Everybody in a clip, each as one track; too little to be a person is left out.

Memory grows by the keypoints, never by the pictures.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.tracking import PoseTracker

# Chosen, see docs/adr/0006-pose.md: false finds flicker for a frame or two.
MIN_TRACK_S = 0.3
# Chosen, see docs/adr/0006-pose.md: on trees and walls the networks stay below.
MIN_MEAN_CONFIDENCE_RATIO = 0.4

ReportFrames = Callable[[int], None]


@dataclass(frozen=True)
class PersonTrack:
    """One person's keypoints in the frames in which the person was seen.

    Parameters
    ----------
    frame_idx
        Indices ``(T,)`` of the decoded frames, ascending, not necessarily without gaps.
    times_s
        Their presentation times ``(T,)``.
    points
        Keypoints ``(T, J, 3)``: x and y in pixels and the confidence; NaN with
        confidence 0 for keypoints that the network does not know.
    """

    frame_idx: IntArray
    times_s: FloatArray
    points: FloatArray

    @property
    def mean_confidence_ratio(self) -> float:
        """Mean confidence of the keypoints that the network knows."""
        is_known = np.isfinite(self.points[:, :, 0])
        return float(np.mean(self.points[is_known, 2])) if is_known.any() else 0.0


def track_people(
    frames: Iterable[Frame],
    detector: PersonDetector,
    estimator: PoseEstimator,
    report_frames: ReportFrames = lambda _: None,
) -> tuple[list[PersonTrack], int]:
    """Find and follow everybody in a clip.

    Parameters
    ----------
    frames
        The clip's frames in order; they are looked at one at a time.
    detector, estimator
        The backend.
    report_frames
        Called after every frame with the number of frames done.

    Returns
    -------
    The tracks in order of first appearance, and the number of frames looked at.
    """
    tracker = PoseTracker(detector, estimator)
    sights: dict[int, list[tuple[int, float, FloatArray]]] = {}
    frame_count = 0
    for frame in frames:
        for person_idx, points in tracker.step(frame).items():
            sights.setdefault(person_idx, []).append(
                (frame.index, frame.time_s, points)
            )
        frame_count += 1
        report_frames(frame_count)
    tracks = [_build_track(seen) for seen in sights.values()]
    return [track for track in tracks if _is_evident(track)], frame_count


def _build_track(seen: list[tuple[int, float, FloatArray]]) -> PersonTrack:
    return PersonTrack(
        frame_idx=np.array([index for index, _, _ in seen], dtype=np.int64),
        times_s=np.array([time_s for _, time_s, _ in seen]),
        points=np.stack([points for _, _, points in seen]),  # (T, J, 3)
    )


def _is_evident(track: PersonTrack) -> bool:
    lasts_s = track.times_s[-1] - track.times_s[0]
    return bool(
        lasts_s >= MIN_TRACK_S
        and track.mean_confidence_ratio >= MIN_MEAN_CONFIDENCE_RATIO
    )
