"""Stage ``athlete_poses``: from everybody's keypoints to the athlete's clean poses."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sportsgpt_lib.arrays import FloatArray, IntArray
from sportsgpt_lib.kinematics.body_scale import estimate_stature_px
from sportsgpt_lib.kinematics.floor import find_floor_line
from sportsgpt_lib.pose.athlete import AthleteChoice, choose_athlete
from sportsgpt_lib.pose.people import PersonTrack
from sportsgpt_lib.pose.repair import RepairRules, repair_poses
from sportsgpt_lib.pose.sequence import PoseSequence
from sportsgpt_lib.pose.skeleton import KEYPOINTS
from sportsgpt_lib.stages.contract import (
    PASS,
    Grain,
    StageInput,
    StageOutput,
    Subject,
    Verdict,
)
from sportsgpt_lib.stages.pose_rows import (
    frame_numbers_from_rows,
    pose_sequence_from_rows,
    rows_from_pose_sequence,
)

CODE_VERSION = "2"

# All chosen, see docs/adr/0006-pose.md. Less than half a second holds no movement.
MIN_SEEN_S = 0.5
MIN_SEEN_RATIO = 0.3
CLEAR_SEEN_RATIO = 0.9

_FIX_HINT = (
    "give the athlete's place when the window starts, `at = [x, y]` as shares of width "
    "and height, or correct start_s and end_s, in session.toml"
)
_FIX_SIGHT = (
    "film so that the athlete stays in the picture, unhidden and lit, or shorten the "
    "window to where that is so"
)


class AthletePosesStage:
    """Chooses the athlete, cuts to the time window, and cleans the poses.

    Parameters
    ----------
    rules
        How poses are cleaned.
    """

    table_name = "athlete_poses"
    grain: Grain = "recording"
    reads: tuple[str, ...] = ("pose_tracks",)
    code_version = CODE_VERSION

    def __init__(self, rules: RepairRules | None = None) -> None:
        self._rules = rules or RepairRules()

    def fingerprint(self, subject: Subject) -> str:  # noqa: ARG002 - same for all
        """Name the rules of the cleaning."""
        return repr(self._rules)

    def compute(self, stage_input: StageInput) -> StageOutput:
        """Compute the athlete's poses, or say why there are none."""
        subject = stage_input.subject
        rows = _cut_to_window(stage_input.tables["pose_tracks"], subject)
        if rows.is_empty():
            return StageOutput(None, _not_found())
        tracks = _build_tracks(rows, subject)
        choice = choose_athlete(tracks, _hint_px(subject))
        sight = _measure_sight(tracks[choice.person_idx], subject)
        if not sight.is_enough:
            return StageOutput(None, _barely_seen(sight))
        return StageOutput(
            self._clean(rows, tracks[choice.person_idx], choice.person_idx, subject),
            _judge(choice, sight),
        )

    def _clean(
        self,
        rows: pl.DataFrame,
        track: PersonTrack,
        person_idx: int,
        subject: Subject,
    ) -> pl.DataFrame:
        frame_idx, times_s, points = _spread_over_frames(rows, track)
        repaired = repair_poses(
            times_s / _slow_motion_factor(subject),
            points[:, :, :2],
            points[:, :, 2],
            self._rules,
        )
        sequence = PoseSequence(
            times_s=times_s,
            positions_px=repaired.positions_px,
            confidence=repaired.confidence,
            positions_m=_compute_positions_m(times_s, repaired.positions_px, subject),
            width_px=subject.width_px,
            height_px=subject.height_px,
        )
        first = rows.row(0, named=True)
        return rows_from_pose_sequence(
            sequence,
            frame_idx,
            repaired.repair.tolist(),
            {
                "recording_id": subject.recording_id,
                "clip_sha256": subject.clip_sha256,
                "person_idx": person_idx,
                "pose_model": first["pose_model"],
                "pose_weights_sha256": first["pose_weights_sha256"],
            },
        )


@dataclass(frozen=True)
class _Sight:
    """For how long the athlete was seen, of how long it could have been."""

    seen_s: float
    window_s: float

    @property
    def seen_ratio(self) -> float:
        return min(self.seen_s / self.window_s, 1.0)

    @property
    def is_enough(self) -> bool:
        return self.seen_s >= MIN_SEEN_S and self.seen_ratio >= MIN_SEEN_RATIO


