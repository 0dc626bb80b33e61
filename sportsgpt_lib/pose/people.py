"""Everybody in a clip, each as one track; too little to be a person is left out.

Memory grows by the keypoints, never by the pictures.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.media.clip import Frame
from sportsgpt_lib.pose.checkpoint import (
    CheckpointRhythm,
    TrackingCheckpoint,
    TrackingState,
    pack_sights,
    pack_state,
    unpack_sights,
    unpack_state,
)
from sportsgpt_lib.pose.estimator import PersonDetector, PoseEstimator
from sportsgpt_lib.pose.sights import (
    SIGHT_TYPE,
    Sight,
    SightArray,
    sights_from_array,
    sights_to_array,
)
from sportsgpt_lib.pose.tracking import PoseTracker

_LOGGER = logging.getLogger(__name__)

# Chosen, see docs/adr/0006-pose.md: false finds flicker for a frame or two.
MIN_TRACK_S = 0.3
# Chosen, see docs/adr/0006-pose.md: on trees and walls the networks stay below.
MIN_MEAN_CONFIDENCE_RATIO = 0.4
# Sights are packed this many at a time; a list of them would weigh five times as much.
_PACKED_SIGHTS = 256

ReportFrames = Callable[[int], None]
ReadFrames = Callable[[int], Iterable[Frame]]


def _unknown(width: int) -> FloatArray:
    return np.empty((0, width))


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
    torso_lab, thigh_lab
        Colours ``(T, 3)`` of trunk and thighs in CIELAB, see appearance.py. NaN where
        not seen, and everywhere if not given.
    """

    frame_idx: IntArray
    times_s: FloatArray
    points: FloatArray
    torso_lab: FloatArray = field(default_factory=lambda: _unknown(3))
    thigh_lab: FloatArray = field(default_factory=lambda: _unknown(3))

    def __post_init__(self) -> None:
        """Fill colours that were not given with NaN."""
        for name in ("torso_lab", "thigh_lab"):
            if len(getattr(self, name)) != len(self.frame_idx):
                filler = np.full((len(self.frame_idx), 3), np.nan)
                object.__setattr__(self, name, filler)

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
    people, frame_count = collect_people(
        lambda _: frames, detector, estimator, report_frames=report_frames
    )
    return [build_person_track(sights) for sights in people], frame_count


def build_person_track(sights: SightArray) -> PersonTrack:
    """Build the track of one person from the sights ``(T,)`` of ``collect_people``."""
    return PersonTrack(
        frame_idx=sights["frame_idx"],
        times_s=sights["time_s"],
        points=sights["points"],
        torso_lab=sights["torso_lab"],
        thigh_lab=sights["thigh_lab"],
    )


def collect_people(
    read_frames: ReadFrames,
    detector: PersonDetector,
    estimator: PoseEstimator,
    *,
    checkpoint: TrackingCheckpoint | None = None,
    rhythm: CheckpointRhythm | None = None,
    report_frames: ReportFrames = lambda _: None,
) -> tuple[list[SightArray], int]:
    """Find and follow everybody in a clip; goes on where a killed run stopped.

    Parameters
    ----------
    read_frames
        Gives the clip's frames in order, from an index on.
    detector, estimator
        The backend.
    checkpoint
        Where the state is kept now and then; None = nowhere. Whoever gives it removes
        it when the clip is done.
    rhythm
        When it is kept; None = as CheckpointRhythm says.
    report_frames
        Called after every frame with the number of frames done.

    Returns
    -------
    The sights ``(T,)`` of each person in order of time, persons in order of first
    appearance, and the number of frames of the clip.
    """
    tracker = PoseTracker(detector, estimator)
    run = _Run(tracker, checkpoint, rhythm or CheckpointRhythm())
    refill_until = run.resume()
    for frame in read_frames(run.first_index):
        if frame.index < refill_until:
            run.refill(frame)
        else:
            run.step(frame)
            report_frames(run.frame_count)
    return run.finish(), run.frame_count