def _cut_to_window(rows: pl.DataFrame, subject: Subject) -> pl.DataFrame:
    end_s = float("inf") if subject.window_end_s is None else subject.window_end_s
    return rows.filter(pl.col("time_s").is_between(subject.window_start_s, end_s))


def _build_tracks(rows: pl.DataFrame, subject: Subject) -> dict[int, PersonTrack]:
    tracks = {}
    for (person_idx,), person in rows.group_by("person_idx", maintain_order=True):
        sequence = pose_sequence_from_rows(
            person, width_px=subject.width_px, height_px=subject.height_px
        )
        tracks[int(str(person_idx))] = PersonTrack(
            frame_numbers_from_rows(person),
            sequence.times_s,
            np.concatenate(
                [sequence.positions_px, sequence.confidence[:, :, None]], axis=2
            ),  # (T, J, 3)
        )
    return tracks


def _hint_px(subject: Subject) -> tuple[float, float] | None:
    if subject.athlete_hint is None:
        return None
    x_ratio, y_ratio = subject.athlete_hint
    return x_ratio * subject.width_px, y_ratio * subject.height_px


def _measure_sight(track: PersonTrack, subject: Subject) -> _Sight:
    """Compare with the stated window, or with first and last sight where none is."""
    interval_s = 1.0 / subject.frame_rate_hz
    start_s, end_s = track.times_s[0], track.times_s[-1] + interval_s
    if subject.window_start_s > 0:
        start_s = subject.window_start_s
    if subject.window_end_s is not None:
        end_s = subject.window_end_s
    return _Sight(
        seen_s=track.frame_idx.size * interval_s, window_s=float(end_s - start_s)
    )


def _spread_over_frames(
    rows: pl.DataFrame, track: PersonTrack
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Give every frame from first to last sight a place; unseen ones are NaN.

    Frames in which nobody at all was seen have no time stamp in the table; theirs is
    interpolated between their neighbours'.
    """
    frame_idx = np.arange(track.frame_idx[0], track.frame_idx[-1] + 1)
    known = rows.select("frame_idx", "time_s").unique("frame_idx").sort("frame_idx")
    times_s = np.interp(
        frame_idx, known["frame_idx"].to_numpy(), known["time_s"].to_numpy()
    )
    points = np.full((frame_idx.size, len(KEYPOINTS), 3), [np.nan, np.nan, 0.0])
    points[track.frame_idx - frame_idx[0]] = track.points
    return frame_idx, times_s, points


def _slow_motion_factor(subject: Subject) -> float:
    """How many times slower the clip plays than the movement was."""
    if subject.capture_rate_hz is None:
        return 1.0
    return subject.capture_rate_hz / subject.frame_rate_hz


def _compute_positions_m(
    times_s: FloatArray, positions_px: FloatArray, subject: Subject
) -> FloatArray | None:
    """Scale to metres by the athlete's stated height; None where that is not known."""
    if subject.athlete_height_m is None:
        return None
    stature_px = estimate_stature_px(positions_px)
    if not np.isfinite(stature_px):
        return None
    motion_times_s = times_s / _slow_motion_factor(subject)
    floor = find_floor_line(motion_times_s, positions_px, stature_px)
    if floor is None:
        return None
    heights_px = floor.compute_heights_px(positions_px)
    across_px = positions_px[:, :, 0]
    scale_m = subject.athlete_height_m / stature_px
    return np.stack([across_px, heights_px], axis=2) * scale_m


def _judge(choice: AthleteChoice, sight: _Sight) -> Verdict:
    if choice.doubt is not None:
        return Verdict("WARN", "athlete_ambiguous", choice.doubt, _FIX_HINT)
    if sight.seen_ratio < CLEAR_SEEN_RATIO:
        return Verdict(
            "WARN",
            "athlete_partly_seen",
            f"the athlete was seen in {sight.seen_ratio:.0%} of the window of "
            f"{sight.window_s:.1f} s",
            _FIX_SIGHT,
        )
    return PASS


def _not_found() -> Verdict:
    return Verdict(
        "QUARANTINE",
        "athlete_not_found",
        "nobody was seen in the athlete's time window",
        _FIX_HINT,
    )


def _barely_seen(sight: _Sight) -> Verdict:
    return Verdict(
        "QUARANTINE",
        "athlete_barely_seen",
        f"the athlete was seen for {sight.seen_s:.1f} s of a window of "
        f"{sight.window_s:.1f} s; at least {MIN_SEEN_S} s and {MIN_SEEN_RATIO:.0%} of "
        "it are needed",
        _FIX_SIGHT,
    )