class _Run:
    """One tracking run: the tracker, the sights so far, and the checkpoints."""

    def __init__(
        self,
        tracker: PoseTracker,
        checkpoint: TrackingCheckpoint | None,
        rhythm: CheckpointRhythm,
    ) -> None:
        self.frame_count = 0
        self.first_index = 0
        self._tracker = tracker
        self._checkpoint = checkpoint
        self._rhythm = rhythm
        self._chunks: list[SightArray] = []
        self._unpacked: list[Sight] = []
        self._saved_chunks = 0
        self._saved_frames = 0
        self._saved_s = time.perf_counter()
        self._to_refill: dict[int, list[Sight]] = {}

    def resume(self) -> int:
        """Take up the last checkpoint; gives the number of frames that are done."""
        checkpoint = self._checkpoint
        kept = None if checkpoint is None else checkpoint.load()
        if checkpoint is None or kept is None:
            return 0
        try:
            state = unpack_state(kept[0])
            chunks = [unpack_sights(content) for content in kept[1]]
        except ValueError as error:
            _LOGGER.warning("a checkpoint is not of this version, ignored: %s", error)
            checkpoint.discard()
            return 0
        self._chunks = chunks
        self._saved_chunks = len(chunks)
        self._saved_frames = self.frame_count = state.frame_count
        self.first_index = state.ring_first_index
        self._tracker.tracks = list(state.tracks)
        self._tracker.next_person_idx = state.next_person_idx
        self._tracker.searched_s = state.searched_s
        for chunk in chunks:
            late = chunk[chunk["frame_idx"] >= self.first_index]
            for sight in sights_from_array(late):
                self._to_refill.setdefault(sight.frame_idx, []).append(sight)
        return state.frame_count

    def refill(self, frame: Frame) -> None:
        """Show the tracker a picture it has seen before the run was killed."""
        self._tracker.ring.add(frame, self._to_refill.pop(frame.index, []))

    def step(self, frame: Frame) -> None:
        """Look at the next frame."""
        self._unpacked += self._tracker.step(frame)
        self.frame_count += 1
        if len(self._unpacked) >= _PACKED_SIGHTS:
            self._pack()
        if self._is_checkpoint_due():
            self._save()

    def finish(self) -> list[SightArray]:
        """Give everybody's sights."""
        self._pack()
        return _split_people(self._chunks)

    def _pack(self) -> None:
        if self._unpacked:
            self._chunks.append(sights_to_array(self._unpacked))
            self._unpacked = []

    def _is_checkpoint_due(self) -> bool:
        return (
            self._checkpoint is not None
            and self.frame_count - self._saved_frames >= self._rhythm.min_frames
            and time.perf_counter() - self._saved_s >= self._rhythm.min_s
        )

    def _save(self) -> None:
        self._pack()
        first_index = self._tracker.ring.first_index
        state = TrackingState(
            frame_count=self.frame_count,
            ring_first_index=self.frame_count if first_index is None else first_index,
            next_person_idx=self._tracker.next_person_idx,
            searched_s=self._tracker.searched_s,
            tracks=tuple(self._tracker.tracks),
        )
        if self._checkpoint is not None:
            self._checkpoint.save(
                pack_state(state), pack_sights(self._chunks[self._saved_chunks :])
            )
        self._saved_chunks = len(self._chunks)
        self._saved_frames = self.frame_count
        self._saved_s = time.perf_counter()


def _split_people(chunks: list[SightArray]) -> list[SightArray]:
    """Sort the sights by person and time, and drop who is too little a person."""
    sights = np.concatenate([np.empty(0, SIGHT_TYPE), *chunks])
    people = [
        of_one[np.argsort(of_one["frame_idx"], kind="stable")]
        for person_idx in np.unique(sights["person_idx"])
        for of_one in [sights[sights["person_idx"] == person_idx]]
    ]
    return sorted(
        (of_one for of_one in people if _is_evident(build_person_track(of_one))),
        key=lambda of_one: int(of_one["frame_idx"][0]),
    )


def _is_evident(track: PersonTrack) -> bool:
    lasts_s = track.times_s[-1] - track.times_s[0]
    return bool(
        lasts_s >= MIN_TRACK_S
        and track.mean_confidence_ratio >= MIN_MEAN_CONFIDENCE_RATIO
    )
